"""From what the children of one point left to its figures; pure, so that it is tested without a child."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from profiler import input_origin
from profiler.errors import ErrorInfo
from profiler.heard import Heard
from profiler.metrics import by_input, open_loop, replicates, steadiness
from profiler.metrics import latency as latencies
from profiler.outcome import Outcome
from profiler.result import (
    Disturbance,
    Latency,
    Lateness,
    Memory,
    Phases,
    Point,
    Replicate,
    Status,
    Steadiness,
    Throughput,
)

Samples = npt.NDArray[np.int64]

_WORST = (
    "stable", "bimodal", "not_stabilised", "drifting", "disturbed", "throttled", "too_few_samples",
)  # fmt: skip


class Group(NamedTuple):
    """The processes that measured at once: one, or as many as the world size."""

    outcomes: tuple[Outcome, ...]

    @property
    def steady(self) -> Samples:
        return (
            np.concatenate([one.steady for one in self.outcomes]) if self.outcomes else np.empty(0, np.int64)
        )

    @property
    def is_whole(self) -> bool:
        """Every rank was measured; the throughput of a part of the world is no throughput."""
        if len(self.outcomes) == 1:
            return bool(len(self.outcomes[0].steady))
        return bool(self.outcomes) and all(
            one.heard.finished is not None and len(one.steady) for one in self.outcomes
        )

    @property
    def at_once(self) -> float:
        """Calls under way at a time on average in one of the processes, by Little's law."""
        wall_ns = sum(one.steady_ns for one in self.outcomes)
        return max(1e-6, float(self.steady.sum()) / wall_ns) if wall_ns else 1.0

    def _window_ns(self) -> int:
        """On one machine from the first beginning to the last end; clocks of several cannot be compared."""
        said = [one.heard.finished for one in self.outcomes if one.heard.finished is not None]
        if said and all(one.heard.host is None for one in self.outcomes):
            return max(one.ended_ns for one in said) - min(one.begun_ns for one in said)
        return max(one.window_ns for one in self.outcomes)

    def throughput(self) -> Throughput:
        """A common window: what all did together over the time of the slowest (MLPerf's rule for ranks)."""
        world = len(self.outcomes)
        if not self.is_whole:
            return Throughput(world_size=world)
        if world == 1:
            per_s = self.outcomes[0].calls_per_s
        else:
            longest = self._window_ns()
            per_s = sum(one.calls for one in self.outcomes) / (longest / 1e9) if longest else None
        if per_s is None:
            return Throughput(world_size=world)
        return Throughput(per_s, per_s * self.outcomes[0].samples_per_call, world)


def groups_of(outcomes: Sequence[Outcome]) -> list[Group]:
    """One group a replicate, in order, ranks in order."""
    numbers = sorted({one.heard.replicate for one in outcomes})
    return [
        Group(tuple(sorted((one for one in outcomes if one.heard.replicate == number), key=_rank)))
        for number in numbers
    ]


def _rank(one: Outcome) -> int:
    return one.heard.rank


def fill(point: Point, outcomes: Sequence[Outcome], seed: int) -> Point:
    """The point with its figures; what failed in any of its processes is its error."""
    groups = groups_of(outcomes)
    measured = [group for group in groups if group.is_whole]
    error = error_of(outcomes)
    worst = worst_steadiness([judged for one in outcomes if (judged := judge(one)) is not None])
    first = outcomes[0].heard if outcomes else None
    return msgspec.structs.replace(
        point,
        status=status_of(outcomes),
        error=error,
        processes=len(measured),
        latency=_latency(measured, seed),
        service=service_of(outcomes),
        lateness=lateness_of(outcomes),
        throughput=throughput_of(measured),
        steadiness=worst,
        memory=memory_of(outcomes),
        phases=phases_of(first),
        batch=outcomes[0].batch if outcomes else point.batch,
        threads=_threads(first, point),
        concurrency=_lanes(first, point),
    )


def _latency(measured: Sequence[Group], seed: int) -> Latency:
    return replicates.summarise(
        [group.steady for group in measured], seed, [group.at_once for group in measured]
    )


def _threads(heard: Heard | None, point: Point) -> int:
    return heard.loaded.threads if heard is not None and heard.loaded is not None else point.threads


def _lanes(heard: Heard | None, point: Point) -> int:
    workers = heard.finished.workers if heard is not None and heard.finished is not None else 0
    return max(workers, point.concurrency)


def status_of(outcomes: Sequence[Outcome]) -> Status:
    statuses = [one.heard.status for one in outcomes]
    for status in (Status.FAILED, Status.STOPPED, Status.INTERRUPTED):
        if status in statuses:
            return status
    return Status.FINISHED if statuses else Status.INTERRUPTED


def error_of(outcomes: Sequence[Outcome]) -> ErrorInfo | None:
    """The first error, but of the process that caused it, not of those that lost a rank by it."""
    errors = [one.heard.error for one in outcomes if one.heard.status is Status.FAILED]
    own = [error for error in errors if error is not None and error.kind != "rank_lost"]
    return next(iter(own or errors), None)


