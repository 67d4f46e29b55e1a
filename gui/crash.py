"""What happens to an exception that nobody caught: it is written down and shown, and the window goes on."""

from __future__ import annotations

import contextlib
import faulthandler
import sys
import threading
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from PySide6.QtCore import QObject, Qt, Signal, Slot

LOG, FATAL = "crash.log", "fatal.log"


class CrashCatcher(QObject):
    """Between `install` and `remove` every uncaught exception of any thread arrives at `show`.

    A crash below Python leaves its stacks in fatal.log of `folder`.
    """

    _crashed = Signal(str)

    def __init__(self, folder: Path, show: Callable[[str], None]) -> None:
        super().__init__()
        self._folder, self._show = folder, show
        self._is_showing = False
        self._fatal: TextIO | None = None
        self._crashed.connect(self._on_crash, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """A folder that cannot be written to costs the files, never the window."""
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._fatal = (self._folder / FATAL).open("a", encoding="utf-8")
            faulthandler.enable(self._fatal)
        self._before = sys.excepthook, threading.excepthook
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        sys.excepthook, threading.excepthook = self._before
        if self._fatal is not None:
            faulthandler.disable()
            self._fatal.close()
            self._fatal = None

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        sys.stderr.write(details)
        with contextlib.suppress(OSError), (self._folder / LOG).open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat()}\n{details}\n")
        self._crashed.emit(details)

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._on_exception(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    @Slot(str)
    def _on_crash(self, details: str) -> None:
        """One dialog at a time: a fault in painting would open one a frame."""
        if self._is_showing:
            return
        self._is_showing = True
        try:
            self._show(details)
        finally:
            self._is_showing = False
