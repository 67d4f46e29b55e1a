"""A colour for each run of a comparison, the same in all its charts, and the legend that says which."""

from __future__ import annotations

from collections.abc import Sequence

from profiler.reports.axis import LEFT, WIDTH
from profiler.reports.svg import Drawing, shortened, width_of

# Told apart also by those who do not see red and green (Okabe and Ito), and dark enough on white.
_COLOURS = ("#3d8fc4", "#d55e00", "#009e73", "#b0639a", "#8a6d00", "#5b6470", "#56b4e9", "#c98a00")
_DASHES = ("", "7 3", "2 3", "9 3 2 3")
_LONGEST, _ROW = 250.0, 18
LEGEND_TOP = 16


def colour(index: int) -> str:
    return _COLOURS[index % len(_COLOURS)]


def dash(index: int) -> str:
    """Where colours begin anew, the stroke differs."""
    return _DASHES[index // len(_COLOURS) % len(_DASHES)]


def legend_rows(names: Sequence[str]) -> list[list[tuple[float, int, str]]]:
    """Places of the names, row by row: x, the run's index, and its name as it fits."""
    rows: list[list[tuple[float, int, str]]] = [[]]
    x = float(LEFT)
    for index, name in enumerate(names):
        words = shortened(name, _LONGEST)
        taken = width_of(words) + 42
        if rows[-1] and x + taken > WIDTH:
            rows.append([])
            x = float(LEFT)
        rows[-1].append((x, index, words))
        x += taken
    return rows


def legend_height(names: Sequence[str]) -> int:
    return _ROW * len(legend_rows(names)) + 12


def legend(drawing: Drawing, names: Sequence[str]) -> None:
    """A stroke and the name of each run, at the top."""
    for row, places in enumerate(legend_rows(names)):
        y = LEGEND_TOP + _ROW * row
        for x, index, words in places:
            drawing.path([(x, y - 4), (x + 18, y - 4)], colour(index), 3, dash(index))
            drawing.text(x + 24, y, words, colour(index))
