"""Runs and comparisons of runs one after another: which wait, which go on, how the others ended.

No widget, no thread.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePath

from profiler.errors import ErrorInfo
from profiler.plan import RunPlan


class State(enum.Enum):
    """Where a run of the queue stands; one that was refused could not begin, and there is no result of it."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    REFUSED = "refused"
    DROPPED = "dropped"


WITH_RESULT = {State.DONE, State.STOPPED, State.FAILED}
OVER = WITH_RESULT | {State.REFUSED, State.DROPPED}


@dataclass(eq=False)
class QueuedRun:
    """One run of the queue; `error` says why it failed or could not begin.

    Runs of one `group` are a comparison: they go on together and take turns, process by process; `has_turn`
    says whose it is. Of `wanted` processes `begun` have had it and `measured` are through, as far as the run
    tells; `wanted` is 0 until then, and where a search decides.
    """

    plan: RunPlan
    state: State = State.WAITING
    error: ErrorInfo | None = None
    group: str = ""
    has_turn: bool = False
    begun: int = 0
    wanted: int = 0
    measured: int = 0

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return PurePath(self.plan.model_path.replace("\\", "/")).name


class RunQueue:
    """At most one run, or one comparison, goes on at a time; a queue that is over begins anew."""

    def __init__(self) -> None:
        self._runs: list[QueuedRun] = []

    def __iter__(self) -> Iterator[QueuedRun]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def current(self) -> tuple[QueuedRun, ...]:
        """The run that goes on, or those of the comparison that are not over; empty where none does."""
        return tuple(run for run in self._runs if run.state is State.RUNNING)

    @property
    def is_over(self) -> bool:
        return all(run.state in OVER for run in self._runs)

    @property
    def position(self) -> int:
        """How many have begun or ended, for `2 of 6`."""
        return sum(run.state is not State.WAITING for run in self._runs)

    def of_group(self, group: str) -> tuple[QueuedRun, ...]:
        """The runs of a comparison, whatever became of them."""
        return tuple(run for run in self._runs if group and run.group == group)

    def add(self, plans: Iterable[RunPlan], group: str = "") -> None:
        """Put plans at the end, with a `group` as one comparison; what is over is forgotten when all was."""
        if self.is_over:
            self._runs = []
        self._runs += [QueuedRun(plan, group=group) for plan in plans]

    def advance(self) -> tuple[QueuedRun, ...]:
        """The next run or comparison, now running; empty while one goes on or where none waits."""
        first = next((run for run in self._runs if run.state is State.WAITING), None)
        if first is None or self.current:
            return ()
        following = self.of_group(first.group) or (first,)
        for run in following:
            run.state = State.RUNNING
        return following

    def turn_to(self, run: QueuedRun | None) -> None:
        """Whose turn it is; all that had one before are through with their process."""
        for other in self._runs:
            other.has_turn, other.measured = other is run, other.begun

    def end(self, run: QueuedRun, state: State, error: ErrorInfo | None = None) -> None:
        """How a run ended; raises ValueError for a state that is no end."""
        if state not in OVER:
            raise ValueError(state)
        run.state, run.error, run.has_turn = state, error, False

    def drop_waiting(self) -> None:
        """Forget the runs that have not begun."""
        for run in self._runs:
            if run.state is State.WAITING:
                run.state = State.DROPPED
