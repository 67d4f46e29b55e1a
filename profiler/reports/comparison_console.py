"""A comparison in the terminal: which one to use, what speaks against it, then bars and tables."""

from __future__ import annotations

from typing import TextIO

from profiler.comparison.records import Comparison
from profiler.reports import (
    answers_beside,
    comparison_answer,
    comparison_table,
    comparison_text,
    console,
    limit_table,
    ratio_chart,
)
from profiler.reports.comparison_text import say
from profiler.reports.sections import Section
from profiler.wording import Language


def print_comparison(
    comparison: Comparison, language: Language, out: TextIO, only_differences: bool = False
) -> None:
    """The sentence first; every number of it is in the tables below."""
    print(f"\n{say('heading', language)}", file=out)
    for line in comparison_answer.lines(comparison, language):
        print(f"  {line}", file=out)
    for code in comparison_text.measured(comparison)[:1]:
        _print_bars(comparison, code, language, out)
    sections = (
        limit_table.section(comparison, language),
        answers_beside.section(comparison, language),
        comparison_table.section(comparison, language, only_differences),
    )
    console.print_sections([one for one in sections if one is not None], out)


def _print_bars(comparison: Comparison, code: str, language: Language, out: TextIO) -> None:
    """The first quantity as bars of letters, with what each is."""
    bars = ratio_chart.bars(comparison, code, language)
    baseline = comparison.names[comparison.baseline]
    name = comparison_text.quantity(code, language)
    most = max((bar.ratio for bar in bars if bar.ratio is not None), default=0.0)
    rows = [[bar.name, ratio_chart.text_bar(bar.ratio, most), bar.words, bar.call] for bar in bars]
    notes = [
        comparison_text.direction(comparison, code, language),
        *comparison_text.method_notes(comparison, code, language),
    ]
    heading = say("ratios", language, quantity=name, baseline=baseline)
    console.print_sections([Section(heading, [["", "", "", ""], *rows], notes)], out)
