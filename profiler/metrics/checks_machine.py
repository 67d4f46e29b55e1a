"""Checks of the machine while it measured: clocks, other load, paging, power, control groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from profiler.metrics.evidence import Evidence, percent
from profiler.result import Disturbance, Reason

# MEASURING.md, 4 (throttling) and 7, rows 4, 10 and 11.
THROTTLED = 0.01
CLOCK_FELL = 0.95
OTHER_LOAD = 0.05
STEAL = 0.01
PRESSURE = 0.01
LEAST_OTHERS = 0.01
MIGRATIONS_PER_S = 10
MAJOR_FAULTS = 10
CLOCK_OFF, CLOCK_WRONG = 0.001, 0.01


def check(evidence: Evidence) -> list[Reason]:
    machine, seen = evidence.machine, evidence.disturbances
    return [
        *_gpus(machine),
        *_frequency(machine),
        *_others(machine, evidence.usable_cpus),
        *_paging(machine, seen),
        *_migrated(seen),
        *_group(machine, seen),
        *_prepared(evidence),
        *_clock(seen),
    ]


def _gpus(machine: dict[str, Any]) -> list[Reason]:
    found = []
    for card in machine.get("gpus") or ():
        share, ratio = card.get("throttled_share"), card.get("clock_ratio")
        if (share is not None and share > THROTTLED) or (ratio is not None and ratio < CLOCK_FELL):
            parameters = {
                "gpu": str(card.get("index", 0)),
                "percent": percent(share or 0.0),
                "clock_percent": percent(ratio or 1.0),
            }
            found.append(Reason("gpu_throttled", parameters))
        if card.get("foreign_pids"):
            found.append(Reason("gpu_shared", {"count": str(len(card["foreign_pids"]))}))
    return found[:2]


def _frequency(machine: dict[str, Any]) -> list[Reason]:
    ratio, throttles = machine.get("clock_ratio"), machine.get("cpu_throttles")
    if throttles:
        return [Reason("cpu_overheated", {"count": str(throttles)})]
    if ratio is not None and not CLOCK_FELL <= ratio <= 1 / CLOCK_FELL:
        return [Reason("frequency_changed", {"percent": percent(ratio)})]
    return []


def _others(machine: dict[str, Any], usable: float | None) -> list[Reason]:
    """Pressure alone may come of our own threads, which another check names."""
    others, steal = machine.get("other_cpus") or 0.0, machine.get("steal_share") or 0.0
    pressure = machine.get("pressure_share") or 0.0
    share = others / usable if usable else others
    if share > OTHER_LOAD or steal > STEAL or (pressure > PRESSURE and share > LEAST_OTHERS):
        parameters = {"cpus": f"{others:.2g}", "steal": percent(steal), "pressure": percent(pressure)}
        return [Reason("disturbed", parameters)]
    return []


def _paging(machine: dict[str, Any], seen: Sequence[Disturbance]) -> list[Reason]:
    if machine.get("swapped_pages"):
        return [Reason("swapped", {"pages": str(machine["swapped_pages"])})]
    faults = sum(one.major_faults or 0 for one in seen)
    return [Reason("major_faults", {"count": str(faults)})] if faults > MAJOR_FAULTS else []


def _migrated(seen: Sequence[Disturbance]) -> list[Reason]:
    for one in seen:
        if one.migrations is not None and one.wall_s and one.migrations > MIGRATIONS_PER_S * one.wall_s:
            return [Reason("migrated", {"count": str(one.migrations), "seconds": f"{one.wall_s:.1f}"})]
    return []


def _group(machine: dict[str, Any], seen: Sequence[Disturbance]) -> list[Reason]:
    counts = [one.throttled_count for one in seen if one.throttled_count is not None]
    count = sum(counts) if counts else machine.get("cgroup_throttled") or 0
    seconds = sum(one.throttled_s or 0.0 for one in seen)
    return [Reason("cpu_throttled", {"count": str(count), "seconds": f"{seconds:.2g}"})] if count else []


_WARNINGS = {"power_source": "on_battery", "power_profile": "power_save", "cgroup_cpu": "cpu_limited"}


def _prepared(evidence: Evidence) -> list[Reason]:
    """What the checks before the run warned of, and the run could not change."""
    found = []
    for one in evidence.readiness:
        if one.state == "warning" and one.code in _WARNINGS:
            found.append(Reason(_WARNINGS[one.code], one.parameters))
        if one.code == "hybrid_cpu" and one.state in ("note", "warning") and not evidence.is_pinned:
            found.append(Reason("hybrid_cpu", one.parameters))
    codes = {reason.code for reason in found}
    if evidence.machine.get("on_battery") and "on_battery" not in codes:
        found.append(Reason("on_battery", {"percent": "?"}))
    return found


def _clock(seen: Sequence[Disturbance]) -> list[Reason]:
    """The clock that times calls against the clock of the day, as MLPerf LoadGen compares them."""
    off = max((abs(one.clock_ratio - 1) for one in seen if one.clock_ratio is not None), default=0.0)
    if off <= CLOCK_OFF:
        return []
    return [Reason("clock_wrong" if off > CLOCK_WRONG else "clock_off", {"percent": percent(off)})]
