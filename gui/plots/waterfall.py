"""Phases one after another: bars whose length grows with the square root of the time, values written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.colours import colours
from profiler import units

_GAP, _LEAST = 12, 3.0


class Bar(NamedTuple):
    """A phase, how long it took in ns, and whether the user waits for it at every start."""

    name: str
    ns: int
    is_start: bool


class Waterfall(QWidget):
    """Each phase begins where the one above it ended; short ones stay visible beside long ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: Sequence[Bar] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        self._bars = bars
        self._describe()
        self.updateGeometry()
        self.update()

    def _describe(self) -> None:
        self.setAccessibleName(self.tr("Phases one after another"))
        self.setAccessibleDescription(", ".join(f"{bar.name} {units.duration(bar.ns)}" for bar in self._bars))

    def sizeHint(self) -> QSize:
        return QSize(400, self._row() * max(1, len(self._bars)) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def _row(self) -> int:
        return round(self.fontMetrics().height() * 1.9)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now, metrics = colours(self.palette()), self.fontMetrics()
        names = max(metrics.horizontalAdvance(bar.name) for bar in self._bars) + _GAP
        values = max(metrics.horizontalAdvance(units.duration(bar.ns)) for bar in self._bars) + 2 * _GAP
        roots = [math.sqrt(bar.ns) for bar in self._bars]
        scale = max(1.0, self.width() - names - values) / (sum(roots) or 1.0)
        left, row = float(names), self._row()
        for at, (bar, root) in enumerate(zip(self._bars, roots, strict=True)):
            top, width = at * row, max(_LEAST, root * scale)
            text = QRectF(0, top, names - _GAP, row)
            painter.setPen(now.text)
            painter.drawText(text, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, bar.name)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.series if bar.is_start else now.fill)
            painter.drawRoundedRect(QRectF(left, top + row * 0.22, width, row * 0.56), 2, 2)
            painter.setPen(now.quiet)
            value = QRectF(left + width + _GAP / 2, top, values, row)
            painter.drawText(
                value, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, units.duration(bar.ns)
            )
            left += width
            if at + 1 < len(self._bars):
                painter.setPen(QPen(now.grid, 1))
                painter.drawLine(QPointF(left, top + row * 0.22), QPointF(left, top + row * 1.78))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._describe()
