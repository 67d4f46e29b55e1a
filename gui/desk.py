"""Between Start and the result: trust, the queue, one run or one comparison at a time."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gui.background import Bridge, Jobs
from gui.consent import Asked, Consent
from gui.dialogs import Dialogs
from gui.run_queue import QueuedRun, RunQueue, State
from gui.services import Among, History, Listen, Running, Services, Turn
from gui.turns import Turns
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import RunPlan
from profiler.result import Status

if TYPE_CHECKING:
    from profiler.correctness.shelf import Shelf
    from profiler.runner import Ended

_STATES = {Status.FINISHED: State.DONE, Status.STOPPED: State.STOPPED}


class Desk(QObject):
    """Owns the queue and what goes on of it.

    Signals: `asking_changed` with whether files are looked at before they are queued; `queued` when runs
    were added; `queue_changed`; `begun` with a QueuedRun, of a comparison the first; `turned` with the one
    whose process comes next; `delayed` when it has to wait for work of our own; `happened` with a QueuedRun
    and an event of it; `ticked` as Bridge says; `ended` with runner.Ended and its plan, which for the runs
    of a comparison comes when all of them are over; `compared` behind these with the ids of a comparison
    that left two results or more; `all_over` when nothing waits any more.
    """

    asking_changed = Signal(bool)
    queued = Signal()
    delayed = Signal()
    queue_changed = Signal()
    begun = Signal(object)
    turned = Signal(object)
    happened = Signal(object, object)
    ticked = Signal(object, object)
    ended = Signal(object, object)
    compared = Signal(list)
    all_over = Signal()

    def __init__(self, services: Services, jobs: Jobs, turns: Turns, dialogs: Dialogs) -> None:
        super().__init__()
        self.queue = RunQueue()
        self.bridge = Bridge()
        self._services, self._jobs, self._turns = services, jobs, turns
        self._consent = Consent(services, dialogs)
        self._asking = 0
        self._store: History | None = None
        self._waiting_for_store: list[Callable[[History], None]] = []
        self._is_opening = False
        self._ended: dict[QueuedRun, Ended] = {}
        self._shelf: Shelf | None = None
        self.bridge.happened.connect(self._on_event)
        self.bridge.turned.connect(self._on_turned)
        self.bridge.ticked.connect(self.ticked)

    def with_store(self, then: Callable[[History], None]) -> None:
        """Call `then` with the history, now or as soon as it is open."""
        if self._store is not None:
            then(self._store)
            return
        self._waiting_for_store.append(then)
        if not self._is_opening:
            self._is_opening = True
            self._jobs.do(self._services.open_store, self._on_store)

    def _on_store(self, store: History) -> None:
        self._store, waiting = store, self._waiting_for_store
        self._waiting_for_store = []
        for then in waiting:
            then(store)

    def start(self, plans: Sequence[RunPlan], in_turns: bool = False) -> None:
        """Ask for trust where it is needed, then queue the runs: one after another, or as one comparison
        whose processes alternate (A B B A), so that a drift of the machine falls on all alike."""
        if plans:
            self._count_asking(1)
            self._jobs.do(
                lambda: self._consent.look_all(plans),
                lambda asked: self._on_asked(asked, in_turns),
                self._on_asking_failed,
            )

    def _on_asking_failed(self, error: Exception) -> None:
        self._count_asking(-1)
        raise error

    def _count_asking(self, change: int) -> None:
        self._asking += change
        self.asking_changed.emit(self._asking > 0)

    def _on_asked(self, all_asked: list[Asked], in_turns: bool) -> None:
        self._count_asking(-1)
        plans = self._consent.agreed(all_asked)
        if plans:
            self.queue.add(plans, secrets.token_hex(4) if in_turns and len(plans) > 1 else "")
            self.queued.emit()
            self.queue_changed.emit()
            self.with_store(lambda _: self._advance())

    def _advance(self) -> None:
        if self._store is None:
            return
        store, following = self._store, self.queue.advance()
        if not following:
            return
        self.begun.emit(following[0])
        self.queue_changed.emit()
        self._turns.take(lambda: self._begin(following, store))
        if self._turns.is_waiting:
            self.delayed.emit()

    def _begin(self, runs: Sequence[QueuedRun], store: History) -> None:
        from profiler.correctness.shelf import Shelf

        shelf = self._shelf = Shelf() if runs[0].group else None

        def make(run: QueuedRun, listen: Listen, turn: Turn) -> Running:
            return self._services.begin(run.plan, store, listen, Among(turn, run.group, shelf))

        self.bridge.begin(runs, make)

    def stop(self) -> None:
        """Stop what goes on and forget what waits; what was measured is kept, of every candidate."""
        from profiler.runner import Refused

        self.queue.drop_waiting()
        self.bridge.cancel()
        if self._turns.is_waiting:
            for run in self.queue.current:
                self._on_event(run, Refused(ErrorInfo(ErrorKind.CANCELLED.value)))
        self.queue_changed.emit()

    @property
    def is_running(self) -> bool:
        """A run goes on, or waits for its turn."""
        return self.bridge.is_running or self._turns.is_waiting

    def _on_turned(self, run: QueuedRun) -> None:
        self.queue.turn_to(run)
        self.turned.emit(run)
        self.queue_changed.emit()

    def _on_event(self, run: QueuedRun, event: Any) -> None:
        from profiler.runner import Ended, PointBegun, Refused

        if isinstance(event, PointBegun):
            run.begun += 1
            run.wanted = 0 if event.total is None else event.total * event.replicates
            self.queue_changed.emit()
        self.happened.emit(run, event)
        if isinstance(event, Ended):
            self._ended[run] = event
            self._end(run, _STATES.get(event.result.status, State.FAILED), event.result.error)
        elif isinstance(event, Refused) and event.error.kind == ErrorKind.CANCELLED:
            self._end(run, State.DROPPED)
        elif isinstance(event, Refused):
            self._end(run, State.REFUSED, event.error)

    def _end(self, run: QueuedRun, state: State, error: ErrorInfo | None = None) -> None:
        """One run is over; showing it while others of its comparison go on would be measured with them."""
        self.queue.end(run, state, error)
        if not self.queue.current:
            self.bridge.finish()
        self.queue_changed.emit()
        if self.queue.current:
            return
        if self._shelf is not None:
            self._shelf.close()
            self._shelf = None
        # In the order of the queue, whichever ended first.
        over = [(one, self._ended[one]) for one in self.queue if one in self._ended]
        self._ended = {}
        for one, ended in over:
            self.ended.emit(ended, one.plan)
        if run.group and len(over) > 1:
            self.compared.emit([ended.result.id for _, ended in over])
        self._turns.release()
        self._advance()
        if self.queue.is_over:
            self.all_over.emit()
