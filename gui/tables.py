"""How every table of the window looks: no grid, room around the words, rows that are selected whole."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gui import table_copy
from gui.plots.colours import mixed

_SIDE, _ABOVE = 8, 3


class RoomyDelegate(QStyledItemDelegate):
    """Room beside the text of a cell; a style sheet would do it too, but would not follow the theme."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        whole.widget.style().drawPrimitive(panel, whole, painter, whole.widget)
        inner = QStyleOptionViewItem(option)
        inner.rect = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        super().paint(painter, inner, index)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        narrowed = QStyleOptionViewItem(option)
        narrowed.rect = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        return super().sizeHint(narrowed, index) + QSize(2 * _SIDE, 2 * _ABOVE)


class FlatHeader(QHeaderView):
    """Headings on the table's own ground with a line below; the sorted one carries an arrow."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setHighlightSections(False)

    def sectionSizeFromContents(self, logicalIndex: int) -> QSize:
        text = self._text(logicalIndex) + self._arrow(logicalIndex)
        width = self.fontMetrics().horizontalAdvance(text) + 2 * _SIDE + 8
        return QSize(width, round(self.fontMetrics().height() * 1.8))

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:
        palette = self.palette()
        text, base = palette.text().color(), palette.base().color()
        painter.fillRect(rect, base)
        painter.setPen(mixed(text, base, 0.25))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setPen(mixed(text, base, 0.8))
        # Three more: the margin that the style gives the text of a cell.
        inner = rect.adjusted(_SIDE + 3, 0, -_SIDE - 3, 0)
        shown = self.fontMetrics().elidedText(
            self._text(logicalIndex) + self._arrow(logicalIndex), Qt.TextElideMode.ElideRight, inner.width()
        )
        painter.drawText(inner, self._alignment(logicalIndex), shown)

    def _text(self, section: int) -> str:
        return str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")

    def _arrow(self, section: int) -> str:
        if not self.isSortIndicatorShown() or section != self.sortIndicatorSection():
            return ""
        return " ▲" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else " ▼"

    def _alignment(self, section: int) -> Qt.AlignmentFlag:
        role = Qt.ItemDataRole.TextAlignmentRole
        given = self.model().headerData(section, Qt.Orientation.Horizontal, role)
        return self.defaultAlignment() if given is None else Qt.AlignmentFlag(given)


def prepare(view: QTableView) -> None:
    """Give a read-only table the look of the window, and Ctrl+C; call it after the model is set."""
    table_copy.install(view)
    view.setItemDelegate(RoomyDelegate(view))
    view.setHorizontalHeader(FlatHeader(view))
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setTabKeyNavigation(False)
    view.setFrameShape(QTableView.Shape.NoFrame)
    view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.verticalHeader().setMinimumSectionSize(24)
    view.verticalHeader().setDefaultSectionSize(max(26, round(view.fontMetrics().height() * 1.7)))


class SharedWidth(QObject):
    """Columns as wide as their words; where there is little room the first ones, `giving` of them, give way,
    and room that is left is shared by all: a figure far from its name is not found. `least` in characters.
    """

    def __init__(self, view: QTableView, least: int = 16, giving: int = 1) -> None:
        super().__init__(view)
        self._view, self._least, self._giving = view, least, giving
        self._wanted: list[int] = []
        view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        # The viewport, because it is narrower where a scroll bar has come.
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._share()
        return super().eventFilter(watched, event)

    def fit(self) -> None:
        """Weigh the words anew; after other rows were set, and not while they are only filtered."""
        view, header = self._view, self._view.horizontalHeader()
        columns = range(view.model().columnCount())
        self._wanted = [max(view.sizeHintForColumn(at), header.sectionSizeHint(at)) for at in columns]
        self._share()

    def _share(self) -> None:
        if not self._wanted:
            return
        view, room = self._view, self._view.viewport().width()
        widths = list(self._wanted)
        least = self._least * view.fontMetrics().averageCharWidth()
        for at in range(self._giving):
            widths[at] = max(min(least, widths[at]), widths[at] - max(0, sum(widths) - room))
        spare, count = max(0, room - sum(widths)), len(widths)
        for at, width in enumerate(widths):
            view.setColumnWidth(at, width + spare // count + (at < spare % count))
