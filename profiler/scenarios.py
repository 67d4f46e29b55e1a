"""When the next call is due and how long to go on; the clock and the calls are arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from profiler.metrics import steadiness
from profiler.plan import Stopping

Clock = Callable[[], int]
Call = Callable[[], object]
Samples = npt.NDArray[np.int64]

BLOCK_NS = 250_000_000


class Recorder(Protocol):
    """Where latencies go: see profiler.sample_file.Writer."""

    durations: memoryview
    count: int

    @property
    def room(self) -> int: ...
    def make_ready(self, count: int) -> None: ...
    def advance(self, count: int) -> None: ...
    def mark_cold(self, count: int) -> None: ...
    def begin_steady(self) -> None: ...
    def mark_block(self, clock_ns: int) -> None: ...
    def array(self, first: int = 0) -> Samples: ...


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


def time_calls(
    calls: Iterator[Call], clock: Clock, durations: memoryview, first: int, most: int, until: int
) -> tuple[int, int]:
    """The timed loop: at most `most` calls, none begun after `until`; hands back (calls made, clock).

    Only `call()` stands between the two clock readings of a sample.
    """
    index = first
    end = until
    for call in islice(calls, most):
        begin = clock()
        call()
        end = clock()
        durations[index] = end - begin
        index += 1
        if end >= until:
            break
    return index - first, end


class SingleStreamLoop:
    """One call at a time, over a rotation of bound calls, into one recorder.

    `stop_asked` is looked at between blocks of 0.25 s; `report` hears of every block, outside the timing.
    """

    def __init__(
        self, calls: Sequence[Call], recorder: Recorder, clock: Clock, stop_asked: Callable[[], bool]
    ) -> None:
        self._calls = cycle(calls)
        self._recorder = recorder
        self._clock = clock
        self._stop_asked = stop_asked
        self._per_call_ns = 0

    def cold_call(self) -> int:
        """One call, recorded as cold; its latency in ns."""
        return self._block(1, 0)[0]

    def warm_up(self, count: Literal["auto"] | int, report: Callable[[BlockReport], None]) -> WarmUp:
        """Practice until steady, or exactly `count` calls."""
        if count != "auto":
            return self._fixed_warm_up(count)
        windows: list[Samples] = []
        first, elapsed = self._recorder.count, 0
        while elapsed < steadiness.WARMUP_CAP_NS and self._has_room():
            if self._stop_asked():
                return WarmUp(self._recorder.count - first, elapsed, "stopped")
            window, spent = self._window()
            elapsed += spent
            windows = [*windows[1 - steadiness.WINDOWS_COMPARED :], window]
            done = self._recorder.count - first
            if steadiness.is_warm(windows, elapsed, done):
                return WarmUp(done, elapsed, "steady")
            report(BlockReport(done, elapsed, int(np.median(window)), 0.0))
        return WarmUp(self._recorder.count - first, elapsed, "not_stabilised")

    def measure(self, rule: Stopping, report: Callable[[BlockReport], None]) -> Steady:
        """The steady state, until the rule holds or its time is up."""
        recorder, elapsed, p50s = self._recorder, 0, list[float]()
        recorder.begin_steady()
        first = recorder.count
        while not self._stop_asked():
            recorder.mark_block(self._clock())
            left = int(rule.maximum_s * 1e9) - elapsed
            samples, spent = self._recorded(min(BLOCK_NS, left))
            elapsed += spent
            p50s.append(float(np.median(samples)))
            enough = steadiness.is_enough(rule, recorder.array(first), p50s, elapsed)
            if enough or elapsed >= rule.maximum_s * 1e9 or not self._has_room():
                return Steady(elapsed, enough, stopped=False)
            count = recorder.count - first
            report(BlockReport(count, elapsed, round(p50s[-1]), _share(rule, count, elapsed)))
        return Steady(elapsed, rule_held=False, stopped=True)

    def _fixed_warm_up(self, count: int) -> WarmUp:
        made, elapsed = 0, 0
        while made < count and not self._stop_asked():
            first = self._recorder.count
            elapsed += self._block(count - made, BLOCK_NS)[1]
            made += self._recorder.count - first
        return WarmUp(made, elapsed, "fixed" if made == count else "stopped")

    def _window(self) -> tuple[Samples, int]:
        samples, spent = self._recorded(steadiness.WINDOW_NS)
        while len(samples) < steadiness.WINDOW_RUNS and self._has_room():
            more, further = self._recorded(0)
            samples, spent = np.concatenate([samples, more]), spent + further
        return samples, spent

    def _recorded(self, duration_ns: int) -> tuple[Samples, int]:
        first = self._recorder.count
        _, spent = self._block(self._recorder.room, duration_ns)
        return self._recorder.array(first).copy(), spent

    def _block(self, most: int, duration_ns: int) -> tuple[int, int]:
        """Calls for a time (at least one); hands back the last latency and the time spent, both in ns."""
        recorder = self._recorder
        expected = 1 + (2 * duration_ns // self._per_call_ns if self._per_call_ns else 4_096)
        recorder.make_ready(min(most, expected))
        begin = self._clock()
        made, end = time_calls(
            self._calls, self._clock, recorder.durations, recorder.count, most, begin + duration_ns
        )
        recorder.advance(made)
        self._per_call_ns = max(1, (end - begin) // max(1, made))
        return int(recorder.durations[recorder.count - 1]), end - begin

    def _has_room(self) -> bool:
        return self._recorder.room > 0


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
