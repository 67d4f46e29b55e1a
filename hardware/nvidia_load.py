"""What NVIDIA cards are doing, asked through one open NVML; a question a card refuses is not asked again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection
from typing import Any

from hardware.machine import Unknown
from hardware.nvml import Nvml, memory
from hardware.reading import GpuReading

# nvml.h: NVML_TEMPERATURE_GPU, NVML_CLOCK_SM.
_TEMPERATURE_GPU, _CLOCK_SM = 0, 1
_NO_STATE = 32  # NVML_PSTATE_UNKNOWN
# Linux, include/linux/proc_ns.h, PROC_PID_INIT_INO: the namespace whose numbers the driver uses.
_FIRST_PID_NAMESPACE = 0xEFFFFFFC
_FINAL = ("nvml_not_supported", "nvml_function_missing", "nvml_no_permission")


def sees_all_pids() -> bool:
    """Whether our process numbers are those of the driver; not so inside most containers."""
    if sys.platform != "linux":
        return True
    try:
        return os.stat("/proc/self/ns/pid").st_ino == _FIRST_PID_NAMESPACE
    except OSError:
        return False


class Cards:
    """All cards of an open NVML; false where there is none."""

    def __init__(self, nvml: Nvml, sees_pids: Callable[[], bool] = sees_all_pids) -> None:
        devices = {} if nvml.problem is not None else nvml.devices()
        self._cards = [_Card(nvml, index, handle, sees_pids()) for index, handle in devices.items()]

    def __bool__(self) -> bool:
        return bool(self._cards)

    def read(self, own_pids: Collection[int]) -> tuple[GpuReading, ...]:
        """One reading a card; processes in `own_pids` are not foreign."""
        return tuple(card.read(own_pids) for card in self._cards)


class _Card:
    def __init__(self, nvml: Nvml, index: int, handle: Any, sees_pids: bool) -> None:
        self._nvml, self._index, self._handle, self._sees_pids = nvml, index, handle, sees_pids
        self._refused: dict[str, Unknown] = {}

    def read(self, own_pids: Collection[int]) -> GpuReading:
        known: dict[str, Any] = {}
        reasons: dict[str, Unknown] = {}
        for name, value in self._facts(own_pids).items():
            (reasons if isinstance(value, Unknown) else known)[name] = value
        return GpuReading(self._index, **known, unavailable=reasons)

    def _facts(self, own_pids: Collection[int]) -> dict[str, Any]:
        sizes = self._once("memory", lambda: memory(self._nvml, self._handle))
        used = self._ask("UtilizationRates")
        return {
            "utilisation": _then(used, lambda rates: rates.gpu / 100),
            "memory_total_bytes": _then(sizes, lambda found: int(found.total)),
            "memory_used_bytes": _then(sizes, lambda found: int(found.used)),
            "power_w": _then(self._ask("PowerUsage"), lambda milliwatts: milliwatts / 1000),
            "temperature_c": _then(self._ask("Temperature", _TEMPERATURE_GPU), float),
            "sm_clock_mhz": _then(self._ask("ClockInfo", _CLOCK_SM), float),
            "throttle_bits": self._throttle_bits(),
            "performance_state": _then(self._ask("PerformanceState"), _state),
            "foreign_pids": self._foreign(own_pids),
        }

    def _throttle_bits(self) -> Any:
        """The newer name first; drivers before 535 know the older one only."""
        bits = self._ask("CurrentClocksEventReasons")
        return self._ask("CurrentClocksThrottleReasons") if isinstance(bits, Unknown) else bits

    def _foreign(self, own_pids: Collection[int]) -> Any:
        if not self._sees_pids:
            return Unknown("gpu_pids_of_host")
        listed = self._ask("ComputeRunningProcesses")
        return _then(listed, lambda found: tuple(sorted({one.pid for one in found} - set(own_pids))))

    def _ask(self, what: str, *arguments: Any) -> Any:
        return self._once(what, lambda: self._nvml.ask(f"nvmlDeviceGet{what}", self._handle, *arguments))

    def _once(self, what: str, ask: Callable[[], Any]) -> Any:
        if isinstance(self._handle, Unknown):
            return self._handle
        if what in self._refused:
            return self._refused[what]
        answer = ask()
        if isinstance(answer, Unknown) and answer.code in _FINAL:
            self._refused[what] = answer
        return answer


def _then(answer: Any, convert: Callable[[Any], Any]) -> Any:
    return answer if isinstance(answer, Unknown) else convert(answer)


def _state(number: int) -> int | Unknown:
    return Unknown("nvml_value_unknown", {"value": str(number)}) if number == _NO_STATE else number
