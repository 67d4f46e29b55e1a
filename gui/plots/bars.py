"""Waits side by side as bars on one scale: a row for each name, in it a bar for each series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.plots.colours import Colours, colours
from profiler import units

_GAP = 12
_ROW, _BAR, _BETWEEN = 1.15, 0.8, 0.55


class Group(NamedTuple):
    """A row: its name and a wait in ns for each series, None where it is not known."""

    name: str
    values_ns: tuple[float | None, ...]


class WaitBars(QWidget):
    """At most two series: the first filled, the second hatched; every value is written beside its bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._series: Sequence[str] = ()
        self._groups: Sequence[Group] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_groups(self, title: str, series: Sequence[str], groups: Sequence[Group]) -> None:
        """Show these; `title` is what a screen reader calls the chart."""
        self._series, self._groups = series, groups
        self.setAccessibleName(title)
        self.setAccessibleDescription("; ".join(self._told(group) for group in groups))
        self.updateGeometry()
        self.update()

    def _told(self, group: Group) -> str:
        pairs = zip(self._series, group.values_ns, strict=True)
        return f"{group.name}: " + ", ".join(
            f"{name} {units.duration(value)}".strip() for name, value in pairs
        )

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().height()
        rows = sum(len(group.values_ns) * _ROW + _BETWEEN for group in self._groups)
        return QSize(400, round(line * (rows + self._legend_rows() * 1.6)) + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, self.sizeHint().height())

    def _legend_rows(self) -> int:
        return int(len(self._series) > 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._groups:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        now = colours(self.palette())
        top = self._paint_legend(painter, now)
        for group in self._groups:
            top = self._paint_group(painter, now, group, top)

    def _left(self) -> float:
        return max(self.fontMetrics().horizontalAdvance(group.name) for group in self._groups) + _GAP

    def _scale(self) -> float:
        known = [value for group in self._groups for value in group.values_ns if value is not None]
        words = max(
            (self.fontMetrics().horizontalAdvance(units.duration(value)) for value in known), default=0
        )
        room = max(1.0, self.width() - self._left() - words - 2 * _GAP)
        return room / max([1.0, *known])

    def _paint_legend(self, painter: QPainter, now: Colours) -> float:
        if not self._legend_rows():
            return 0.0
        line, left = self.fontMetrics().height(), self._left()
        for at, name in enumerate(self._series):
            self._paint_bar(painter, now, at, QRectF(left, line * 0.25, line * 1.6, line * 0.7))
            painter.setPen(now.text)
            width = self.fontMetrics().horizontalAdvance(name) + 4
            painter.drawText(
                QRectF(left + line * 2, 0, width, line * 1.2), Qt.AlignmentFlag.AlignVCenter, name
            )
            left += line * 2 + width + 2 * _GAP
        return line * 1.6

    def _paint_group(self, painter: QPainter, now: Colours, group: Group, top: float) -> float:
        line, left, scale = self.fontMetrics().height(), self._left(), self._scale()
        height = len(group.values_ns) * line * _ROW
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(now.text)
        painter.drawText(QRectF(0, top, left - _GAP, height), right, group.name)
        for at, value in enumerate(group.values_ns):
            y = top + at * line * _ROW
            length = max(2.0, value * scale) if value is not None else 0.0
            if value is not None:
                self._paint_bar(
                    painter, now, at, QRectF(left, y + line * (_ROW - _BAR) / 2, length, line * _BAR)
                )
            painter.setPen(now.quiet)
            place = QRectF(left + length + _GAP / 2, y, self.width(), line * _ROW)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, units.duration(value))
        return top + height + line * _BETWEEN

    def _paint_bar(self, painter: QPainter, now: Colours, series: int, place: QRectF) -> None:
        if series == 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.series)
        else:
            painter.setPen(QPen(now.accent, 1))
            painter.setBrush(QBrush(now.accent, Qt.BrushStyle.BDiagPattern))
        painter.drawRect(place)
