"""What a load adds to a result's numbers: tables with a heading and notes, alike in terminal and report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from profiler import wording
from profiler.wording import Language


class Section(NamedTuple):
    """A table, its first row the heads, and sentences below it; without rows there are the notes only.

    `chart`: SVG that stands above the table in HTML, and only there; with `is_shown_by_chart` the table is
    left out beside it; `chart_notes` say how to read it. `is_folded`: long, so that HTML shows its heading
    until it is opened.
    """

    heading: str
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()
    chart: str = ""
    is_folded: bool = False
    is_shown_by_chart: bool = False
    chart_notes: Sequence[str] = ()

    @property
    def columns_to_the_right(self) -> list[bool]:
        """For each column whether it holds numbers; the first names the rows."""
        return [at > 0 and is_numeric(column[1:]) for at, column in enumerate(zip(*self.rows, strict=True))]


def label(code: str, language: Language, **parameters: object) -> str:
    return wording.say("loads", code, language, **parameters)


def is_numeric(cells: Sequence[str]) -> bool:
    """Whether the cells of a column, without its head, are numbers, which stand to the right."""
    return any(cells) and all(not cell or cell[0].isdigit() or cell[0] in "–-+∞" for cell in cells)
