"""Every thread the window owns: short jobs, and the run that is going on; both answer as Qt signals."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from gui.run_queue import QueuedRun
from gui.services import Running
from profiler import messages

MOST_AT_ONCE = 4
REFRESH_MS = 250
LIVE_SAMPLES = 50_000

Answer = TypeVar("Answer")
Failed = Callable[[Exception], None]


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
    """Takes a run from its own thread to the window's.

    What comes often (warming, progress) is kept and handed over at most four times a second, with the
    samples if somebody looks. Signals: `happened` with an event; `ticked` with the newest warming or
    progress report or None, and the samples (int64 ns, in order) or None.
    """

    happened = Signal(object)
    ticked = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.run: QueuedRun | None = None
        self.is_watched = True
        self._running: Running | None = None
        self._latest: messages.Report | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._on_tick)

    def begin(self, run: QueuedRun, make: Callable[[Callable[[Any], None]], Running]) -> None:
        """Make the run with our listener and start it; one at a time."""
        self.run, self._latest = run, None
        self._running = make(self._listen)
        self._running.start()
        self._timer.start()

    def _listen(self, event: Any) -> None:
        """On the run's thread. A name that is bound anew is all the two threads share."""
        if isinstance(event, messages.Warming | messages.Progress):
            self._latest = event
        else:
            self.happened.emit(event)

    def _on_tick(self) -> None:
        if self._running is None:
            return
        latest, self._latest = self._latest, None
        self.ticked.emit(latest, self._running.samples_so_far(LIVE_SAMPLES) if self.is_watched else None)

    @property
    def is_running(self) -> bool:
        return self._running is not None

    def cancel(self) -> None:
        if self._running is not None:
            self._running.cancel()

    def finish(self) -> None:
        """Forget the run, which is over."""
        self._timer.stop()
        if self._running is not None:
            self._running.wait(1.0)
        self._running = self.run = None
