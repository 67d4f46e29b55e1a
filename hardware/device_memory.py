"""How much memory of its cards a process takes, now and at its peak; NVML is asked in a child of its own.

`python -P -m hardware.device_memory PID` polls until its standard input closes and prints the peak as JSON.
"""

from __future__ import annotations

import sys
import threading
from typing import Any

import msgspec

from hardware.child import Child
from hardware.machine import Unknown
from hardware.nvml import Nvml, memory

POLL_S = 0.05
_FIELDS = ("process_bytes", "used_bytes", "total_bytes")


class DeviceMemory(msgspec.Struct, frozen=True):
    """One card: bytes in all, used by everyone, used by the process; None with its reason."""

    index: int
    total_bytes: int | None = None
    used_bytes: int | None = None
    process_bytes: int | None = None
    unavailable: dict[str, Unknown] = {}


class DevicePeak(msgspec.Struct, frozen=True):
    """The most that was seen over the cards that list the process; the only card where none does."""

    process_bytes: int | None = None
    used_bytes: int | None = None
    total_bytes: int | None = None
    unavailable: dict[str, Unknown] = {}


def gpu_process_memory(pid: int, nvml: Any = None) -> int | Unknown:
    """Bytes that the process takes now over all cards, or why that cannot be known; never raises."""
    found = gpu_memory(pid, nvml)
    return found if isinstance(found, Unknown) else _sum_of_process(found)


def gpu_memory(pid: int, nvml: Any = None) -> tuple[DeviceMemory, ...] | Unknown:
    """Every card's memory now, and what of it the process takes; `nvml` defaults to pynvml."""
    with Nvml(nvml) as opened:
        return _ask(opened, pid)


def _ask(nvml: Nvml, pid: int) -> tuple[DeviceMemory, ...] | Unknown:
    if nvml.problem is not None:
        return nvml.problem
    devices = nvml.devices()
    return tuple(_device(nvml, index, handle, pid) for index, handle in devices.items()) or (
        nvml.problem or Unknown("no_gpus")
    )


def _device(nvml: Nvml, index: int, handle: Any, pid: int) -> DeviceMemory:
    sizes = handle if isinstance(handle, Unknown) else memory(nvml, handle)
    process = handle if isinstance(handle, Unknown) else _process(nvml, handle, pid)
    facts = {
        "total_bytes": sizes if isinstance(sizes, Unknown) else int(sizes.total),
        "used_bytes": sizes if isinstance(sizes, Unknown) else int(sizes.used),
        "process_bytes": process,
    }
    known = {name: value for name, value in facts.items() if isinstance(value, int)}
    unavailable = {name: value for name, value in facts.items() if isinstance(value, Unknown)}
    return DeviceMemory(index, **known, unavailable=unavailable)


def _process(nvml: Nvml, handle: Any, pid: int) -> int | Unknown:
    listed = nvml.ask("nvmlDeviceGetComputeRunningProcesses", handle)
    if isinstance(listed, Unknown):
        return listed
    own = [entry.usedGpuMemory for entry in listed if entry.pid == pid]
    if not own:
        return Unknown("process_not_listed")
    return Unknown("process_memory_hidden") if None in own else sum(own)


def _sum_of_process(devices: tuple[DeviceMemory, ...]) -> int | Unknown:
    known = [device.process_bytes for device in devices if device.process_bytes is not None]
    if known:
        return sum(known)
    reasons = [device.unavailable["process_bytes"] for device in devices]
    # A card that says more than "not listed" is the better reason.
    return next((reason for reason in reasons if reason.code != "process_not_listed"), reasons[0])


class PeakMeter:
    """Polls through one open NVML and keeps the largest values."""

    def __init__(self, nvml: Nvml, pid: int) -> None:
        self._nvml, self._pid = nvml, pid
        self._peaks: dict[str, int] = {}
        self._reasons: dict[str, Unknown] = {}

    def poll(self) -> None:
        devices = _ask(self._nvml, self._pid)
        if isinstance(devices, Unknown):
            self._reasons |= dict.fromkeys(_FIELDS, devices)
            return
        self._note("process_bytes", _sum_of_process(devices))
        own = [device for device in devices if device.process_bytes is not None]
        own = own or list(devices if len(devices) == 1 else ())
        for field in ("used_bytes", "total_bytes"):
            self._note(field, _sum(own, field))

    def _note(self, field: str, value: int | Unknown) -> None:
        if isinstance(value, Unknown):
            self._reasons[field] = value
        else:
            self._peaks[field] = max(value, self._peaks.get(field, 0))

    def peak(self) -> DevicePeak:
        left = {field: reason for field, reason in self._reasons.items() if field not in self._peaks}
        return DevicePeak(**self._peaks, unavailable=left)


def _sum(devices: list[DeviceMemory], field: str) -> int | Unknown:
    if not devices:
        return Unknown("device_not_told")
    reasons = [device.unavailable[field] for device in devices if field in device.unavailable]
    return reasons[0] if reasons else sum(int(getattr(device, field)) for device in devices)


class Watch:
    """A child that polls the device memory of a process until `stop`.

    It costs a processor a few milliseconds a second: start it for runs on a card only.
    """

    def __init__(self, pid: int, python: str = sys.executable) -> None:
        self._child = Child("hardware.device_memory", str(pid), python=python)

    def stop(self, timeout_s: float = 2.0) -> DevicePeak:
        """The peak; where no answer came, every field says so (nvml_timeout, probe_failed). Call it once."""
        peak = self._child.answer(DevicePeak, timeout_s)
        return DevicePeak(unavailable=dict.fromkeys(_FIELDS, peak)) if isinstance(peak, Unknown) else peak


def main(pid: int, nvml: Any = None) -> DevicePeak:
    """Poll until standard input closes."""
    closed = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        closed.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    with Nvml(nvml) as opened:
        meter = PeakMeter(opened, pid)
        meter.poll()
        while not closed.wait(POLL_S):
            meter.poll()
        return meter.peak()


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(main(int(sys.argv[1]))) + b"\n")
