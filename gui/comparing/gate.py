"""What is not the same in the runs: faster and slower are withheld until it is accepted; it stays listed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import sentences
from gui.comparing.long_words import breakable
from gui.panel import Panel, QuietLabel, plain_label, wrapped_label
from profiler.comparison.records import Comparison, Difference
from profiler.reports import difference_lines
from profiler.wording import Language


class _Row(QWidget):
    """One difference and the button that accepts it or takes that back."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.aspect = ""
        self.words, self.button = wrapped_label(self), QPushButton(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.words, 1)
        row.addWidget(self.button)


class Gate(Panel):
    """Hidden while nothing differs. Signals: `accepted_changed` with the aspects that are accepted now."""

    accepted_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, subdued=True)
        self._comparison: Comparison | None = None
        self.title, self.all = plain_label(self, bold=True), QPushButton(self)
        self.title.setWordWrap(True)
        self.rows: list[_Row] = []
        self.noted = QuietLabel(self)
        self.noted.setWordWrap(True)
        self.fold = QPushButton(self)
        self.fold.setCheckable(True)
        self._lines = QVBoxLayout()
        self._arrange()
        self.all.clicked.connect(self._on_all)
        self.fold.toggled.connect(self._show_noted)
        self.hide()
        self.retranslate()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title, 1)
        head.addWidget(self.fold)
        head.addWidget(self.all)
        self._lines.setSpacing(4)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 8, 14, 8)
        box.setSpacing(6)
        box.addLayout(head)
        box.addLayout(self._lines)
        box.addWidget(self.noted)

    def show_comparison(self, comparison: Comparison | None) -> None:
        self._comparison = comparison
        self.retranslate()

    @property
    def blocking(self) -> list[Difference]:
        """What has to be accepted, and what was."""
        found = () if self._comparison is None else self._comparison.differences
        return [one for one in found if one.blocks and not one.is_asked_for]

    @property
    def _accepted(self) -> set[str]:
        return {one.aspect for one in self.blocking if one.is_accepted}

    def _on_all(self) -> None:
        self.accepted_changed.emit({one.aspect for one in self.blocking})

    def _on_row(self, row: _Row) -> None:
        self.accepted_changed.emit(self._accepted ^ {row.aspect})

    def _others(self) -> list[Difference]:
        """What is worth knowing and keeps nobody from judging."""
        found = () if self._comparison is None else self._comparison.differences
        return [one for one in found if not one.blocks or one.is_asked_for]

    def retranslate(self) -> None:
        comparison, blocking, others = self._comparison, self.blocking, self._others()
        self.setVisible(bool(blocking or others))
        self.all.setText(self.tr("Compare all the &same"))
        open_ones = [one for one in blocking if one.is_open]
        self.all.setVisible(bool(open_ones))
        self.title.setText(self._title(len(blocking), len(open_ones)))
        if comparison is None:
            return
        self._fill(comparison, blocking)
        language = sentences.language()
        lines = [_told(comparison, one, language) for one in others]
        self.noted.setText(breakable("\n".join(f"• {line}" for line in lines)))
        self.fold.setText(self.tr("&Also differs ({count})").format(count=len(others)))
        self.fold.setVisible(bool(others))
        self._show_noted()

    def _title(self, blocking: int, left: int) -> str:
        if left:
            return "! " + self.tr("Not the same: faster and slower are withheld until you accept it.")
        if blocking:
            return "✓ " + self.tr("Compared although not the same; every report says so.")
        return self.tr("Nothing keeps these runs from being compared.")

    def _fill(self, comparison: Comparison, blocking: Sequence[Difference]) -> None:
        while len(self.rows) < len(blocking):
            row = _Row(self)
            row.button.clicked.connect(partial(self._on_row, row))
            self.rows.append(row)
            self._lines.addWidget(row)
        language = sentences.language()
        for row, one in zip(self.rows, blocking, strict=False):
            words = _told(comparison, one, language)
            row.words.setText(breakable(words))
            row.button.setText(self.tr("Take back") if one.is_accepted else self.tr("Accept"))
            row.button.setAccessibleDescription(words)
            row.aspect = one.aspect
        for at, row in enumerate(self.rows):
            row.setVisible(at < len(blocking))

    def _show_noted(self) -> None:
        self.noted.setVisible(self.fold.isChecked() and not self.fold.isHidden())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _told(comparison: Comparison, one: Difference, language: Language) -> str:
    """threads: 2 (a.onnx, b.onnx); 4 (c.onnx)."""
    aspect = difference_lines.aspect(one.aspect, language)
    text = QCoreApplication.translate("Gate", "{aspect}: {values}")
    return text.format(
        aspect=aspect[:1].upper() + aspect[1:],
        values=difference_lines.values(comparison.names, one, language),
    )
