"""Axes that write their own ticks: durations (linear or log10), run numbers and shares."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pyqtgraph as pg

Ticks = list[tuple[float, str]]
Rule = Callable[[float, float, int], Ticks]


class Unit(NamedTuple):
    """A unit of time and how many nanoseconds it has."""

    name: str
    ns: float


_UNITS = (Unit("ns", 1.0), Unit("µs", 1e3), Unit("ms", 1e6), Unit("s", 1e9))


def unit_for(largest_ns: float) -> Unit:
    """The largest unit of which `largest_ns` has at least one."""
    return next((unit for unit in reversed(_UNITS) if largest_ns >= unit.ns), _UNITS[0])


def steps(low: float, high: float, most: int) -> list[float]:
    """At most about `most` round numbers (1, 2, 5 times a power of ten) within [low, high]."""
    span = high - low
    if not (span > 0 and math.isfinite(span)):
        return []
    rough = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def linear_ticks(unit: Unit, low: float, high: float, most: int) -> Ticks:
    """Ticks of an axis in nanoseconds, written in `unit`."""
    return [(value * unit.ns, f"{value:,.12g}") for value in steps(low / unit.ns, high / unit.ns, most)]


def log_ticks(unit: Unit, low: float, high: float, most: int) -> Ticks:
    """Ticks of an axis in log10 nanoseconds, written in `unit`: round numbers, or 1-2-5 over decades."""
    start, end = 10.0**low / unit.ns, 10.0**high / unit.ns
    if end / start < 8:
        values = [value for value in steps(start, end, most) if value > 0]
    else:
        values = _one_two_five(start, end, most)
    return [(math.log10(value * unit.ns), f"{value:,.12g}") for value in values]


def _one_two_five(start: float, end: float, most: int) -> list[float]:
    decades = range(math.floor(math.log10(start)), math.ceil(math.log10(end)) + 1)
    factors = (1, 2, 5) if 3 * len(decades) <= most + 3 else (1,)
    every = [round(10.0**decade * factor, 12) for decade in decades for factor in factors]
    return [value for value in every if start <= value <= end]


def count_ticks(low: float, high: float, most: int) -> Ticks:
    """Whole numbers."""
    return [(value, f"{value:,.0f}") for value in steps(low, high, most) if value == round(value)]


def share_ticks(low: float, high: float, most: int) -> Ticks:
    """Shares of calls where a reader looks: half, and the percentiles that the cards name."""
    marks = (0.0, 0.25, 0.5, 0.75, 0.9, 0.99) if most > 4 else (0.0, 0.5, 0.9)
    return [(mark, f"{mark:.0%}".replace("%", " %")) for mark in marks if low <= mark <= high]


class TickAxis(pg.AxisItem):  # type: ignore[misc]  # pyqtgraph has no types to subclass
    """An axis whose ticks are what its rule says.

    Attributes: `rule` (low, high, about how many) -> positions and texts; `pixels_per_tick` how far
    apart ticks stand at least.
    """

    def __init__(self, orientation: str, rule: Rule, pixels_per_tick: int) -> None:
        super().__init__(orientation)
        self.rule = rule
        self.pixels_per_tick = pixels_per_tick
        self._texts: dict[float, str] = {}
        self.enableAutoSIPrefix(False)

    def set_rule(self, rule: Rule) -> None:
        self.rule = rule
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, list[float]]]:
        ticks = self.rule(minVal, maxVal, max(2, int(size / self.pixels_per_tick)))
        self._texts = dict(ticks)
        return [(None, list(self._texts))]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float | None) -> list[str]:
        return [self._texts.get(value, "") for value in values]
