"""Operators in a table: by operator or by type, sorted by a heading, filtered by words, kept as CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import tables
from gui.models.column_table import ColumnTable
from gui.panel import QuietLabel
from profiler.reports.columns import Column

# Of a graph of many thousand rows only those that are seen are weighed.
_ROWS_WEIGHED = 60
# "LayerNormalization × 1" is read whole.
_NAME_CHARACTERS = 24


class OperatorRows(QWidget):
    """The table with its strip above it.

    Signals: `regrouped` when the other grouping is chosen, `export_requested` when the table is to be kept.
    """

    regrouped = Signal()
    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: Callable[[Any], str] = str
        self.by_node, self.by_type = QRadioButton(self), QRadioButton(self)
        self.by_node.setChecked(True)
        self.search, self.count = QLineEdit(self), QuietLabel(self)
        self.export = QPushButton(self)
        self.table, self.model = QTableView(self), ColumnTable(self)
        self._arrange()
        self._prepare()
        self.retranslate()

    @property
    def is_by_type(self) -> bool:
        return self.by_type.isChecked()

    def show_rows(
        self,
        columns: Sequence[Column[Any]],
        rows: Sequence[Any],
        more: Callable[[Any], str],
        words: Callable[[Any], str],
    ) -> None:
        """Show these in their order; `more` is read of one on hover, `words` are what the filter looks in."""
        self._words = words
        self.model.set_rows(columns, rows, more)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.export.setEnabled(bool(rows))
        self._filter()
        self._widths.fit()

    def set_groupable(self, is_groupable: bool) -> None:
        """Whether there are operators to group; else the rows are types already."""
        for button in (self.by_node, self.by_type):
            button.setVisible(is_groupable)

    def show_at_least(self, rows: int) -> None:
        """Room for so many rows without scrolling."""
        head = self.table.horizontalHeader().sizeHint().height()
        self.table.setMinimumHeight(head + rows * self.table.verticalHeader().defaultSectionSize() + 6)

    def _arrange(self) -> None:
        self.search.setClearButtonEnabled(True)
        strip = QHBoxLayout()
        strip.setSpacing(12)
        for widget in (self.by_node, self.by_type, self.count):
            strip.addWidget(widget)
        strip.addWidget(self.search, 1)
        strip.addWidget(self.export)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(strip)
        box.addWidget(self.table, 1)

    def _prepare(self) -> None:
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setAlternatingRowColors(True)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setResizeContentsPrecision(_ROWS_WEIGHED)
        self._widths = tables.SharedWidth(self.table, _NAME_CHARACTERS)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.by_type.toggled.connect(lambda _: self.regrouped.emit())
        self.search.textChanged.connect(lambda _: self._filter())
        self.export.clicked.connect(self.export_requested)

    def _filter(self) -> None:
        words = self.search.text().casefold().split()

        def keeps(row: Any) -> bool:
            text = self._words(row).casefold()
            return all(word in text for word in words)

        self.model.keep(keeps)
        self._count()

    def _count(self) -> None:
        self.count.setText(self.tr("%n row(s)", "", self.model.rowCount()))

    def retranslate(self) -> None:
        self.by_node.setText(self.tr("by &operator"))
        self.by_type.setText(self.tr("by &type"))
        self.search.setPlaceholderText(self.tr("Find name or type…"))
        self.search.setAccessibleName(self.tr("Filter the operators"))
        self.export.setText(self.tr("Export CS&V…"))
        self._count()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
