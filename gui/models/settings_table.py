"""A table of facts in sections: what it is, its value, and where it is missing, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from gui import tables, tooltips
from gui.plots.colours import quiet_text
from profiler.units import DASH

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class Fact(NamedTuple):
    """One row; `value` is None where it is not known, and `note` then says why."""

    name: str
    value: str | None
    note: str = ""


class Section(NamedTuple):
    """Facts under one heading."""

    title: str
    facts: Sequence[Fact]


class FactsTable(QAbstractTableModel):
    """Three columns of plain text; a heading is a row of its own, named in `heading_rows`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Fact] = []
        self.heading_rows: list[int] = []

    def set_sections(self, sections: Sequence[Section]) -> None:
        """Show these sections; empty ones are left out."""
        self.beginResetModel()
        self._rows, self.heading_rows = [], []
        for section in sections:
            if section.facts:
                self.heading_rows.append(len(self._rows))
                self._rows += [Fact(section.title, ""), *section.facts]
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if role != Qt.ItemDataRole.DisplayRole or orientation == Qt.Orientation.Vertical:
            return None
        return (self.tr("What"), self.tr("Value"), self.tr("Note"))[section]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        fact, heading = self._rows[index.row()], index.row() in self.heading_rows
        if role == Qt.ItemDataRole.DisplayRole:
            return (fact.name, DASH if fact.value is None else fact.value, fact.note)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tooltips.plain((fact.name, fact.value or "", fact.note)[index.column()]) or None
        return self._look(role, index.column(), fact, heading)

    def _look(self, role: int, column: int, fact: Fact, heading: bool) -> Any:
        if role == Qt.ItemDataRole.FontRole and heading:
            font = QFont()
            font.setBold(True)
            return font
        quiet = not heading and (column == 2) != (fact.value is None)
        if role == Qt.ItemDataRole.ForegroundRole and quiet:
            return quiet_text(QGuiApplication.palette())
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.row() in self.heading_rows:
            return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        return super().flags(index)


class FactsView(QTableView):
    """A read-only look at a FactsTable; headings reach over all columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.facts = FactsTable(self)
        self.setModel(self.facts)
        tables.prepare(self)
        self.setWordWrap(True)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setStretchLastSection(True)

    def set_sections(self, sections: Sequence[Section]) -> None:
        self.clearSpans()
        self.facts.set_sections(sections)
        for row in self.facts.heading_rows:
            self.setSpan(row, 0, 1, 3)
        self._widen()

    def _widen(self) -> None:
        for column, share in ((0, 0.35), (1, 0.4)):
            self.resizeColumnToContents(column)
            most = round(share * self.viewport().width())
            self.setColumnWidth(column, min(self.columnWidth(column), most))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.facts.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, 2)
