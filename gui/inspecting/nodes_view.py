"""The operators of a file: bars of the largest, and all of them in a table to sort, filter and export."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import sentences, tables
from gui.models.column_table import ColumnTable
from gui.panel import QuietLabel
from gui.plots.share_bars import Bar, ShareBars
from profiler import units
from profiler.error_text import visible
from profiler.messages import Node
from profiler.reports import nodes_table

_BARS = 6
Measure = tuple[Callable[[Node], float | None], Callable[[float | None], str]]
_MEASURES: tuple[Measure, ...] = (
    (nodes_table.work_of, units.quantity),
    (nodes_table.moved_of, units.size),
    (lambda node: float(node.weights_bytes), units.size),
)


class NodesView(QWidget):
    """Signals: `export_requested` when the table is to be written to a file."""

    export_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._nodes: Sequence[Node] = ()
        self.measure = QComboBox(self)
        self.bars = ShareBars(self)
        self.by_node, self.by_type = QRadioButton(self), QRadioButton(self)
        self.by_node.setChecked(True)
        self.search, self.count = QLineEdit(self), QuietLabel(self)
        self.export = QPushButton(self)
        self.table, self.model = QTableView(self), ColumnTable(self)
        self._arrange()
        self._prepare()
        self.retranslate()

    def _arrange(self) -> None:
        self.search.setClearButtonEnabled(True)
        above = QHBoxLayout()
        above.addWidget(self.measure)
        above.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(12)
        for widget in (self.by_node, self.by_type, self.count):
            row.addWidget(widget)
        row.addWidget(self.search, 1)
        row.addWidget(self.export)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(above)
        box.addWidget(self.bars)
        box.addLayout(row)
        box.addWidget(self.table, 1)

    def _prepare(self) -> None:
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setAlternatingRowColors(True)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        # Of a graph of many thousand rows only those that are seen are weighed.
        header.setResizeContentsPrecision(60)
        self._widths = tables.SharedWidth(self.table)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.by_type.toggled.connect(lambda _: self._fill())
        self.measure.currentIndexChanged.connect(lambda _: self._draw())
        self.search.textChanged.connect(lambda _: self._filter())
        self.export.clicked.connect(self.export_requested)

    def show_nodes(self, nodes: Sequence[Node]) -> None:
        """Show these, in the file's order."""
        self._nodes = nodes
        self._fill()

    def _fill(self) -> None:
        rows = nodes_table.by_type(self._nodes) if self.by_type.isChecked() else self._nodes
        self.model.set_rows(nodes_table.columns(sentences.language()), rows, lambda node: visible(node.name))
        header = self.table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.export.setEnabled(bool(self._nodes))
        self._draw()
        self._filter()
        self._widths.fit()

    def _draw(self) -> None:
        """The largest by what was chosen, by node or by type as the table is."""
        if self.measure.currentIndex() < 0:
            return
        value, text = _MEASURES[self.measure.currentIndex()]
        rows = nodes_table.by_type(self._nodes) if self.by_type.isChecked() else self._nodes
        known = [(node, number) for node in rows if (number := value(node))]
        largest = sorted(known, key=lambda pair: -pair[1])[:_BARS]
        self.bars.set_bars(
            self.measure.currentText(),
            [Bar(visible(node.name), number, text(number)) for node, number in largest],
        )

    def _filter(self) -> None:
        words = self.search.text().casefold().split()

        def keeps(node: Node) -> bool:
            text = f"{node.name} {node.type}".casefold()
            return all(word in text for word in words)

        self.model.keep(keeps)
        self.count.setText(self.tr("%n row(s)", "", self.model.rowCount()))

    def retranslate(self) -> None:
        names = (
            self.tr("Most arithmetic operations"),
            self.tr("Most bytes moved"),
            self.tr("Largest weights"),
        )
        chosen = max(0, self.measure.currentIndex())
        self.measure.blockSignals(True)
        self.measure.clear()
        self.measure.addItems(names)
        self.measure.setCurrentIndex(chosen)
        self.measure.blockSignals(False)
        self.measure.setAccessibleName(self.tr("What the bars show"))
        self.by_node.setText(self.tr("by &operator"))
        self.by_type.setText(self.tr("by &type"))
        self.search.setPlaceholderText(self.tr("Filter by name or type…"))
        self.search.setAccessibleName(self.tr("Filter the operators"))
        self.export.setText(self.tr("&Export CSV…"))
        self.table.setAccessibleName(self.tr("Operators of this file"))
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
