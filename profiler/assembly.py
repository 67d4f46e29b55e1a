"""From what a run gathered and its children left to one RunResult; pure: tested without a child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from profiler import (
    accuracy_facts,
    batch_search,
    campaign,
    inside_facts,
    judgement,
    points,
    run_facts,
    steps,
)
from profiler.errors import ErrorInfo
from profiler.heard import Gathered, Heard
from profiler.metrics import curve
from profiler.outcome import Outcome
from profiler.plan import Offline
from profiler.result import (
    Boundary,
    Flops,
    LargestBatch,
    Memory,
    Phases,
    Point,
    Resident,
    RunResult,
    SamplesPart,
    SamplesRef,
    Status,
    Throughput,
    Together,
)

Samples = npt.NDArray[np.int64]


class Assembled(NamedTuple):
    """The document, and every latency in the order that its `samples` tell."""

    result: RunResult
    samples: Samples


def interrupted(gathered: Gathered) -> RunResult:
    """The document that stands for a run until it ends: what is true if everything ends right now."""
    return RunResult(
        id=gathered.id,
        created=gathered.created,
        status=Status.INTERRUPTED,
        model=gathered.model,
        plan=run_facts.plan(gathered, None, None),
        environment=run_facts.environment(gathered, None),
    )


def assemble(gathered: Gathered, outcomes: Sequence[Outcome]) -> Assembled:
    """The whole result. Latency is computed here from the samples, never taken from a child's word."""
    filled = filled_points(gathered, outcomes)
    has_points = campaign.has_points(gathered.plan)
    knee, best = _marks(filled, gathered) if has_points else (None, None)
    chosen = _chosen(filled, knee, best, gathered)
    own = [one for one in outcomes if one.heard.point == chosen]
    point = filled[chosen] if filled else Point(gathered.plan.batch, 1, gathered.plan.threads)
    first = own[0].heard if own else None
    ref, samples = _samples(gathered.id, outcomes, chosen)
    status = _status(gathered, filled)
    result = RunResult(
        id=gathered.id,
        created=gathered.created,
        status=status,
        error=_error(filled) if status is Status.FAILED else None,
        model=run_facts.model(gathered, first),
        plan=run_facts.plan(gathered, first, point),
        environment=run_facts.environment(gathered, first),
        latency=point.latency,
        steadiness=point.steadiness,
        throughput=point.throughput,
        phases=point.phases or Phases(),
        boundary=_boundary(own, point),
        accuracy=accuracy_facts.accuracy(gathered, first),
        flops=_flops(gathered, first, point.throughput),
        memory=inside_facts.memory(gathered, first, point),
        replicates=tuple(points.replicate_of(one, gathered.plan.seed) for one in outcomes),
        points=tuple(filled) if has_points else (),
        chosen_point=chosen if has_points and filled else None,
        knee_point=knee,
        best_point=best,
        samples=ref,
        readiness=gathered.readiness,
        disturbances=gathered.machine_summary,
        together=_together(gathered, point),
        group=gathered.group,
        operators=inside_facts.rows(gathered),
        largest_batch=_largest_batch(gathered, filled),
        trace=inside_facts.trace(gathered, point),
    )
    result = msgspec.structs.replace(result, unavailable=inside_facts.reasons(result, gathered, first))
    return Assembled(judgement.of_run(result, point, gathered, filled), samples)


def filled_points(gathered: Gathered, outcomes: Sequence[Outcome]) -> list[Point]:
    """Every point with its figures and its verdict."""
    found = []
    for index, point in enumerate(gathered.points):
        own = [one for one in outcomes if one.heard.point == index]
        found.append(judgement.of_point(points.fill(point, own, gathered.plan.seed), gathered, own))
    return found


def _marks(filled: Sequence[Point], gathered: Gathered) -> tuple[int | None, int | None]:
    """Knee of the curve and best point under the limits; a search has no curve, but an answer."""
    kept = [index for index, point in enumerate(filled) if point.kept and point.stage == "confirm"]
    if steps.is_search(gathered.plan):
        return None, max(kept, key=lambda index: filled[index].rate_per_s or 0.0, default=None)
    if gathered.plan.finds_largest_batch:
        fit = batch_search.answer_of(filled, gathered.plan)
        sizes = [point.batch for point in filled]
        return None, sizes.index(fit.batch) if fit is not None and fit.batch in sizes else None
    if gathered.plan.companions or gathered.plan.sweep.dimensions:
        # Other shapes are other work: the smallest would always be the best.
        return None, None
    # What answers are worth is the same at every point: it decides between models, not between loads.
    limits = {name: most for name, most in gathered.plan.limits.items() if name != "accuracy_loss"}
    known = {"size": float(gathered.model.size_bytes)}
    return curve.knee(filled), curve.best_under_limit(filled, limits, known) if limits else None


def _chosen(filled: Sequence[Point], knee: int | None, best: int | None, gathered: Gathered) -> int:
    """The point that speaks for the run: best under the limit, else the knee, of Offline and of a few
    points the one with the highest throughput; models that live together speak by themselves alone."""
    measured = [index for index, point in enumerate(filled) if point.latency.count]
    if gathered.plan.companions or not measured:
        return next(iter(measured), 0)
    is_offline = isinstance(gathered.plan.scenario, Offline)
    for index in (best, None if is_offline else knee):
        if index is not None:
            return index
    return max(measured, key=lambda index: _worth(filled[index]))


