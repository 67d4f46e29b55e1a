"""How many of a run's answers came within a time, runs over each other, with the limits, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from profiler import sample_parts, units
from profiler.comparison.records import Comparison
from profiler.reports import comparison_text, limit_lines, run_colours
from profiler.reports.axis import BOTTOM, GREY, LEFT, LIMIT, RIGHT, WIDTH, Axis, ticks
from profiler.reports.svg import Drawing
from profiler.wording import Language

Samples = npt.NDArray[np.int64]

# As many steps as there are pixels to tell apart, closer together where the slow answers are.
_SHARES = np.unique(np.concatenate([np.linspace(0, 1, 201), 1 - np.geomspace(1e-4, 0.05, 60)]))
_HEIGHT, _GRID = 272, (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
_LIMITED = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}


def steady(comparison: Comparison, samples: Sequence[Samples | None]) -> dict[int, Samples]:
    """The samples that count of each run that kept any, int64 ns."""
    found = {
        index: sample_parts.steady(run.samples, kept)
        for index, (run, kept) in enumerate(zip(comparison.runs, samples, strict=True))
        if kept is not None and run.samples is not None and run.latency.count
    }
    return {index: counted for index, counted in found.items() if len(counted)}


def thinned(samples: Samples) -> list[tuple[float, float]]:
    """(ns, share at or below) along the curve; at most some 260 points."""
    waits = np.quantile(samples, _SHARES, method="inverted_cdf")
    return [(float(wait), float(share)) for wait, share in zip(waits, _SHARES, strict=True)]


def chart(comparison: Comparison, samples: Sequence[Samples | None], language: Language) -> str:
    """Empty where fewer than two runs kept their samples."""
    kept = steady(comparison, samples)
    if len(kept) < 2:
        return ""
    curves = {index: thinned(counted) for index, counted in kept.items()}
    head = run_colours.legend_height(comparison.names)
    drawing = Drawing(WIDTH, head + _HEIGHT, comparison_text.say("ecdf", language))
    across = _across(list(kept.values()), comparison.limits)
    up = Axis(0, 1, drawing.height - BOTTOM, head + 36)
    for share in _GRID:
        drawing.line(LEFT, up(share), WIDTH - RIGHT, up(share), GREY, "1 4")
        drawing.text(LEFT - 6, up(share) + 4, units.percent(share), GREY, "end", 11)
    ticks(drawing, across, units.duration)
    for index, points in curves.items():
        shown = [(min(max(across(wait), LEFT), WIDTH - RIGHT), up(share)) for wait, share in points]
        drawing.path(shown, run_colours.colour(index), 2, run_colours.dash(index))
    _limits(drawing, comparison.limits, across, up, language)
    run_colours.legend(drawing, comparison.names)
    words = comparison_text.say("ecdf_across", language)
    drawing.text(WIDTH - RIGHT, drawing.height - 8, words, GREY, "end", 11)
    return str(drawing)


def _across(kept: Sequence[Samples], limits: Mapping[str, float]) -> Axis:
    low = min(float(np.quantile(one, 0.001)) for one in kept)
    high = max(float(np.quantile(one, 0.999)) for one in kept)
    near = limit_lines.near(limits, tuple(_LIMITED), low / 5, 5 * high).values()
    low, high = min([low, *near]), max([high, *near])
    return Axis(low * 0.98, max(high * 1.02, low * 1.01), LEFT, WIDTH - RIGHT, log=True)


def _limits(
    drawing: Drawing, limits: Mapping[str, float], across: Axis, up: Axis, language: Language
) -> None:
    """A line with a mark at the share that has to come within it, and its words above."""
    limited = [name for name in _LIMITED if name in limits]
    for row, name in enumerate(limited):
        x, y = across(limits[name]), up(_LIMITED[name])
        said = limit_lines.words(name, limits[name], language)
        limit_lines.upright(drawing, x, said, (up(1) - 6, up(0)), up(1) - 8 - 13 * row)
        if LEFT <= x <= WIDTH - RIGHT:
            drawing.path([(x - 5, y), (x + 5, y)], LIMIT, 2)
