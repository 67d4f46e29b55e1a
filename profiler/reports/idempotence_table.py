"""The same input again: alone, at every place of a batch, and while other calls are under way."""

from __future__ import annotations

from profiler import units
from profiler.reports.correctness_text import places, say, why_not
from profiler.reports.parity_table import error
from profiler.reports.sections import Section
from profiler.result import Repeat, RunResult
from profiler.wording import Language


def section(result: RunResult, language: Language) -> Section | None:
    """None where it was not looked at."""
    found = result.accuracy.idempotence
    if found is None:
        return None
    heads = ["", *(say(code, language) for code in ("again_result", "again_count", "max_absolute"))]
    rows = [_row(place, one, language) for place, one in places(found, language)]
    notes = [
        say("not_tried", language, where=place, why=why_not(one.reason, language))
        for place, one in places(found, language)
        if one.state == "not_tried"
    ]
    return Section(say("again", language), [heads, *rows], notes)


def _row(place: str, one: Repeat, language: Language) -> list[str]:
    is_tried = one.state != "not_tried"
    count = f"{one.count:,}" if is_tried else units.DASH
    return [place, say(f"state_{one.state}", language), count, error(one.max_absolute)]
