"""The report as Markdown: the same sentences and tables, for a wiki or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from profiler import answer, error_text, wording
from profiler.comparison.records import Comparison
from profiler.reports import (
    comparison_answer,
    comparison_sections,
    comparison_text,
    correctness_sections,
    figures,
    load_sections,
    points_table,
    settings_lines,
)
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|!&~])")


def escaped(text: str) -> str:
    """Text from strangers stays text: no markup, no HTML, no control characters, one line."""
    return _SPECIAL.sub(r"\\\1", error_text.visible(text))


def text(
    results: Sequence[RunResult],
    language: Language,
    comparison: Comparison | None = None,
    only_differences: bool = False,
) -> str:
    """What comes of comparing them, where there is a comparison; then every run, one below the other."""
    lines = [f"# {wording.say('report', 'title', language)}", ""]
    if comparison is not None:
        lines += _comparison(comparison, language, only_differences)
    for result in results:
        lines += _run(result, language)
    return "\n".join(lines)


def _comparison(comparison: Comparison, language: Language, only_differences: bool) -> Iterator[str]:
    yield from (f"## {comparison_text.say('heading', language)}", "")
    yield from (f"**{escaped(comparison_answer.sentence(comparison, language))}**", "")
    notes = comparison_answer.notes(comparison, language)
    yield from (f"- {escaped(note)}" for note in notes)
    yield from [""] if notes else []
    for section in comparison_sections.tables(comparison, language, only_differences):
        yield from _section(section)


def _run(result: RunResult, language: Language) -> Iterator[str]:
    yield from (
        f"## {escaped(result.model.name)}",
        "",
        f"**{escaped(answer.sentence(result, language))}**",
        "",
    )
    if result.error is not None:
        yield from (escaped(error_text.sentence(result.error, language, file=result.model.name)), "")
    yield from _verdict(result, language)
    if result.latency.count:
        yield from _paragraph(points_table.speaks(result, language))
        cards = [(card.label, card.value, card.technical) for card in figures.cards(result, language)]
        yield from _table([("", "", ""), *cards])
        for section in [*correctness_sections.of(result, language), *load_sections.of(result, language)]:
            yield from _section(section)
    for code, lines in _blocks(result, language):
        yield from _section(Section(wording.say("report", code, language), [("", ""), *lines]))
    missing = figures.not_measured(result, language)
    if missing:
        yield from (f"### {wording.say('report', 'not_measured', language)}", "")
        yield from (f"- {escaped(line.value)} ({escaped(line.label)})" for line in missing)
        yield ""


def _blocks(result: RunResult, language: Language) -> list[tuple[str, list[figures.Line]]]:
    blocks = [
        ("latency", figures.percentiles(result, language) if result.latency.count else []),
        ("phases", figures.phases(result, language)),
        ("arithmetic", figures.work(result, language)),
        ("settings", settings_lines.lines(result, language)),
    ]
    return [(code, lines) for code, lines in blocks if lines]


def _paragraph(words: str) -> Iterator[str]:
    if words:
        yield from (escaped(words), "")


def _verdict(result: RunResult, language: Language) -> Iterator[str]:
    if result.verdict is None:
        return
    level = wording.say("report", f"verdict_{result.verdict.level.value}", language)
    yield from (f"{wording.say('report', 'verdict', language)} **{level}**", "")
    reasons = figures.reasons(result, language)
    yield from (f"- {escaped(reason)}" for reason in reasons)
    if reasons:
        yield ""


def _section(section: Section) -> Iterator[str]:
    yield from (f"### {escaped(section.heading)}", "")
    if section.rows:
        yield from _table(section.rows)
    yield from (f"{escaped(note)}\n" for note in section.notes)


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first row is the head; numbers stand to the right."""
    heads, *body = rows
    rights = Section("", rows).columns_to_the_right
    yield _row(heads)
    yield "|" + "|".join(" ---: " if right else " --- " for right in rights) + "|"
    yield from (_row(row) for row in body)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(escaped(cell) for cell in cells) + " |"
