"""One memory as a bar: what each resident model takes of it, what others take, and what is free."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.colours import Colours, colours, mixed
from profiler import units

_LEAST, _EDGE = 3.0, 1


class Part(NamedTuple):
    """A stretch of the memory; `kind` is model, other or free."""

    name: str
    size_bytes: float
    kind: str


class MemoryBar(QWidget):
    """The bar, and under it a line for each part: its colour, its name, its size, its share."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts: Sequence[Part] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_parts(self, title: str, parts: Sequence[Part]) -> None:
        """Show these, in this order; `title` is what a screen reader calls the chart."""
        self._parts = parts
        self.setAccessibleName(title)
        self.setAccessibleDescription(", ".join(self._told(part) for part in parts))
        self.updateGeometry()
        self.update()

    def _told(self, part: Part) -> str:
        return (
            f"{part.name}  {units.size(part.size_bytes)}  ({units.percent(part.size_bytes / self._whole())})"
        )

    def _whole(self) -> float:
        return sum(part.size_bytes for part in self._parts) or 1.0

    def sizeHint(self) -> QSize:
        return QSize(400, round(self.fontMetrics().height() * (2.0 + 1.3 * len(self._parts))))

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now, line = colours(self.palette()), self.fontMetrics().height()
        left = 1.0
        for at, part in enumerate(self._parts):
            width = max(_LEAST, part.size_bytes / self._whole() * (self.width() - 2))
            painter.setPen(QPen(now.text, _EDGE))
            painter.setBrush(_brush(part, at, now))
            painter.drawRect(QRectF(left, 1, min(width, self.width() - 1 - left), line * 1.5))
            left += width
            self._paint_line(painter, now, at, part)

    def _paint_line(self, painter: QPainter, now: Colours, at: int, part: Part) -> None:
        line = self.fontMetrics().height()
        top = line * (1.9 + 1.3 * at)
        painter.drawRect(QRectF(1, top + line * 0.2, line * 1.4, line * 0.7))
        painter.setPen(now.text)
        place = QRectF(line * 2, top, self.width() - line * 2, line * 1.1)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, self._told(part))


def _brush(part: Part, at: int, now: Colours) -> QBrush:
    """Models in the colours of series by turns, others hatched, what is free left open."""
    if part.kind == "free":
        return QBrush(now.background)
    if part.kind == "other":
        return QBrush(now.quiet, Qt.BrushStyle.BDiagPattern)
    shades = (now.series, now.accent, mixed(now.series, now.background, 0.45))
    return QBrush(QColor(shades[at % len(shades)]))
