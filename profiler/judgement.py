"""Where the verdict gets its evidence: everything that a run gathered, handed to profiler.metrics.verdict."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from profiler.heard import Gathered
from profiler.metrics import verdict
from profiler.outcome import Outcome
from profiler.result import Boundary, Point, Reason, RunResult, Status


def of_point(point: Point, gathered: Gathered, outcomes: Sequence[Outcome]) -> Point:
    """The point with its verdict; without one where nothing was measured."""
    if not point.latency.count:
        return point
    reasons = _reasons(gathered, outcomes, point.status)
    boundary = next(
        (one.heard.finished.boundary for one in outcomes if one.heard.finished is not None), Boundary()
    )
    judged = verdict.judge(point.latency, point.steadiness, boundary, reasons)
    return msgspec.structs.replace(point, verdict=judged)


def judged(result: RunResult, gathered: Gathered, outcomes: Sequence[Outcome]) -> RunResult:
    """The run with the verdict of the point that speaks for it."""
    if not result.latency.count:
        return result
    reasons = _reasons(gathered, outcomes, result.status)
    found = verdict.judge(result.latency, result.steadiness, result.boundary, reasons)
    return msgspec.structs.replace(result, verdict=found)


def _reasons(gathered: Gathered, outcomes: Sequence[Outcome], status: Status) -> list[Reason]:
    """What the children said, each reason once."""
    reasons = list(gathered.reasons)
    for one in outcomes:
        heard = one.heard
        reasons += heard.loaded.notes if heard.loaded is not None else ()
        if heard.finished is not None:
            reasons += heard.finished.reasons
            if heard.finished.accuracy.idempotent is False:
                reasons.append(Reason("not_idempotent"))
    if gathered.file_changed:
        reasons.append(Reason("file_changed"))
    if status is Status.STOPPED:
        reasons.append(Reason("stopped_early"))
    return list({reason.code: reason for reason in reversed(reasons)}.values())[::-1]
