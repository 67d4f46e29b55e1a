"""This machine and the reference cards as one table, sorted and filtered with this machine on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette

from gui import sentences, tooltips
from gui.plots.colours import mixed, quiet_text
from hardware.reference import COLUMNS, Kind, Row
from profiler import reference_text

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
RAW_ROLE = Qt.ItemDataRole.UserRole
HEADINGS = ("name", *COLUMNS, "source")


class ReferenceTable(QAbstractTableModel):
    """One row a card or processor; RAW_ROLE gives the number behind a text, None where it is not known."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[Row] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_at(self, row: int) -> Row:
        return self._rows[row]

    def retranslate(self) -> None:
        """Ask for every text again."""
        last = len(HEADINGS) - 1
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, last)
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, last))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """DisplayRole: title and unit on a line each."""
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        title, unit = reference_text.heading(HEADINGS[section], sentences.language())
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{title}\n{unit}" if unit else title
        return f"{title} {unit}".rstrip() if role == Qt.ItemDataRole.AccessibleTextRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, heading = self._rows[index.row()], HEADINGS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, heading)
        if role == RAW_ROLE:
            return row.figures[heading].value if heading in COLUMNS else self._text(row, heading)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            words = self.explanation(row, heading)
            spoken = role == Qt.ItemDataRole.AccessibleTextRole
            return words.partition("\n")[0] if spoken else tooltips.plain(words)
        return _look(role, row, heading)

    def _text(self, row: Row, heading: str) -> str:
        if heading == "name":
            return reference_text.name(row, sentences.language())
        if heading == "source":
            return reference_text.source(row, sentences.language())
        figure = row.figures[heading]
        return reference_text.number(figure) + reference_text.mark(figure)

    def explanation(self, row: Row, heading: str) -> str:
        """A cell in words: its value and where that comes from, or why it is not known; plain lines."""
        if heading in COLUMNS:
            return reference_text.explanation(row, heading, sentences.language())
        name = reference_text.name(row, sentences.language())
        return "\n".join([name, *reference_text.origin(row, sentences.language())])


class PinnedRows(QSortFilterProxyModel):
    """Sorts and filters the cards; rows of this machine stay on top, and the unknown comes last.

    With no sorting the order is that of the table: this machine, V100, T4, then the others.
    """

    def __init__(self, table: ReferenceTable, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table = table
        self._words: list[str] = []
        self.setSourceModel(table)

    def search(self, text: str) -> None:
        """Keep the cards whose name, maker or architecture hold every one of these words."""
        self._words = text.casefold().split()
        self.invalidate()

    def row_at(self, row: int) -> Row:
        return self._table.row_at(self.mapToSource(self.index(row, 0)).row())

    def filterAcceptsRow(self, source_row: int, source_parent: Index) -> bool:
        row = self._table.row_at(source_row)
        return row.kind is not Kind.CARD or all(word in row.search.casefold() for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        descending = self.sortOrder() == Qt.SortOrder.DescendingOrder
        first, second = self._rank(left), self._rank(right)
        if first != second:
            return (first < second) != descending
        before, after = left.data(RAW_ROLE), right.data(RAW_ROLE)
        if isinstance(before, str) and isinstance(after, str):
            return before.casefold() < after.casefold()
        return before is not None and after is not None and bool(before < after)

    def _rank(self, index: Index) -> int:
        """Whatever the order: this machine in its own order, then known figures, then unknown ones."""
        if self._table.row_at(index.row()).kind is not Kind.CARD:
            return index.row() - self._table.rowCount()
        return int(index.data(RAW_ROLE) is None)


def _alignment(column: int) -> Qt.AlignmentFlag:
    number = HEADINGS[column] in COLUMNS
    side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _look(role: int, row: Row, heading: str) -> Any:
    here = row.kind is not Kind.CARD
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _alignment(HEADINGS.index(heading))
    if role == Qt.ItemDataRole.FontRole and here:
        font = QFont(QGuiApplication.font())
        font.setBold(heading == "name")
        return font
    palette = QGuiApplication.palette()
    if role == Qt.ItemDataRole.BackgroundRole and here:
        return _tint(palette)
    unknown = heading in COLUMNS and row.figures[heading].value is None
    if role == Qt.ItemDataRole.ForegroundRole and (unknown or heading == "source"):
        return quiet_text(palette)
    return None


def _tint(palette: QPalette) -> QColor:
    return mixed(palette.accent().color(), palette.base().color(), 0.14)
