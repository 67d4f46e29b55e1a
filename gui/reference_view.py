"""The reference table on screen: headings of two lines, columns that fit, a source that takes the rest."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from gui import tables
from gui.models.reference_table import HEADINGS, PinnedRows
from gui.plots.colours import mixed, quiet_text

_SIDE = 8
_SOURCE = len(HEADINGS) - 1
_SOURCE_LEAST_EM = 16


class UnitHeader(tables.FlatHeader):
    """A title, and below it its unit in a quieter colour."""

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        lines = self._lines(logicalIndex)
        lines[0] += self._arrow(logicalIndex)
        width = max(self.fontMetrics().horizontalAdvance(line) for line in lines)
        return QSize(width + 2 * _SIDE + 8, round(self.fontMetrics().height() * 2.7))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        palette = self.palette()
        text, base = palette.text().color(), palette.base().color()
        painter.fillRect(rect, base)
        painter.setPen(mixed(text, base, 0.25))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        inner = rect.adjusted(_SIDE + 3, 0, -_SIDE - 3, 0)
        lines, height = self._lines(logicalIndex), self.fontMetrics().height()
        lines[0] += self._arrow(logicalIndex)
        top = rect.top() + (rect.height() - height * 2) // 2
        for number, (line, pen) in enumerate(
            zip(lines, (mixed(text, base, 0.9), quiet_text(palette)), strict=False)
        ):
            painter.setPen(pen)
            place = QRect(inner.left(), top + number * height, inner.width(), height)
            painter.drawText(place, self._alignment(logicalIndex), self._fitted(line, inner.width()))

    def _lines(self, section: int) -> list[str]:
        return self._text(section).split("\n")

    def _fitted(self, text: str, width: int) -> str:
        return self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width)


class ReferenceView(QTableView):
    """In the order of the table until a heading is clicked; a third click brings that order back."""

    def __init__(self, rows: PinnedRows, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModel(rows)
        tables.prepare(self)
        self.setHorizontalHeader(UnitHeader(self))
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        header = self.horizontalHeader()
        header.setSectionsClickable(True)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.setSortingEnabled(True)

    def fit_columns(self) -> None:
        """Each column as wide as its texts, the source as wide as what is left."""
        for column in range(_SOURCE):
            self.resizeColumnToContents(column)
        used = sum(self.columnWidth(column) for column in range(_SOURCE))
        least = _SOURCE_LEAST_EM * self.fontMetrics().horizontalAdvance("m")
        self.setColumnWidth(_SOURCE, max(least, self.viewport().width() - used))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()
