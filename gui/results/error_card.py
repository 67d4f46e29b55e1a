"""A failed run: what happened and what to do, the runtime's own words folded away, and a way to copy them."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from gui import sentences
from gui.panel import Panel, QuietLabel, plain_label, wrapped_label
from profiler.error_text import visible
from profiler.errors import ErrorInfo


class ErrorCard(Panel):
    """Grey, with a word and a sign: an error is a result like any other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, subdued=True)
        self._error: ErrorInfo | None = None
        self._file = ""
        self.title = plain_label(self, scale=1.1, bold=True)
        self.sentence = wrapped_label(self)
        self.raw = QuietLabel(self)
        self.raw.setWordWrap(True)
        self.fold, self.copy = QPushButton(self), QPushButton(self)
        self.fold.setCheckable(True)
        self.details = QPlainTextEdit(self)
        self.details.setReadOnly(True)
        self.details.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.details.setFixedHeight(self.fontMetrics().height() * 9)
        self.details.hide()
        self._arrange()
        self.fold.toggled.connect(self.details.setVisible)
        self.copy.clicked.connect(self._copy)
        self.retranslate()

    def _arrange(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.fold)
        buttons.addWidget(self.copy)
        buttons.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 12, 14, 12)
        for widget in (self.title, self.sentence, self.raw):
            box.addWidget(widget)
        box.addLayout(buttons)
        box.addWidget(self.details)

    def show_error(self, error: ErrorInfo, file: str) -> None:
        """Show this error of the model `file` (a name without its folder)."""
        self._error, self._file = error, file
        self.fold.setChecked(False)
        self.details.setPlainText(error.details)
        self.fold.setVisible(bool(error.details))
        self.raw.setText(visible(error.text))
        self.raw.setVisible(bool(error.text))
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText("✕ " + self.tr("This run failed"))
        self.fold.setText(self.tr("&Details"))
        self.copy.setText(self.tr("&Copy details"))
        self.details.setAccessibleName(self.tr("Details of the error"))
        if self._error is not None:
            self.sentence.setText(sentences.of_error(self._error, self._file))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _copy(self) -> None:
        if self._error is not None:
            texts = (self.sentence.text(), self._error.kind, self._error.text, self._error.details)
            QGuiApplication.clipboard().setText("\n".join(text for text in texts if text))
