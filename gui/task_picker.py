"""The list of questions: each with the number that answers it and the time that it takes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.loads import Task
from gui.plots.colours import mixed

LINE = Qt.ItemDataRole.UserRole + 1
_SIDE, _ABOVE, _SMALLER = 10, 6, 0.92

Index = QModelIndex | QPersistentModelIndex


class TwoLines(QStyledItemDelegate):
    """A question, and below it in quieter type the text of role LINE."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics = option.fontMetrics
        widest = max(metrics.horizontalAdvance(text) for text in _texts(index))
        return QSize(widest + 2 * _SIDE, 2 * metrics.height() + 2 * _ABOVE)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        panel = QStyle.PrimitiveElement.PE_PanelItemViewItem
        whole.widget.style().drawPrimitive(panel, whole, painter, whole.widget)
        is_chosen = bool(whole.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        text, base = whole.palette.color(role), whole.palette.base().color()
        question, line = _texts(index)
        corner = QPointF(whole.rect.topLeft()) + QPointF(_SIDE, _ABOVE + whole.fontMetrics.ascent())
        painter.save()
        painter.setPen(text)
        painter.drawText(corner, question)
        font = whole.font
        font.setPointSizeF(font.pointSizeF() * _SMALLER)
        painter.setFont(font)
        painter.setPen(text if is_chosen else mixed(text, base, 0.68))
        painter.drawText(corner + QPointF(0, whole.fontMetrics.height()), line)
        painter.restore()


def _texts(index: Index) -> tuple[str, str]:
    return str(index.data() or ""), str(index.data(LINE) or "")


class TaskPicker(QComboBox):
    """One question of the list is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        for task in Task:
            self.addItem("", task)
        self.setItemDelegate(TwoLines(self))
        self.setMaxVisibleItems(len(Task))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)

    @property
    def task(self) -> Task:
        return Task(self.currentData())

    def set_words(self, task: Task, question: str, line: str) -> None:
        """A question, and what is read below it in the list, and of it by a screen reader."""
        at = self.findData(task)
        self.setItemText(at, question)
        self.setItemData(at, line, LINE)
        self.setItemData(at, line, Qt.ItemDataRole.AccessibleDescriptionRole)

    def showPopup(self) -> None:
        self.view().setMinimumWidth(self._widest())
        super().showPopup()

    def _widest(self) -> int:
        return max(self.width(), self.view().sizeHintForColumn(0) + 2)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
