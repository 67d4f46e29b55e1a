"""Names beside points of a chart, as text items that are kept and moved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from gui.plots.label_places import Box, Point, placed

# Of 255: opaque enough for a name to be read over a line.
_GROUND = 200
_LONGEST = 26


class PlacedNames:
    """Names of one plot; each stands where it covers nothing, and one that has no room is hidden."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self._items: list[Any] = []

    def show(
        self,
        words: Sequence[str],
        points: Sequence[QPointF],
        font: QFont,
        radius: float,
        others: Sequence[QPointF] = (),
    ) -> None:
        """A word beside each point of the view; `others` are points without one. Radius in pixels."""
        box, metrics = self._plot.getViewBox(), QFontMetricsF(font)
        while len(self._items) < len(words):
            self._items.append(pg.TextItem("", anchor=(0, 0)))
            self._plot.addItem(self._items[-1], ignoreBounds=True)
        sizes = [(metrics.horizontalAdvance(text) + 8, metrics.height() + 2) for text in words]
        whole = Box(0, 0, box.width(), box.height())
        seen, beside = ([_seen(box, one) for one in group] for group in (points, others))
        boxes = placed(seen, sizes, whole, radius, beside)
        for at, item in enumerate(self._items):
            found = boxes[at] if at < len(boxes) else None
            item.setVisible(found is not None)
            if found is not None:
                item.setText(words[at])
                item.setFont(font)
                place = box.mapToView(QPointF(found.left, found.top))
                item.setPos(place.x(), place.y())

    def recolour(self, text: QColor, background: QColor) -> None:
        ground = QColor(background)
        ground.setAlpha(_GROUND)
        for item in self._items:
            item.setColor(text)
            item.fill = pg.mkBrush(ground)

    @property
    def shown(self) -> list[Any]:
        """The items that are seen."""
        return [item for item in self._items if item.isVisible()]


def _seen(box: Any, point: QPointF) -> Point:
    place = box.mapFromView(point)
    return place.x(), place.y()


def shortened(name: str) -> str:
    """A name that fits into a chart: its beginning and its end."""
    half = _LONGEST // 2
    return name if len(name) <= _LONGEST else f"{name[:half]}…{name[-half + 1 :]}"