def _worth(point: Point) -> tuple[bool, float]:
    """A rate that the model keeps up with before any that it does not."""
    grows = point.lateness is not None and bool(point.lateness.backlog_grows)
    return not grows, point.throughput.samples_per_s or 0.0


def _status(gathered: Gathered, filled: Sequence[Point]) -> Status:
    """Points that failed do not fail a sweep as long as others stand."""
    if gathered.cancelled:
        return Status.STOPPED
    statuses = {point.status for point in filled}
    if not statuses:
        return Status.INTERRUPTED
    if campaign.has_points(gathered.plan) and Status.FINISHED in statuses:
        return Status.INTERRUPTED if Status.INTERRUPTED in statuses else Status.FINISHED
    for status in (Status.FAILED, Status.STOPPED, Status.INTERRUPTED):
        if status in statuses:
            return status
    return Status.FINISHED


def _error(filled: Sequence[Point]) -> ErrorInfo | None:
    return next((point.error for point in filled if point.error is not None), None)


def _boundary(own: Sequence[Outcome], point: Point) -> Boundary:
    said = [one.heard.finished for one in own if one.heard.finished is not None]
    boundary = said[0].boundary if said else Boundary()
    p50 = point.latency.p50_ns
    null = boundary.null_call_ns
    return msgspec.structs.replace(
        boundary,
        service=point.service,
        lateness=point.lateness,
        host_overhead=null / p50 if null is not None and p50 else boundary.host_overhead,
    )


def speaker(gathered: Gathered, outcomes: Sequence[Outcome]) -> Heard | None:
    """The child whose settings stand for the run: the first of the point that speaks for it."""
    if not campaign.has_points(gathered.plan):
        return outcomes[0].heard if outcomes else None
    filled = filled_points(gathered, outcomes)
    chosen = _chosen(filled, *_marks(filled, gathered), gathered)
    return next((one.heard for one in outcomes if one.heard.point == chosen), None)


def note_residents(
    gathered: Gathered, companions: Sequence[Resident], measured: Outcome, free_bytes: int | None
) -> None:
    """What lived together in this step; the measured model is the first."""
    finished = measured.heard.finished
    memory = finished.memory if finished is not None else Memory()
    device = measured.heard.device_peak
    own = Resident(
        gathered.model.name,
        gathered.plan.runtime,
        memory.peak_rss_bytes,
        device.process_bytes if device is not None else None,
    )
    gathered.residents, gathered.free_bytes = (own, *companions), free_bytes


def _samples(run_id: str, outcomes: Sequence[Outcome], chosen: int) -> tuple[SamplesRef | None, Samples]:
    """All samples behind one another, the chosen point first, and where each child's lie."""
    order = sorted(outcomes, key=lambda one: one.heard.point != chosen)
    arrays: list[Samples] = []
    parts: list[SamplesPart] = []
    first = 0
    for one in order:
        pieces = one.cold, one.warmup, one.steady
        count = sum(map(len, pieces))
        if not count:
            continue
        heard = one.heard
        parts.append(
            SamplesPart(
                heard.point, heard.replicate, first, count, len(one.cold), len(one.warmup), heard.rank
            )
        )
        arrays += pieces
        first += count
    if not parts:
        return None, np.empty(0, dtype=np.int64)
    ref = SamplesRef(run_id, first, parts[0].cold_count, parts[0].warmup_count, parts=tuple(parts))
    return ref, np.concatenate(arrays)


def _together(gathered: Gathered, point: Point) -> Together | None:
    """The measured model and its companions in memory; shares of their sum."""
    residents = gathered.residents
    if not residents:
        return None
    on_device = all(one.device_bytes is not None for one in residents)
    sizes = [(one.device_bytes if on_device else one.memory_bytes) or 0 for one in residents]
    total = gathered.machine.get("memory_total_bytes")
    summed = sum(sizes)
    free = gathered.free_bytes
    return Together(
        group=gathered.group,
        residents=tuple(
            msgspec.structs.replace(one, share=size / summed if summed else None)
            for one, size in zip(residents, sizes, strict=True)
        ),
        sum_bytes=summed or None,
        free_bytes=free,
        total_bytes=total if isinstance(total, int) else None,
        more_like_this=free // sizes[0] if free and sizes[0] else None,
    )


def _flops(gathered: Gathered, heard: Heard | None, throughput: Throughput) -> Flops:
    found = Flops()
    if gathered.description is not None and gathered.description.flops.per_inference is not None:
        found = gathered.description.flops
    elif heard is not None and heard.finished is not None:
        found = heard.finished.flops
    if found.per_inference is None or throughput.inferences_per_s is None:
        return found
    return msgspec.structs.replace(found, achieved_per_s=found.per_inference * throughput.inferences_per_s)


def _largest_batch(gathered: Gathered, filled: Sequence[Point]) -> LargestBatch | None:
    if not gathered.plan.finds_largest_batch:
        return None
    return batch_search.answer_of(filled, gathered.plan)
