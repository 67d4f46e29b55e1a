"""Which Python holds the runtime: a path, a button to choose it, and what was found there, below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui import sentences, titles
from gui.panel import wrapped_label
from profiler.error_text import visible
from profiler.errors import ErrorInfo

if TYPE_CHECKING:
    from profiler.other_python import OtherPython


class PythonField(QWidget):
    """Signals: `named` with a path that was settled on, empty for our own; `choose_requested`.

    Attributes: `edit`, `choose`, and the `note` below them, hidden while it is empty.
    """

    named = Signal(str)
    choose_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edit, self.choose, self.note = QLineEdit(self), QPushButton(self), wrapped_label(self)
        # What is to be typed into a terminal can be copied.
        self.note.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._path = ""
        self._is_asking = False
        self._found: OtherPython | None = None
        self._problem: ErrorInfo | None = None
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.edit, 1)
        row.addWidget(self.choose)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addLayout(row)
        box.addWidget(self.note)
        self.setFocusProxy(self.edit)
        self.edit.editingFinished.connect(lambda: self.set_path(self.edit.text().strip()))
        self.choose.clicked.connect(self.choose_requested)
        self.retranslate()

    @property
    def path(self) -> str:
        """The path that was settled on; empty for our own interpreter."""
        return self._path

    @property
    def has_problem(self) -> bool:
        """The path that was settled on cannot be used."""
        return self._problem is not None

    def set_path(self, path: str) -> None:
        """Settle on a path; the one before is asked again only where it could not be used."""
        self.edit.setText(path)
        if path != self._path or self.has_problem:
            self._path = path
            self.named.emit(path)

    def show_asking(self) -> None:
        self._show(is_asking=True)

    def show_found(self, found: OtherPython | None, problem: ErrorInfo | None = None) -> None:
        """What the interpreter is, or why it cannot be used; nothing for our own."""
        self._show(found, problem)

    def _show(
        self, found: OtherPython | None = None, problem: ErrorInfo | None = None, is_asking: bool = False
    ) -> None:
        self._found, self._problem, self._is_asking = found, problem, is_asking
        self._say()

    def _say(self) -> None:
        text = self._text()
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self.edit.setAccessibleDescription(text)

    def _text(self) -> str:
        if self._is_asking:
            return self.tr("Asking this Python…")
        if self._problem is not None:
            return sentences.of_error(self._problem)
        return "" if self._found is None else self._found_text(self._found)

    def _found_text(self, found: OtherPython) -> str:
        names = ", ".join(titles.of_runtime(name) for name in found.runtimes)
        words = self.tr("Python {version} with numpy {numpy}; runtimes there: {runtimes}.")
        return words.format(
            version=visible(found.version), numpy=visible(found.numpy), runtimes=names or self.tr("none")
        )

    def retranslate(self) -> None:
        self.edit.setPlaceholderText(self.tr("this program's own"))
        self.edit.setAccessibleName(self.tr("Python of the runtime"))
        self.choose.setText(self.tr("Choose…"))
        self.choose.setAccessibleName(self.tr("Choose a Python interpreter"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
