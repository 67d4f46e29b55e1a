"""Labels against answers as a grid that is darker where more samples lie, as SVG."""

from __future__ import annotations

from collections.abc import Sequence

from profiler.reports.axis import BLUE, GREY, ORANGE, WIDTH
from profiler.reports.correctness_text import say
from profiler.reports.svg import Drawing, shortened
from profiler.wording import Language

_LEFT, _TOP, _MOST_CELL, _LEAST_SHADE = 170, 56, 44.0, 0.12


def chart(names: Sequence[str], counts: Sequence[Sequence[int]], language: Language) -> str:
    """`counts[label][answer]`; the shade is the share of the label's samples, right blue and wrong orange."""
    cell = min(_MOST_CELL, (WIDTH - _LEFT - 10) / len(names))
    drawing = Drawing(WIDTH, round(_TOP + cell * len(names) + 8), say("confusion", language))
    drawing.text(_LEFT - 8, _TOP - 10, say("confusion_head", language), GREY, "end", 11)
    for at, name in enumerate(names):
        middle = _LEFT + cell * (at + 0.5)
        # Neighbours stand in two rows, so that longer names do not run into each other.
        row = _TOP - 10 - 16 * (at % 2)
        drawing.text(middle, row, shortened(name, 2 * cell - 6, 11), GREY, "middle", 11)
        drawing.text(_LEFT - 8, _TOP + cell * (at + 0.5) + 4, shortened(name, _LEFT - 16, 12), GREY, "end")
    for label, row_of in enumerate(counts):
        total = sum(row_of)
        for answer, count in enumerate(row_of):
            if count:
                x, y = _LEFT + cell * answer, _TOP + cell * label
                shade = _LEAST_SHADE + (1 - _LEAST_SHADE) * 0.6 * count / total
                drawing.rect(x + 1, y + 1, cell - 2, cell - 2, BLUE if label == answer else ORANGE, shade)
                size = 12 if cell >= 34 else 10
                drawing.text(x + cell / 2, y + cell / 2 + 4, f"{count:,}", "currentColor", "middle", size)
    drawing.frame(_LEFT, _TOP, cell * len(names), cell * len(names), GREY)
    return str(drawing)
