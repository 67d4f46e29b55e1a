"""How long to practise and to measure in a closed loop: the next call when one is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.metrics import steadiness
from profiler.plan import Stopping
from profiler.senders import Block, Call, Clock, Lane, OneLane, Recorder, Sender, steady_samples, time_calls

Samples = npt.NDArray[np.int64]

BLOCK_NS = 250_000_000
# Several lanes end a block one after another; long blocks keep that edge under a percent.
LANES_BLOCK_NS = 1_000_000_000
LANES_BLOCK_CALLS = 20


class WarmUp(NamedTuple):
    """How practice went; status is steady, fixed, not_stabilised or stopped."""

    calls: int
    elapsed_ns: int
    status: str


class Steady(NamedTuple):
    """How measuring went. `elapsed_ns` is the time inside blocks; pauses between them are not in it."""

    elapsed_ns: int
    rule_held: bool
    stopped: bool


class BlockReport(NamedTuple):
    """What is known after a block; `share` is the part of the time that has passed, 0 to 1."""

    calls: int
    elapsed_ns: int
    block_p50_ns: int
    share: float


Report = Callable[[BlockReport], None]


class ClosedLoop:
    """Practice and steady state of one sender.

    `stop_asked` is looked at between blocks of at least `block_ns` (0: as fits the number of lanes);
    `report` hears of every block, outside the timing.
    """

    def __init__(
        self, sender: Sender, clock: Clock, stop_asked: Callable[[], bool], block_ns: int = 0
    ) -> None:
        self._sender, self._lanes = sender, sender.lanes
        self._shortest_block_ns = block_ns or (BLOCK_NS if len(self._lanes) == 1 else LANES_BLOCK_NS)
        self._clock = clock
        self._stop_asked = stop_asked

    def cold_call(self) -> int:
        """One call of the first lane, recorded as cold; its latency in ns."""
        lane = self._lanes[0]
        lane.prepare(1, 0)
        lane.run(1, 0)
        lane.recorder.mark_cold(lane.recorder.count)
        return int(lane.recorder.durations[lane.recorder.count - 1])

    def warm_up(
        self, count: Literal["auto"] | int, report: Report, cap_ns: int = steadiness.WARMUP_CAP_NS
    ) -> WarmUp:
        """Practice until steady, or exactly `count` calls on each lane.

        `cap_ns` ends it once there were calls enough to judge by; the cap of every run ends it in any case.
        """
        if count != "auto":
            return self._fixed_warm_up(count)
        windows: list[Samples] = []
        before, elapsed = self._made(), 0
        while elapsed < steadiness.WARMUP_CAP_NS and self._has_room():
            if self._stop_asked():
                return WarmUp(self._made() - before, elapsed, "stopped")
            window, spent = self._window()
            elapsed += spent
            windows = [*windows[1 - steadiness.WINDOWS_COMPARED :], window]
            done = self._made() - before
            if steadiness.is_warm(windows, elapsed, done):
                return WarmUp(done, elapsed, "steady")
            if elapsed >= cap_ns and done >= steadiness.WARM_AFTER_RUNS:
                break
            report(BlockReport(done, elapsed, int(np.median(window)), 0.0))
        return WarmUp(self._made() - before, elapsed, "not_stabilised")

    def measure(self, rule: Stopping, report: Report) -> Steady:
        """The steady state, until the rule holds or its time is up."""
        elapsed, p50s = 0, list[float]()
        for lane in self._lanes:
            lane.recorder.begin_steady()
        firsts = [lane.recorder.count for lane in self._lanes]
        while not self._stop_asked():
            for lane in self._lanes:
                lane.mark_block()
            left = int(rule.maximum_s * 1e9) - elapsed
            block = self._block(min(self._block_ns(p50s), left))
            elapsed += block.spent_ns
            for lane in self._lanes:
                lane.elapsed_ns += lane.spent_ns
            p50s.append(float(np.median(block.samples)))
            enough = steadiness.is_enough(rule, steady_samples(self._lanes, firsts), p50s, elapsed)
            if enough or elapsed >= rule.maximum_s * 1e9 or not self._has_room():
                return Steady(elapsed, enough, stopped=False)
            count = self._made() - sum(firsts)
            report(BlockReport(count, elapsed, round(p50s[-1]), _share(rule, count, elapsed)))
        return Steady(elapsed, rule_held=False, stopped=True)

    def _block_ns(self, p50s: Sequence[float]) -> int:
        shortest = self._shortest_block_ns
        if len(self._lanes) == 1 or not p50s:
            return shortest
        return max(shortest, LANES_BLOCK_CALLS * int(p50s[-1]))

    def _fixed_warm_up(self, count: int) -> WarmUp:
        made, elapsed = 0, 0
        while made < count and not self._stop_asked():
            before = self._lanes[0].recorder.count
            most = count - made if len(self._lanes) == 1 else 1
            elapsed += self._block(BLOCK_NS, most).spent_ns
            made += self._lanes[0].recorder.count - before
        return WarmUp(made * len(self._lanes), elapsed, "fixed" if made >= count else "stopped")

    def _window(self) -> tuple[Samples, int]:
        samples, spent = self._block(steadiness.WINDOW_NS)
        while len(samples) < steadiness.WINDOW_RUNS * len(self._lanes) and self._has_room():
            more, further = self._block(0)
            samples, spent = np.concatenate([samples, more]), spent + further
        return samples, spent

    def _block(self, duration_ns: int, most: int | None = None) -> Block:
        """Calls for a time, at least one on each lane."""
        for lane in self._lanes:
            lane.prepare(most or lane.recorder.room, duration_ns)
        firsts = [lane.recorder.count for lane in self._lanes]
        self._sender.run(most or min(lane.recorder.room for lane in self._lanes), duration_ns)
        spent = max(lane.spent_ns for lane in self._lanes)
        return Block(steady_samples(self._lanes, firsts).copy(), spent)

    def _made(self) -> int:
        return sum(lane.recorder.count for lane in self._lanes)

    def _has_room(self) -> bool:
        return all(lane.recorder.room > 0 for lane in self._lanes)


def single_stream(
    calls: Sequence[Call], recorder: Recorder, clock: Clock, stop_asked: Callable[[], bool]
) -> ClosedLoop:
    """One call at a time, over a rotation of bound calls, into one recorder."""
    return ClosedLoop(OneLane(Lane(calls, recorder, clock)), clock, stop_asked)


def _share(rule: Stopping, count: int, elapsed_ns: int) -> float:
    """The part of the run that has passed: of its shortest length where no precision is asked for."""
    expected = rule.maximum_s * 1e9
    if rule.p50_tolerance is None:
        expected = min(expected, max(rule.minimum_s * 1e9, elapsed_ns * rule.minimum_count / count))
    return min(1.0, elapsed_ns / expected)


def null_call_ns(clock: Clock, calls: int = 20_000) -> Samples:
    """What the loop records for a call that does nothing, in ns: the yardstick of every run."""
    durations = np.zeros(calls, dtype=np.int64)
    view = durations.data.cast("B").cast("q")

    def nothing() -> None:
        return None

    time_calls(cycle((nothing,)), clock, view, 0, calls, clock() + 10_000_000_000)
    return durations


def query_of(calls: Sequence[Call], size: int) -> list[Call]:
    """Queries of `size` calls each, which rotate over the distinct inputs; a query is done with its last."""
    if size == 1:
        return list(calls)

    def query(batch: Sequence[Call]) -> Call:
        def send() -> None:
            for call in batch:
                call()

        return send

    starts = range(len(calls))
    return [query([calls[(start * size + at) % len(calls)] for at in range(size)]) for start in starts]
