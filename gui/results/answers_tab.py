"""Whether the answers are right: sentences first, then the tables that they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import sentences
from gui.models.text_table import TextTable
from gui.panel import wrapped_label
from gui.plots.colours import mixed
from gui.results.section_view import SectionTable, SectionView
from profiler.reports import correctness_sections, labelled_table
from profiler.reports.sections import Section
from profiler.result import RunResult

# The least tint that is seen, and the most that a number is still read on.
_FAINT, _STRONG = 0.10, 0.62


class HeatTable(TextTable):
    """Counts, a row for each class: a cell is the darker, the larger its share of the row is."""

    def __init__(self, parent: QWidget, leading: frozenset[int] = frozenset()) -> None:
        super().__init__(parent, leading)
        self._owner = parent
        self.shares: list[list[float]] = []

    def set_rows(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        counts = [[_number(cell) for cell in row[1:]] for row in rows]
        self.shares = [[count / max(1, sum(row)) for count in row] for row in counts]
        super().set_rows(headings, rows)

    def data(
        self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        is_count = index.isValid() and index.column() > 0
        if role == Qt.ItemDataRole.BackgroundRole and is_count:
            return self._tint(index.row(), index.column() - 1)
        if role == Qt.ItemDataRole.TextAlignmentRole and is_count:
            return Qt.AlignmentFlag.AlignCenter
        return super().data(index, role)

    def _tint(self, row: int, column: int) -> QColor | None:
        """Right answers in the accent; wrong ones in red, which even a single one must be seen in."""
        share = self.shares[row][column]
        if not share:
            return None
        palette = self._owner.palette()
        colour = palette.color(QPalette.ColorRole.Highlight) if row == column else _red(palette)
        return mixed(colour, palette.base().color(), _FAINT + (_STRONG - _FAINT) * share**0.5)


class ConfusionTable(SectionTable):
    """What each class was taken for, shaded."""

    def model_of(self, leading: frozenset[int]) -> TextTable:
        return HeatTable(self, leading)


class AnswersView(SectionView):
    """Sections of the answers; the one of `confusion` is shaded."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion: Section | None = None

    def table_of(self, section: Section, parent: QWidget) -> SectionTable:
        return (ConfusionTable if section == self.confusion else SectionTable)(section, parent)


class AnswersTab(QWidget):
    """Attributes: `headline` what matters most in one sentence, `further` the others, `view` the tables."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.headline, self.further = wrapped_label(self), wrapped_label(self)
        font = self.headline.font()
        font.setPointSizeF(font.pointSizeF() * 1.2)
        font.setBold(True)
        self.headline.setFont(font)
        for label in (self.headline, self.further):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view = AnswersView(self)
        box = QVBoxLayout(self)
        box.setContentsMargins(4, 10, 4, 8)
        box.setSpacing(6)
        for label in (self.headline, self.further):
            label.setContentsMargins(10, 0, 10, 0)
        for widget in (self.headline, self.further, self.view):
            box.addWidget(widget)
        box.addStretch(1)

    @staticmethod
    def applies(result: RunResult) -> bool:
        """Whether anybody looked at the answers."""
        return bool(correctness_sections.of(result, sentences.language()))

    def show_result(self, result: RunResult) -> None:
        """Show what was found out about this result's answers."""
        self._result = result
        language = sentences.language()
        first, *rest = correctness_sections.of(result, language) or [Section("", [])]
        told = [note for note in first.notes if note]
        self.headline.setText(told[0] if told else "")
        self.further.setText("\n".join(told[1:]))
        self.headline.setVisible(bool(told))
        self.further.setVisible(len(told) > 1)
        confusion = labelled_table.confusion(result, language)
        self.view.confusion = confusion if confusion is not None and confusion.is_shown_by_chart else None
        self.view.set_sections(rest)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange and self._result is not None:
            self.show_result(self._result)


def _number(cell: str) -> int:
    return int(cell.replace(",", "")) if cell else 0


def _red(palette: QPalette) -> QColor:
    is_dark = palette.base().color().lightness() < 128
    return QColor("#e0604f" if is_dark else "#c8321e")
