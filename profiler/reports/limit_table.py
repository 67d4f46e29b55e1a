"""The limits beside each run: what it reached, and whether that keeps them."""

from __future__ import annotations

from profiler import wording
from profiler.comparison.records import Comparison, Kept
from profiler.error_text import visible
from profiler.reports import comparison_text
from profiler.reports.comparison_text import say
from profiler.reports.sections import Section
from profiler.wording import Language


def section(comparison: Comparison, language: Language) -> Section | None:
    """None where no limit was set."""
    if not comparison.limits:
        return None
    return Section(say("limits", language), [("", *comparison.names), *rows(comparison, language)])


def rows(comparison: Comparison, language: Language) -> list[tuple[str, ...]]:
    """A row a limit, a cell a run."""
    return [_row(comparison, code, most, language) for code, most in comparison.limits.items()]


def _row(comparison: Comparison, code: str, most: float, language: Language) -> tuple[str, ...]:
    found = [_found(standing.kept, code) for standing in comparison.standings]
    label = f"{comparison_text.quantity(code, language)} ≤ {comparison_text.value(code, most)}"
    return (label, *(cell(one, language) for one in found))


def _found(kept: tuple[Kept, ...], code: str) -> Kept | None:
    return next((one for one in kept if one.quantity == code), None)


def cell(found: Kept | None, language: Language) -> str:
    """9.90 ms, kept."""
    if found is None or found.kept is None:
        if found is None or found.reason is None:
            return say("undecided_short", language)
        return say("undecided", language, why=visible(wording.reason_sentence(found.reason, language)))
    value = comparison_text.value(found.quantity, found.value)
    return say("kept" if found.kept else "broken", language, value=value)


def against(comparison: Comparison, language: Language) -> list[str]:
    """What speaks against each run, a sentence each."""
    return [
        say(
            "against_one",
            language,
            name=name,
            why=visible(wording.reason_sentence(reason, language)),
        )
        for name, standing in zip(comparison.names, comparison.standings, strict=True)
        for reason in standing.against
    ]
