"""Typical latency against another quantity: what no other run beats is filled, what one does is hollow."""

from __future__ import annotations

from collections.abc import Sequence

from profiler import units
from profiler.comparison import tradeoff
from profiler.comparison.records import Comparison, Tradeoff
from profiler.reports import comparison_text, limit_lines, run_colours
from profiler.reports.axis import BOTTOM, GREY, LEFT, RIGHT, WIDTH, Axis, grid, ticks
from profiler.reports.svg import Drawing, shortened, width_of
from profiler.wording import Language

OTHERS = tradeoff.OTHERS
_HEIGHT, _TOP, _NAME, _RADIUS = 300, 40, 190.0, 6
Box = tuple[float, float, float, float]


def chart(comparison: Comparison, other: str, language: Language) -> str:
    """Empty where fewer than two runs have both figures."""
    points = comparison.tradeoffs.get(other, ())
    if len(points) < 2:
        return ""
    named = comparison_text.say(f"other_{other}", language)
    drawing = Drawing(WIDTH, _HEIGHT, comparison_text.say("tradeoff", language, other=named))
    across, up = _axes(points, comparison, other)
    _grid(drawing, up, other)
    ticks(drawing, across, lambda value: units.duration(value) if value else "0")
    _limits(drawing, comparison, other, (across, up), language)
    taken: list[Box] = [_box_of_point(across(one.p50_ns), up(one.other)) for one in points]
    for one in points:
        x, y = across(one.p50_ns), up(one.other)
        drawing.circle(x, y, _RADIUS, run_colours.colour(one.index), is_hollow=one.is_dominated)
        words = shortened(comparison.names[one.index], _NAME, 11)
        at, anchor = _free_place(x, y, words, taken)
        drawing.text(at[0], at[1], words, run_colours.colour(one.index), anchor, 11)
    drawing.text(LEFT - 50, _TOP - 22, f"↑ {named}", GREY, "start", 11)
    drawing.text(
        WIDTH - RIGHT, _HEIGHT - 6, f"{comparison_text.quantity('p50', language)} →", GREY, "end", 11
    )
    return str(drawing)


def _grid(drawing: Drawing, up: Axis, other: str) -> None:
    grid(drawing, up, lambda value: comparison_text.value(other, value) if value else "0")


def _axes(points: Sequence[Tradeoff], comparison: Comparison, other: str) -> tuple[Axis, Axis]:
    waits, values = [one.p50_ns for one in points], [one.other for one in points]
    limits = comparison.limits
    right = _with_limit(max(waits), limits.get("p50"))
    low = min(0.0, *values)
    top = _with_limit(max(values), limits.get(other))
    room = (top - low) * 0.12 or 1e-3
    return (
        Axis(0, right * 1.1, LEFT, WIDTH - RIGHT),
        Axis(low - room * (low < 0), top + room, _HEIGHT - BOTTOM, _TOP),
    )


def _with_limit(most: float, limit: float | None) -> float:
    """As far as the limit, where it is near or there is nothing else to go by."""
    return max(most, limit) if limit is not None and (limit <= 6 * most or most <= 0) else most


def _limits(
    drawing: Drawing, comparison: Comparison, other: str, axes: tuple[Axis, Axis], language: Language
) -> None:
    (across, up), heights = axes, (float(_TOP), float(_HEIGHT - BOTTOM))
    wait, value = comparison.limits.get("p50"), comparison.limits.get(other)
    if wait is not None:
        said = limit_lines.words("p50", wait, language)
        limit_lines.upright(drawing, across(wait), said, heights, _TOP - 8)
    if value is not None:
        said = limit_lines.words(other, value, language)
        limit_lines.level(drawing, up(value), said, (heights[0] + 16, heights[1]))


def _box_of_point(x: float, y: float) -> Box:
    return (x - _RADIUS, y - _RADIUS, x + _RADIUS, y + _RADIUS)


def _free_place(x: float, y: float, words: str, taken: list[Box]) -> tuple[tuple[float, float], str]:
    """Beside the point where nothing is written yet, else farther up or down; remembers what it takes."""
    wide = width_of(words, 11)
    for down in (4, -10, 18, -24, 32, -38, 46, -52, 60):
        for anchor, left in (("start", x + 10), ("end", x - 10 - wide)):
            box = (left, y + down - 9, left + wide, y + down + 3)
            inside = left >= LEFT and box[2] <= WIDTH - 4 and box[1] > 12 and box[3] < _HEIGHT - BOTTOM
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                return (x + 10 if anchor == "start" else x - 10, y + down), anchor
    return (x + 10, y + 4), "start"


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
