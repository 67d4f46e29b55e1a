"""Every thread the window owns: short jobs, and the runs that go on; both answer as Qt signals."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gui.run_queue import QueuedRun
from gui.services import Listen, Running, Turn
from profiler import messages
from profiler.alternation import Alternation

MOST_AT_ONCE = 4
REFRESH_MS = 250
LIVE_SAMPLES = 50_000

Answer = TypeVar("Answer")
Failed = Callable[[Exception], None]
Make = Callable[[QueuedRun, Listen, Turn], Running]


class Jobs(QObject):
    """Work that would hold up the window, each on a thread; the answer arrives on the window's thread.

    It has no parent: a thread that is still busy keeps it alive, so that an answer always has somewhere
    to go. After `close` answers are thrown away.
    """

    _answered = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._room = threading.Semaphore(MOST_AT_ONCE)
        self._threads: list[threading.Thread] = []
        self._closed = False
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def do(
        self, work: Callable[[], Answer], done: Callable[[Answer], None], failed: Failed | None = None
    ) -> None:
        """Call `work` on a thread, then `done` with its answer here, or `failed` with its exception.

        Without `failed` an exception is raised here, where the crash dialog catches it.
        """
        thread = threading.Thread(target=self._work, args=(work, done, failed or raised), daemon=True)
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def _work(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Failed) -> None:
        with self._room:
            if self._closed:
                return
            try:
                answer = work()
            except Exception as error:  # noqa: BLE001 - it is handed to the window's thread, not swallowed
                self._answered.emit((failed, error))
            else:
                self._answered.emit((done, answer))

    @Slot(object)
    def _deliver(self, answered: tuple[Callable[[Any], None], Any]) -> None:
        if not self._closed:
            then, answer = answered
            then(answer)

    @property
    def is_busy(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def close(self, timeout_s: float = 2.0) -> bool:
        """Take no more answers; whether every thread was over in time. A late one ends with the process."""
        self._closed = True
        until = time.monotonic() + timeout_s
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not self.is_busy


def raised(error: Exception) -> None:
    """For a failure that nobody expects: the crash dialog catches it."""
    raise error


class Bridge(QObject):
    """Takes a run, or the runs of a comparison, from their own threads to the window's.

    The processes of a comparison alternate (A B B A), so only one run measures at a time. What comes often
    (warming, progress, checking) is kept and handed over at most four times a second, with the samples if
    somebody looks. Signals: `happened` with a QueuedRun and an event of it; `turned` with the QueuedRun
    whose child comes next; `ticked` with the newest report or None, and the samples of the child that
    measures (int64 ns, in order) or None.
    """

    happened = Signal(object, object)
    turned = Signal(object)
    ticked = Signal(object, object)
    _told = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.is_watched = True
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)
        self._running: dict[QueuedRun, Running] = {}
        self._measuring: Running | None = None
        self._latest: messages.Report | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._on_tick)

    def begin(self, runs: Sequence[QueuedRun], make: Make) -> None:
        """Make the runs with our listener and their turns, and start them; before the next `finish`."""
        self._latest = self._measuring = None
        alternation = Alternation(len(runs))
        self._running = {
            run: make(
                run,
                partial(self._listen, run, partial(alternation.leave, place)),
                partial(self._turn, run, partial(alternation.turn, place)),
            )
            for place, run in enumerate(runs)
        }
        for running in self._running.values():
            running.start()
        self._timer.start()

    @contextlib.contextmanager
    def _turn(self, run: QueuedRun, turn: Turn) -> Iterator[None]:
        """On the run's thread, around each of its children."""
        with turn():
            # A run that outlives the window's patience is forgotten, and may still have its turn.
            self._latest, self._measuring = None, self._running.get(run)
            self._told.emit(run, None)
            yield

    def _listen(self, run: QueuedRun, leave: Callable[[], None], event: Any) -> None:
        """On the run's thread. Names that are bound anew are all that the threads share."""
        from profiler.runner import Ended, Refused

        if isinstance(event, messages.Warming | messages.Progress | messages.Examining):
            self._latest = event
            return
        try:
            self._told.emit(run, event)
        finally:  # the others must not wait for ever where nobody is left to hear it
            if isinstance(event, Ended | Refused):
                leave()

    @Slot(object, object)
    def _pass_on(self, run: QueuedRun, event: Any) -> None:
        """Here; what a run says that was forgotten meanwhile has nobody to hear it. None: it has its turn."""
        if run not in self._running:
            return
        if event is None:
            self.turned.emit(run)
        else:
            self.happened.emit(run, event)

    def _on_tick(self) -> None:
        latest, self._latest = self._latest, None
        measuring = self._measuring
        is_read = measuring is not None and self.is_watched
        samples = measuring.samples_so_far(LIVE_SAMPLES) if measuring is not None and is_read else None
        self.ticked.emit(latest, samples)

    @property
    def is_running(self) -> bool:
        return bool(self._running)

    def cancel(self) -> None:
        for running in self._running.values():
            running.cancel()

    def finish(self) -> None:
        """Forget the runs, which are over."""
        self._timer.stop()
        for running in self._running.values():
            running.wait(1.0)
        self._running, self._measuring = {}, None
