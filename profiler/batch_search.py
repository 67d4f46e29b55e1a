"""The largest batch that fits into memory: profiler.metrics.batch_fit, a fresh child for each try."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import psutil

from profiler.errors import ErrorKind
from profiler.metrics import batch_fit
from profiler.metrics.batch_fit import Tried
from profiler.plan import RunPlan, SingleStream, Stopping
from profiler.result import LargestBatch, Point, Reason, Status
from profiler.steps import Step, Steps, point_of

# One steady call is enough to see what a batch takes; large ones may answer for a minute.
ONE_CALL = Stopping(0.0, 1, 0.0)
SHARE_OF_FREE = 0.9
_OUT_OF_MEMORY = (ErrorKind.OUT_OF_MEMORY, ErrorKind.CHILD_KILLED)


def limit_of(plan: RunPlan) -> int:
    """Bytes that the process may take: the plan's limit, else nine tenths of what is free now."""
    return plan.memory_limit_bytes or int(SHARE_OF_FREE * psutil.virtual_memory().available)


def steps(plan: RunPlan) -> Steps:
    """One step a try; ends early where a batch fails for another reason than memory."""
    limit = plan.memory_limit_bytes
    going = batch_fit.search(limit)
    batch, index = next(going), 0
    while True:
        own = _plan_of(plan, batch)
        answer = yield Step(index, point_of(own), 0, 1, None, own)
        index += 1
        if not (_fits(answer) or _is_full(answer)):
            return (Reason("batch_is_fixed", {"batch": str(batch)}),) if index > 1 else ()
        try:
            batch = going.send(_tried(answer, plan.device))
        except StopIteration:
            return ()


def _plan_of(plan: RunPlan, batch: int) -> RunPlan:
    return msgspec.structs.replace(
        plan,
        batch=batch,
        scenario=SingleStream(),
        stopping=ONE_CALL,
        warmup=0,
        distinct_inputs=1,
    )


def answer_of(points: Sequence[Point], plan: RunPlan) -> LargestBatch | None:
    """What the search found; None where nothing was tried."""
    tried = [_tried(point, plan.device) for point in points if _fits(point) or _is_full(point)]
    if not tried:
        return None
    fit = batch_fit.found(tried)
    peak = next((one.peak_bytes for one in tried if one.batch == fit.largest), None)
    limit = plan.memory_limit_bytes if plan.device == "cpu" else None
    return LargestBatch(fit.largest, fit.smallest_failing or None, peak, limit)


def _tried(point: Point, device: str) -> Tried:
    """On a device of its own, what the process takes of the host's memory foretells nothing."""
    peak = point.memory.peak_rss_bytes if point.memory is not None and device == "cpu" else None
    return Tried(point.batch, _fits(point), peak)


def _fits(point: Point) -> bool:
    return point.status is Status.FINISHED


def _is_full(point: Point) -> bool:
    return point.error is not None and point.error.kind in _OUT_OF_MEMORY
