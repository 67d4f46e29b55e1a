"""Whether the window may close: asks first, lets a run end with what it measured, never waits for ever."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from gui.desk import Desk
from gui.dialogs import Dialogs
from gui.keeper import Keeper

WITHIN_MS = 6_000


class Closing(QObject):
    """Signals: `ready` when a window that was asked to close, and had to wait for a run, may try again."""

    ready = Signal()

    def __init__(self, desk: Desk, keeper: Keeper, dialogs: Dialogs, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._keeper, self._dialogs = desk, keeper, dialogs
        self._is_waiting = self._is_forced = False
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(WITHIN_MS)
        self._patience.timeout.connect(self.force)
        # Not at once: the last word of a run may come while the window still hears that it is to close.
        desk.all_over.connect(lambda: QTimer.singleShot(0, self, self._go_on))

    @property
    def is_waiting(self) -> bool:
        """The user wants to leave, and a run is being stopped."""
        return self._is_waiting

    def may_close(self) -> bool:
        """Whether to close now; asks about a run that goes on and about results that would be lost."""
        if self._desk.is_running and not self._is_forced:
            self._ask_to_stop()
            return False
        unsaved = len(self._keeper.unsaved)
        if unsaved and not self._dialogs.ask_lose(unsaved):
            self._is_waiting = self._is_forced = False
            return False
        return True

    def _ask_to_stop(self) -> None:
        if not self._is_waiting and self._dialogs.ask_close():
            self._is_waiting = True
            self._patience.start()
            self._desk.stop()

    def _go_on(self) -> None:
        self._patience.stop()
        if self._is_waiting:
            self._is_waiting = False
            self.ready.emit()

    def force(self) -> None:
        """The run does not end: leave without its last word, which its thread still saves if it comes."""
        if self._desk.is_running:
            self._is_forced, self._is_waiting = True, False
            self.ready.emit()
