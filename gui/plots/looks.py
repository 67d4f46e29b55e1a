"""How each run of a comparison is drawn, in all charts alike: a colour, a shape and a stroke.

The first four are of Okabe and Ito 2008; all keep 3:1 on the ground (WCAG 2.2, 1.4.11), and no two stand
closer than 11 in CIELAB under protanopia, deuteranopia or tritanopia (Machado, Oliveira and Fernandes 2009).
Grey is none of them: it says that there is no clear difference.
"""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from gui.plots.colours import is_dark

_LIGHT = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#111111", "#5E4600", "#5B2A86", "#A01040")
_DARK = ("#56B4E9", "#E69F00", "#009E73", "#CC79A7", "#FFFFFF", "#F0E442", "#8C8CFF", "#E0603A")
# As pyqtgraph names them; all are closed, so that they can be hollow.
_SYMBOLS = ("o", "s", "t1", "d", "t", "p", "h", "star")
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine)
MOST = len(_LIGHT) * len(_DASHES)


class Look(NamedTuple):
    """`symbol` as pyqtgraph names it."""

    colour: QColor
    dash: Qt.PenStyle
    symbol: str


def look(slot: int, palette: QPalette) -> Look:
    """The look of this slot, of which there are `MOST`; the shape is the same in light and dark."""
    at = slot % len(_LIGHT)
    series = _DARK if is_dark(palette) else _LIGHT
    return Look(QColor(series[at]), _DASHES[slot // len(_LIGHT) % len(_DASHES)], _SYMBOLS[at])


def paint_swatch(painter: QPainter, shown: Look, where: QRectF) -> None:
    """A piece of the run's line with its shape in the middle, as the charts draw them."""
    # Drawn by the charts' own pieces; imported late, because they take long to import.
    from pyqtgraph.graphicsItems.ScatterPlotItem import Symbols

    middle = where.center()
    painter.save()
    painter.setPen(QPen(shown.colour, 2, shown.dash))
    painter.drawLine(QPointF(where.left(), middle.y()), QPointF(where.right(), middle.y()))
    painter.translate(middle)
    size = where.height() * 0.72
    painter.scale(size, size)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shown.colour)
    painter.drawPath(Symbols[shown.symbol])
    painter.restore()


def free_slot(taken: set[int]) -> int:
    """The first slot that no run has; a run keeps its own when others go."""
    return next(slot for slot in range(len(taken) + 1) if slot not in taken)
