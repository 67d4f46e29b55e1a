"""Runs one after another: which wait, which one goes on, how the others ended. No widget, no thread."""

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
    """One run of the queue; `error` says why it failed or could not begin."""

    plan: RunPlan
    state: State = State.WAITING
    error: ErrorInfo | None = None

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return PurePath(self.plan.model_path.replace("\\", "/")).name


class RunQueue:
    """At most one run goes on at a time; a queue that is over begins anew with the next plans."""

    def __init__(self) -> None:
        self._runs: list[QueuedRun] = []

    def __iter__(self) -> Iterator[QueuedRun]:
        return iter(self._runs)

    def __len__(self) -> int:
        return len(self._runs)

    @property
    def current(self) -> QueuedRun | None:
        return next((run for run in self._runs if run.state is State.RUNNING), None)

    @property
    def is_over(self) -> bool:
        return all(run.state in OVER for run in self._runs)

    @property
    def position(self) -> int:
        """How many have begun or ended, for `2 of 6`."""
        return sum(run.state is not State.WAITING for run in self._runs)

    def add(self, plans: Iterable[RunPlan]) -> None:
        """Put plans at the end; what is over is forgotten when everything was."""
        if self.is_over:
            self._runs = []
        self._runs += [QueuedRun(plan) for plan in plans]

    def advance(self) -> QueuedRun | None:
        """The next run, now running; None while one goes on or where none waits."""
        if self.current is not None:
            return None
        following = next((run for run in self._runs if run.state is State.WAITING), None)
        if following is not None:
            following.state = State.RUNNING
        return following

    def end(self, run: QueuedRun, state: State, error: ErrorInfo | None = None) -> None:
        """How a run ended; raises ValueError for a state that is no end."""
        if state not in OVER:
            raise ValueError(state)
        run.state, run.error = state, error

    def drop_waiting(self) -> None:
        """Forget the runs that have not begun."""
        for run in self._runs:
            if run.state is State.WAITING:
                run.state = State.DROPPED
