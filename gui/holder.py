"""A page that has to wait for something: a sentence first, the page when it is there."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from gui import sentences
from gui.panel import wrapped_label
from profiler.errors import ErrorInfo


class Holder(QStackedWidget):
    """Attribute: `content` the page, or None while it is waited for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.content: QWidget | None = None
        self._error: ErrorInfo | None = None
        self.words = wrapped_label(self)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.addWidget(self.words)
        self.retranslate()

    def show_content(self, content: QWidget) -> None:
        self.content = content
        self.addWidget(content)
        self.setCurrentWidget(content)

    def show_error(self, error: ErrorInfo) -> None:
        self._error = error
        self.retranslate()

    def retranslate(self) -> None:
        waiting = self.tr("One moment…")
        self.words.setText(waiting if self._error is None else "! " + sentences.of_error(self._error))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
