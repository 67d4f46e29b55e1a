"""Latency against throughput as load rises: mean and percentiles, knee, best point and limit, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from profiler import settings_text, units, wording
from profiler.metrics import curve
from profiler.reports.axis import BOTTOM, GREY, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, grid, ticks
from profiler.reports.svg import Drawing
from profiler.result import Point, RunResult
from profiler.wording import Language

# Colours that are told apart also by those who do not see red and green (Okabe and Ito).
COLOURS = {"mean": "#808080", "p50": "#3d8fc4", "p90": "#009e73", "p95": "#cc79a7", "p99": "#d55e00"}
# In the order in which a sweep goes through them, the quickest last.
_ORDER = ("batch", "threads", "concurrency", "rate_per_s")
_WIDE = 20.0


def chart(result: RunResult, language: Language) -> str:
    """Empty where fewer than two points of a sweep were measured."""
    points = points_of(result)
    if len(points) < 2:
        return ""
    drawing = Drawing(WIDTH, HEIGHT, wording.say("loads", "curve", language))
    across, up = _axes(points, result)
    grid(drawing, up, lambda value: units.duration(value) if value else "0")
    ticks(drawing, across, units.rate)
    for quantity, colour in COLOURS.items():
        for group in groups(points, result):
            _line(drawing, group, quantity, colour, across, up)
    _limits(drawing, result, up, language)
    _marks(drawing, result, across, language)
    _legend(drawing, language)
    return str(drawing)


def points_of(result: RunResult) -> list[Point]:
    """The points that make a curve; none where they are of other work than more of the same load."""
    points = [point for point in result.points if curve.power(point) is not None]
    is_other_work = any(point.stage or point.together for point in points)
    return [] if is_other_work or settings_text.is_of_shapes(points) else points


def _axes(points: Sequence[Point], result: RunResult) -> tuple[Axis, Axis]:
    rates = [point.throughput.samples_per_s or 0.0 for point in points]
    waits = [value for point in points for name in COLOURS if (value := curve.value_of(point, name))]
    least, most = min(waits), max(waits)
    most = max([most, *(limit for _, limit in _limited(result) if limit <= 2 * most)])
    is_wide = most > _WIDE * least
    low = least * 0.8 if is_wide else 0.0
    return (
        Axis(0, max(rates) * 1.08, LEFT, WIDTH - RIGHT),
        Axis(low, most * 1.08, HEIGHT - BOTTOM, TOP, log=is_wide),
    )


def groups(points: Sequence[Point], result: RunResult) -> list[list[Point]]:
    """One line for each combination of the other settings; along it the quickest one rises."""
    varied = settings_text.varied(points, result.plan.sweep)
    shapes = [field for field in varied if field not in _ORDER]
    fields = shapes + [field for field in _ORDER if field in varied]

    def others(point: Point) -> tuple[float, ...]:
        return tuple(settings_text.number(point, field) or 0 for field in fields[:-1])

    return [list(group) for _, group in groupby(sorted(points, key=others), others)]


def _line(
    drawing: Drawing, group: Sequence[Point], quantity: str, colour: str, across: Axis, up: Axis
) -> None:
    places = [
        (across(point.throughput.samples_per_s or 0.0), up(value))
        for point in group
        if (value := curve.value_of(point, quantity)) is not None
    ]
    drawing.path(places, colour, 2)
    for x, y in places:
        drawing.rect(x - 3, y - 3, 6, 6, colour)


def _limited(result: RunResult) -> list[tuple[str, float]]:
    return [(name, most) for name, most in result.plan.limits.items() if name in COLOURS]


def _limits(drawing: Drawing, result: RunResult, up: Axis, language: Language) -> None:
    """A line for each limit on a latency that lies in the picture."""
    for name, most in _limited(result):
        y = up(most)
        if TOP <= y <= HEIGHT - BOTTOM:
            drawing.line(LEFT, y, WIDTH - RIGHT, y, COLOURS[name], "6 4")
            words = settings_text.limits({name: most}, language)
            drawing.text(LEFT + 6, y - 5, words, COLOURS[name], "start", 11)


def _marks(drawing: Drawing, result: RunResult, across: Axis, language: Language) -> None:
    """Knee and best point as lines up, with their words in a row each."""
    for row, (code, index) in enumerate((("knee", result.knee_point), ("best", result.best_point))):
        if index is None:
            continue
        point = result.points[index]
        x, y = across(point.throughput.samples_per_s or 0.0), 30 + 16 * row
        fields = settings_text.varied(result.points, result.plan.sweep)
        words = f"{wording.say('loads', code, language)}: {settings_text.setting(point, fields, language)}"
        drawing.line(x, y + 4, x, HEIGHT - BOTTOM, GREY, "2 3")
        late = x > WIDTH / 2
        drawing.text(x - 5 if late else x + 5, y + 6, words, GREY, "end" if late else "start")


def _legend(drawing: Drawing, language: Language) -> None:
    x = float(LEFT)
    for name, colour in COLOURS.items():
        drawing.rect(x, 8, 12, 4, colour)
        words = wording.say("loads", "mean", language) if name == "mean" else name.upper()
        drawing.text(x + 16, 14, words, colour)
        x += 66
    words = wording.say("loads", "samples_per_s", language)
    drawing.text(WIDTH - RIGHT, HEIGHT - 6, words, GREY, "end", 11)
