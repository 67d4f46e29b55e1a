"""Rows of any kind as a table that is sorted and filtered; a row keeps its number wherever it stands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui import tooltips
from profiler.reports.columns import Column

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class ColumnTable(QAbstractTableModel):
    """One row for each thing shown. Attributes: `order` which of them stands in each row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: Sequence[Column[Any]] = ()
        self._rows: Sequence[Any] = ()
        self._more: Callable[[Any], str] = lambda _: ""
        self._keeps: Callable[[Any], bool] = lambda _: True
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self.order: list[int] = []

    def set_rows(
        self,
        columns: Sequence[Column[Any]],
        rows: Sequence[Any],
        more: Callable[[Any], str] = lambda _: "",
    ) -> None:
        """Show these in their order; `more` tells what is read of one on hover."""
        self.beginResetModel()
        self._columns, self._rows, self._more = columns, rows, more
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self.order = self._kept()
        self.endResetModel()

    def keep(self, keeps: Callable[[Any], bool]) -> None:
        """Show only what this says yes to, in the order as it is."""
        self.beginResetModel()
        self._keeps = keeps
        self.order = self._sorted(*self._sorted_by)
        self.endResetModel()

    def row_of(self, number: int) -> int:
        """Where this one stands now; -1 where it is not shown."""
        return self.order.index(number) if number in self.order else -1

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].head
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = self._rows[self.order[index.row()]], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.cell(row)
        if role == Qt.ItemDataRole.UserRole:
            return None if column.number is None else column.number(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltips.plain(self._more(row)) or None
        return self._alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = self._columns[column].number is not None
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By the numbers of a column, those without one last; by words; -1: as they came."""
        self.layoutAboutToBeChanged.emit()
        before = [(index, self.order[index.row()]) for index in self.persistentIndexList()]
        self._sorted_by = (column, order)
        self.order = self._sorted(column, order)
        places = {number: row for row, number in enumerate(self.order)} if before else {}
        for index, number in before:
            self.changePersistentIndex(index, self.index(places[number], index.column()))
        self.layoutChanged.emit()

    def _kept(self) -> list[int]:
        return [at for at, row in enumerate(self._rows) if self._keeps(row)]

    def _sorted(self, column: int, order: Qt.SortOrder) -> list[int]:
        kept, descending = self._kept(), order == Qt.SortOrder.DescendingOrder
        if not 0 <= column < len(self._columns):
            return kept
        number, cell = self._columns[column].number, self._columns[column].cell
        if number is None:
            return sorted(kept, key=lambda at: cell(self._rows[at]), reverse=descending)
        sign = -1.0 if descending else 1.0
        values = {at: number(self._rows[at]) for at in kept}
        return sorted(kept, key=lambda at: math.inf if values[at] is None else sign * (values[at] or 0.0))
