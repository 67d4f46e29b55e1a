"""Results in the terminal: the sentence first, then the numbers, aligned also where letters are wide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import TextIO

from profiler import answer, error_text, wording
from profiler.reports import (
    console_fit,
    correctness_sections,
    figures,
    load_sections,
    points_table,
    settings_lines,
)
from profiler.reports.console_fit import width
from profiler.reports.sections import Section, is_numeric
from profiler.result import RunResult
from profiler.wording import Language

_INDENT = "  "


def padded(text: str, columns: int, right: bool = False) -> str:
    """The text with spaces up to a width."""
    gap = " " * max(0, columns - width(text))
    return gap + text if right else text + gap


def print_lines(lines: Iterable[figures.Line], out: TextIO, indent: int = 2) -> None:
    """Labels in one column, values in the next."""
    rows = list(lines)
    column = max((width(line.label) for line in rows), default=0)
    for line in rows:
        print(f"{' ' * indent}{padded(line.label, column)}  {line.value}", file=out)


def print_result(result: RunResult, language: Language, out: TextIO, saved: bool = True) -> None:
    """One run, whole; `saved` whether it is in the history."""

    def heading(code: str) -> None:
        print(f"\n{wording.say('report', code, language)}", file=out)

    plan = result.plan
    name = error_text.visible(result.model.name)
    print(f"\n{name}  ({plan.runtime}, {plan.device}, batch {plan.batch})", file=out)
    print(answer.sentence(result, language), file=out)
    if result.error is not None:
        print(error_text.sentence(result.error, language, file=result.model.name), file=out)
    if _is_without_figures(result):
        _say_kept(result, saved, language, out)
        return
    if result.verdict is not None:
        level = wording.say("report", f"verdict_{result.verdict.level.value}", language)
        print(f"{wording.say('report', 'verdict', language)} {level}", file=out)
        for sentence in figures.reasons(result, language):
            print(f"  - {sentence}", file=out)
    if result.latency.count:
        print(f"\n{points_table.speaks(result, language)}".rstrip(), file=out)
        _print_cards(result, language, out)
        print_sections(correctness_sections.of(result, language), out)
        print_sections(load_sections.of(result, language), out)
        heading("latency")
        print_lines(figures.percentiles(result, language), out)
    for code, lines in (
        ("phases", figures.phases(result, language)),
        ("arithmetic", figures.work(result, language)),
        ("settings", settings_lines.lines(result, language)),
    ):
        if lines:
            heading(code)
            print_lines(lines, out)
    missing = figures.not_measured(result, language)
    if missing:
        heading("not_measured")
        for line in missing:
            print(f"  - {line.value}  ({line.label})", file=out)
    _say_kept(result, saved, language, out)


def _is_without_figures(result: RunResult) -> bool:
    """A run that failed before it measured anything: why each figure is missing is one and the same."""
    return result.error is not None and not result.latency.count and not result.points


def _say_kept(result: RunResult, saved: bool, language: Language, out: TextIO) -> None:
    if saved:
        print(f"\n  {wording.say('report', 'kept_as', language, id=result.id)}", file=out)


def print_sections(sections: Iterable[Section], out: TextIO) -> None:
    """Tables with their headings and notes."""
    for section in sections:
        print(f"\n{section.heading}", file=out)
        if section.rows:
            print_table([row for row in section.rows if any(row)], out)
        for note in section.notes:
            print(f"  {note}", file=out)


def _print_cards(result: RunResult, language: Language, out: TextIO) -> None:
    cards = figures.cards(result, language)
    label = max(width(card.label) for card in cards)
    value = max(width(card.value) for card in cards)
    for card in cards:
        note = f"{card.technical}; {card.note}" if card.note else card.technical
        print(f"  {padded(card.label, label)}  {padded(card.value, value, right=True)}  {note}", file=out)


def print_table(rows: Sequence[Sequence[str]], out: TextIO) -> None:
    """Rows of equal length, the first their heads; words to the left, numbers to the right.

    One that is wider than the terminal has its longest cells broken, or comes in parts of fewer columns.
    """
    for number, part in enumerate(console_fit.parts(rows, console_fit.columns() - width(_INDENT))):
        if number:
            print(file=out)
        _print_part(part, out)


def _print_part(rows: Sequence[Sequence[Sequence[str]]], out: TextIO) -> None:
    """A table whose cells may have several lines."""
    columns_of = list(zip(*rows, strict=True))
    widths = [max(width(line) for cell in column for line in cell) for column in columns_of]
    rights = [
        at > 0 and is_numeric([" ".join(cell) for cell in column[1:]]) for at, column in enumerate(columns_of)
    ]
    for row in rows:
        for lines in zip_longest(*row, fillvalue=""):
            cells = map(padded, lines, widths, rights)
            print(_INDENT + console_fit.GAP.join(cells).rstrip(), file=out)
