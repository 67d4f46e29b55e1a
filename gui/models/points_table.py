"""The points of a run as a table that can be sorted; a point keeps its number wherever it stands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui import tooltips
from profiler.reports.points_table import Column
from profiler.result import Point

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class PointsTable(QAbstractTableModel):
    """One row a point. Attributes: `order` which point stands in each row."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: Sequence[Column] = ()
        self._points: Sequence[Point] = ()
        self._more: Sequence[str] = ()
        self.order: list[int] = []

    def set_points(self, columns: Sequence[Column], points: Sequence[Point], more: Sequence[str]) -> None:
        """Show these points in their order; `more` is what is read of each on hover."""
        self.beginResetModel()
        self._columns, self._points, self._more = columns, points, more
        self.order = list(range(len(points)))
        self.endResetModel()

    def row_of(self, point: int) -> int:
        """Where this point stands now; -1 where it is not."""
        return self.order.index(point) if point in self.order else -1

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._points)

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
        at, column = self.order[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.cell(self._points[at])
        if role == Qt.ItemDataRole.UserRole:
            return None if column.number is None else column.number(self._points[at])
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltips.plain(self._more[at]) or None
        return self._alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        is_number = self._columns[column].number is not None
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By the numbers of a column, points without one last; by words; -1: as they were measured."""
        self.layoutAboutToBeChanged.emit()
        before = [(index, self.order[index.row()]) for index in self.persistentIndexList()]
        self.order = self._sorted(column, order == Qt.SortOrder.DescendingOrder)
        for index, point in before:
            self.changePersistentIndex(index, self.index(self.order.index(point), index.column()))
        self.layoutChanged.emit()

    def _sorted(self, column: int, descending: bool) -> list[int]:
        every = range(len(self._points))
        if not 0 <= column < len(self._columns):
            return list(every)
        number, cell = self._columns[column].number, self._columns[column].cell
        if number is None:
            return sorted(every, key=lambda at: cell(self._points[at]), reverse=descending)
        sign = -1.0 if descending else 1.0
        values = [number(point) for point in self._points]
        return sorted(every, key=lambda at: math.inf if values[at] is None else sign * (values[at] or 0.0))
