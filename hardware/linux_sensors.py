"""Clocks, temperature and throttle counters of the processor, from files under /sys that stay open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from hardware.linux_cpu import text
from hardware.machine import Unknown
from hardware.open_file import OpenFiles

# Evenly chosen where there are more processors: every file costs some microseconds, ten times a second.
MOST_CPUS = 32
_CHIPS = {"coretemp": "Package id", "k10temp": "Tctl", "zenpower": "Tdie", "cpu_thermal": ""}
_ZONES = ("x86_pkg_temp", "cpu-thermal", "cpu_thermal", "soc-thermal", "soc_thermal")


def spread(cpus: Collection[int], most: int = MOST_CPUS) -> list[int]:
    """At most that many of them, evenly chosen, in order."""
    ordered = sorted(cpus)
    count = min(most, len(ordered))
    return [ordered[index * len(ordered) // count] for index in range(count)]


def temperature_files(root: Path) -> list[Path]:
    """Of whole processors, in millidegrees: hardware monitors first, then thermal zones."""
    return list(_monitors(root)) or [
        zone / "temp"
        for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*"))
        if text(zone / "type") in _ZONES
    ]


def critical_c(root: Path) -> float | Unknown:
    """The temperature at which the (first) processor protects itself."""
    files = [path.with_name(path.name.replace("_input", "_crit")) for path in _monitors(root)]
    limits = [limit for path in files if (limit := text(path) or "").isdecimal()]
    return int(limits[0]) / 1000 if limits else Unknown("no_thermal_sensor")


def _monitors(root: Path) -> Iterator[Path]:
    for folder in sorted((root / "sys/class/hwmon").glob("hwmon*")):
        wanted = _CHIPS.get(text(folder / "name") or "")
        if wanted is not None:
            for path in sorted(folder.glob("temp*_input")):
                label = text(path.with_name(path.name.replace("_input", "_label"))) or ""
                if label.startswith(wanted):
                    yield path


def throttle_files(root: Path, cpus: Sequence[int]) -> list[Path]:
    """How often each core was slowed down for its temperature; Intel only."""
    folder = root / "sys/devices/system/cpu"
    return [folder / f"cpu{cpu}/thermal_throttle/core_throttle_count" for cpu in cpus]


class Sensors:
    """The files, opened once; the questions are cheap enough to ask ten times a second."""

    def __init__(self, root: Path, cpus: Collection[int]) -> None:
        chosen = spread(cpus)
        folder = root / "sys/devices/system/cpu"
        self._clocks = OpenFiles(folder / f"cpu{cpu}/cpufreq/scaling_cur_freq" for cpu in chosen)
        self._temperatures = OpenFiles(temperature_files(root))
        self._throttles = OpenFiles(throttle_files(root, chosen))

    def frequencies_mhz(self) -> list[float] | Unknown:
        """Of the chosen processors, in order."""
        clocks = _numbers(self._clocks)
        return [clock / 1000 for clock in clocks] if clocks else Unknown("no_cpufreq")

    def temperature_c(self) -> float | Unknown:
        """Of the hottest processor."""
        found = _numbers(self._temperatures)
        return max(found) / 1000 if found else Unknown("no_thermal_sensor")

    def throttles(self) -> int | Unknown:
        """Times since start-up, summed over the chosen processors (both threads of a core count)."""
        found = _numbers(self._throttles)
        return sum(found) if found else Unknown("no_throttle_counter")

    def close(self) -> None:
        for files in (self._clocks, self._temperatures, self._throttles):
            files.close()


def _numbers(files: OpenFiles) -> list[int]:
    found = (content.strip() for content in files.read())
    return [int(number) for number in found if number.lstrip(b"-").isdigit()]
