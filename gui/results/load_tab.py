"""The points of a run: curve and table; a chosen row is marked on the curve and told in words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QRadioButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import sentences, tables
from gui.models.column_table import ColumnTable
from gui.panel import QuietLabel, wrapped_label
from gui.plots.curve import LoadCurve
from gui.plots.curve_points import Marks
from gui.results import point_text
from gui.results.together_panel import TogetherPanel
from profiler import settings_text
from profiler.reports import points_table
from profiler.result import RunResult

_LATENCIES = {"p50": "P50", "p90": "P90", "p95": "P95", "p99": "P99", "mean": "mean"}
# In widths of an "x": where both fit side by side.
_WIDE = 150
_ROWS_SEEN = 9


class LoadTab(QWidget):
    """Signals: `point_chosen` with the index of the point whose row is selected."""

    point_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.curve, self.together = LoadCurve(self), TogetherPanel(self)
        self.curve.setMinimumHeight(self.fontMetrics().height() * 15)
        self.by_rate, self.by_load = QRadioButton(self), QRadioButton(self)
        self.by_rate.setChecked(True)
        self.about, self.notes = wrapped_label(self), QuietLabel(self)
        self.notes.setWordWrap(True)
        self.table, self.model = QTableView(self), ColumnTable(self)
        self.above, below = self._above(), self._below()
        self.split = QSplitter(Qt.Orientation.Vertical, self)
        for widget in (self.above, self.together, below):
            self.split.addWidget(widget)
        self.split.setChildrenCollapsible(False)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.addWidget(self.split)
        self._prepare()
        self.retranslate()

    def _above(self) -> QWidget:
        above = QWidget(self)
        bar = QHBoxLayout()
        bar.addWidget(self.by_rate)
        bar.addWidget(self.by_load)
        bar.addStretch(1)
        box = QVBoxLayout(above)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(bar)
        box.addWidget(self.curve, 1)
        return above

    def _below(self) -> QWidget:
        below = QWidget(self)
        box = QVBoxLayout(below)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.table, 1)
        box.addWidget(self.about)
        box.addWidget(self.notes)
        # Wins only over a table that shows all its rows.
        box.addStretch(0)
        return below

    def _prepare(self) -> None:
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setAlternatingRowColors(True)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.table.setSortingEnabled(True)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._tell(now.row()))
        self.by_load.toggled.connect(self.curve.show_by_load)
        self.curve.point_picked.connect(self.choose)

    def show_result(self, result: RunResult) -> None:
        """Show the points of this result, which has some."""
        self._result = result
        limit = next(((name, most) for name, most in result.plan.limits.items() if name in _LATENCIES), None)
        marks = Marks(
            result.knee_point,
            result.best_point,
            result.chosen_point,
            limit[1] if limit else None,
            _LATENCIES[limit[0]] if limit else "",
        )
        # Alone, idle and busy are no line, and other shapes are other work.
        is_line = result.together is None and not settings_text.is_of_shapes(result.points)
        self.above.setVisible(is_line)
        self.together.setVisible(result.together is not None)
        self.curve.set_points(result.points, marks)
        self.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self._fill(result.chosen_point)

    def choose(self, point: int) -> None:
        """Select the row of this point, wherever sorting put it."""
        self.table.selectRow(self.model.row_of(point))

    def _tell(self, row: int) -> None:
        if self._result is None or not 0 <= row < len(self.model.order):
            self.about.setText("")
            return
        at = self.model.order[row]
        point = self._result.points[at]
        doubts = [f"• {text}" for text in point_text.doubts(self._result, point)]
        self.about.setText("\n".join([point_text.numbers(self._result, point), *doubts]))
        self.curve.choose(at)
        self.point_chosen.emit(at)

    def _fill(self, chosen: int | None) -> None:
        if self._result is None:
            return
        result, language = self._result, sentences.language()
        self.model.set_rows(
            points_table.columns(result, language),
            result.points,
            lambda point: "\n".join(point_text.doubts(result, point)),
        )
        header = self.table.horizontalHeader()
        self.model.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(self.model.columnCount() - 1, QHeaderView.ResizeMode.Stretch)
        rows = len(result.points)
        self.table.setMinimumHeight(self._height(min(rows, _ROWS_SEEN)))
        self.table.setMaximumHeight(self._height(rows))
        section = points_table.section(result, language)
        self.notes.setText("\n".join(section.notes) if section is not None else "")
        if result.together is not None:
            self.together.show_result(result)
        if chosen is not None:
            self.choose(chosen)

    def _height(self, rows: int) -> int:
        """Of a table that shows as many rows without a bar of its own."""
        each = self.table.verticalHeader().defaultSectionSize()
        head = self.table.horizontalHeader().sizeHint().height()
        return head + rows * each + 2 * self.table.frameWidth() + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() > _WIDE * self.fontMetrics().horizontalAdvance("x")
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.split.orientation() != wanted:
            self.split.setOrientation(wanted)
            self.split.setSizes([self.width() // 2] * self.split.count())

    def retranslate(self) -> None:
        self.by_rate.setText(self.tr("over &throughput"))
        self.by_load.setText(self.tr("over &load"))
        self.table.setAccessibleName(self.tr("Points of this run"))
        row = self.table.currentIndex().row()
        self._fill(self.model.order[row] if 0 <= row < len(self.model.order) else None)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
