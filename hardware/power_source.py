"""Whether the machine runs on its battery: /sys/class/power_supply on Linux, psutil elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import psutil

from hardware.linux_cpu import text
from hardware.machine import Unknown


class PowerSource(NamedTuple):
    """`percent` is the charge of the (first) battery."""

    on_battery: bool | Unknown
    percent: float | Unknown


def linux(root: Path) -> PowerSource:
    """A supply that is online outweighs a battery; those of mice (scope Device) are left out."""
    folder = root / "sys/class/power_supply"
    if not folder.is_dir():
        return PowerSource(Unknown("no_source"), Unknown("no_source"))
    supplies = [supply for supply in sorted(folder.iterdir()) if text(supply / "scope") != "Device"]
    batteries = [supply for supply in supplies if text(supply / "type") == "Battery"]
    online = [text(supply / "online") for supply in supplies if supply not in batteries]
    if not batteries:
        return PowerSource(False, Unknown("no_battery"))
    return PowerSource(_on_battery(online, batteries), _percent(batteries[0]))


def _on_battery(online: list[str | None], batteries: list[Path]) -> bool | Unknown:
    if "1" in online:
        return False
    states = {text(battery / "status") for battery in batteries}
    if "0" in online or "Discharging" in states:
        return True
    return Unknown("power_source_not_told") if states <= {None, "Unknown"} else False


def _percent(battery: Path) -> float | Unknown:
    capacity = text(battery / "capacity") or ""
    return float(capacity) if capacity.isdecimal() else Unknown("no_source")


def portable() -> PowerSource:
    """What psutil tells; None of it means that there is no battery."""
    asked = getattr(psutil, "sensors_battery", None)
    if asked is None:
        return PowerSource(Unknown("no_source"), Unknown("no_source"))
    battery = asked()
    if battery is None:
        return PowerSource(False, Unknown("no_battery"))
    plugged = battery.power_plugged
    known = Unknown("power_source_not_told") if plugged is None else not plugged
    return PowerSource(known, float(battery.percent))
