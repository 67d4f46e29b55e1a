"""The open loop: requests come when the schedule says, whatever the model does; latency counts from then.

Workers take the next request themselves, so that nobody stands between them: a queue appears by itself
when all of them are busy. Nobody spins in Python, and the schedule is drawn before the run.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count, cycle
from typing import NamedTuple

import numpy as np

from profiler.requests_file import COLUMNS, Times
from profiler.senders import Call, Clock
from profiler.waiting import Waiter

MOST_WORKERS = 64
# A worker looks up at least this often while it waits for a request that is due much later.
LOOK_UP_NS = 50_000_000
REPORT_EVERY_S = 1.0
LATE_GRACE_S = 1.0
LATE_GRACE_SHARE = 0.25


class Ended(NamedTuple):
    """How an open loop went: requests answered, from the first due time to the last answer."""

    answered: int
    begun_ns: int
    ended_ns: int
    was_cut: bool
    cut_ns: int


class State:
    """What workers share; each has a place of its own in `done`, so that no lock is needed."""

    def __init__(self, requests: int, workers: int) -> None:
        self.take: Callable[[], int] = count().__next__
        self.last = requests
        self.done = [0] * workers

    def stop(self) -> None:
        self.last = 0


def workers_for(rate_per_s: float, p99_ns: float) -> int:
    """Enough workers that a request seldom finds them all busy: 2 * rate * P99 (MEASURING.md, 2.2)."""
    return max(1, min(MOST_WORKERS, math.ceil(2 * rate_per_s * p99_ns / 1e9)))


def serve(
    state: State, at: int, calls: Iterator[Call], due: Sequence[int], words: memoryview, clock: Clock,
    wait_until: Callable[[int], None], rest: Callable[[float], None] = time.sleep,
) -> None:  # fmt: skip
    """One worker: takes the next request, waits until it is due, answers it, writes down when."""
    for call in calls:
        index = state.take()
        if index >= state.last:
            return
        moment = due[index]
        while (left := moment - clock()) > 0:
            if left > 2 * LOOK_UP_NS:
                rest(LOOK_UP_NS / 1e9)
            else:
                wait_until(moment)
            if index >= state.last:
                return
        begin = clock()
        call()
        end = clock()
        words[COLUMNS * index + 1] = begin
        words[COLUMNS * index + 2] = end - begin
        state.done[at] += 1


class OpenLoop:
    """Workers, each with calls of its own, over one schedule.

    `due` are absolute readings of the clock in ns, ascending; `words` takes what the workers write.
    """

    def __init__(
        self, calls: Sequence[Sequence[Call]], due: Times, words: memoryview, clock: Clock, waiter: Waiter
    ) -> None:
        self._due, self._words, self._clock, self._waiter = due, words, clock, waiter
        self._state = State(len(due), len(calls))
        self._errors: list[BaseException] = []
        moments = due.tolist()
        self._threads = [
            threading.Thread(target=self._work, args=(at, cycle(own), moments), daemon=True)
            for at, own in enumerate(calls)
        ]

    @property
    def done(self) -> int:
        return sum(self._state.done)

    def run(self, stop_asked: Callable[[], bool], report: Callable[[int, float], None]) -> Ended:
        """Until every request is answered, the user stops it, or the backlog outlasts its grace.

        `report` hears, about once a second, how many are answered and the share of the schedule passed.
        """
        begun, span = int(self._due[0]), max(1, int(self._due[-1] - self._due[0]))
        latest = int(self._due[-1]) + int(1e9 * LATE_GRACE_S + LATE_GRACE_SHARE * span)
        for thread in self._threads:
            thread.start()
        was_cut, cut_ns = False, 0
        while alive := [thread for thread in self._threads if thread.is_alive()]:
            alive[0].join(REPORT_EVERY_S)
            now = self._clock()
            if stop_asked() or now > latest or self._errors:
                was_cut, cut_ns = self.done < len(self._due), now
                self._state.stop()
                for thread in self._threads:
                    thread.join()
            report(self.done, min(1.0, max(0.0, (now - begun) / span)))
        if self._errors:
            raise self._errors[0]
        ended = self._clock()
        return Ended(self.done, begun, ended, was_cut, cut_ns or ended)

    def _work(self, at: int, calls: Iterator[Call], moments: Sequence[int]) -> None:
        self._waiter.prepare_thread()
        try:
            serve(self._state, at, calls, moments, self._words, self._clock, self._waiter.wait_until)
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self._errors.append(error)
            self._state.stop()


def absolute(relative: Times, begin_ns: int) -> Times:
    """Due times on the clock, from a schedule that counts from its beginning."""
    return np.asarray(relative + begin_ns, dtype=np.int64)
