"""The banner over a result that could not be saved: what happened, Retry, Export."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import sentences
from gui.panel import Panel, plain_label, wrapped_label
from profiler.errors import ErrorInfo


class Banner(Panel):
    """Hidden until there is something to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, subdued=True)
        self._error: ErrorInfo | None = None
        self._retry: Callable[[], None] | None = None
        self._export: Callable[[], None] | None = None
        self.title = plain_label(self, bold=True)
        self.sentence = wrapped_label(self)
        self.retry, self.export = QPushButton(self), QPushButton(self)
        self._arrange()
        self.retry.clicked.connect(self._on_retry)
        self.export.clicked.connect(self._on_export)
        self.retranslate()
        self.hide()

    def _arrange(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.addLayout(texts, 1)
        row.addWidget(self.retry)
        row.addWidget(self.export)

    def show_error(self, error: ErrorInfo, retry: Callable[[], None], export: Callable[[], None]) -> None:
        """Show why, and what each button does."""
        self._error, self._retry, self._export = error, retry, export
        self.retranslate()
        self.show()

    def clear(self) -> None:
        self._error = self._retry = self._export = None
        self.hide()

    def _on_retry(self) -> None:
        if self._retry is not None:
            self._retry()

    def _on_export(self) -> None:
        if self._export is not None:
            self._export()

    def retranslate(self) -> None:
        self.title.setText("! " + self.tr("Not saved: this result is only in memory"))
        self.retry.setText(self.tr("&Retry"))
        self.export.setText(self.tr("E&xport…"))
        self.setAccessibleName(self.title.text())
        if self._error is not None:
            self.sentence.setText(sentences.of_error(self._error))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
