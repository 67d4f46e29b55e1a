"""Latency against throughput as load rises, the sweeps of several runs over each other, as SVG."""

from __future__ import annotations

from profiler import units
from profiler.comparison.records import Comparison
from profiler.metrics import curve
from profiler.reports import comparison_text, curve_chart, limit_lines, run_colours
from profiler.reports.axis import BOTTOM, GREY, LEFT, RIGHT, WIDTH, Axis, grid, ticks
from profiler.reports.svg import Drawing
from profiler.result import Point
from profiler.wording import Language

_HEIGHT, _WIDE = 270, 20.0


def quantity(comparison: Comparison) -> str:
    """Which latency is drawn: the one that is limited, else the slow answers, else the typical ones."""
    limited = [name for name in comparison.limits if name in curve.LATENCIES]
    every = [point for points in swept(comparison).values() for point in points]
    for name in [*limited, "p99", "p50"]:
        if every and all(curve.value_of(point, name) is not None for point in every):
            return name
    return "mean"


def swept(comparison: Comparison) -> dict[int, list[Point]]:
    """The points of each run that has a curve."""
    return {
        index: points
        for index, run in enumerate(comparison.runs)
        if len(points := curve_chart.points_of(run)) >= 2
    }


def chart(comparison: Comparison, language: Language) -> str:
    """Empty where fewer than two runs went through several loads."""
    found = swept(comparison)
    if len(found) < 2:
        return ""
    name = quantity(comparison)
    every = [point for points in found.values() for point in points]
    waits = [value for point in every if (value := curve.value_of(point, name))]
    rates = [point.throughput.samples_per_s or 0.0 for point in every]
    limit = comparison.limits.get(name)
    most = max([max(waits), *([limit] if limit is not None and limit <= 3 * max(waits) else [])])
    is_wide = most > _WIDE * min(waits)
    head = run_colours.legend_height(comparison.names)
    title = comparison_text.quantity(name, language)
    drawing = Drawing(WIDTH, head + _HEIGHT, comparison_text.say("curves", language, quantity=title))
    across = Axis(0, max(rates) * 1.08, LEFT, WIDTH - RIGHT)
    low = min(waits) * 0.8 if is_wide else 0.0
    up = Axis(low, most * 1.08, drawing.height - BOTTOM, head + 8, log=is_wide)
    grid(drawing, up, lambda value: units.duration(value) if value else "0")
    ticks(drawing, across, units.rate)
    for index in found:
        _curve(drawing, comparison, index, name, (across, up))
    if limit is not None:
        said = limit_lines.words(name, limit, language)
        limit_lines.level(drawing, up(limit), said, (head + 8, drawing.height - BOTTOM))
    run_colours.legend(drawing, comparison.names)
    drawing.text(
        WIDTH - RIGHT, drawing.height - 6, comparison_text.say("curves_across", language), GREY, "end", 11
    )
    return str(drawing)


def _curve(drawing: Drawing, comparison: Comparison, index: int, name: str, axes: tuple[Axis, Axis]) -> None:
    across, up = axes
    run = comparison.runs[index]
    for group in curve_chart.groups(curve_chart.points_of(run), run):
        places = [
            (across(point.throughput.samples_per_s or 0.0), up(value))
            for point in group
            if (value := curve.value_of(point, name)) is not None
        ]
        drawing.path(places, run_colours.colour(index), 2, run_colours.dash(index))
        for x, y in places:
            drawing.circle(x, y, 3, run_colours.colour(index))
