"""How many answers came within a time, several runs over each other, with room for the slow ones."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from gui.plots import axes
from gui.plots.colours import Colours
from gui.plots.compared_chart import ComparedChart, Named, Spot
from profiler import units

Samples = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SHARES = (0.5, 0.9, 0.95, 0.99, 0.999)
LIMITED = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
_MOST_POINTS = 400
_MOST_NINES = 4.0
# Limits further off than this are named at the edge: drawing them would squeeze the curves.
_NEAR = 4.0


class Distribution(NamedTuple):
    """The counted waits of a run (int64 ns, not empty)."""

    run: Named
    samples: Samples


def nines(share: float) -> float:
    """Where a share stands: 0.9 at 1, 0.99 at 2, 0.999 at 3."""
    return -math.log10(max(1e-12, 1.0 - share))


def tail(samples: Samples) -> tuple[Floats, Floats]:
    """Waits in ns and where the share at or below each stands (`nines`), ascending, at most 400 points.

    The share of rank k of n is (k - 0.5) / n (Hazen): the slowest sample is not the slowest there can be.
    """
    ordered, count = np.sort(samples), len(samples)
    even = np.linspace(1, count, min(count, _MOST_POINTS // 2))
    late = count + 1 - np.geomspace(1, count, min(count, _MOST_POINTS // 2))
    ranks = np.unique(np.concatenate([even, late]).round().astype(np.int64))
    shares = (ranks - 0.5) / count
    return np.maximum(ordered[ranks - 1], 1).astype(np.float64), -np.log10(1.0 - shares)


def ticks(low: float, high: float, most: int) -> axes.Ticks:
    """The shares that people ask for."""
    marks = (*SHARES, 0.9999)
    every = [(nines(mark), f"{mark * 100:g} %") for mark in marks]
    shown = [(place, text) for place, text in every if low - 1e-9 <= place <= high]
    least = 0.8 * (high - low) / max(1, most)
    kept: axes.Ticks = []
    for place, text in shown:
        if not kept or place - kept[-1][0] >= least:
            kept.append((place, text))
    return kept


class ShareCurves(ComparedChart):
    """A curve a run, further left is quicker; x is log10 of ns, and each further nine has as much room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__((partial(axes.log_ticks, axes.unit_for(1e6)), 80), (ticks, 22), parent)
        self._unit = axes.unit_for(1e6)
        self._shown: Sequence[Distribution] = ()
        self._limits: dict[str, float] = {}
        self._curves: list[Any] = []
        self._lines: list[Any] = []
        self._corners: Any = pg.ScatterPlotItem(symbol="o", size=11)
        self.plot.addItem(self._corners, ignoreBounds=True)
        self.plot.showGrid(y=True, alpha=0.14)
        self.start()

    def set_runs(self, runs: Sequence[Distribution], limits: Mapping[str, float]) -> None:
        """Draw these; `limits` in ns by quantity, those on percentiles are drawn."""
        self._shown = runs
        self._limits = {name: most for name, most in limits.items() if name in LIMITED}
        for curve in self._curves:
            self.plot.removeItem(curve)
        self._curves = []
        for one in runs:
            waits, places = tail(one.samples)
            self._curves.append(pg.PlotCurveItem(np.log10(waits), places, antialias=True))
            self.plot.addItem(self._curves[-1])
        self._fit()
        self._draw_limits()
        self.set_spots([spot for one in runs for spot in self._spots_of(one)])
        self.apply_theme()
        self.retranslate()

    def _spots_of(self, one: Distribution) -> list[Spot]:
        """The percentiles that a reader asks for, as far as there are samples beyond them."""
        ordered, spots = np.sort(one.samples), []
        for share in SHARES:
            if (1 - share) * len(ordered) < 1:
                break
            wait = float(ordered[math.ceil(share * len(ordered) - 1e-9) - 1])
            words = self.tr("{name}: {share} within {wait}").format(
                name=one.run.name, share=f"{share * 100:g} %", wait=units.duration(wait)
            )
            spots.append(Spot(one.run.at, math.log10(max(1.0, wait)), nines(share), words))
        return spots

    def _fit(self) -> None:
        if not self._shown:
            return
        low = min(float(np.quantile(one.samples, 0.001)) for one in self._shown)
        high = max(float(np.quantile(one.samples, 0.9999)) for one in self._shown)
        near = [most for most in self._limits.values() if low / _NEAR <= most <= high * _NEAR]
        low, high = math.log10(max(1.0, min([low, *near]))), math.log10(max([2.0, high, *near]))
        pad = 0.04 * (high - low) or 0.02
        self._unit = axes.unit_for(10 ** ((low + high) / 2))
        self.bottom.set_rule(partial(axes.log_ticks, self._unit))
        self.plot.setXRange(low - pad, high + pad, padding=0)
        most = max(nines(1 - 0.5 / len(one.samples)) for one in self._shown)
        self.plot.setYRange(0.0, min(_MOST_NINES, most) * 1.04, padding=0)

    def _draw_limits(self) -> None:
        for line in self._lines:
            self.plot.removeItem(line)
        self._lines = []
        ordered = sorted(self._limits.items(), key=lambda item: item[1])
        for at, (name, most) in enumerate(ordered):
            text = f"{name.upper()} ≤ {units.duration(most)}"
            options = {"position": 0.06 + 0.08 * at, "fill": None}
            line = pg.InfiniteLine(math.log10(max(1.0, most)), angle=90, label=text, labelOpts=options)
            self.plot.addItem(line, ignoreBounds=True)
            self._lines.append(line)
        self._corners.setData(
            [math.log10(max(1.0, most)) for _, most in ordered], [nines(LIMITED[name]) for name, _ in ordered]
        )

    def recolour(self, now: Colours) -> None:
        for one, curve in zip(self._shown, self._curves, strict=True):
            own, width = self.look(one.run.slot, one.run.at)
            curve.setPen(pg.mkPen(own.colour, width=width, style=own.dash))
            curve.setZValue(1 if one.run.at == self.chosen else 0)
        for line in self._lines:
            line.setPen(pg.mkPen(now.text, width=1, style=Qt.PenStyle.DashLine))
            line.label.setColor(now.text)
            line.label.fill = pg.mkBrush(now.background)
        self._corners.setPen(pg.mkPen(now.text, width=2))
        self._corners.setBrush(None)

    def retranslate(self) -> None:
        """Say axes, note and description again in the language as it is now."""
        self.bottom.setLabel(self.tr("wait ({unit}), log scale").format(unit=self._unit.name))
        self.left.setLabel(self.tr("share of answers within"))
        notes = [self.tr("Further left is quicker. Click a curve, or use the arrow keys.")]
        if self._limits:
            notes.append(self.tr("◯ Curves that pass to the left of it keep the limit."))
        self.note.setText(self.told() or "  ".join([*notes, *self._beyond()]))
        said = "; ".join(spot.words for spot in self._spots)
        self.describe(self.tr("Share of answers within each wait"), said)

    def _beyond(self) -> list[str]:
        """Limits that lie outside of the picture."""
        low, high = self.plot.getViewBox().viewRange()[0]
        far = [
            f"{name.upper()} ≤ {units.duration(most)}"
            for name, most in self._limits.items()
            if self._shown and not low <= math.log10(max(1.0, most)) <= high
        ]
        return [self.tr("Outside of the picture: {limits}.").format(limits=", ".join(far))] if far else []
