"""What a Linux machine is doing: /proc/stat, pressure, memory, paging, its control group and its sensors."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path

from hardware import cgroup, power_source
from hardware.linux_sensors import Sensors
from hardware.machine import Facts, Unknown, attempt
from hardware.open_file import OpenFile, OpenFiles
from hardware.process_tree import ProcessTree

_POWER_REFRESH_NS = 5_000_000_000


def cpu_ticks(stat: bytes) -> tuple[int, int, int]:
    """Busy, stolen and all ticks since start-up; guest time is part of user time already (proc_stat(5))."""
    user, nice, system, idle, waiting, hard, soft, stolen = map(int, stat.split(None, 9)[1:9])
    busy = user + nice + system + hard + soft
    return busy, stolen, busy + stolen + idle + waiting


def field(content: bytes, name: bytes) -> int | None:
    """The number of the line "name 17" or (with the colon in `name`) "name: 17 kB"; None where there is none.

    Such files are long and little of them is wanted, so they are searched and not split.
    """
    start = (b"\n" + content).find(b"\n" + name + b" ")
    if start < 0:
        return None
    after = start + len(name)
    return int(content[after : after + 32].split(None, 1)[0])


class LinuxLoad:
    """The files stay open until `close`. `root` stands in for / in tests."""

    def __init__(self, root: Path, pid: int, cpus: Collection[int], ticks_per_s: int | None = None) -> None:
        self._root = root
        self._files = {
            name: attempt(lambda path=path: OpenFile(root / path))  # type: ignore[misc]
            for name, path in {
                "stat": "proc/stat",
                "memory": "proc/meminfo",
                "paging": "proc/vmstat",
                "pressure": "proc/pressure/cpu",
            }.items()
        }
        self._throttling = OpenFiles(cgroup.throttle_files(root))
        self._sensors = Sensors(root, cpus)
        self._tree = ProcessTree(root, pid, ticks_per_s or os.sysconf("SC_CLK_TCK"))
        self._power: power_source.PowerSource | None = None
        self._power_ns = 0

    def pids(self) -> frozenset[int]:
        """The watched processes, as of the last look."""
        return self._tree.pids

    def counters(self, now_ns: int) -> Facts:
        """What only grows, by the names of hardware.sampler; an Unknown where it cannot be read."""
        paging, held = self._content("paging"), self._throttling.read()
        return {
            **self._ticks(),
            "own_s": attempt(lambda: self._tree.cpu_s(now_ns)),
            "pressure_us": _then(self._content("pressure"), _pressure_us),
            "swapped_in_pages": _of(paging, b"pswpin"),
            "swapped_out_pages": _of(paging, b"pswpout"),
            "major_faults": _of(paging, b"pgmajfault"),
            "cpu_throttles": attempt(self._sensors.throttles),
            "cgroup_throttled": _held(held, lambda group: field(group, b"nr_throttled")),
            "cgroup_throttled_us": _held(held, _held_us),
        }

    def gauges(self, now_ns: int) -> Facts:
        """What holds at the moment, by the names of hardware.reading.Reading."""
        power = self._power_now(now_ns)
        return {
            **_memory(self._content("memory")),
            **_frequencies(attempt(self._sensors.frequencies_mhz)),
            "temperature_c": attempt(self._sensors.temperature_c),
            "on_battery": power.on_battery,
            "battery_percent": power.percent,
        }

    def close(self) -> None:
        for file in self._files.values():
            if not isinstance(file, Unknown):
                file.close()
        self._throttling.close()
        self._sensors.close()

    def _content(self, name: str) -> bytes | Unknown:
        file = self._files[name]
        return file if isinstance(file, Unknown) else attempt(file.read)

    def _ticks(self) -> Facts:
        content = self._content("stat")
        ticks = content if isinstance(content, Unknown) else attempt(lambda: cpu_ticks(content))
        if isinstance(content, Unknown) or isinstance(ticks, Unknown):
            return dict.fromkeys(("busy", "stolen", "all", "cpus"), ticks)
        busy, stolen, everything = ticks
        return {"busy": busy, "stolen": stolen, "all": everything, "cpus": content.count(b"\ncpu")}

    def _power_now(self, now_ns: int) -> power_source.PowerSource:
        """Looked up every five seconds: some batteries take milliseconds to answer."""
        if self._power is None or now_ns - self._power_ns >= _POWER_REFRESH_NS:
            found = attempt(lambda: power_source.linux(self._root))
            self._power = power_source.PowerSource(found, found) if isinstance(found, Unknown) else found
            self._power_ns = now_ns
        return self._power


def _then(content: bytes | Unknown, parse: Callable[[bytes], int]) -> int | Unknown:
    return content if isinstance(content, Unknown) else attempt(lambda: parse(content))


def _of(content: bytes | Unknown, name: bytes, unit: int = 1) -> int | Unknown:
    if isinstance(content, Unknown):
        return content
    number = attempt(lambda: field(content, name))
    if number is None:
        return Unknown("no_source")
    return number if isinstance(number, Unknown) else number * unit


def _pressure_us(content: bytes) -> int:
    """The total of the line "some avg10=0.00 avg60=0.00 avg300=0.00 total=123"."""
    return int(content.split(b"\n", 1)[0].rpartition(b"total=")[2])


def _held(groups: list[bytes], count: Callable[[bytes], int | None]) -> int | Unknown:
    """Summed over the groups that count it."""
    known = [number for group in groups if (number := count(group)) is not None]
    return sum(known) if known else Unknown("no_limit")


def _held_us(group: bytes) -> int | None:
    """Version 2 counts microseconds, version 1 nanoseconds."""
    nanoseconds = field(group, b"throttled_time")
    return field(group, b"throttled_usec") if nanoseconds is None else nanoseconds // 1000


def _memory(content: bytes | Unknown) -> Facts:
    total, available = (_of(content, name, 1024) for name in (b"MemTotal:", b"MemAvailable:"))
    known = not isinstance(total, Unknown) and not isinstance(available, Unknown)
    return {
        "memory_total_bytes": total,
        "memory_available_bytes": available,
        "memory_used_bytes": total - available if known else Unknown("no_source"),  # type: ignore[operator]
    }


def _frequencies(clocks: list[float] | Unknown) -> Facts:
    if isinstance(clocks, Unknown):
        return dict.fromkeys(("frequency_mean_mhz", "frequency_min_mhz", "frequency_max_mhz"), clocks)
    return {
        "frequency_mean_mhz": sum(clocks) / len(clocks),
        "frequency_min_mhz": min(clocks),
        "frequency_max_mhz": max(clocks),
    }
