"""The phases of a run as a waterfall: each bar begins where the one before it ended, as SVG."""

from __future__ import annotations

from profiler import units, wording
from profiler.reports.axis import BLUE, GREY, WIDTH, Axis
from profiler.reports.svg import Drawing
from profiler.result import Phases
from profiler.wording import Language

FIELDS = (
    "import_ns", "load_ns", "compile_ns", "first_inference_ns", "second_inference_ns", "warmup_ns",
    "steady_ns",
)  # fmt: skip
_ROW, _LEFT, _RIGHT, _LEAST = 24, 150, 90, 1.5


def chart(phases: Phases, language: Language) -> str:
    """Phases that were reached, in order; empty where none was."""
    bars = [(field, value) for field in FIELDS if (value := getattr(phases, field)) is not None]
    total = sum(value for _, value in bars)
    if not total:
        return ""
    drawing = Drawing(WIDTH, _ROW * len(bars) + 8, wording.say("loads", "phases", language))
    across = Axis(0, total, _LEFT, WIDTH - _RIGHT)
    begun = 0
    for row, (field, value) in enumerate(bars):
        y, left, right = 4 + _ROW * row, across(begun), across(begun + value)
        drawing.text(_LEFT - 8, y + 15, wording.say("report", field, language), GREY, "end")
        drawing.rect(left, y + 3, max(_LEAST, right - left), _ROW - 8, BLUE, 0.75)
        drawing.text(max(right, left + _LEAST) + 6, y + 15, units.duration(value), GREY)
        begun += value
    return str(drawing)
