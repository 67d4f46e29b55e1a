"""The points of a run: curve above, table below; a chosen row is marked on the curve and told in words."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
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
from gui.models.text_table import TextTable
from gui.panel import wrapped_label
from gui.plots.curve import LoadCurve, Marks
from profiler.reports import points_table
from profiler.result import RunResult

_LATENCIES = {"p50": "P50", "p90": "P90", "p95": "P95", "p99": "P99", "mean": "mean"}


class LoadTab(QWidget):
    """Signals: `point_chosen` with the index of the point whose row is selected."""

    point_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._result: RunResult | None = None
        self.curve = LoadCurve(self)
        self.curve.setMinimumHeight(self.fontMetrics().height() * 13)
        self.by_rate, self.by_load = QRadioButton(self), QRadioButton(self)
        self.by_rate.setChecked(True)
        self.notes, self.about = wrapped_label(self), wrapped_label(self)
        self.table, self.model = QTableView(self), TextTable(self)
        self._prepare()
        bar = QHBoxLayout()
        for widget in (self.by_rate, self.by_load):
            bar.addWidget(widget)
        bar.addStretch(1)
        self.above = above = QWidget(self)
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.addLayout(bar)
        upper.addWidget(self.curve, 1)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.addWidget(above)
        split.addWidget(self.table)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.addWidget(split, 1)
        box.addWidget(self.notes)
        box.addWidget(self.about)
        self.by_load.toggled.connect(self.curve.show_by_load)
        self.retranslate()

    def _prepare(self) -> None:
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setAlternatingRowColors(True)
        self.table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setMinimumHeight(self.fontMetrics().height() * 6)
        self.table.selectionModel().currentRowChanged.connect(lambda now, _: self._tell(now.row()))

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
        # Alone, idle and busy are no line.
        self.above.setVisible(result.together is None)
        self.curve.set_points(result.points, marks)
        self.retranslate()
        if result.chosen_point is not None:
            self.table.selectRow(result.chosen_point)

    def _tell(self, row: int) -> None:
        if self._result is None or not 0 <= row < len(self._result.points):
            self.about.setText("")
            return
        point = self._result.points[row]
        said = [sentences.of_error(point.error, self._result.model.name)] if point.error is not None else []
        said += [sentences.of_reason(reason) for reason in (point.verdict.reasons if point.verdict else ())]
        self.about.setText("\n".join(f"• {text}" for text in said))
        self.point_chosen.emit(row)

    def retranslate(self) -> None:
        self.by_rate.setText(self.tr("over &throughput"))
        self.by_load.setText(self.tr("over &load"))
        self.table.setAccessibleName(self.tr("Points of this run"))
        if self._result is not None:
            row = self.table.currentIndex().row()
            section = points_table.section(self._result, sentences.language())
            if section is not None:
                heads, *rows = section.rows
                self.model.set_rows(heads, rows)
                header = self.table.horizontalHeader()
                header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
                header.setSectionResizeMode(len(heads) - 1, QHeaderView.ResizeMode.ResizeToContents)
                self.notes.setText("\n".join(section.notes))
            if row >= 0:
                self.table.selectRow(row)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
