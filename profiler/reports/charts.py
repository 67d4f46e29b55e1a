"""Charts of a report as SVG text: pure functions of samples in nanoseconds."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from profiler import units, wording
from profiler.metrics import curve
from profiler.reports import limit_lines
from profiler.reports.axis import (
    BLUE,
    BOTTOM,
    GREY,
    HEIGHT,
    LEFT,
    ORANGE,
    RIGHT,
    TOP,
    WIDTH,
    Axis,
    grid,
    ticks,
)
from profiler.reports.svg import Drawing
from profiler.result import Latency
from profiler.wording import Language

Samples = npt.NDArray[np.int64]

_MOST_BINS, _COLUMNS = 80, 780
_MARKS = (("P50", "p50_ns"), ("P90", "p90_ns"), ("P95", "p95_ns"), ("P99", "p99_ns"))


def histogram(
    samples: Samples, latency: Latency, language: Language, limits: Mapping[str, float] | None = None
) -> str:
    """How often each wait came: logarithmic bins, with lines at the percentiles that may be shown.

    `limits` as RunPlan holds them; those on a latency are drawn.
    """
    low, high = max(1.0, float(samples.min())), float(np.quantile(samples, 0.999))
    high = max(high, low * 1.01, *(getattr(latency, field) or 0.0 for _, field in _MARKS))
    near = limit_lines.near(limits or {}, curve.LATENCIES, low / 2, high * 2)
    edges = np.geomspace(low, high, min(_MOST_BINS, max(8, math.isqrt(len(samples)))) + 1)
    low, high = min([low, *near.values()]), max([high, *near.values()])
    counts, _ = np.histogram(samples, edges)
    drawing = Drawing(WIDTH, HEIGHT, wording.say("report", "waits", language))
    across = Axis(low, high, LEFT, WIDTH - RIGHT, log=True)
    up = Axis(0, float(counts.max()) * 1.05, HEIGHT - BOTTOM, TOP)
    grid(drawing, up, units.significant)
    drawing.text(LEFT, TOP - 8, wording.say("report", "calls", language), GREY, "start", 11)
    for left, right, count in zip(edges[:-1], edges[1:], counts, strict=True):
        x = across(float(left))
        drawing.rect(
            x, up(float(count)), across(float(right)) - x - 0.5, up(0) - up(float(count)), BLUE, 0.75
        )
    ticks(drawing, across, units.duration)
    for row, (name, field) in enumerate(_MARKS):
        value = getattr(latency, field)
        if value is not None:
            _mark(drawing, across(value), row, f"{name} {units.duration(value)}")
    for row, (name, most) in enumerate(_limited(limits).items()):
        said = limit_lines.words(name, most, language)
        limit_lines.upright(drawing, across(most), said, (TOP, HEIGHT - BOTTOM), TOP + 12 + 14 * row)
    return str(drawing)


def _limited(limits: Mapping[str, float] | None) -> dict[str, float]:
    """The limits on a latency."""
    return {name: most for name, most in (limits or {}).items() if name in curve.LATENCIES}


def _mark(drawing: Drawing, x: float, row: int, words: str) -> None:
    y = 14 + 14 * row
    drawing.line(x, y + 3, x, HEIGHT - BOTTOM, ORANGE, "" if row == 0 else "4 3")
    late = x > WIDTH - 120
    drawing.text(x - 4 if late else x + 4, y + 4, words, ORANGE, "end" if late else "start")


def run_order(
    samples: Samples,
    cold_count: int,
    warmup_count: int,
    language: Language,
    limits: Mapping[str, float] | None = None,
) -> str:
    """Every wait in order, practice shaded: each column spans the least and the most of its runs.

    `limits` as in `histogram`.
    """
    steady = samples[cold_count + warmup_count :]
    shown = steady if len(steady) else samples
    low, high = float(shown.min()), float(np.quantile(shown, 0.999)) * 1.1
    near = limit_lines.near(limits or {}, curve.LATENCIES, 0, high * 2)
    high = max([high, *(most * 1.05 for most in near.values())])
    drawing = Drawing(WIDTH, HEIGHT, wording.say("report", "waits_in_order", language))
    across = Axis(0, max(1, len(samples)), LEFT, WIDTH - RIGHT)
    up = Axis(low * 0.9, max(high, low * 1.01), HEIGHT - BOTTOM, TOP)
    practice = across(cold_count + warmup_count)
    drawing.rect(LEFT, TOP, practice - LEFT, HEIGHT - BOTTOM - TOP, GREY, 0.2)
    grid(drawing, up, units.duration)
    for first, last, least, most in _columns(samples):
        x = (across(first) + across(last)) / 2
        top, bottom = (max(TOP, min(up(value), HEIGHT - BOTTOM)) for value in (most, least))
        drawing.line(x, bottom + 0.5, x, top - 0.5, BLUE)
    drawing.text(LEFT, TOP - 10, wording.say("report", "practice_shaded", language), GREY, "start", 11)
    for name, most in _limited(limits).items():
        said = limit_lines.words(name, most, language)
        limit_lines.level(drawing, up(most), said, (TOP, HEIGHT - BOTTOM))
    ticks(drawing, across, "{:,.0f}".format)
    words = wording.say("report", "run_number", language)
    drawing.text(WIDTH - RIGHT, HEIGHT - 8, words, GREY, "end", 11)
    return str(drawing)


def _columns(samples: Samples) -> list[tuple[int, int, float, float]]:
    bounds = np.unique(np.linspace(0, len(samples), min(_COLUMNS, len(samples)) + 1).astype(np.int64))
    least = np.minimum.reduceat(samples, bounds[:-1])
    most = np.maximum.reduceat(samples, bounds[:-1])
    return [
        (int(first), int(last), float(low), float(high))
        for first, last, low, high in zip(bounds[:-1], bounds[1:], least, most, strict=True)
    ]
