"""Getting ready > Practice > Measuring: where a run is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.colours import mixed, quiet_text

_TIP, _GAP = 11.0, 4.0


class PhaseStrip(QWidget):
    """Arrows in a row; the one that goes on is filled, those behind it are tinted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words: Sequence[str] = ()
        self._current = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_words(self, words: Sequence[str]) -> None:
        self._words = words
        self._say()

    def set_current(self, position: int) -> None:
        """The phase that goes on; as many as there are phases: all are over."""
        if position != self._current:
            self._current = position
            self._say()

    @property
    def current(self) -> int:
        return self._current

    def _say(self) -> None:
        if self._words:
            self.setAccessibleName(self._words[min(self._current, len(self._words) - 1)])
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self.fontMetrics().height() + 18)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for position, word in enumerate(self._words):
            self._paint_phase(painter, position, word)
        painter.end()

    def _paint_phase(self, painter: QPainter, position: int, word: str) -> None:
        palette = self.palette()
        accent, window = palette.highlight().color(), palette.window().color()
        now, past = position == self._current, position < self._current
        painter.setPen(QPen(mixed(palette.text().color(), window, 0.16), 1.0))
        painter.setBrush(accent if now else mixed(accent, window, 0.16) if past else palette.base().color())
        width = (self.width() - 1) / len(self._words)
        left = position * width
        painter.drawPolygon(self._arrow(left, left + width - _GAP, position > 0))
        painter.setPen(palette.highlightedText().color() if now else quiet_text(palette))
        font = self.font()
        font.setBold(now)
        painter.setFont(font)
        text = f"✓ {word}" if past else word
        painter.drawText(QRectF(left, 0, width, self.height()), Qt.AlignmentFlag.AlignCenter, text)

    def _arrow(self, left: float, right: float, notched: bool) -> QPolygonF:
        top, bottom = 0.5, self.height() - 0.5
        middle = (top + bottom) / 2
        points = [QPointF(left, top), QPointF(right - _TIP, top), QPointF(right, middle)]
        points += [QPointF(right - _TIP, bottom), QPointF(left, bottom)]
        return QPolygonF([*points, QPointF(left + _TIP, middle)] if notched else points)
