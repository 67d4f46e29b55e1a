"""Runs as multiples of the baseline: bars from zero with their intervals, as SVG and as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from profiler import units
from profiler.comparison.records import Comparison, Ratio
from profiler.reports import comparison_text
from profiler.reports.axis import BLUE, GREY, ORANGE, WIDTH, Axis
from profiler.reports.svg import Drawing, shortened
from profiler.wording import Language

_LEFT, _RIGHT, _ROW, _TOP = 220, 190, 32, 26
_LETTERS, _FULL = 24, "█"
_EIGHTHS = " ▏▎▍▌▋▊▉"


class Bar(NamedTuple):
    """One run: its name, its multiple with the words for it, and what that is; None where not measured."""

    name: str
    ratio: float | None
    low: float | None
    high: float | None
    colour: str
    words: str
    call: str


def bars(comparison: Comparison, quantity: str, language: Language) -> list[Bar]:
    """In the order of the runs, the baseline as 1."""
    found = comparison.ratios[quantity]
    return [
        _bar(comparison, index, name, ratio, language)
        for index, (name, ratio) in enumerate(zip(comparison.names, found, strict=True))
    ]


def _bar(comparison: Comparison, index: int, name: str, ratio: Ratio | None, language: Language) -> Bar:
    if index == comparison.baseline:
        mark = comparison_text.say("baseline_mark", language)
        return Bar(name, 1.0, None, None, GREY, f"1.00×  {mark}", "")
    if ratio is None:
        unknown = comparison_text.say("unknown_value", language)
        return Bar(name, None, None, None, GREY, unknown, "")
    words, colour = comparison_text.ratio(ratio), GREY
    if comparison_text.may_colour(comparison, ratio):
        colour = BLUE if ratio.call == "better" else ORANGE
    call = comparison_text.call(comparison, ratio, language)
    return Bar(name, ratio.value, ratio.low, ratio.high, colour, words, call)


def chart(comparison: Comparison, quantity: str, language: Language) -> str:
    """Empty where no run but the baseline has this quantity."""
    if not any(comparison.ratios.get(quantity, ())):
        return ""
    rows = bars(comparison, quantity, language)
    title = comparison_text.quantity(quantity, language)
    drawing = Drawing(WIDTH, _TOP + _ROW * len(rows) + 6, title)
    most = max(_ends(rows))
    across = Axis(0, most * 1.02, _LEFT, WIDTH - _RIGHT)
    for row, bar in enumerate(rows):
        _draw(drawing, bar, _TOP + _ROW * row, across)
    one = across(1)
    drawing.line(one, _TOP - 6, one, _TOP + _ROW * len(rows), GREY, "4 3")
    name = shortened(comparison.names[comparison.baseline], 300, 11)
    anchor = "middle" if one < WIDTH - _RIGHT - 120 else "end"
    drawing.text(one, _TOP - 11, f"1.00× {name}", GREY, anchor, 11)
    return str(drawing)


def _ends(rows: list[Bar]) -> Iterator[float]:
    """How far bars and whiskers reach; a whisker may go as far again as the longest bar, no farther."""
    longest = max(bar.ratio for bar in rows if bar.ratio is not None)
    yield longest
    yield from (min(bar.high, 2 * longest) for bar in rows if bar.high is not None)


def _draw(drawing: Drawing, bar: Bar, y: float, across: Axis) -> None:
    drawing.text(_LEFT - 8, y + 17, shortened(bar.name, _LEFT - 16), GREY, "end")
    drawing.text(WIDTH - _RIGHT + 12, y + 17, bar.words, GREY)
    if bar.ratio is None:
        return
    drawing.rect(_LEFT, y + 4, across(bar.ratio) - _LEFT, 19, bar.colour, 0.45 if bar.colour == GREY else 0.8)
    if bar.low is not None and bar.high is not None:
        left, right = across(bar.low), min(across(bar.high), float(WIDTH - _RIGHT))
        for start, end in (((left, y + 13.5), (right, y + 13.5)), *_caps(left, right, y)):
            drawing.path([start, end], "currentColor", 1.5)


def _caps(left: float, right: float, y: float) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    return [((x, y + 8), (x, y + 19)) for x in (left, right)]


def text_bar(ratio: float | None, most: float) -> str:
    """A bar of block letters, as wide as its share of the longest."""
    if ratio is None or most <= 0:
        return units.DASH
    eighths = round(ratio / most * _LETTERS * 8)
    return _FULL * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
