"""Charts of a report as SVG text: pure functions of samples in nanoseconds."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from profiler import units, wording
from profiler.reports.svg import Drawing
from profiler.result import Latency
from profiler.wording import Language

Samples = npt.NDArray[np.int64]

BLUE, ORANGE, GREY = "#3d8fc4", "#d55e00", "#808080"
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 860, 260, 64, 20, 64, 44
_MOST_BINS, _COLUMNS, _TICKS = 80, 780, 6
_MARKS = (("P50", "p50_ns"), ("P90", "p90_ns"), ("P95", "p95_ns"), ("P99", "p99_ns"))


class _Axis:
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


def histogram(samples: Samples, latency: Latency, language: Language) -> str:
    """How often each wait came: logarithmic bins, with lines at the percentiles that may be shown."""
    low, high = max(1.0, float(samples.min())), float(np.quantile(samples, 0.999))
    high = max(high, low * 1.01, *(getattr(latency, field) or 0.0 for _, field in _MARKS))
    edges = np.geomspace(low, high, min(_MOST_BINS, max(8, math.isqrt(len(samples)))) + 1)
    counts, _ = np.histogram(samples, edges)
    drawing = Drawing(WIDTH, HEIGHT, wording.say("report", "waits", language))
    across = _Axis(low, high, LEFT, WIDTH - RIGHT, log=True)
    up = _Axis(0, float(counts.max()) * 1.05, HEIGHT - BOTTOM, TOP)
    _grid(drawing, up, wording.say("report", "calls", language))
    for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True):
        x = across(float(left))
        drawing.rect(
            x, up(float(count)), across(float(right)) - x - 0.5, up(0) - up(float(count)), BLUE, 0.75
        )
    _time_ticks(drawing, across)
    for row, (name, field) in enumerate(_MARKS):
        value = getattr(latency, field)
        if value is not None:
            _mark(drawing, across(value), row, f"{name} {units.duration(value)}")
    return str(drawing)


def _mark(drawing: Drawing, x: float, row: int, words: str) -> None:
    y = 14 + 14 * row
    drawing.line(x, y + 3, x, HEIGHT - BOTTOM, ORANGE, "" if row == 0 else "4 3")
    late = x > WIDTH - 120
    drawing.text(x - 4 if late else x + 4, y + 4, words, ORANGE, "end" if late else "start")


def _grid(drawing: Drawing, up: _Axis, words: str) -> None:
    for value in up.ticks():
        drawing.line(LEFT, up(value), WIDTH - RIGHT, up(value), GREY, "1 4")
        drawing.text(LEFT - 6, up(value) + 4, units.significant(value), GREY, "end", 11)
    drawing.text(LEFT, TOP - 8, words, GREY, "start", 11)


def _time_ticks(drawing: Drawing, across: _Axis) -> None:
    drawing.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, GREY)
    for value in across.ticks():
        x = across(value)
        drawing.line(x, HEIGHT - BOTTOM, x, HEIGHT - BOTTOM + 4, GREY)
        anchor = "end" if x > WIDTH - 60 else "middle"
        drawing.text(x, HEIGHT - BOTTOM + 18, units.duration(value), GREY, anchor, 11)


def run_order(samples: Samples, cold_count: int, warmup_count: int, language: Language) -> str:
    """Every wait in order, practice shaded: each column spans the least and the most of its runs."""
    steady = samples[cold_count + warmup_count :]
    shown = steady if len(steady) else samples
    low, high = float(shown.min()), float(np.quantile(shown, 0.999)) * 1.1
    drawing = Drawing(WIDTH, HEIGHT, wording.say("report", "waits_in_order", language))
    across = _Axis(0, max(1, len(samples)), LEFT, WIDTH - RIGHT)
    up = _Axis(low * 0.9, max(high, low * 1.01), HEIGHT - BOTTOM, TOP)
    practice = across(cold_count + warmup_count)
    drawing.rect(LEFT, TOP, practice - LEFT, HEIGHT - BOTTOM - TOP, GREY, 0.2)
    for value in up.ticks():
        drawing.line(LEFT, up(value), WIDTH - RIGHT, up(value), GREY, "1 4")
        drawing.text(LEFT - 6, up(value) + 4, units.duration(value), GREY, "end", 11)
    for first, last, least, most in _columns(samples):
        x = (across(first) + across(last)) / 2
        top = max(TOP, min(up(most), HEIGHT - BOTTOM))
        drawing.line(x, min(up(least), HEIGHT - BOTTOM) + 0.5, x, top - 0.5, BLUE)
    drawing.text(LEFT, TOP - 10, wording.say("report", "practice_shaded", language), GREY, "start", 11)
    _run_ticks(drawing, across, language)
    return str(drawing)


def _columns(samples: Samples) -> list[tuple[int, int, float, float]]:
    bounds = np.unique(np.linspace(0, len(samples), min(_COLUMNS, len(samples)) + 1).astype(np.int64))
    least = np.minimum.reduceat(samples, bounds[:-1])
    most = np.maximum.reduceat(samples, bounds[:-1])
    return [
        (int(first), int(last), float(low), float(high))
        for first, last, low, high in zip(bounds[:-1], bounds[1:], least, most, strict=True)
    ]


def _run_ticks(drawing: Drawing, across: _Axis, language: Language) -> None:
    drawing.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, GREY)
    for value in across.ticks():
        drawing.text(across(value), HEIGHT - BOTTOM + 18, f"{value:,.0f}", GREY, "middle", 11)
    words = wording.say("report", "run_number", language)
    drawing.text(WIDTH - RIGHT, HEIGHT - 8, words, GREY, "end", 11)


def bars(rows: Sequence[tuple[str, int, tuple[int, int] | None]], language: Language) -> str:
    """Typical waits side by side from zero, each with its interval."""
    height = 34 * len(rows) + 10
    drawing = Drawing(WIDTH, height, wording.say("report", "side_by_side", language))
    most = max(value if interval is None else interval[1] for _, value, interval in rows)
    across = _Axis(0, most * 1.02, 250, WIDTH - 110)
    for index, (name, value, interval) in enumerate(rows):
        y = 6 + 34 * index
        drawing.text(242, y + 16, name if len(name) <= 32 else name[:31] + "…", GREY, "end")
        drawing.rect(250, y + 2, across(value) - 250, 20, BLUE, 0.75)
        if interval is not None:
            drawing.line(across(interval[0]), y + 12, across(interval[1]), y + 12, ORANGE)
            for end in interval:
                drawing.line(across(end), y + 7, across(end), y + 17, ORANGE)
        drawing.text(WIDTH - 100, y + 17, units.duration(value), GREY)
    return str(drawing)
