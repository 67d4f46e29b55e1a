"""How waits grow with the load: mean and percentiles of each point, over throughput or over the load."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui import sentences
from gui.plots import axes, curve_points
from gui.plots.chart import Chart
from gui.plots.colours import Colours
from gui.plots.curve_marks import CurveMarks
from gui.plots.curve_points import LINES, Marks, swept
from profiler import settings_text, units
from profiler.result import Point

_DASHES = {
    "mean_ns": Qt.PenStyle.DotLine,
    "p50_ns": Qt.PenStyle.SolidLine,
    "p90_ns": Qt.PenStyle.DashLine,
    "p95_ns": Qt.PenStyle.DashDotLine,
    "p99_ns": Qt.PenStyle.SolidLine,
}
_MAIN = ("p50_ns", "p99_ns")
# Waits further apart than this are told from each other on a logarithmic axis only.
_LINEAR_UP_TO = 12.0
_REACH_PX = 24.0


class LoadCurve(Chart):
    """A line for each percentile; the knee has a ring, the best point under the limit a star.

    Signals: `point_picked` with the index of a point that was clicked.
    """

    point_picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((axes.count_ticks, 70), (partial(axes.linear_ticks, axes.unit_for(1e6)), 40), parent)
        self._points: Sequence[Point] = ()
        self._marks = Marks()
        self._by_load = self._is_log = self._is_log_load = False
        self._unit = axes.unit_for(1e6)
        self._lines: dict[str, list[Any]] = {name: [] for name in LINES}
        self._items = CurveMarks(self.plot)
        self.note.setWordWrap(True)
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self._moves = pg.SignalProxy(self.plot.scene().sigMouseMoved, rateLimit=30, slot=self._on_moved)
        self.plot.scene().sigMouseClicked.connect(self._on_clicked)
        self.plot.getViewBox().sigResized.connect(lambda *_: self._place_words())
        self.start()

    def set_points(self, points: Sequence[Point], marks: Marks) -> None:
        """Draw these points; what failed is a gap, and over the load a cross at the bottom."""
        self._points, self._marks = points, marks
        self._draw()

    def show_by_load(self, by_load: bool) -> None:
        """Over what was swept, or over the throughput that it gave."""
        self._by_load = by_load
        self._draw()

    def choose(self, at: int | None) -> None:
        """Mark this point; None for none."""
        self._marks = self._marks._replace(chosen=at)
        self._items.choose(self._places([one for one in self._drawn() if one == at], _MAIN))

    def _drawn(self) -> list[int]:
        return sorted(at for group in curve_points.groups(self._points) for at in group)

    def _draw(self) -> None:
        self._fit()
        found = curve_points.groups(self._points)
        for name in LINES:
            for line in self._lines[name]:
                self.plot.removeItem(line)
            self._lines[name] = [self._line(name, group) for group in found]
        self._place_marks()
        self.apply_theme()
        self.retranslate()

    def _line(self, name: str, group: Sequence[int]) -> Any:
        places = self._places(group, (name,))
        known = [at for at, _, _ in places]
        line = pg.PlotDataItem(
            connect=np.array(curve_points.connected(group, known, self._points), dtype=np.int32),
            symbol="o",
            symbolSize=6 if name in _MAIN else 4,
            antialias=True,
        )
        self.plot.addItem(line)
        line.setData([x for _, x, _ in places], [y for _, _, y in places])
        return line

    def _places(self, points: Sequence[int], names: Sequence[str]) -> list[tuple[int, float, float]]:
        """Index and place of every value that is known."""
        return [
            (at, x, self._y(value))
            for at in points
            for name in names
            if (value := self._value(at, name)) is not None and (x := self._x(at)) is not None
        ]

    def _value(self, at: int, name: str) -> float | None:
        value = getattr(self._points[at].latency, name)
        return None if value is None else float(value)

    def _x(self, at: int) -> float | None:
        point = self._points[at]
        if not self._by_load:
            rate = point.throughput.samples_per_s
            return None if rate is None else float(rate)
        value = getattr(point, swept(self._points))
        return None if value is None else self._load(float(value))

    def _load(self, value: float) -> float:
        return math.log2(value) if self._is_log_load else value

    def _y(self, value: float) -> float:
        return math.log10(max(1.0, value)) if self._is_log else value

    def _fit(self) -> None:
        """Choose units, scales and ranges."""
        every = range(len(self._points))
        values = [value for at in every for name in LINES if (value := self._value(at, name)) is not None]
        loads = [float(getattr(point, swept(self._points)) or 0) for point in self._points]
        self._is_log_load = curve_points.is_by_factors(loads) and min(loads) > 0
        xs = [x for at in every if (x := self._x(at)) is not None]
        if values and xs:
            self._fit_waits(values)
            self._fit_load(xs, loads)

    def _fit_waits(self, values: list[float]) -> None:
        limit = [] if self._marks.limit_ns is None else [self._marks.limit_ns]
        low, high = min([*values, *limit]), max([*values, *limit])
        self._is_log = high / max(1.0, low) > _LINEAR_UP_TO
        self._unit = axes.unit_for(float(np.median(values)))
        self.left.set_rule(partial(axes.log_ticks if self._is_log else axes.linear_ticks, self._unit))
        bottom, top = 0.0, high * 1.12
        if self._is_log:
            # Below the lowest line is room for the word of a mark.
            span = self._y(high) - self._y(low)
            bottom, top = self._y(low) - 0.18 * span, self._y(high) + 0.08 * span
        self.plot.setYRange(bottom, top, padding=0)

    def _fit_load(self, xs: list[float], loads: list[float]) -> None:
        if self._by_load:
            self.bottom.set_rule(partial(curve_points.setting_ticks, loads, self._is_log_load))
        else:
            self.bottom.set_rule(axes.count_ticks)
        start = min(xs) if self._by_load else 0.0
        span = max(xs) - start or 1.0
        # Room for the names of the lines, which are longer where there are several of each.
        room = 0.1 if len(curve_points.groups(self._points)) < 2 else 0.22
        self.plot.setXRange(start - (0.04 * span if self._by_load else 0), max(xs) + room * span, padding=0)

    def _place_marks(self) -> None:
        limited = f"{self._marks.limit_name.lower()}_ns"
        best = limited if limited in LINES else "p50_ns"
        self._items.place(
            self._places([] if self._marks.knee is None else [self._marks.knee], ("p50_ns",)),
            self._places([] if self._marks.best is None else [self._marks.best], (best,)),
            self._failed(),
            None if self._marks.limit_ns is None else self._y(self._marks.limit_ns),
        )
        self.choose(self._marks.chosen)
        self._place_words()

    def _failed(self) -> list[float]:
        """Over the throughput a failed point has no place."""
        failed = [at for at, point in enumerate(self._points) if point.error is not None]
        return [x for at in failed if self._by_load and (x := self._x(at)) is not None]

    def _place_words(self) -> None:
        """Names of the lines beside their highest point, names of the marks beside these."""
        every = self._places(self._drawn(), LINES)
        top = max(every, key=lambda place: place[2], default=None)
        names = {} if top is None else {name: self._places([top[0]], (name,)) for name in LINES}
        self._items.name_lines({name: places[0] for name, places in names.items() if places})
        self._items.name_marks()
        self._items.name_groups(self._group_names())

    def _group_names(self) -> list[tuple[float, float, str]]:
        """What tells the lines of one percentile apart, where each ends."""
        found = curve_points.groups(self._points)
        if len(found) < 2 or any(point.stage for point in self._points):
            return []
        others = [name for name in settings_text.varied(self._points) if name != swept(self._points)]
        ends = [self._places(group, ("p50_ns",))[-1:] for group in found]
        language = sentences.language()
        return [
            (x, y, settings_text.setting(self._points[at], others, language))
            for places in ends
            for at, x, y in places
        ]

    def _under(self, position: QPointF) -> int | None:
        """The point at this position of the scene."""
        box = self.plot.getViewBox()
        every = self._places(self._drawn(), LINES)
        seen = [(at, box.mapViewToScene(QPointF(x, y))) for at, x, y in every]
        places = [(at, spot.x(), spot.y()) for at, spot in seen]
        return curve_points.nearest(places, position.x(), position.y(), _REACH_PX)

    def _on_moved(self, moved: Sequence[QPointF]) -> None:
        at = self._under(moved[0])
        if at is None:
            QToolTip.hideText()
        else:
            place = self.plot.mapToGlobal(self.plot.mapFromScene(moved[0]))
            QToolTip.showText(place, self.told(at), self.plot)

    def _on_clicked(self, event: Any) -> None:
        at = self._under(event.scenePos())
        if at is not None:
            self.point_picked.emit(at)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        QToolTip.hideText()

    def told(self, at: int) -> str:
        """A point in words: its setting, its waits, what it brings."""
        point = self._points[at]
        names = {name: self._items.words[name] for name in LINES}
        waits = [f"{names[name]} {units.duration(self._value(at, name))}" for name in LINES]
        rate = self.tr("{rate} samples/s").format(rate=units.rate(point.throughput.samples_per_s))
        return "\n".join([self._setting(at), *waits, rate])

    def _setting(self, at: int) -> str:
        fields = settings_text.varied(self._points) or ["batch"]
        return settings_text.setting(self._points[at], fields, sentences.language())

    def recolour(self, now: Colours) -> None:
        for name, lines in self._lines.items():
            colour = now.accent if name == "p99_ns" else now.series if name == "p50_ns" else now.quiet
            for line in lines:
                line.setPen(pg.mkPen(colour, width=2 if name in _MAIN else 1, style=_DASHES[name]))
                line.setSymbolBrush(colour)
                line.setSymbolPen(None)
        self._items.recolour(now, self.font())

    def retranslate(self) -> None:
        """Say axes, note and description again in the language as it is now."""
        self._items.say(self.tr("mean"), self.tr("knee"), self.tr("best under the limit"))
        scale = self.tr(", log scale") if self._is_log else ""
        self.left.setLabel(self.tr("wait ({unit}){scale}").format(unit=self._unit.name, scale=scale))
        self.bottom.setLabel(self._load_words() if self._by_load else self.tr("samples per second"))
        limit = self._marks.limit_ns
        if limit is not None:
            text = self.tr("limit: {name} {wait}")
            self._items.say_limit(text.format(name=self._marks.limit_name, wait=units.duration(limit)))
        self._place_words()
        self.note.setText("   ".join(self._notes()))
        self.note.setVisible(bool(self.note.text()))
        self.describe(self.tr("Waits under rising load"), " ".join(self._notes()))

    def _load_words(self) -> str:
        return {
            "concurrency": self.tr("requests under way at once"),
            "batch": self.tr("batch size"),
            "rate_per_s": self.tr("requests per second"),
            "threads": self.tr("threads"),
        }[swept(self._points) if self._points else curve_points.SWEPT[0]]

    def _notes(self) -> list[str]:
        notes = []
        if self._marks.knee is not None:
            text = self.tr("◯ Knee: {setting} ({wait}, {rate} samples/s).")
            notes.append(self._said(text, self._marks.knee))
        if self._marks.best is not None:
            text = self.tr("★ Best under the limit: {setting} ({wait}, {rate} samples/s).")
            notes.append(self._said(text, self._marks.best))
        elif self._marks.limit_ns is not None and self._points:
            notes.append(self.tr("No point keeps the limit."))
        failed = [self._setting(at) for at, point in enumerate(self._points) if point.error is not None]
        if failed:
            notes.append(self.tr("✕ Failed: {settings}.").format(settings="; ".join(failed)))
        return notes

    def _said(self, text: str, at: int) -> str:
        point = self._points[at]
        return text.format(
            setting=self._setting(at),
            wait=f"P50 {units.duration(point.latency.p50_ns)}",
            rate=units.rate(point.throughput.samples_per_s),
        )
