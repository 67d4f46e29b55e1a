"""What a comparison says first: which run to use, what is not the same, what speaks against each."""

from __future__ import annotations

from profiler.comparison import sentences
from profiler.comparison.records import Comparison
from profiler.reports import difference_lines, limit_table
from profiler.wording import Language


def sentence(comparison: Comparison, language: Language) -> str:
    """Which one to use, for a person who does not program."""
    return sentences.winner(comparison, language)


def notes(comparison: Comparison, language: Language) -> list[str]:
    """What is to be read before the figures: what differs, and why a run is out."""
    return [*difference_lines.lines(comparison, language), *limit_table.against(comparison, language)]


def lines(comparison: Comparison, language: Language) -> list[str]:
    """The sentence, then the notes."""
    return [sentence(comparison, language), *notes(comparison, language)]
