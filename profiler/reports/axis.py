"""Axes of a chart: from values to positions, with their lines and words."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from profiler.reports.svg import Drawing

BLUE, ORANGE, GREY = "#3d8fc4", "#d55e00", "#808080"
# What the user allows; no run and no percentile has this colour.
LIMIT = "#c2185b"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 260, 64, 20, 64, 44
_TICKS = 6


class Axis:
    """From a value to a position; on a logarithmic axis by its logarithm."""

    def __init__(self, low: float, high: float, start: float, end: float, log: bool = False) -> None:
        self._log = log
        self._low, self._high = self._of(low), self._of(high)
        if self._high <= self._low:
            self._high = self._low + 1e-6
        self._start, self._end = start, end

    def __call__(self, value: float) -> float:
        share = (self._of(value) - self._low) / (self._high - self._low)
        return self._start + share * (self._end - self._start)

    def _of(self, value: float) -> float:
        return math.log10(max(value, 1.0)) if self._log else value

    def ticks(self) -> list[float]:
        """Round values inside the axis, at most eight."""
        if self._log:
            values = [10**power for power in np.linspace(self._low, self._high, _TICKS)]
            return [float(f"{value:.2g}") for value in values]
        step = _round_step((self._high - self._low) / _TICKS)
        return [float(value) for value in np.arange(math.ceil(self._low / step) * step, self._high, step)]


def _round_step(rough: float) -> float:
    power = 10 ** math.floor(math.log10(max(rough, 1e-9)))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough))


def grid(drawing: Drawing, up: Axis, written: Callable[[float], str]) -> None:
    """Dotted lines across, each with its value."""
    for value in up.ticks():
        drawing.line(LEFT, up(value), WIDTH - RIGHT, up(value), GREY, "1 4")
        drawing.text(LEFT - 6, up(value) + 4, written(value), GREY, "end", 11)


def ticks(drawing: Drawing, across: Axis, written: Callable[[float], str]) -> None:
    """The line at the bottom with its values."""
    bottom = drawing.height - BOTTOM
    drawing.line(LEFT, bottom, WIDTH - RIGHT, bottom, GREY)
    for value in across.ticks():
        x = across(value)
        drawing.line(x, bottom, x, bottom + 4, GREY)
        anchor = "end" if x > WIDTH - 60 else "middle"
        drawing.text(x, bottom + 18, written(value), GREY, anchor, 11)
