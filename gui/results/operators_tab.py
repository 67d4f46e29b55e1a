"""Inside the model: which operators the time went into, by node or by type, as bars and as a table."""

from __future__ import annotations

from pathlib import PurePath

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

from gui import sentences, tables
from gui.models.column_table import ColumnTable
from gui.panel import QuietLabel, wrapped_label
from gui.plots.share_bars import Bar, ShareBars
from profiler import units, wording
from profiler.error_text import visible
from profiler.reports import operators_table
from profiler.result import Operator, Reason, RunResult

_BARS = 8
_ROWS_SEEN = 14


class OperatorsTab(QWidget):
    """Shows the traced pass of a result, or why there is none.

    Signals: `save_requested` with a name to suggest and the text that is to be kept.
    """

    save_requested = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.about = wrapped_label(self)
        self.by_node, self.by_type = QRadioButton(self), QRadioButton(self)
        self.by_node.setChecked(True)
        self.search, self.count = QLineEdit(self), QuietLabel(self)
        self.export = QPushButton(self)
        self.bars = ShareBars(self)
        self.table, self.model = QTableView(self), ColumnTable(self)
        self._arrange()
        self._prepare()
        self.retranslate()

    def _arrange(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.bar = QWidget(self)
        row = QHBoxLayout(self.bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.by_node)
        row.addWidget(self.by_type)
        row.addWidget(self.count)
        row.addWidget(self.search, 1)
        row.addWidget(self.export)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.setSpacing(10)
        for widget in (self.about, self.bars, self.bar, self.table):
            box.addWidget(widget)
        box.addStretch(1)

    def _prepare(self) -> None:
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setAlternatingRowColors(True)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        self._widths = tables.SharedWidth(self.table)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.by_type.toggled.connect(lambda _: self._fill())
        self.search.textChanged.connect(lambda _: self._filter())
        self.export.clicked.connect(self._on_export)

    def show_result(self, result: RunResult) -> None:
        """Show the operators of this result."""
        self._result = result
        self._fill()

    def _fill(self) -> None:
        result = self._result
        if result is None:
            return
        language = sentences.language()
        is_traced = result.trace is not None
        for widget in (self.bar, self.table, self.bars):
            widget.setVisible(is_traced)
        if not is_traced:
            reason = result.unavailable.get("operators", Reason("not_traced"))
            self.about.setText(wording.reason_sentence(reason, language))
            return
        self.about.setText("\n".join(operators_table.about(result, language)))
        rows = operators_table.by_type(result.operators) if self.by_type.isChecked() else result.operators
        self.bars.set_bars(
            self.tr("Where the time of a call goes"),
            [Bar(_short(row), row.share, units.percent(row.share)) for row in rows[:_BARS]],
        )
        self.model.set_rows(operators_table.columns(language), rows, _more)
        header = self.table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        seen = min(len(rows), _ROWS_SEEN)
        each = self.table.verticalHeader().defaultSectionSize()
        self.table.setMinimumHeight(header.sizeHint().height() + seen * each + 6)
        self._filter()
        self._widths.fit()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()

        def keeps(row: Operator) -> bool:
            text = " ".join((row.name, row.type, *row.nodes)).casefold()
            return all(word in text for word in words)

        self.model.keep(keeps)
        self.count.setText(self.tr("%n row(s)", "", self.model.rowCount()))

    def _on_export(self) -> None:
        if self._result is not None:
            stem = PurePath(self._result.model.name).stem
            text = operators_table.csv_text(self._result.operators)
            self.save_requested.emit(f"{stem}-operator-times.csv", text)

    def retranslate(self) -> None:
        self.by_node.setText(self.tr("by &operator"))
        self.by_type.setText(self.tr("by &type"))
        self.search.setPlaceholderText(self.tr("Filter by name or type…"))
        self.export.setText(self.tr("Export CS&V…"))
        self.search.setAccessibleName(self.tr("Filter the operators"))
        self.table.setAccessibleName(self.tr("Operators of this model"))
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _short(row: Operator) -> str:
    return operators_table.name_of(row) if row.name != row.type else visible(row.type)


def _more(row: Operator) -> str:
    """The runtime's own name, and every node that ran in it."""
    return "\n".join([visible(row.name), *(visible(name) for name in row.nodes)])
