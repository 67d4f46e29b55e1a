"""Whether a number can be believed: the table from check to code to level, and the judgement by it."""

from __future__ import annotations

from collections.abc import Iterable

from profiler import units
from profiler.result import Boundary, Latency, Level, Reason, Steadiness, Verdict

LEVELS: dict[str, Level] = {
    "one_process": Level.TRUSTED,
    "shapes_guessed": Level.CAUTION,
    "cpu_fallback": Level.CAUTION,
    "drifting": Level.CAUTION,
    "bimodal": Level.CAUTION,
    "not_stabilised": Level.CAUTION,
    "too_few_samples": Level.CAUTION,
    "stop_rule_not_held": Level.CAUTION,
    "stopped_early": Level.CAUTION,
    "host_overhead": Level.CAUTION,
    "answers_not_finite": Level.INVALID,
    "not_idempotent": Level.CAUTION,
    "file_changed": Level.INVALID,
    "search_no_capacity": Level.CAUTION,
    "search_none_passes": Level.TRUSTED,
    "search_undecided": Level.CAUTION,
    "search_not_confirmed": Level.CAUTION,
    "search_drifted": Level.CAUTION,
    "answers_ignore_input": Level.CAUTION,
}

OVERHEAD_SAID = 0.05
_ORDER = (Level.TRUSTED, Level.CAUTION, Level.INVALID)


def judge(
    latency: Latency, steadiness: Steadiness | None, boundary: Boundary, further: Iterable[Reason] = ()
) -> Verdict:
    """The verdict of one run; `further` are reasons found elsewhere, each with a code of LEVELS."""
    reasons = [*_of_steadiness(latency, steadiness), *_of_boundary(boundary), *further, Reason("one_process")]
    level = max((LEVELS[reason.code] for reason in reasons), key=_ORDER.index)
    return Verdict(level, tuple(sorted(reasons, key=lambda reason: -_ORDER.index(LEVELS[reason.code]))))


def _of_steadiness(latency: Latency, steadiness: Steadiness | None) -> list[Reason]:
    if steadiness is None:
        return [Reason("too_few_samples", {"count": str(latency.count)})]
    reasons = []
    if steadiness.status != "stable":
        spread = (
            "" if steadiness.segment_spread is None else units.significant(steadiness.segment_spread * 100)
        )
        reasons.append(Reason(steadiness.status, {"count": str(latency.count), "spread_percent": spread}))
    if steadiness.stop_rule_held is False:
        reasons.append(Reason("stop_rule_not_held"))
    return reasons


def _of_boundary(boundary: Boundary) -> list[Reason]:
    overhead = boundary.host_overhead
    if overhead is None or overhead <= OVERHEAD_SAID:
        return []
    return [Reason("host_overhead", {"percent": f"{overhead * 100:.1f}"})]
