"""Between Start and the result: trust, the queue, one run at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from gui.background import Bridge, Jobs
from gui.consent import Asked, Consent
from gui.dialogs import Dialogs
from gui.run_queue import QueuedRun, RunQueue, State
from gui.services import History, Services
from gui.turns import Turns
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import RunPlan
from profiler.result import Status

if TYPE_CHECKING:
    from profiler.runner import Ended

_STATES = {Status.FINISHED: State.DONE, Status.STOPPED: State.STOPPED}


class Desk(QObject):
    """Owns the queue and the run that goes on.

    Signals: `asking_changed` with whether files are looked at before they are queued; `queued` when runs
    were added; `queue_changed`; `begun` with a QueuedRun; `delayed` when it has to wait for work of our
    own; `happened` with an event of the run that goes on; `ticked` as Bridge says; `ended` with
    runner.Ended and its plan; `all_over` when nothing waits any more.
    """

    asking_changed = Signal(bool)
    queued = Signal()
    delayed = Signal()
    queue_changed = Signal()
    begun = Signal(object)
    happened = Signal(object)
    ticked = Signal(object, object)
    ended = Signal(object, object)
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
        self.bridge.happened.connect(self._on_event)
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

    def start(self, plans: Sequence[RunPlan]) -> None:
        """Ask for trust where it is needed, then queue the runs."""
        if plans:
            self._count_asking(1)
            self._jobs.do(
                lambda: [self._consent.look(plan) for plan in plans], self._on_asked, self._on_asking_failed
            )

    def _on_asking_failed(self, error: Exception) -> None:
        self._count_asking(-1)
        raise error

    def _count_asking(self, change: int) -> None:
        self._asking += change
        self.asking_changed.emit(self._asking > 0)

    def _on_asked(self, all_asked: list[Asked]) -> None:
        self._count_asking(-1)
        plans = self._consent.agreed(all_asked)
        if plans:
            self.queue.add(plans)
            self.queued.emit()
            self.queue_changed.emit()
            self.with_store(lambda _: self._advance())

    def _advance(self) -> None:
        following = self.queue.advance()
        if following is None or self._store is None:
            return
        store = self._store
        self.begun.emit(following)
        self.queue_changed.emit()
        self._turns.take(lambda: self._begin(following, store))
        if self._turns.is_waiting:
            self.delayed.emit()

    def _begin(self, run: QueuedRun, store: History) -> None:
        self.bridge.begin(run, lambda hear: self._services.begin(run.plan, store, hear))

    def stop(self) -> None:
        """Stop the run that goes on and forget those that wait; what was measured is kept."""
        from profiler.runner import Refused

        self.queue.drop_waiting()
        self.bridge.cancel()
        if self._turns.is_waiting:
            self._on_event(Refused(ErrorInfo(ErrorKind.CANCELLED.value)))
        self.queue_changed.emit()

    @property
    def is_running(self) -> bool:
        """A run goes on, or waits for its turn."""
        return self.bridge.is_running or self._turns.is_waiting

    def _on_event(self, event: Any) -> None:
        from profiler.runner import Ended, Refused

        self.happened.emit(event)
        if isinstance(event, Ended):
            self._end(event.result.error, _STATES.get(event.result.status, State.FAILED), event)
        elif isinstance(event, Refused) and event.error.kind == ErrorKind.CANCELLED:
            self._end(None, State.DROPPED, None)
        elif isinstance(event, Refused):
            self._end(event.error, State.REFUSED, None)

    def _end(self, error: ErrorInfo | None, state: State, ended: Ended | None) -> None:
        run = self.queue.current
        self.bridge.finish()
        if run is not None:
            self.queue.end(run, state, error)
        self.queue_changed.emit()
        if ended is not None and run is not None:
            self.ended.emit(ended, run.plan)
        self._turns.release()
        self._advance()
        if self.queue.is_over:
            self.all_over.emit()
