"""Numbers side by side as bars on one scale, each with its name before it and its text behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.colours import Colours, colours

_GAP = 12
_ROW, _BAR = 1.5, 0.95
_MOST_OF_WIDTH = 0.42


class Bar(NamedTuple):
    """A row: its name, the number that its length shows, and that number in words."""

    name: str
    value: float
    text: str


class ShareBars(QWidget):
    """One series in one colour; names that are too long are shortened in the middle, and whole on hover."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: Sequence[Bar] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_bars(self, title: str, bars: Sequence[Bar]) -> None:
        """Show these, in this order; `title` is what a screen reader calls the chart."""
        self._bars = bars
        self.setAccessibleName(title)
        self.setAccessibleDescription("; ".join(f"{bar.name}: {bar.text}" for bar in bars))
        self.setVisible(bool(bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, round(self.fontMetrics().height() * _ROW * len(self._bars)) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = colours(self.palette())
        left, room = self._left(), self._room()
        largest = max((bar.value for bar in self._bars), default=0.0) or 1.0
        for at, bar in enumerate(self._bars):
            self._paint(painter, now, at, bar, left, bar.value / largest * room)
        painter.end()

    def _left(self) -> float:
        widest = max((self.fontMetrics().horizontalAdvance(bar.name) for bar in self._bars), default=0)
        return min(widest + 4.0, _MOST_OF_WIDTH * self.width()) + _GAP

    def _room(self) -> float:
        words = max((self.fontMetrics().horizontalAdvance(bar.text) for bar in self._bars), default=0)
        return max(1.0, self.width() - self._left() - words - 1.5 * _GAP)

    def _paint(self, painter: QPainter, now: Colours, at: int, bar: Bar, left: float, length: float) -> None:
        line = self.fontMetrics().height()
        top = at * line * _ROW
        name = self.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideMiddle, int(left - _GAP))
        painter.setPen(now.text)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, left - _GAP, line * _ROW), right, name)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.series)
        painter.drawRect(QRectF(left, top + line * (_ROW - _BAR) / 2, max(2.0, length), line * _BAR))
        painter.setPen(now.quiet)
        place = QRectF(left + max(2.0, length) + _GAP / 2, top, self.width(), line * _ROW)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, bar.text)
