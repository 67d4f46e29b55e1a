"""Checks of what decides the processor's clock: power source, power setting, turbo, temperature."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from hardware import linux_sensors
from hardware.check import Check, State, unknown
from hardware.linux_cpu import text
from hardware.machine import Cpu, Unknown
from hardware.reading import Reading

# In these drivers "powersave" is a full governor like any other; elsewhere it holds the lowest clock.
_OWN_GOVERNORS = ("intel_pstate", "amd-pstate-epp", "amd_pstate_epp")
_PLANS: dict[str, State] = {
    "high performance": "ok",
    "ultimate performance": "ok",
    "performance": "ok",
    "power saver": "warning",
}
# Where the processor does not tell its own limit: common ones are 95 and 100 degrees.
_LIMIT_C = 95.0
_WARNING_BELOW_C, _NOTE_BELOW_C = 10.0, 25.0
_CPUS = "sys/devices/system/cpu"


def power_source(reading: Reading) -> Check:
    """A warning on battery."""
    if reading.on_battery is None:
        return unknown("power_source", reading.unavailable.get("on_battery", Unknown("no_source")))
    if not reading.on_battery:
        return Check("power_source", "ok")
    charge = {} if reading.battery_percent is None else {"percent": f"{reading.battery_percent:.0f}"}
    return Check("power_source", "warning", charge)


def power_profile(root: Path, cpus: Collection[int]) -> Check:
    """Linux: the governors of all usable processors, their energy preference and the platform's profile."""
    governors = _values(root, cpus, "scaling_governor")
    if not governors:
        return unknown("power_profile", Unknown("no_cpufreq"))
    preferences = _values(root, cpus, "energy_performance_preference")
    platform = text(root / "sys/firmware/acpi/platform_profile")
    words = [*sorted(governors), *sorted(preferences), *([platform] if platform else [])]
    held_low = "powersave" in governors and not _values(root, cpus, "scaling_driver") & set(_OWN_GOVERNORS)
    saving = held_low or "power" in preferences or platform == "low-power"
    state: State = "warning" if saving else "ok" if governors == {"performance"} else "note"
    return Check("power_profile", state, {"setting": ", ".join(words)})


def power_plan(cpu: Cpu) -> Check:
    """Elsewhere: the plan of the system by its name."""
    if cpu.governor is None:
        return unknown("power_profile", cpu.unavailable.get("governor", Unknown("no_source")))
    return Check("power_profile", _PLANS.get(cpu.governor, "note"), {"setting": cpu.governor})


def turbo(root: Path, cpus: Collection[int]) -> Check:
    """A note where it is off; on, the clock may still fall as the machine warms up."""
    off = text(root / _CPUS / "intel_pstate/no_turbo")
    boosts = {text(root / _CPUS / "cpufreq/boost"), *_values(root, cpus, "boost")} - {None}
    if off in ("0", "1"):
        return Check("turbo", "note" if off == "1" else "ok")
    if boosts:
        return Check("turbo", "note" if "0" in boosts else "ok")
    return unknown("turbo", Unknown("no_cpufreq"))


def temperature(root: Path, reading: Reading) -> Check:
    """Against the limit at which the processor slows itself down."""
    celsius = reading.temperature_c
    if celsius is None:
        return unknown("temperature", reading.unavailable.get("temperature_c", Unknown("no_source")))
    told = linux_sensors.critical_c(root)
    limit = _LIMIT_C if isinstance(told, Unknown) else told
    hot, warm = celsius >= limit - _WARNING_BELOW_C, celsius >= limit - _NOTE_BELOW_C
    state: State = "warning" if hot else "note" if warm else "ok"
    return Check("temperature", state, {"celsius": f"{celsius:.0f}", "limit": f"{limit:.0f}"})


def _values(root: Path, cpus: Collection[int], file: str) -> set[str]:
    found = (text(root / _CPUS / f"cpu{cpu}/cpufreq" / file) for cpu in cpus)
    return {value for value in found if value}
