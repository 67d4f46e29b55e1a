"""What stands on a curve besides its lines: knee, best point, limit, failed and chosen points, and names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF

from gui.plots.colours import Colours
from gui.plots.curve_points import LINES, apart

Place = tuple[int, float, float]
_NAMES = {"mean_ns": "mean", "p50_ns": "P50", "p90_ns": "P90", "p95_ns": "P95", "p99_ns": "P99"}
_MOST_LEFT = 0.25
# Opaque enough for a name to be read over a line, not so much that the line seems to end.
_GROUND = 190


class CurveMarks:
    """Items of one plot, none of which moves its ranges. Attributes: `words` what each line is called."""

    def __init__(self, plot: Any) -> None:
        self._plot = plot
        self.words = dict(_NAMES)
        self._knee: Any = pg.ScatterPlotItem(symbol="o", size=17)
        self._best: Any = pg.ScatterPlotItem(symbol="star", size=17)
        self._failed: Any = pg.ScatterPlotItem(symbol="x", size=11)
        self._chosen: Any = pg.ScatterPlotItem(symbol="s", size=13)
        self._limit: Any = pg.InfiniteLine(
            angle=0, label="", labelOpts={"position": 0.02, "anchors": [(0, 1), (0, 1)]}
        )
        self._lines = {name: pg.TextItem(_NAMES[name], anchor=(0, 0.5)) for name in LINES}
        self._named = {"knee": pg.TextItem(""), "best": pg.TextItem("")}
        self._groups: list[Any] = []
        self._lowest = 0.0
        self._now: Colours | None = None
        self._font = QFont()
        marks = (self._chosen, self._knee, self._best, self._failed, self._limit)
        for item in (*marks, *self._lines.values(), *self._named.values()):
            plot.addItem(item, ignoreBounds=True)
        # Above the names, whose ground would cut into them.
        for item in (self._chosen, self._knee, self._best):
            item.setZValue(1)

    def place(
        self, knee: Sequence[Place], best: Sequence[Place], failed: Sequence[float], limit: float | None
    ) -> None:
        """Put the marks where these points stand, in the plot's own units; the limit is a height."""
        self._knee.setData([x for _, x, _ in knee], [y for _, _, y in knee])
        self._best.setData([x for _, x, _ in best], [y for _, _, y in best])
        low, high = self._plot.getViewBox().viewRange()[1]
        self._failed.setData(list(failed), [low + 0.03 * (high - low)] * len(failed))
        self._limit.setVisible(limit is not None)
        if limit is not None:
            self._limit.setValue(limit)

    def choose(self, places: Sequence[Place]) -> None:
        """Frame these."""
        self._chosen.setData([x for _, x, _ in places], [y for _, _, y in places])

    def name_lines(self, places: dict[str, Place]) -> None:
        """Each line's name to the right of its place, kept apart from the one below."""
        high = self._plot.getViewBox().viewRange()[1][1]
        ordered = sorted(places, key=lambda name: (places[name][2], LINES.index(name)))
        heights = apart([places[name][2] for name in ordered], self._gap(), high - self._gap() / 2)
        self._lowest = min(heights, default=high)
        for name, label in self._lines.items():
            label.setVisible(name in places)
        for name, height in zip(ordered, heights, strict=True):
            self._lines[name].setPos(places[name][1] + self._beside(), height)

    def _gap(self) -> float:
        """The height of a name, in the units of the plot."""
        box = self._plot.getViewBox()
        low, high = box.viewRange()[1]
        return float(0.95 * QFontMetricsF(self._font).height() * (high - low) / max(1.0, box.height()))

    def _beside(self) -> float:
        """Room beside a symbol, in the units of the plot."""
        box = self._plot.getViewBox()
        left, right = box.viewRange()[0]
        return float(6 * (right - left) / max(1.0, box.width()))

    def name_marks(self) -> None:
        """Knee below its ring, best above its star, both to the left, where the line is flat."""
        left, right = self._plot.getViewBox().viewRange()[0]
        for name, mark, low in (("knee", self._knee, True), ("best", self._best, False)):
            xs, ys = mark.getData()
            label = self._named[name]
            label.setVisible(len(xs) > 0)
            if len(xs):
                side = -0.12 if xs[0] < left + _MOST_LEFT * (right - left) else 1.12
                label.setAnchor((side, 0.0 if low else 1.0))
                label.setPos(xs[0], ys[0])

    def name_groups(self, names: Sequence[tuple[float, float, str]]) -> None:
        """A text to the right of each of these places, below the names of lines and apart."""
        ordered = sorted(names, key=lambda name: name[1])
        heights = apart([y for _, y, _ in ordered], self._gap(), self._lowest - self._gap())
        while len(self._groups) < len(names):
            self._groups.append(pg.TextItem("", anchor=(0, 0.5)))
            self._plot.addItem(self._groups[-1], ignoreBounds=True)
            self._tint(self._groups[-1])
        for at, label in enumerate(self._groups):
            label.setVisible(at < len(names))
        for label, (x, _, text), height in zip(self._groups, ordered, heights, strict=False):
            label.setText(text)
            label.setPos(x + self._beside(), height)

    def say(self, mean: str, knee: str, best: str) -> None:
        self.words["mean_ns"] = mean
        self._lines["mean_ns"].setText(mean)
        self._named["knee"].setText(knee)
        self._named["best"].setText(best)

    def say_limit(self, text: str) -> None:
        self._limit.label.setFormat(text)

    def recolour(self, now: Colours, font: QFont) -> None:
        self._now, self._font = now, font
        for name, label in self._lines.items():
            colour = {"p50_ns": now.series, "p99_ns": now.accent}.get(name, now.text)
            label.setColor(colour)
            label.setFont(font)
        self._knee.setPen(pg.mkPen(now.text, width=2))
        self._knee.setBrush(None)
        self._best.setPen(pg.mkPen(now.text, width=1))
        self._best.setBrush(pg.mkBrush(now.accent))
        self._failed.setPen(pg.mkPen(now.text, width=2))
        self._chosen.setPen(pg.mkPen(now.quiet, width=1))
        self._chosen.setBrush(None)
        self._limit.setPen(pg.mkPen(now.text, width=1, style=Qt.PenStyle.DashLine))
        self._limit.label.setColor(now.text)
        for label in (*self._named.values(), *self._groups):
            self._tint(label)

    def _tint(self, label: Any) -> None:
        label.setFont(self._font)
        if self._now is not None:
            label.setColor(self._now.text)
            ground = QColor(self._now.background)
            ground.setAlpha(_GROUND)
            label.fill = pg.mkBrush(ground)
