"""Who sends: one thread or several, each making its own bound calls and timing nothing but them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from profiler.pairs import paired

Clock = Callable[[], int]
Call = Callable[[], object]
Job = Callable[[], None]
Samples = npt.NDArray[np.int64]

_FIRST_GUESS = 4_096


class Recorder(Protocol):
    """Where the latencies of one thread go: see profiler.sample_file.Writer."""

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


class Block(NamedTuple):
    """What one block left: its latencies, lane after lane, and how long the longest lane took, in ns."""

    samples: Samples
    spent_ns: int


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


class Lane:
    """One thread's rotation of bound calls into one recorder.

    Attributes: `elapsed_ns` the time spent inside steady blocks; `spent_ns` that of the last block.
    """

    def __init__(self, calls: Sequence[Call], recorder: Recorder, clock: Clock) -> None:
        self.recorder = recorder
        self.elapsed_ns = self.spent_ns = 0
        self._calls, self._clock = cycle(calls), clock
        self._per_call_ns = 0

    def prepare(self, most: int, duration_ns: int) -> None:
        """Make the pages ready that a block will fill, so that no fault falls between two calls."""
        expected = 1 + (2 * duration_ns // self._per_call_ns if self._per_call_ns else _FIRST_GUESS)
        self.recorder.make_ready(min(most, expected))

    def mark_block(self) -> None:
        self.recorder.mark_block(self._clock())

    def run(self, most: int, duration_ns: int) -> None:
        """Calls for a time, at least one."""
        recorder = self.recorder
        begin = self._clock()
        made, end = time_calls(
            self._calls, self._clock, recorder.durations, recorder.count, most, begin + duration_ns
        )
        recorder.advance(made)
        self.spent_ns = end - begin
        self._per_call_ns = max(1, self.spent_ns // max(1, made))


class Sender(Protocol):
    """Makes calls a block at a time.

    Attributes: `lanes` its lanes; the first makes the cold calls.
    """

    lanes: Sequence[Lane]

    def run(self, most: int, duration_ns: int) -> None:
        """One block on every lane at once."""

    def close(self) -> None: ...


class OneLane:
    """The calling thread sends: the next call when the previous one is done."""

    def __init__(self, lane: Lane) -> None:
        self.lanes: Sequence[Lane] = (lane,)

    def run(self, most: int, duration_ns: int) -> None:
        self.lanes[0].run(most, duration_ns)

    def close(self) -> None:
        """Nothing to end."""


class ManyLanes:
    """As many threads as lanes, which all begin a block together; the calling thread waits meanwhile."""

    def __init__(self, lanes: Sequence[Lane], together: Callable[[Sequence[Job]], None]) -> None:
        self.lanes = lanes
        self._together = together

    def run(self, most: int, duration_ns: int) -> None:
        self._together([lambda lane=lane: lane.run(most, duration_ns) for lane in self.lanes])  # type: ignore[misc]

    def close(self) -> None:
        """Threads of a crew end with it."""


class Crew:
    """Threads that wait for work and begin it at the same moment; a job's exception is raised in `run`."""

    def __init__(self, count: int) -> None:
        self._jobs: Sequence[Job] = ()
        self._errors: list[BaseException] = []
        self._begin, self._end = threading.Barrier(count + 1), threading.Barrier(count + 1)
        self._threads = [threading.Thread(target=self._work, args=(at,), daemon=True) for at in range(count)]
        for thread in self._threads:
            thread.start()

    def run(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._begin.wait()
        self._end.wait()
        if self._errors:
            raise self._errors[0]

    def _work(self, at: int) -> None:
        while True:
            self._begin.wait()
            if not self._jobs:
                return
            try:
                self._jobs[at]()
            except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
                self._errors.append(error)
            self._end.wait()

    def close(self) -> None:
        self._jobs = ()
        self._begin.wait()
        for thread in self._threads:
            thread.join()


def steady_samples(lanes: Sequence[Lane], firsts: Sequence[int]) -> Samples:
    """The latencies of all lanes from an index of each, lane after lane; one lane's are a view."""
    parts = [lane.recorder.array(first) for lane, first in paired(lanes, firsts)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
