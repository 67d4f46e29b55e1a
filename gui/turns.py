"""Measurements and our own heavy work take turns: what we did beside a run would be measured with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from gui.background import Failed, Jobs, raised

# A child of ours that hangs must not keep the user from measuring.
LONGEST_WAIT_MS = 20_000

Answer = TypeVar("Answer")


class Turns(QObject):
    """Used on the window's thread only. A measurement waits for the work that goes on, then all work waits.

    Signals: `held_changed` with whether work that is asked for now has to wait.
    """

    held_changed = Signal(bool)

    def __init__(self, jobs: Jobs) -> None:
        super().__init__()
        self._jobs = jobs
        self._going = 0
        self._held: list[Callable[[], None]] = []
        self._waiting: Callable[[], None] | None = None
        self._is_taken = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(LONGEST_WAIT_MS)
        self._patience.timeout.connect(self._begin)

    @property
    def is_held(self) -> bool:
        """A measurement waits or goes on."""
        return self._is_taken

    @property
    def is_waiting(self) -> bool:
        """A measurement waits for work to end."""
        return self._waiting is not None

    def do(
        self, work: Callable[[], Answer], done: Callable[[Answer], None], failed: Failed | None = None
    ) -> None:
        """As Jobs.do, but never beside a measurement."""

        def begin() -> None:
            self._going += 1
            self._jobs.do(work, self._counted(done), self._counted(failed or raised))

        if self._is_taken:
            self._held.append(begin)
        else:
            begin()

    def _counted(self, then: Callable[[Answer], None]) -> Callable[[Answer], None]:
        def take(answer: Answer) -> None:
            self._going -= 1
            try:
                then(answer)
            finally:
                self._look()

        return take

    def take(self, begin: Callable[[], None]) -> None:
        """Call `begin` as soon as no work goes on; from now until `release` no other work starts.

        Raises RuntimeError where a measurement has the turn already.
        """
        if self._is_taken:
            raise RuntimeError("the turn is taken")
        self._is_taken, self._waiting = True, begin
        self._patience.start()
        self.held_changed.emit(True)
        self._look()

    def _look(self) -> None:
        if not self._going:
            self._begin()

    def _begin(self) -> None:
        begin, self._waiting = self._waiting, None
        self._patience.stop()
        if begin is not None:
            begin()

    def release(self) -> None:
        """The measurement is over, or was given up while it waited; what was held starts now."""
        self._patience.stop()
        self._is_taken, self._waiting = False, None
        held, self._held = self._held, []
        self.held_changed.emit(False)
        for begin in held:
            begin()
