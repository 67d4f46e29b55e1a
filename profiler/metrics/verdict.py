"""Whether a number can be believed: the table from check to code to level, and the judgement by it."""

from __future__ import annotations

from collections.abc import Iterable

from profiler import units
from profiler.metrics import checks_calls, checks_load, checks_machine
from profiler.metrics.evidence import Evidence
from profiler.result import Boundary, Latency, Level, Reason, Steadiness, Verdict

LEVELS: dict[str, Level] = {
    "one_process": Level.TRUSTED,
    "first_call_slow": Level.TRUSTED,
    "new_shape_pays": Level.TRUSTED,
    "spinning": Level.TRUSTED,
    "idle_gaps": Level.TRUSTED,
    "data_dependent": Level.TRUSTED,
    "all_busy": Level.TRUSTED,
    "search_none_passes": Level.TRUSTED,
    "lock_in_processes": Level.TRUSTED,
    "lock_held": Level.CAUTION,
    "precision_other": Level.CAUTION,
    "precision_not_files": Level.CAUTION,
    "weights_cast_each_call": Level.CAUTION,
    "batch_is_fixed": Level.TRUSTED,
    "input_cast": Level.TRUSTED,
    "inputs_fewer": Level.TRUSTED,
    "outputs_not_as_declared": Level.TRUSTED,
    "input_transposed": Level.TRUSTED,
    "input_rest_unused": Level.TRUSTED,
    "dimension_guessed": Level.CAUTION,
    "shapes_guessed": Level.CAUTION,
    "cpu_fallback": Level.CAUTION,
    "drifting": Level.CAUTION,
    "stepped": Level.CAUTION,
    "bimodal": Level.CAUTION,
    "not_stabilised": Level.CAUTION,
    "too_few_samples": Level.CAUTION,
    "too_few_for_p99": Level.CAUTION,
    "stop_rule_not_held": Level.CAUTION,
    "stopped_early": Level.CAUTION,
    "host_overhead": Level.CAUTION,
    "not_idempotent": Level.CAUTION,
    "answers_ignore_input": Level.CAUTION,
    "accuracy_lost": Level.CAUTION,
    "accuracy_at_chance": Level.CAUTION,
    "labels_shifted": Level.CAUTION,
    "labels_not_judged": Level.CAUTION,
    "answers_nan": Level.INVALID,
    "oversubscribed": Level.CAUTION,
    "cpu_limited": Level.CAUTION,
    "cpu_throttled": Level.CAUTION,
    "cpu_overheated": Level.CAUTION,
    "gpu_throttled": Level.CAUTION,
    "gpu_shared": Level.CAUTION,
    "frequency_changed": Level.CAUTION,
    "on_battery": Level.CAUTION,
    "power_save": Level.CAUTION,
    "hybrid_cpu": Level.CAUTION,
    "disturbed": Level.CAUTION,
    "preempted": Level.CAUTION,
    "preempted_share": Level.CAUTION,
    "switched": Level.CAUTION,
    "migrated": Level.CAUTION,
    "swapped": Level.CAUTION,
    "major_faults": Level.CAUTION,
    "memory_grows": Level.CAUTION,
    "denormals": Level.CAUTION,
    "denormals_slow": Level.CAUTION,
    "late_generator": Level.CAUTION,
    "backlog_grows": Level.CAUTION,
    "unanswered": Level.CAUTION,
    "processes_differ": Level.CAUTION,
    "clock_off": Level.CAUTION,
    "batch_is_free": Level.CAUTION,
    "rank_lost": Level.INVALID,
    "search_no_capacity": Level.CAUTION,
    "search_undecided": Level.CAUTION,
    "search_not_confirmed": Level.CAUTION,
    "search_drifted": Level.CAUTION,
    "answers_beyond": Level.CAUTION,
    "answers_beyond_made": Level.CAUTION,
    "model_is_random": Level.CAUTION,
    "model_is_random_by": Level.CAUTION,
    "batch_changes_answers": Level.CAUTION,
    "calls_change_answers": Level.CAUTION,
    "answers_unlike": Level.INVALID,
    "answers_not_finite": Level.INVALID,
    "file_changed": Level.INVALID,
    "traced": Level.INVALID,
    "not_synchronised": Level.INVALID,
    "above_peak": Level.INVALID,
    "schedule_missed": Level.INVALID,
    "clock_wrong": Level.INVALID,
}

OVERHEAD_SAID = 0.05
_ORDER = (Level.TRUSTED, Level.CAUTION, Level.INVALID)


def judge(
    latency: Latency,
    steadiness: Steadiness | None,
    boundary: Boundary,
    further: Iterable[Reason] = (),
    evidence: Evidence | None = None,
) -> Verdict:
    """The verdict of one point; `further` are reasons found elsewhere, each with a code of LEVELS.

    A verdict never takes a number away: it says whether to believe it.
    """
    known = evidence or Evidence()
    reasons = [
        *_of_steadiness(latency, steadiness),
        *_of_boundary(boundary),
        *further,
        *checks_calls.check(latency, known),
        *checks_machine.check(known),
        *checks_load.check(latency, known),
    ]
    return by_reasons(reasons)


def by_reasons(reasons: Iterable[Reason]) -> Verdict:
    """The level of the worst reason; the worst come first, each code once."""
    once = {reason.code: reason for reason in reasons}
    ordered = sorted(once.values(), key=lambda reason: -_ORDER.index(LEVELS[reason.code]))
    level = LEVELS[ordered[0].code] if ordered else Level.TRUSTED
    return Verdict(level, tuple(ordered))


# What the status of a run is called where the machine, and not the model, was unsteady (MEASURING.md, 1.4).
_THROTTLED = {"gpu_throttled", "cpu_throttled", "cpu_overheated", "frequency_changed"}
_DISTURBED = {"disturbed", "preempted", "preempted_share", "switched", "swapped", "gpu_shared"}


def status_with(status: str, reasons: Iterable[Reason]) -> str:
    """`throttled` or `disturbed` where a reason of the verdict says so; else the status as it was."""
    codes = {reason.code for reason in reasons}
    if status == "too_few_samples":
        return status
    return "throttled" if codes & _THROTTLED else "disturbed" if codes & _DISTURBED else status


def _of_steadiness(latency: Latency, steadiness: Steadiness | None) -> list[Reason]:
    if steadiness is None:
        return [Reason("too_few_samples", {"count": str(latency.count)})]
    reasons = []
    if steadiness.step_at is not None:
        parameters = {
            "percent": f"{steadiness.step_at * 100:.0f}",
            "before": units.duration(steadiness.step_before_ns),
            "after": units.duration(steadiness.step_after_ns),
        }
        reasons.append(Reason("stepped", parameters))
    elif steadiness.status != "stable":
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
