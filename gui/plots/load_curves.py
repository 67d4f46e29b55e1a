"""One percentile of the wait over the throughput, the curves of several runs over each other."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from gui.plots import axes, curve_points
from gui.plots.colours import Colours
from gui.plots.compared_chart import ComparedChart, Named, Spot
from gui.plots.placed_names import PlacedNames, shortened
from profiler import units
from profiler.result import Point

_LINEAR_UP_TO = 12.0
_ROOM, _RADIUS = 0.2, 6.0
_MOST_NAMED = 4


class Load(NamedTuple):
    """A run's points; one that was measured at a single load has one."""

    run: Named
    points: Sequence[Point]


class Line(NamedTuple):
    """Places of one line, in the plot's own units, and what stands at each."""

    run: Named
    spots: Sequence[Spot]
    connect: Sequence[int]


class LoadCurves(ComparedChart):
    """Further right brings more, further down waits less; each curve ends in its run's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((axes.count_ticks, 70), (partial(axes.linear_ticks, axes.unit_for(1e6)), 40), parent)
        self._runs_shown: Sequence[Load] = ()
        self._field, self._limit = "p50_ns", None
        self._is_log = False
        self._unit = axes.unit_for(1e6)
        self._lines: list[Line] = []
        self._items: list[Any] = []
        self._names = PlacedNames(self.plot)
        self._level: Any = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.03, "anchors": [(0, 1), (0, 1)]}
        )
        self.plot.addItem(self._level, ignoreBounds=True)
        self.plot.getViewBox().sigResized.connect(lambda *_: self._place_names())
        self.start()

    _limit: float | None

    def set_runs(self, runs: Sequence[Load], quantity: str, limits: Mapping[str, float]) -> None:
        """Draw `quantity` (p50, p95, p99 or mean) of these points; its limit in ns is a level line."""
        self._runs_shown, self._field, self._limit = runs, f"{quantity}_ns", limits.get(quantity)
        self._fit()
        self._lines = [line for run in runs for line in self._lines_of(run)]
        for item in self._items:
            self.plot.removeItem(item)
        self._items = [self._item(line) for line in self._lines]
        self._level.setVisible(self._limit is not None and self._holds(self._limit))
        if self._limit is not None:
            self._level.setValue(self._y(self._limit))
            self._level.label.setFormat(f"{quantity.upper()} ≤ {units.duration(self._limit)}")
        self.set_spots([spot for line in self._lines for spot in line.spots])
        self.apply_theme()
        self.retranslate()

    def _values(self) -> list[float]:
        return [
            float(value)
            for run in self._runs_shown
            for point in run.points
            if (value := getattr(point.latency, self._field)) is not None
        ]

    def _fit(self) -> None:
        values = self._values()
        if not values:
            return
        near = [self._limit] if self._limit is not None and self._limit <= 3 * max(values) else []
        low, high = min([*values, *near]), max([*values, *near])
        self._is_log = high / max(1.0, low) > _LINEAR_UP_TO
        self._unit = axes.unit_for(float(np.median(values)))
        self.left.set_rule(partial(axes.log_ticks if self._is_log else axes.linear_ticks, self._unit))
        bottom, top = 0.0, high * 1.12
        if self._is_log:
            span = self._y(high) - self._y(low)
            bottom, top = self._y(low) - 0.08 * span, self._y(high) + 0.08 * span
        self.plot.setYRange(bottom, top, padding=0)
        rates = [point.throughput.samples_per_s or 0.0 for run in self._runs_shown for point in run.points]
        self.plot.setXRange(0.0, max([1.0, *rates]) * (1 + _ROOM), padding=0)

    def _y(self, value: float) -> float:
        return math.log10(max(1.0, value)) if self._is_log else value

    def _holds(self, value: float) -> bool:
        low, high = self.plot.getViewBox().viewRange()[1]
        return bool(low <= self._y(value) <= high)

    def _lines_of(self, run: Load) -> list[Line]:
        made = []
        for group in curve_points.groups(run.points):
            spots = {at: spot for at in group if (spot := self._spot(run, at)) is not None}
            connect = curve_points.connected(group, list(spots), run.points)
            made.append(Line(run.run, list(spots.values()), connect))
        return [line for line in made if line.spots]

    def _spot(self, run: Load, at: int) -> Spot | None:
        """None where the point failed."""
        point = run.points[at]
        wait, rate = getattr(point.latency, self._field), point.throughput.samples_per_s
        if wait is None or rate is None:
            return None
        words = self.tr("{name}, batch {batch}, {count} at once: {wait} at {rate} samples/s").format(
            name=run.run.name,
            batch=point.batch,
            count=point.concurrency,
            wait=units.duration(wait),
            rate=units.rate(rate),
        )
        return Spot(run.run.at, float(rate), self._y(float(wait)), words)

    def _item(self, line: Line) -> Any:
        item = pg.PlotDataItem(connect=np.array(line.connect, dtype=np.int32), symbolSize=10, antialias=True)
        self.plot.addItem(item)
        item.setData([spot.x for spot in line.spots], [spot.y for spot in line.spots])
        return item

    def _place_names(self) -> None:
        """Each run's name beside its furthest point, where it covers nothing; without room it is left out."""
        ends: dict[int, tuple[Spot, str]] = {}
        for line in self._lines:
            last = max(line.spots, key=lambda spot: spot.x)
            if line.run.at not in ends or last.x > ends[line.run.at][0].x:
                ends[line.run.at] = (last, line.run.name)
        self._names.show(
            [shortened(name) for _, name in ends.values()],
            [QPointF(spot.x, spot.y) for spot, _ in ends.values()],
            self.font(),
            _RADIUS,
            [QPointF(spot.x, spot.y) for spot in self._spots],
        )

    def recolour(self, now: Colours) -> None:
        for line, item in zip(self._lines, self._items, strict=True):
            own, width = self.look(line.run.slot, line.run.at)
            item.setPen(pg.mkPen(own.colour, width=width, style=own.dash))
            item.setSymbol(own.symbol)
            item.setSymbolBrush(own.colour)
            item.setSymbolPen(None)
        self._level.setPen(pg.mkPen(now.text, width=1, style=Qt.PenStyle.DashLine))
        self._level.label.setColor(now.text)
        self._place_names()
        self._names.recolour(now.text, now.background)

    def retranslate(self) -> None:
        """Say axes, note and description again in the language as it is now."""
        scale = self.tr(", log scale") if self._is_log else ""
        self.left.setLabel(self.tr("wait ({unit}){scale}").format(unit=self._unit.name, scale=scale))
        self.bottom.setLabel(self.tr("samples per second"))
        self.note.setText(self.told() or " ".join(self._notes()))
        said = "; ".join(spot.words for spot in self._spots)
        self.describe(self.tr("Waits under rising load, runs over each other"), said)

    def _notes(self) -> list[str]:
        notes = [self.tr("Further right and lower is better.")]
        if self._limit is not None and self._runs_shown and not self._holds(self._limit):
            text = self.tr("Outside of the picture: {limits}.")
            name = self._field.removesuffix("_ns").upper()
            notes.append(text.format(limits=f"{name} ≤ {units.duration(self._limit)}"))
        alone = [run.run.name for run in self._runs_shown if len(run.points) == 1]
        if len(alone) > _MOST_NAMED:
            text = self.tr("{count} of {all} runs were measured at one load only.")
            notes.append(text.format(count=len(alone), all=len(self._runs_shown)))
        elif alone:
            text = self.tr("Measured at one load only: {names}.")
            notes.append(text.format(names=", ".join(map(shortened, alone))))
        return notes
