"""What a machine is doing where it is not Linux, as far as psutil tells."""

from __future__ import annotations

import psutil

from hardware import power_source
from hardware.machine import Facts, Unknown, attempt

_PAGE_BYTES = 4096
_LINUX_ONLY = (
    "stolen",
    "pressure_us",
    "major_faults",
    "cpu_throttles",
    "cgroup_throttled",
    "cgroup_throttled_us",
)
_REFRESH_NS = 1_000_000_000


class PortableLoad:
    """The same questions as hardware.linux_load.LinuxLoad; CPU times are in seconds instead of ticks.

    psutil's swap counters are bytes; they are told as pages of 4 KiB.
    """

    def __init__(self, pid: int) -> None:
        self._root = psutil.Process(pid)
        self._tree: list[psutil.Process] = []
        self._found_ns: int | None = None

    def pids(self) -> frozenset[int]:
        return frozenset(process.pid for process in self._tree) | {self._root.pid}

    def counters(self, now_ns: int) -> Facts:
        """Without processes that ended since the last look: only Linux keeps their time with the parent."""
        return {
            **dict.fromkeys(_LINUX_ONLY, Unknown("no_source")),
            **_times(),
            "own_s": attempt(lambda: self._own_s(now_ns)),
            "swapped_in_pages": attempt(lambda: psutil.swap_memory().sin // _PAGE_BYTES),
            "swapped_out_pages": attempt(lambda: psutil.swap_memory().sout // _PAGE_BYTES),
        }

    def gauges(self, now_ns: int) -> Facts:
        power = attempt(power_source.portable)
        known = power_source.PowerSource(power, power) if isinstance(power, Unknown) else power
        return {
            **_memory(),
            **_clock(),
            "temperature_c": Unknown("no_thermal_sensor"),
            "on_battery": known.on_battery,
            "battery_percent": known.percent,
        }

    def close(self) -> None:
        self._tree.clear()

    def _own_s(self, now_ns: int) -> float:
        if self._found_ns is None or now_ns - self._found_ns >= _REFRESH_NS:
            self._tree, self._found_ns = [self._root, *self._root.children(recursive=True)], now_ns
        return sum(map(_used_s, self._tree))


def _used_s(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


def _times() -> Facts:
    times = attempt(psutil.cpu_times)
    if isinstance(times, Unknown):
        return dict.fromkeys(("busy", "all", "cpus"), times)
    return {"busy": sum(times) - times.idle, "all": sum(times), "cpus": attempt(psutil.cpu_count)}


def _memory() -> Facts:
    found = attempt(psutil.virtual_memory)
    if isinstance(found, Unknown):
        return dict.fromkeys(("memory_total_bytes", "memory_available_bytes", "memory_used_bytes"), found)
    return {
        "memory_total_bytes": int(found.total),
        "memory_available_bytes": int(found.available),
        "memory_used_bytes": int(found.total - found.available),
    }


def _clock() -> Facts:
    found = attempt(psutil.cpu_freq)
    clock = found.current if found and not isinstance(found, Unknown) else 0
    known = float(clock) if clock else Unknown("no_cpufreq")
    return dict.fromkeys(("frequency_mean_mhz", "frequency_min_mhz", "frequency_max_mhz"), known)
