"""Checks of the calls themselves: the first ones, rests, inputs, pre-emption, tracing (MEASURING.md, 7)."""

from __future__ import annotations

from collections.abc import Sequence

from profiler import units
from profiler.metrics import by_input
from profiler.metrics.evidence import Evidence, percent
from profiler.result import Disturbance, Latency, Reason

# MEASURING.md, 7: rows 1, 2, 5, 10, 11, 12 in this order; the growth of memory is section 5's.
FIRST_CALL = 1.5
NEW_SHAPE = 3.0
SPINNING_S = 0.02
GAPS = 0.20
SWITCHES_PER_S = 100
PREEMPTED = 0.01
DATA_DEPENDENT = 0.10
GROWTH_PER_1000_BYTES = 1_000_000
GROWTH_SHARE = 0.05


def check(latency: Latency, evidence: Evidence) -> list[Reason]:
    seen = evidence.disturbances
    return [
        *_first(latency, evidence),
        *_too_few(latency, evidence),
        *_traced(seen),
        *_spinning(seen),
        *_gaps(latency, seen),
        *_inputs(seen),
        *_preempted(latency, seen),
        *_growth(latency, evidence),
    ]


def _first(latency: Latency, evidence: Evidence) -> list[Reason]:
    phases, p50 = evidence.phases, latency.p50_ns
    if phases is None or phases.first_inference_ns is None or not p50:
        return []
    first, second = phases.first_inference_ns, phases.second_inference_ns
    found = []
    if first > FIRST_CALL * p50:
        parameters = {"first": units.duration(first), "times": f"{first / p50:.1f}"}
        found.append(Reason("first_call_slow", parameters))
    if second and first > NEW_SHAPE * second:
        found.append(Reason("new_shape_pays", {"cost": units.duration(first - second)}))
    return found


def _too_few(latency: Latency, evidence: Evidence) -> list[Reason]:
    if evidence.wants_p99 and latency.p99_ns is None:
        return [Reason("too_few_for_p99", {"count": str(latency.count), "needed": "299"})]
    return []


def _traced(seen: Sequence[Disturbance]) -> list[Reason]:
    return [Reason("traced")] if any(one.traced for one in seen) else []


def _spinning(seen: Sequence[Disturbance]) -> list[Reason]:
    used = max((one.spinning_cpu_s for one in seen if one.spinning_cpu_s is not None), default=0.0)
    return [Reason("spinning", {"ms": f"{used * 1000:.0f}"})] if used > SPINNING_S else []


def _gaps(latency: Latency, seen: Sequence[Disturbance]) -> list[Reason]:
    gap = next((one.gap_p50_ns for one in seen if one.gap_p50_ns is not None), None)
    p50 = latency.p50_ns
    if gap is None or not p50 or abs(gap / p50 - 1) <= GAPS:
        return []
    return [Reason("idle_gaps", {"rested": units.duration(gap), "p50": units.duration(p50)})]


def _inputs(seen: Sequence[Disturbance]) -> list[Reason]:
    for one in seen:
        spread = by_input.spread(one.input_p50_ns)
        if spread is not None and spread > DATA_DEPENDENT:
            return [Reason("data_dependent", {"percent": percent(spread)})]
    return []


def _preempted(latency: Latency, seen: Sequence[Disturbance]) -> list[Reason]:
    """P99 without the calls that were put aside stands beside P99, never in its place."""
    for one in seen:
        without, with_them = one.p99_undisturbed_ns, latency.p99_ns
        # The pass that looks for it is another one: where it was slower by chance, it tells nothing.
        explains = without is None or with_them is None or without < with_them
        if explains and one.preempted_share is not None and one.preempted_share > PREEMPTED:
            share = {"percent": percent(one.preempted_share)}
            if without is None or with_them is None:
                return [Reason("preempted_share", share)]
            parameters = {
                **share,
                "p99": units.duration(latency.p99_ns),
                "p99_undisturbed": units.duration(one.p99_undisturbed_ns),
            }
            return [Reason("preempted", parameters)]
        switches = one.involuntary_switches
        if switches is not None and one.wall_s and switches > SWITCHES_PER_S * one.wall_s:
            return [Reason("switched", {"count": str(switches), "seconds": f"{one.wall_s:.1f}"})]
    return []


def _growth(latency: Latency, evidence: Evidence) -> list[Reason]:
    """Of every process: one that fills a cache once is no leak, but all do that before the steady state."""
    count = latency.count / max(1, len(evidence.disturbances))
    grown = min((one.resident_growth_bytes or 0 for one in evidence.disturbances), default=0)
    resident = evidence.resident_bytes
    if not resident or grown <= GROWTH_SHARE * resident or grown * 1000 <= GROWTH_PER_1000_BYTES * count:
        return []
    return [Reason("memory_grows", {"grown": units.size(grown), "count": f"{count:.0f}"})]
