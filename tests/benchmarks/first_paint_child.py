"""One window, watched until its first paint is done; says when that was, and ends."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

if sys.argv[1:] == ["ours"]:
    import main

    main.load_before_qt()  # as for a user, whose command has not loaded Qt at this point

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

UNWANTED = ("torch", "onnxruntime", "onnx", "openvino", "ai_edge_litert", "tensorrt", "pyqtgraph")
DONE = QEvent.Type(QEvent.registerEventType())
SIZE = (1180, 760)


class FirstPaint(QObject):
    """Posts itself an urgent event in the first paint of a window, which so arrives right behind it."""

    def __init__(self) -> None:
        super().__init__()
        self._window: QWidget | None = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            self._window is None
            and event.type() == QEvent.Type.Paint
            and isinstance(watched, QWidget)
            and watched.isWindow()
        ):
            self._window = watched
            QCoreApplication.postEvent(self, QEvent(DONE), Qt.EventPriority.HighEventPriority.value)
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() != DONE or self._window is None:
            return super().event(event)
        told = {
            "painted_at_ns": time.monotonic_ns(),
            "resident_bytes": resident_bytes(),
            "loaded": [name for name in UNWANTED if name in sys.modules],
            "size": f"{self._window.width()}x{self._window.height()}",
            "platform": QApplication.platformName(),
        }
        print(json.dumps(told), flush=True)
        os._exit(0)


def resident_bytes() -> int:
    """Resident memory of this process, from /proc: an import of psutil would count itself."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def empty() -> None:
    application = QApplication(sys.argv[:1])
    window = QMainWindow()
    window.resize(*SIZE)
    window.show()
    application.exec()


def ours() -> None:
    main.main([])


def watched_exec(*_: object) -> int:
    """Instead of QApplication.exec: watch from the moment that the event loop would begin."""
    application = QApplication.instance()
    assert application is not None
    watch = FirstPaint()
    application.installEventFilter(watch)
    return plain_exec()


if __name__ == "__main__":
    plain_exec = QApplication.exec
    QApplication.exec = watched_exec
    {"empty": empty, "ours": ours}[sys.argv[1]]()
    sys.exit("the event loop ended before the window was painted")
