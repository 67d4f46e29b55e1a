"""A limit in a chart: a dashed line where it lies in the picture, else its words at the edge."""

from __future__ import annotations

from collections.abc import Mapping

from profiler import settings_text
from profiler.reports.axis import LEFT, LIMIT, RIGHT, WIDTH
from profiler.reports.svg import Drawing
from profiler.wording import Language

_DASH, _SIZE = "6 4", 11


def near(
    limits: Mapping[str, float], quantities: tuple[str, ...], low: float, high: float
) -> dict[str, float]:
    """The limits on these quantities for which a scale may be made longer: others would squeeze the rest."""
    return {name: most for name, most in limits.items() if name in quantities and low <= most <= high}


def words(quantity: str, most: float, language: Language) -> str:
    """P99 ≤ 10.0 ms."""
    return settings_text.limits({quantity: most}, language)


def upright(drawing: Drawing, x: float, said: str, heights: tuple[float, float], y: float) -> None:
    """From top to bottom (`heights`) at x, with its words at y."""
    left, right = float(LEFT), float(WIDTH - RIGHT)
    if x < left:
        drawing.text(left + 4, y, f"← {said}", LIMIT, "start", _SIZE)
    elif x > right + 1:
        drawing.text(right, y, f"{said} →", LIMIT, "end", _SIZE)
    else:
        drawing.path([(x, heights[0]), (x, heights[1])], LIMIT, 1.5, _DASH)
        is_late = x > WIDTH / 2
        drawing.text(x - 6 if is_late else x + 6, y, said, LIMIT, "end" if is_late else "start", _SIZE)


def level(drawing: Drawing, y: float, said: str, heights: tuple[float, float]) -> None:
    """Across at y, between top and bottom (`heights`)."""
    right, (top, bottom) = float(WIDTH - RIGHT), heights
    if y < top:
        drawing.text(right, top - 4, f"↑ {said}", LIMIT, "end", _SIZE)
    elif y > bottom:
        drawing.text(right, bottom - 4, f"↓ {said}", LIMIT, "end", _SIZE)
    else:
        drawing.path([(LEFT, y), (right, y)], LIMIT, 1.5, _DASH)
        drawing.text(right, y - 5, said, LIMIT, "end", _SIZE)
