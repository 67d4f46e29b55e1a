"""A chart that is read as a table instead, where the reader wants one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from gui import tables
from gui.models.text_table import TextTable
from gui.panel import wrapped_label


class ChartTab(QWidget):
    """A chart, its table under the same roof, and a word in their place when there is nothing to draw."""

    def __init__(
        self, chart: QWidget, parent: QWidget | None = None, leading: frozenset[int] = frozenset()
    ) -> None:
        super().__init__(parent)
        self.chart = chart
        self.table = QTableView(self)
        self.model = TextTable(self, leading)
        self.as_table = QCheckBox(self)
        self.nothing = wrapped_label(self)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stack = QStackedWidget(self)
        for widget in (chart, self.table, self.nothing):
            self.stack.addWidget(widget)
        self.bar = QHBoxLayout()
        self.bar.addWidget(self.as_table)
        box = QVBoxLayout(self)
        box.setContentsMargins(10, 8, 10, 8)
        box.addLayout(self.bar)
        box.addWidget(self.stack, 1)
        self._prepare_table()
        self.as_table.toggled.connect(self.refresh)

    def _prepare_table(self) -> None:
        self.table.setModel(self.model)
        tables.prepare(self.table)
        self.table.setAlternatingRowColors(True)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )

    def show_part(self, drawable: bool) -> None:
        part = (1 if self.as_table.isChecked() else 0) if drawable else 2
        self.stack.setCurrentIndex(part)

    def refresh(self) -> None:
        """Show what the controls ask for."""

    def retranslate(self) -> None:
        self.as_table.setText(self.tr("Show as &table"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
