"""The run-order strip: every wait in the order it was measured, cold calls and practice runs shaded."""

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
from gui.plots.waits import shown_range
from profiler import units

_MOST_MARKS = 200


class RunOrderStrip(Chart):
    """Waits over run number; made for 1e6 samples and for redrawing four times a second.

    Samples far above the rest do not squeeze the chart: they stand as triangles on its upper edge, and
    the line below says how many there are and how slow the slowest was.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        milliseconds = partial(axes.linear_ticks, axes.unit_for(1e6))
        super().__init__((axes.count_ticks, 90), (milliseconds, 46), parent)
        self._samples: npt.NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._cold = self._warmup = self._above = 0
        self._unit = axes.unit_for(1e6)
        self._regions = [self._new_region() for _ in range(2)]
        self._line = self._new_line()
        self._marks: Any = pg.ScatterPlotItem(symbol="t1", size=9, pen=None)
        self.plot.addItem(self._marks)
        self.start()

    def _new_region(self) -> Any:
        region = pg.LinearRegionItem(movable=False)
        region.setZValue(-10)
        region.hide()
        self.plot.addItem(region, ignoreBounds=True)
        return region

    def _new_line(self) -> Any:
        line = pg.PlotDataItem(antialias=False, skipFiniteCheck=True)
        self.plot.addItem(line)
        # pyqtgraph resets both when an item is added, so they come after.
        line.setDownsampling(auto=True, method="peak")
        line.setClipToView(True)
        return line

    def set_samples(self, ns: npt.NDArray[np.int64], cold_count: int, warmup_count: int) -> None:
        """Draw these waits (int64 ns, in order): cold calls, then warm-up, then what counts."""
        self._samples, self._cold, self._warmup = ns, cold_count, warmup_count
        if len(ns):
            self._fit()
        runs = np.arange(1, len(ns) + 1, dtype=np.float64)
        self._line.setData(runs, ns.astype(np.float64))
        self._mark_above(runs)
        self._shade()
        self.retranslate()

    def _fit(self) -> None:
        """Choose the unit and the ranges."""
        bottom, top = shown_range(self._samples, self._cold, self._warmup)
        pad = 0.06 * (top - bottom) or 1.0
        self._unit = axes.unit_for(top)
        self.left.set_rule(partial(axes.linear_ticks, self._unit))
        self._top = top + 2 * pad
        count = len(self._samples)
        self.plot.setXRange(0.5 - 0.01 * count, 0.5 + 1.01 * count, padding=0)
        self.plot.setYRange(max(0.0, bottom - pad), self._top, padding=0)

    def _mark_above(self, runs: npt.NDArray[np.float64]) -> None:
        above = runs[self._samples > self._top] if len(runs) else runs
        self._above = len(above)
        marked = above[:: max(1, -(-len(above) // _MOST_MARKS))]
        height = 0.97 * self._top if len(runs) else 0.0
        self._marks.setData(marked, np.full(len(marked), height))

    def _shade(self) -> None:
        ends = (0, self._cold, self._cold + self._warmup)
        for region, start, end in zip(self._regions, ends[:-1], ends[1:], strict=True):
            region.setRegion((start + 0.5, end + 0.5))
            region.setVisible(end > start and len(self._samples) > 0)

    def recolour(self, now: Colours) -> None:
        self._line.setPen(pg.mkPen(now.series, width=1))
        self._marks.setBrush(pg.mkBrush(now.accent))
        for region, share in zip(self._regions, (2.2, 1.0), strict=True):
            shade = now.quiet
            region.setBrush(pg.mkBrush(shade.red(), shade.green(), shade.blue(), round(28 * share)))
            for line in region.lines:
                line.setPen(pg.mkPen(now.quiet, style=Qt.PenStyle.DotLine))

    def retranslate(self) -> None:
        """Say axes, note and description again in the language as it is now."""
        self.bottom.setLabel(self.tr("run number"))
        self.left.setLabel(self.tr("wait ({unit})").format(unit=self._unit.name))
        self.note.setText("  ".join(self._notes()))
        self.describe(self.tr("Waits in order"), self._description())

    def _notes(self) -> list[str]:
        if not len(self._samples):
            return [self.tr("Nothing measured yet.")]
        notes = []
        if self._cold or self._warmup:
            text = self.tr("Shaded: {cold} first calls and {warmup} practice runs, not counted.")
            notes.append(text.format(cold=f"{self._cold:,}", warmup=f"{self._warmup:,}"))
        if self._above:
            text = self.tr("▲ {count} above the chart, the slowest {slowest} at run {run}.")
            run = int(self._samples.argmax())
            slowest = units.duration(float(self._samples[run]))
            notes.append(text.format(count=f"{self._above:,}", slowest=slowest, run=f"{run + 1:,}"))
        return notes

    def _description(self) -> str:
        counted = self._samples[self._cold + self._warmup :]
        if not len(counted):
            return " ".join(self._notes())
        text = self.tr("{count} counted waits, the middle one {middle}, the slowest {slowest}.").format(
            count=f"{len(counted):,}",
            middle=units.duration(float(np.median(counted))),
            slowest=units.duration(float(counted.max())),
        )
        return " ".join([text, *self._notes()])
