"""The typical wait against another quantity: what nothing beats is filled, what something does is hollow."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from gui.plots import axes
from gui.plots.colours import Colours
from gui.plots.compared_chart import ComparedChart, Named, Spot
from gui.plots.placed_names import PlacedNames, shortened
from profiler import units

_RADIUS = 7.0
# Values further apart than this are told from each other on a logarithmic axis only.
_LINEAR_UP_TO = 20.0
_CLOSE = 0.5
# A limit further off than this many times the largest value is named instead of drawn.
_NEAR = 3.0


class Compromise(NamedTuple):
    """A run: its typical wait in ns, the other quantity in its own unit, and whether another run is better
    in both."""

    run: Named
    wait_ns: float
    other: float
    is_dominated: bool


class Other(NamedTuple):
    """The quantity on the upright axis: as limits call it, in words, and how its values are written."""

    code: str
    words: str
    text: Callable[[float], str]


def value_ticks(text: Callable[[float], str], low: float, high: float, most: int) -> axes.Ticks:
    """Round numbers, written as the quantity is."""
    return [(value, text(value) if value else "0") for value in axes.steps(low, high, most)]


def log_value_ticks(text: Callable[[float], str], low: float, high: float, most: int) -> axes.Ticks:
    """The same over an axis of log10: 1, 2 and 5 times the powers of ten."""
    return [(place, text(10.0**place)) for place, _ in axes.log_ticks(axes.Unit("", 1.0), low, high, most)]


class Scale(NamedTuple):
    """One axis: its ends in its own numbers, and whether it is logarithmic."""

    low: float
    high: float
    is_log: bool

    def place(self, value: float) -> float:
        return math.log10(value) if self.is_log else value

    def holds(self, value: float) -> bool:
        return (value > 0 or not self.is_log) and self.low <= self.place(value) <= self.high


def scale(values: Sequence[float], limit: float | None) -> Scale:
    """From zero; close around the values where they lie close together, and by factors where far apart.

    As far as the limit where that is near.
    """
    near = [limit] if limit is not None and limit <= _NEAR * max(values) else []
    low, high = min([*values, *near]), max([*values, *near])
    if low > 0 and high / low > _LINEAR_UP_TO:
        pad = 0.1 * math.log10(high / low)
        return Scale(math.log10(low) - pad, math.log10(high) + pad, True)
    if low > _CLOSE * high:
        pad = max(0.25 * (high - low), 0.04 * high)
        return Scale(low - pad, high + pad, False)
    span = high - min(0.0, low) or 1e-3
    return Scale(min(0.0, low) - (0.08 * span if low <= 0 else 0.0), high + 0.14 * span, False)


class TradeoffScatter(ComparedChart):
    """Lower and further left is better; a dotted line joins what nothing beats."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((axes.count_ticks, 80), (axes.count_ticks, 36), parent)
        self._points: Sequence[Compromise] = ()
        self._other = Other("", "", str)
        self._limits: Mapping[str, float] = {}
        self._across = self._up = Scale(0.0, 1.0, False)
        self._unit = axes.unit_for(1e6)
        self._dots: Any = pg.ScatterPlotItem()
        self._front: Any = pg.PlotCurveItem()
        self._upright: Any = pg.InfiniteLine(angle=90, label="", labelOpts={"position": 0.9})
        self._level: Any = pg.InfiniteLine(angle=0, label="", labelOpts={"position": 0.85})
        self._names = PlacedNames(self.plot)
        for item in (self._front, self._upright, self._level, self._dots):
            self.plot.addItem(item, ignoreBounds=True)
        self._dots.setZValue(1)
        self.plot.getViewBox().sigResized.connect(lambda *_: self._place_names())
        self.start()

    def set_points(self, points: Sequence[Compromise], other: Other, limits: Mapping[str, float]) -> None:
        """Draw these; `limits` by quantity as in profiler.limits, those on either axis are drawn."""
        self._points, self._other, self._limits = points, other, limits
        if points:
            self._fit()
        self.set_spots([self._spot(one) for one in points])
        self._draw_front()
        self._draw_limits()
        self.apply_theme()
        self.retranslate()

    def _fit(self) -> None:
        self._across = scale([one.wait_ns for one in self._points], self._limits.get("p50"))
        self._up = scale([one.other for one in self._points], self._limits.get(self._other.code))
        self._unit = axes.unit_for(max(one.wait_ns for one in self._points))
        across = axes.log_ticks if self._across.is_log else axes.linear_ticks
        self.bottom.set_rule(partial(across, self._unit))
        up = log_value_ticks if self._up.is_log else value_ticks
        self.left.set_rule(partial(up, self._other.text))
        self.plot.setXRange(self._across.low, self._across.high, padding=0)
        self.plot.setYRange(self._up.low, self._up.high, padding=0)

    def _place(self, one: Compromise) -> tuple[float, float]:
        return self._across.place(one.wait_ns), self._up.place(one.other)

    def _spot(self, one: Compromise) -> Spot:
        words = self.tr("{name}: {wait}, {other}").format(
            name=one.run.name, wait=units.duration(one.wait_ns), other=self._other.text(one.other)
        )
        beaten = (
            self.tr("another is better in both") if one.is_dominated else self.tr("nothing beats it in both")
        )
        return Spot(one.run.at, *self._place(one), f"{words} ({beaten})")

    def _draw_front(self) -> None:
        """Steps from the quickest to the least."""
        best = sorted(self._place(one) for one in self._points if not one.is_dominated)
        steps = [best[0]] if best else []
        for (_, high), (x, y) in pairwise(best):
            steps += [(x, high), (x, y)]
        self._front.setData([x for x, _ in steps], [y for _, y in steps])

    def _draw_limits(self) -> None:
        wait, value = self._limits.get("p50"), self._limits.get(self._other.code)
        for line, axis, most in ((self._upright, self._across, wait), (self._level, self._up, value)):
            is_drawn = most is not None and bool(self._points) and axis.holds(most)
            line.setVisible(is_drawn)
            if most is not None and is_drawn:
                line.setValue(axis.place(most))
        if wait is not None:
            self._upright.label.setFormat(f"P50 ≤ {units.duration(wait)}")
        if value is not None:
            self._level.label.setFormat(f"{self._other.words} ≤ {self._other.text(value)}")

    def _place_names(self) -> None:
        """Put each name where it covers nothing; one that has no room is read on hover only."""
        words = [shortened(one.run.name) for one in self._points]
        places = [QPointF(*self._place(one)) for one in self._points]
        self._names.show(words, places, self.font(), _RADIUS + 2)

    def recolour(self, now: Colours) -> None:
        spots = []
        for one in self._points:
            own, width = self.look(one.run.slot, one.run.at)
            ground = QColor(now.background) if one.is_dominated else own.colour
            spots.append(
                {
                    "pos": self._place(one), "symbol": own.symbol, "size": 2 * _RADIUS,
                    "pen": pg.mkPen(own.colour, width=width), "brush": pg.mkBrush(ground),
                }
            )  # fmt: skip
        self._dots.setData(spots)
        self._front.setPen(pg.mkPen(now.quiet, width=1, style=Qt.PenStyle.DotLine))
        for line in (self._upright, self._level):
            line.setPen(pg.mkPen(now.text, width=1, style=Qt.PenStyle.DashLine))
            line.label.setColor(now.text)
            line.label.fill = pg.mkBrush(now.background)
        self._place_names()
        self._names.recolour(now.text, now.background)

    def retranslate(self) -> None:
        """Say axes, note and description again in the language as it is now."""
        log = self.tr(", log scale")
        across = self.tr("typical wait, P50 ({unit})").format(unit=self._unit.name)
        self.bottom.setLabel(across + (log if self._across.is_log else ""))
        self.left.setLabel(self._other.words + (log if self._up.is_log else ""))
        note = self.tr("Lower left is best. Hollow: another run is better in both.")
        self.note.setText(self.told() or " ".join([note, *self._beyond()]))
        said = "; ".join(spot.words for spot in self._spots)
        title = self.tr("Typical wait against {other}").format(other=self._other.words)
        self.describe(title, said)

    def _beyond(self) -> list[str]:
        """A limit on an axis that lies outside of the picture."""
        own = (("p50", self._across, "P50", units.duration), (self._other.code, self._up, *self._other[1:]))
        return [
            self.tr("Outside of the picture: {limits}.").format(limits=f"{words} ≤ {text(most)}")
            for code, axis, words, text in own
            if self._points and (most := self._limits.get(code)) is not None and not axis.holds(most)
        ]
