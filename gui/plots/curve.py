"""How waits grow with the load: mean and percentiles of each point, over throughput or over the load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.plots import axes
from gui.plots.chart import Chart
from gui.plots.colours import Colours
from profiler import units
from profiler.result import Point

LINES = ("mean_ns", "p50_ns", "p90_ns", "p95_ns", "p99_ns")
_NAMES = {"mean_ns": "mean", "p50_ns": "P50", "p90_ns": "P90", "p95_ns": "P95", "p99_ns": "P99"}
_DASHES = {
    "mean_ns": Qt.PenStyle.DotLine,
    "p50_ns": Qt.PenStyle.SolidLine,
    "p90_ns": Qt.PenStyle.DashLine,
    "p95_ns": Qt.PenStyle.DashDotLine,
    "p99_ns": Qt.PenStyle.SolidLine,
}
# Waits further apart than this are told from each other on a logarithmic axis only.
_LINEAR_UP_TO = 12.0
SWEPT = ("concurrency", "batch", "rate_per_s", "threads")


class Marks(NamedTuple):
    """Indices of points, and the limit in ns with the percentile it is on."""

    knee: int | None = None
    best: int | None = None
    chosen: int | None = None
    limit_ns: float | None = None
    limit_name: str = ""


def swept(points: Sequence[Point]) -> str:
    """What varies most among the points."""
    return max(SWEPT, key=lambda name: len({getattr(point, name) for point in points}))


class LoadCurve(Chart):
    """A line for each percentile; the knee has a ring, the best point under the limit a star."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((axes.count_ticks, 70), (partial(axes.linear_ticks, axes.unit_for(1e6)), 40), parent)
        self._points: Sequence[Point] = ()
        self._marks = Marks()
        self._by_load, self._is_log = False, False
        self._unit = axes.unit_for(1e6)
        self._lines: dict[str, list[Any]] = {name: [] for name in LINES}
        self._labels = {name: pg.TextItem(_NAMES[name], anchor=(0, 0.5)) for name in LINES}
        self._knee: Any = pg.ScatterPlotItem(symbol="o", size=17)
        self._best: Any = pg.ScatterPlotItem(symbol="star", size=17)
        self._failed: Any = pg.ScatterPlotItem(symbol="x", size=11)
        self._limit: Any = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        )
        for item in (self._knee, self._best, self._failed, self._limit, *self._labels.values()):
            self.plot.addItem(item, ignoreBounds=True)
        self.start()

    def set_points(self, points: Sequence[Point], marks: Marks) -> None:
        """Draw these points; what failed or has no latency is a cross at the bottom."""
        self._points, self._marks = points, marks
        self._draw()

    def show_by_load(self, by_load: bool) -> None:
        """Over what was swept, or over the throughput that it gave."""
        self._by_load = by_load
        self._draw()

    def _draw(self) -> None:
        self._fit()
        groups = self._groups()
        for name in LINES:
            for line in self._lines[name]:
                self.plot.removeItem(line)
            self._lines[name] = [self._line(name, group) for group in groups]
        self._place_marks()
        self.apply_theme()
        self.retranslate()

    def _line(self, name: str, group: Sequence[int]) -> Any:
        known = [at for at in group if self._value(at, name) is not None and self._x(at) is not None]
        # The tries of a search are no line: each rate was tried for its own sake.
        is_try = any(self._points[at].stage for at in group)
        line = pg.PlotDataItem(
            connect=np.zeros(len(known), dtype=np.int32) if is_try else "all",
            symbol="o",
            symbolSize=5 if name in ("p50_ns", "p99_ns") else 3,
        )
        self.plot.addItem(line)
        line.setData([self._x(at) for at in known], [self._y(self._value(at, name)) for at in known])
        return line

    def _groups(self) -> list[list[int]]:
        """Points that differ in what was swept alone, in its order."""
        name = swept(self._points) if self._points else SWEPT[0]
        others = [other for other in SWEPT if other != name]
        groups: dict[tuple[object, ...], list[int]] = {}
        for at, point in enumerate(self._points):
            if point.stage == "capacity":
                # A closed loop beside the open ones of a search.
                continue
            groups.setdefault(tuple(getattr(point, other) for other in others), []).append(at)
        return [
            sorted(group, key=lambda at: getattr(self._points[at], name) or 0) for group in groups.values()
        ]

    def _value(self, at: int, name: str) -> float | None:
        value = getattr(self._points[at].latency, name)
        return None if value is None else float(value)

    def _x(self, at: int) -> float | None:
        point = self._points[at]
        value = getattr(point, swept(self._points)) if self._by_load else point.throughput.samples_per_s
        return None if value is None else float(value)

    def _y(self, value: float | None) -> float:
        return math.log10(max(1.0, value or 1.0)) if self._is_log else value or 0.0

    def _fit(self) -> None:
        values = [
            value
            for at in range(len(self._points))
            for name in LINES
            if (value := self._value(at, name)) is not None
        ]
        xs = [x for at in range(len(self._points)) if (x := self._x(at)) is not None]
        if not values or not xs:
            return
        limit = [self._marks.limit_ns] if self._marks.limit_ns is not None else []
        low, high = min(*values, *limit, values[0]), max(*values, *limit, values[0])
        self._is_log = high / max(1.0, low) > _LINEAR_UP_TO
        self._unit = axes.unit_for(float(np.median(values)))
        rule = axes.log_ticks if self._is_log else axes.linear_ticks
        self.left.set_rule(partial(rule, self._unit))
        bottom, top = (self._y(low * 0.8), self._y(high * 1.3)) if self._is_log else (0.0, high * 1.12)
        self.plot.setYRange(bottom, top, padding=0)
        span = max(xs) - min(0.0, *xs) or 1.0
        self.plot.setXRange(0 if min(xs) >= 0 else min(xs), max(xs) + 0.1 * span, padding=0)

    def _place_marks(self) -> None:
        for scatter, at in ((self._knee, self._marks.knee), (self._best, self._marks.best)):
            value = None if at is None else self._value(at, "p50_ns")
            x = None if at is None else self._x(at)
            scatter.setData([x], [self._y(value)]) if value is not None and x is not None else scatter.clear()
        failed = [at for at, point in enumerate(self._points) if point.error is not None]
        bottom = self.plot.getViewBox().viewRange()[1][0]
        xs = (
            [float(getattr(self._points[at], swept(self._points)) or 0) for at in failed]
            if self._by_load
            else []
        )
        self._failed.setData(xs, [bottom] * len(xs))
        limit = self._marks.limit_ns
        self._limit.setVisible(limit is not None)
        if limit is not None:
            self._limit.setValue(self._y(limit))
        self._place_labels()

    def _place_labels(self) -> None:
        """Each line's name at its last point, kept apart from the one below."""
        last = max(
            (at for at in range(len(self._points)) if self._x(at) is not None and self._value(at, "p50_ns")),
            key=lambda at: self._x(at) or 0.0,
            default=None,
        )
        (_, _), (low, high) = self.plot.getViewBox().viewRange()
        before = -math.inf
        for name, label in self._labels.items():
            value = None if last is None else self._value(last, name)
            label.setVisible(value is not None)
            if value is None or last is None:
                continue
            place = max(self._y(value), before + 0.055 * (high - low))
            label.setPos(self._x(last), place)
            before = place

    def recolour(self, now: Colours) -> None:
        for name, lines in self._lines.items():
            colour = now.accent if name == "p99_ns" else now.series if name == "p50_ns" else now.quiet
            for line in lines:
                line.setPen(
                    pg.mkPen(colour, width=2 if name in ("p50_ns", "p99_ns") else 1, style=_DASHES[name])
                )
                line.setSymbolBrush(colour)
                line.setSymbolPen(None)
            self._labels[name].setColor(colour if name in ("p50_ns", "p99_ns") else now.text)
        self._knee.setPen(pg.mkPen(now.text, width=2))
        self._knee.setBrush(None)
        self._best.setPen(pg.mkPen(now.text, width=1))
        self._best.setBrush(pg.mkBrush(now.accent))
        self._failed.setPen(pg.mkPen(now.text, width=2))
        self._limit.setPen(pg.mkPen(now.text, width=1, style=Qt.PenStyle.DashLine))
        self._limit.label.setColor(now.text)

    def retranslate(self) -> None:
        """Say axes, note and description again in the language as it is now."""
        self._labels["mean_ns"].setText(self.tr("mean"))
        scale = self.tr(", log scale") if self._is_log else ""
        self.left.setLabel(self.tr("wait ({unit}){scale}").format(unit=self._unit.name, scale=scale))
        self.bottom.setLabel(self._load_words() if self._by_load else self.tr("samples per second"))
        limit = self._marks.limit_ns
        if limit is not None:
            text = self.tr("limit: {name} {wait}")
            self._limit.label.setFormat(text.format(name=self._marks.limit_name, wait=units.duration(limit)))
        self.note.setText("   ".join(self._notes()))
        self.note.setVisible(bool(self.note.text()))
        self.describe(self.tr("Waits under rising load"), " ".join(self._notes()))

    def _load_words(self) -> str:
        return {
            "concurrency": self.tr("requests under way at once"),
            "batch": self.tr("batch size"),
            "rate_per_s": self.tr("requests per second"),
            "threads": self.tr("threads"),
        }[swept(self._points) if self._points else SWEPT[0]]

    def _notes(self) -> list[str]:
        notes = []
        if self._marks.knee is not None:
            text = self.tr(
                "◯ knee: beyond it more load costs more wait than it brings ({wait}, {rate} samples/s)"
            )
            notes.append(self._said(text, self._marks.knee))
        if self._marks.best is not None:
            text = self.tr("★ most that keeps the limit ({wait}, {rate} samples/s)")
            notes.append(self._said(text, self._marks.best))
        elif self._marks.limit_ns is not None and self._points:
            notes.append(self.tr("No point keeps the limit."))
        failed = sum(point.error is not None for point in self._points)
        if failed:
            notes.append(self.tr("✕ %n point(s) failed", "", failed))
        return notes

    def _said(self, text: str, at: int) -> str:
        point = self._points[at]
        return text.format(
            wait=units.duration(point.latency.p50_ns), rate=units.rate(point.throughput.samples_per_s)
        )
