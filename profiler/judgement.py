"""Where the verdict gets its evidence: everything that a run gathered, handed to profiler.metrics.verdict."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from profiler import accuracy_facts, precision_facts
from profiler.heard import Gathered
from profiler.metrics import checks_load, verdict
from profiler.metrics import latency as latencies
from profiler.metrics.evidence import Evidence
from profiler.outcome import Outcome
from profiler.plan import MultiStream, Server
from profiler.points import disturbance_of, groups_of
from profiler.result import Boundary, Point, Reason, RunResult, Status, Steadiness, Verdict


def of_point(point: Point, gathered: Gathered, outcomes: Sequence[Outcome]) -> Point:
    """The point with its verdict; without one where nothing was measured."""
    if not point.latency.count:
        return point
    boundary = next(
        (one.heard.finished.boundary for one in outcomes if one.heard.finished is not None), Boundary()
    )
    reasons = _reasons(gathered, outcomes, point.status)
    evidence = _evidence(point, gathered, outcomes, boundary.device_ns)
    found = verdict.judge(point.latency, point.steadiness, boundary, reasons, evidence)
    return msgspec.structs.replace(point, verdict=found, steadiness=_renamed(point.steadiness, found))


def of_run(result: RunResult, point: Point, gathered: Gathered, points: Sequence[Point]) -> RunResult:
    """The run with the verdict of the point that speaks for it, and what only the whole run tells."""
    if point.verdict is None:
        return result
    evidence = Evidence(
        device=gathered.plan.device,
        percent_of_peak=result.flops.percent_of_peak,
        batch_p50_ns=_by_batch(points),
    )
    stopped = [Reason("stopped_early")] if result.status is Status.STOPPED else []
    whole = [*gathered.reasons, *stopped, *checks_load.of_device(result.latency, evidence)]
    found = verdict.by_reasons(accuracy_facts.reasons(gathered, [*point.verdict.reasons, *whole]))
    return msgspec.structs.replace(result, verdict=found)


def _renamed(steadiness: Steadiness | None, found: Verdict) -> Steadiness | None:
    if steadiness is None:
        return None
    status = verdict.status_with(steadiness.status, found.reasons)
    return msgspec.structs.replace(steadiness, status=status)


def _evidence(
    point: Point, gathered: Gathered, outcomes: Sequence[Outcome], device_ns: int | None
) -> Evidence:
    seen = tuple(found for one in outcomes if (found := disturbance_of(one)) is not None)
    scenario = outcomes[0].heard.plan.scenario if outcomes else None
    is_open = isinstance(scenario, Server)
    return Evidence(
        disturbances=seen,
        lateness=point.lateness,
        machine=gathered.machine_summary,
        readiness=gathered.readiness,
        device=gathered.plan.device,
        device_ns=device_ns,
        at_once=(1 if is_open else point.concurrency) * point.world_size,
        threads=point.threads or 1,
        usable_cpus=_usable(outcomes),
        is_pinned=any(one.heard.cpus for one in outcomes),
        wants_p99=is_open or isinstance(scenario, MultiStream),
        phases=point.phases,
        process_p50_ns=_medians(outcomes),
        resident_bytes=point.memory.peak_rss_bytes if point.memory is not None else None,
        denormal_fraction=denormal_fraction(gathered, outcomes),
        denormal_speedup=gathered.denormal_speedup,
    )


def _usable(outcomes: Sequence[Outcome]) -> float | None:
    """Processes that stay on processors of their own add up; others share the same ones."""
    for group in groups_of(outcomes):
        seen = [disturbance_of(one) for one in group.outcomes]
        known = [one.usable_cpus for one in seen if one is not None and one.usable_cpus is not None]
        if known:
            are_apart = all(one.heard.cpus for one in group.outcomes)
            return sum(known) if are_apart else max(known)
    return None


def denormal_fraction(gathered: Gathered, outcomes: Sequence[Outcome]) -> float | None:
    """By the file where it was read, else by the child's open model."""
    described = gathered.description.denormal_fraction if gathered.description is not None else None
    said = (one.heard.finished.denormal_fraction for one in outcomes if one.heard.finished is not None)
    return described if described is not None else next((one for one in said if one is not None), None)


def _medians(outcomes: Sequence[Outcome]) -> tuple[int, ...]:
    """The P50 of each fresh process, or of all that measured at once."""
    found = []
    for group in groups_of(outcomes):
        steady = group.steady
        if len(steady):
            steady.sort()
            found.append(latencies.percentile(steady, 0.5))
    return tuple(found)


def _by_batch(points: Sequence[Point]) -> dict[int, int]:
    """The first median of each batch of a sweep."""
    found: dict[int, int] = {}
    for point in points:
        if point.latency.p50_ns is not None:
            found.setdefault(point.batch, point.latency.p50_ns)
    return found if len(found) > 1 else {}


def _reasons(gathered: Gathered, outcomes: Sequence[Outcome], status: Status) -> list[Reason]:
    """What the children said, each reason once."""
    reasons: list[Reason] = []
    for one in outcomes:
        heard = one.heard
        reasons += heard.loaded.notes if heard.loaded is not None else ()
        if heard.finished is not None:
            reasons += heard.finished.reasons
            if heard.finished.accuracy.idempotent is False:
                reasons.append(Reason("not_idempotent"))
    reasons += _of_precision(gathered, outcomes)
    if gathered.file_changed:
        reasons.append(Reason("file_changed"))
    if status is Status.STOPPED:
        reasons.append(Reason("stopped_early"))
    return list({reason.code: reason for reason in reversed(reasons)}.values())[::-1]


def _of_precision(gathered: Gathered, outcomes: Sequence[Outcome]) -> list[Reason]:
    """Where another precision ran than was asked for, or than the file's own where none was."""
    asked = gathered.plan.precision
    ran = next(
        (one.heard.loaded.precision_effective for one in outcomes if one.heard.loaded is not None), asked
    )
    if asked != "as_is":
        return [] if asked == ran else [Reason("precision_other", {"asked": asked, "ran": ran})]
    own = precision_facts.of_file(gathered.description.nodes) if gathered.description is not None else None
    if not precision_facts.other_than_file(own, ran):
        return []
    return [Reason("precision_not_files", {"own": str(own), "ran": ran, "runtime": gathered.plan.runtime})]
