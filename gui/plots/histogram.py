"""The histogram of waits with its percentile lines, and the same as the share of calls below."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.plots import axes
from gui.plots.chart import Chart
from gui.plots.colours import Colours
from gui.plots.waits import Bins, log_bins, shares_below
from profiler import units

PERCENTILES = ("P50", "P90", "P95", "P99")
_DASHES = {
    "P50": Qt.PenStyle.SolidLine,
    "P90": Qt.PenStyle.DashLine,
    "P95": Qt.PenStyle.DashDotLine,
    "P99": Qt.PenStyle.DotLine,
}
_HEADROOM = 1.35


class WaitChart(Chart):
    """Bars over log-spaced bins, or the share below; x is log10 of nanoseconds in both.

    pyqtgraph leaves lines and bars where they are on its log axes, so the logarithm is taken here.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((partial(axes.log_ticks, axes.unit_for(1e6)), 70), (axes.count_ticks, 46), parent)
        self.bins: Bins | None = None
        self._count = self._slowest_ns = 0
        self._unit = axes.unit_for(1e6)
        self._shares_shown = False
        self._marks: dict[str, int] = {}
        self._bars: Any = pg.PlotCurveItem([0.0, 1.0], [0.0], stepMode="center", fillLevel=0)
        self._shares: Any = pg.PlotCurveItem(antialias=True)
        self._lines = {name: self._new_line(name, at) for at, name in enumerate(PERCENTILES)}
        self.plot.addItem(self._bars)
        self.plot.addItem(self._shares)
        self.start()

    def _new_line(self, name: str, at: int) -> Any:
        options = {"position": 0.95 - 0.085 * at, "movable": False}
        line = pg.InfiniteLine(angle=90, label=name, labelOpts=options)
        # A label may reach over the next line: earlier percentiles lie in front.
        line.setZValue(len(PERCENTILES) - at)
        line.hide()
        self.plot.addItem(line, ignoreBounds=True)
        return line

    def set_samples(self, ns: npt.NDArray[np.int64], percentiles: dict[str, int | None]) -> None:
        """Draw the counted waits (int64 ns); percentiles in ns by name, those that are None not drawn."""
        self._count, self._slowest_ns = len(ns), int(ns.max()) if len(ns) else 0
        self._marks = {name: value for name, value in percentiles.items() if value is not None}
        self.bins = log_bins(ns) if len(ns) else None
        if self.bins is None:
            self._bars.setData([0.0, 1.0], [0.0])
            self._shares.setData([], [])
        else:
            self._unit = axes.unit_for(float(np.median(ns)))
            self.bottom.set_rule(partial(axes.log_ticks, self._unit))
            self._bars.setData(np.log10(self.bins.edges_ns), self.bins.counts.astype(np.float64))
            waits, shares = shares_below(ns)
            self._shares.setData(np.log10(waits), shares)
        self._place_lines()
        self.show_shares(self._shares_shown)
        self.retranslate()

    def _place_lines(self) -> None:
        for name, line in self._lines.items():
            value = self._marks.get(name)
            line.setVisible(value is not None)
            if value is not None:
                line.setValue(float(np.log10(max(1, value))))
                line.label.setFormat(f"{name}  {units.duration(value)}")

    def show_shares(self, shown: bool) -> None:
        """Switch between bars and the share below."""
        self._shares_shown = shown
        self._bars.setVisible(not shown)
        self._shares.setVisible(shown)
        self.left.set_rule(axes.share_ticks if shown else axes.count_ticks)
        for at, line in enumerate(self._lines.values()):
            line.label.setPosition(0.34 - 0.085 * at if shown else 0.95 - 0.085 * at)
        if self.bins is not None:
            low, high = np.log10(self.bins.edges_ns[[0, -1]])
            pad = 0.03 * (high - low)
            self.plot.setXRange(low - pad, high + pad, padding=0)
            top = 1.0 if shown else float(self.bins.counts.max())
            self.plot.setYRange(0, top * (1.04 if shown else _HEADROOM), padding=0)
        self.retranslate()

    def recolour(self, now: Colours) -> None:
        self._bars.setPen(pg.mkPen(now.series, width=1))
        self._bars.setBrush(pg.mkBrush(now.fill))
        self._shares.setPen(pg.mkPen(now.series, width=2))
        for name, line in self._lines.items():
            line.setPen(pg.mkPen(now.text, width=1, style=_DASHES[name]))
            line.label.setColor(now.text)
            line.label.fill = pg.mkBrush(now.background)

    def retranslate(self) -> None:
        """Say axes and description again in the language as it is now."""
        self.bottom.setLabel(self.tr("wait ({unit}), log scale").format(unit=self._unit.name))
        self.left.setLabel(self.tr("share of calls") if self._shares_shown else self.tr("calls"))
        self.note.setText(self._beyond())
        self.note.setVisible(bool(self.note.text()))
        marks = ", ".join(f"{name} {units.duration(value)}" for name, value in self._marks.items())
        name = (
            self.tr("Share of calls below each wait") if self._shares_shown else self.tr("Histogram of waits")
        )
        text = self.tr("{count} counted waits. {marks}").format(count=f"{self._count:,}", marks=marks)
        self.describe(name, f"{text} {self.note.text()}".rstrip())

    def _beyond(self) -> str:
        if self.bins is None or not self.bins.beyond:
            return ""
        text = self.tr("▶ {count} beyond the chart, the slowest {slowest}.")
        return text.format(count=f"{self.bins.beyond:,}", slowest=units.duration(self._slowest_ns))
