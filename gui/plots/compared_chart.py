"""What the charts over several runs share: a run can be chosen by mouse or arrows, and is told in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import tooltips
from gui.plots import curve_points
from gui.plots.axes import Rule
from gui.plots.chart import Chart
from gui.plots.looks import Look, look

_REACH_PX = 22.0
_FAINT = 90


class Named(NamedTuple):
    """A run in a chart: its index in the comparison, what it is called, the slot of its look."""

    at: int
    name: str
    slot: int


class Spot(NamedTuple):
    """A place in the plot's own units that can be pointed at; `words` say what stands there."""

    at: int
    x: float
    y: float
    words: str


class ComparedChart(Chart):
    """Signals: `run_chosen` with the index of a run that was clicked or stepped to; `run_opened` by Enter or
    a double click. Attribute: `chosen` the index of the run that stands out, or None.
    """

    run_chosen = Signal(int)
    run_opened = Signal(int)

    def __init__(
        self, bottom: tuple[Rule, int], left: tuple[Rule, int], parent: QWidget | None = None
    ) -> None:
        super().__init__(bottom, left, parent)
        self.chosen: int | None = None
        self._spots: Sequence[Spot] = ()
        self.plot.setFocusProxy(None)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._moves = pg.SignalProxy(self.plot.scene().sigMouseMoved, rateLimit=30, slot=self._on_moved)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)

    def set_spots(self, spots: Sequence[Spot]) -> None:
        """What can be pointed at, in the order in which arrows go through the runs."""
        self._spots = spots
        if self.chosen not in self._runs():
            self.chosen = None

    def _runs(self) -> list[int]:
        return list(dict.fromkeys(spot.at for spot in self._spots))

    def choose(self, index: int | None) -> None:
        """Let this run stand out; None: all alike."""
        if index != self.chosen:
            self.chosen = index if index in self._runs() else None
            self.apply_theme()
            self.retranslate()

    def look(self, slot: int, index: int) -> tuple[Look, float]:
        """The run's look and the width of its line; others fade while one is chosen."""
        own = look(slot, self.palette())
        if self.chosen is None or self.chosen == index:
            return own, 2.0 if self.chosen is None else 3.0
        faint = QColor(own.colour)
        faint.setAlpha(_FAINT)
        return own._replace(colour=faint), 2.0

    def told(self) -> str:
        """The chosen run in words; empty where none is chosen."""
        return "   ".join(spot.words.replace("\n", "  ") for spot in self._spots if spot.at == self.chosen)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        runs = self._runs()
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
        if event.key() in steps and runs:
            step = steps[Qt.Key(event.key())]
            at = runs.index(self.chosen) + step if self.chosen in runs else (0 if step > 0 else -1)
            self._pick(runs[at % len(runs)])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.chosen is not None:
            self.run_opened.emit(self.chosen)
        elif event.key() == Qt.Key.Key_Escape and self.chosen is not None:
            self._pick(None)
        else:
            super().keyPressEvent(event)

    def _pick(self, index: int | None) -> None:
        self.choose(index)
        self.run_chosen.emit(-1 if index is None else index)

    def _under(self, position: QPointF) -> int | None:
        """The spot at this position of the scene."""
        box = self.plot.getViewBox()
        seen = [box.mapViewToScene(QPointF(spot.x, spot.y)) for spot in self._spots]
        places = [(at, place.x(), place.y()) for at, place in enumerate(seen)]
        return curve_points.nearest(places, position.x(), position.y(), _REACH_PX)

    def _on_moved(self, moved: Sequence[QPointF]) -> None:
        at = self._under(moved[0])
        if at is None:
            QToolTip.hideText()
        else:
            place = self.plot.mapToGlobal(self.plot.mapFromScene(moved[0]))
            QToolTip.showText(place, tooltips.plain(self._spots[at].words), self.plot)

    def _on_clicked(self, event: Any) -> None:
        at = self._under(event.scenePos())
        if at is not None and event.double():
            self.run_opened.emit(self._spots[at].at)
        else:
            self._pick(None if at is None else self._spots[at].at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        QToolTip.hideText()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ring in the margin where keys go."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(self.palette().accent().color(), 1.5))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)
            painter.end()