def judge(one: Outcome) -> Steadiness | None:
    """Whether one process was steady; None where it measured nothing."""
    steady = one.steady
    if not len(steady):
        return None
    finished = one.heard.finished
    held = finished.stop_rule_held if finished is not None else False
    status = one.heard.warmup_status or "stopped"
    return steadiness.judge(steady, status, held, is_open=one.requests is not None)


def worst_steadiness(judged: Sequence[Steadiness]) -> Steadiness | None:
    """The least steady process speaks for all."""
    if not judged:
        return None
    worst = max(judged, key=lambda one: (_WORST.index(one.status), one.segment_spread or 0.0))
    return msgspec.structs.replace(worst, stop_rule_held=all(one.stop_rule_held for one in judged))


def throughput_of(groups: Sequence[Group]) -> Throughput:
    """The median over replicates: their lower middle one, so that it was really reached."""
    reached = [group.throughput() for group in groups]
    known = sorted(
        (one for one in reached if one.inferences_per_s is not None),
        key=lambda one: one.inferences_per_s or 0,
    )
    return known[(len(known) - 1) // 2] if known else Throughput()


def service_of(outcomes: Sequence[Outcome]) -> Latency | None:
    """Of open loops: latency from when each request was begun."""
    parts = [service for one in outcomes if (service := one.service) is not None]
    return latencies.summarise(np.concatenate(parts)) if parts else None


def lateness_of(outcomes: Sequence[Outcome]) -> Lateness | None:
    """How the worst open loop kept its schedule, and what any of them left undone; None for closed loops."""
    every = [late for one in outcomes if (late := _lateness(one)) is not None]
    if not every:
        return None
    worst = max(every, key=lambda late: late.over_1ms_share or 0.0)
    ranks = max(one.heard.plan.world_size for one in outcomes)
    return msgspec.structs.replace(
        worst,
        unanswered=sum(late.unanswered for late in every),
        backlog_grows=any(late.backlog_grows for late in every),
        all_busy_share=max((late.all_busy_share or 0.0 for late in every), default=None),
        target_per_s=_times(worst.target_per_s, ranks),
        achieved_per_s=_times(worst.achieved_per_s, ranks),
    )


def _times(rate: float | None, ranks: int) -> float | None:
    """The world's rate from that of one of its equal ranks."""
    return None if rate is None else rate * ranks


def _lateness(one: Outcome) -> Lateness | None:
    requests, finished = one.counted_requests(), one.heard.finished
    if requests is None or not len(requests.due) or finished is None:
        return None
    kept = open_loop.lateness(requests.due, requests.begin, requests.duration, finished.workers)
    return msgspec.structs.replace(kept, wait_method=finished.wait_method)


def memory_of(outcomes: Sequence[Outcome]) -> Memory | None:
    """Of the process that took the most; of several at once their peaks together."""
    found = [one.heard.finished.memory for one in outcomes if one.heard.finished is not None]
    if not found:
        return None
    most = max(found, key=lambda memory: memory.peak_rss_bytes or 0)
    first = [one.heard.finished for one in outcomes if one.heard.replicate == outcomes[0].heard.replicate]
    peaks = [said.memory.peak_rss_bytes or 0 for said in first if said is not None]
    return most if len(peaks) < 2 else msgspec.structs.replace(most, peak_rss_bytes=sum(peaks))


def phases_of(heard: Heard | None) -> Phases | None:
    if heard is None or heard.finished is None:
        return None
    return msgspec.structs.replace(heard.finished.phases, start_to_first_inference_ns=heard.start_to_first_ns)


def disturbance_of(one: Outcome) -> Disturbance | None:
    """The child's counters, with the latency by input, which only one lane has in order."""
    finished = one.heard.finished
    if finished is None or finished.disturbance is None or len(one.lanes) != 1:
        return finished.disturbance if finished is not None else None
    lane, distinct = one.lanes[0], one.heard.plan.distinct_inputs
    origins = one.heard.loaded.input_origin.values() if one.heard.loaded is not None else ()
    first = (lane.cold_count + lane.warmup_count) % distinct
    found = by_input.medians(lane.steady, distinct, first) if any(map(input_origin.varies, origins)) else ()
    return msgspec.structs.replace(finished.disturbance, input_p50_ns=found)


def replicate_of(one: Outcome, seed: int) -> Replicate:
    """One child as the document has it."""
    heard, finished = one.heard, one.heard.finished
    per_s = one.calls_per_s
    return Replicate(
        latency=latencies.summarise(one.steady, seed, Group((one,)).at_once),
        exit=heard.status.value,
        steadiness=judge(one),
        point=heard.point,
        replicate=heard.replicate,
        rank=heard.rank,
        host=heard.host,
        throughput=Throughput(per_s, per_s * one.samples_per_call) if per_s is not None else None,
        phases=phases_of(heard),
        memory=finished.memory if finished is not None else None,
        disturbance=disturbance_of(one),
        error=heard.error,
        cpus=heard.cpus,
    )
