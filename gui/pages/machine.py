"""The machine page: what this machine is, beside the reference table of cards."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui import sentences
from gui.fact_panel import FactPanel
from gui.models.reference_table import HEADINGS, PinnedRows, ReferenceTable
from gui.panel import QuietLabel, plain_label
from gui.reference_view import ReferenceView
from hardware import catalog, reference
from hardware.machine import Machine
from profiler import machine_facts

_PANEL_CHARACTERS = 30
_MOST_FOR_FACTS = 0.44


class MachinePage(QWidget):
    """A view of one Machine, or of the table alone while the machine has not answered yet (None)."""

    def __init__(self, machine: Machine | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._machine = machine
        self.sentence = plain_label(self, scale=1.25)
        self.sentence.setWordWrap(True)
        self.model = ReferenceTable(self)
        self.rows = PinnedRows(self.model, self)
        self.facts = _FactStrip(self)
        self.heading, self.search = plain_label(self, scale=1.1, bold=True), QLineEdit(self)
        self.count, self.legend = QuietLabel(self), QuietLabel(self, scale=0.9)
        self.table, self.detail = ReferenceView(self.rows, self), _ElidedLabel(self)
        self._arrange()
        self._connect()
        self.set_machine(machine)

    def _arrange(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(24 * self.fontMetrics().horizontalAdvance("m"))
        self.legend.setWordWrap(True)
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self.heading)
        top.addWidget(self.count)
        top.addStretch(1)
        top.addWidget(self.search, 2)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 12, 16, 12)
        whole.setSpacing(10)
        whole.addWidget(self.sentence)
        whole.addWidget(self.facts)
        whole.addLayout(top)
        whole.addWidget(self.table, 1)
        whole.addWidget(self.detail)
        whole.addWidget(self.legend)

    def _connect(self) -> None:
        self.search.textChanged.connect(self._on_search)
        self.table.selectionModel().currentChanged.connect(self._on_current_changed)

    def set_machine(self, machine: Machine | None) -> None:
        """Show this machine; the table keeps its search and order."""
        self._machine = machine
        self.model.set_rows(reference.rows(machine, catalog.reference_order()))
        self.retranslate()

    def _on_search(self, text: str) -> None:
        self.rows.search(text)
        self._say_count()

    def _on_current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        if not current.isValid():
            self.detail.setText(self.tr("Choose a cell to read where its figure comes from."))
            return
        row, heading = self.rows.row_at(current.row()), HEADINGS[current.column()]
        self.detail.setText("  ".join(self.model.explanation(row, heading).split("\n")))

    def _say_count(self) -> None:
        total = len(catalog.cards())
        shown = sum(self.rows.row_at(row).kind is reference.Kind.CARD for row in range(self.rows.rowCount()))
        self.count.setText(self.tr("{shown} of {total} cards").format(shown=shown, total=total))

    def retranslate(self) -> None:
        language = sentences.language()
        if self._machine is None:
            self.sentence.setText(self.tr("This machine is being asked what it is…"))
            self.facts.show_groups(())
        else:
            self.sentence.setText(machine_facts.sentence(self._machine, language))
            self.facts.show_groups(machine_facts.groups(self._machine, language))
        self.heading.setText(self.tr("This machine beside well-known cards"))
        self.search.setPlaceholderText(self.tr("Filter by name, maker or architecture…"))
        self.search.setAccessibleName(self.tr("Filter the cards"))
        self.table.setAccessibleName(self.tr("This machine beside well-known cards"))
        self.facts.setAccessibleName(self.tr("Facts about this machine"))
        self.legend.setText(
            self.tr(
                "Peaks are theoretical and dense. * computed from units, rate and clock; "
                "~ estimated from the largest clock; – not known: point at the cell to read why."
            )
        )
        self.model.retranslate()
        self.table.fit_columns()
        self._say_count()
        self._on_current_changed(self.table.currentIndex(), QModelIndex())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.facts.most = round(self.height() * _MOST_FOR_FACTS)
        self.facts.fit()


class _FactStrip(QScrollArea):
    """Panels side by side, as high as they need; it scrolls where there are more than fit.

    Attributes: `most` the largest height in pixels.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.most = 240
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.show_groups(())

    def show_groups(self, groups: tuple[machine_facts.Group, ...]) -> None:
        inside = QWidget()
        box = QHBoxLayout(inside)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        for group in groups:
            panel = FactPanel(group, inside)
            panel.setMinimumWidth(_PANEL_CHARACTERS * self.fontMetrics().averageCharWidth())
            box.addWidget(panel, 1)
        self.setWidget(inside)
        self.setVisible(bool(groups))
        self.fit()

    def fit(self) -> None:
        """Words wrap, so the height follows the width; a scroll area does not ask for that by itself."""
        inside = self.widget()
        layout = inside.layout() if inside is not None else None
        if inside is None or layout is None:
            return
        width = max(self.viewport().width(), layout.minimumSize().width())
        needed = layout.heightForWidth(width) if layout.hasHeightForWidth() else layout.sizeHint().height()
        inside.setFixedHeight(needed)
        bar = self.horizontalScrollBar().sizeHint().height() if width > self.viewport().width() else 0
        self.setFixedHeight(min(needed + bar, self.most))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()


class _ElidedLabel(QuietLabel):
    """One line that ends in dots where it does not fit; the whole text stays readable for a reader."""

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
