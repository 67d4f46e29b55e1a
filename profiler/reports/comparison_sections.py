"""Everything that a report says of runs beside each other, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from profiler.comparison.records import Comparison
from profiler.reports import (
    answers_beside,
    comparison_table,
    comparison_text,
    curves_chart,
    ecdf_chart,
    limit_table,
    ratio_chart,
    tradeoff_chart,
)
from profiler.reports.comparison_text import say
from profiler.reports.sections import Section
from profiler.wording import Language

Samples = ecdf_chart.Samples


def of(
    comparison: Comparison,
    samples: Sequence[Samples | None],
    language: Language,
    only_differences: bool = False,
) -> list[Section]:
    """Tables with their charts; what does not apply to these runs is not there.

    `samples`: for each run every latency in ns, in order, or None.
    """
    first, *others = [*ratios(comparison, language), None]
    made = (
        first,
        limit_table.section(comparison, language),
        answers_beside.section(comparison, language),
        *_charts(comparison, samples, language),
        *_tradeoffs(comparison, language),
        *others,
        comparison_table.section(comparison, language, only_differences),
    )
    return [section for section in made if section is not None]


def tables(comparison: Comparison, language: Language, only_differences: bool = False) -> list[Section]:
    """Where there are no pictures: every multiple of the baseline but the first is in the last table."""
    made = (
        *list(ratios(comparison, language))[:1],
        limit_table.section(comparison, language),
        answers_beside.section(comparison, language),
        *_tradeoffs(comparison, language),
        comparison_table.section(comparison, language, only_differences),
    )
    return [section for section in made if section is not None]


def ratios(comparison: Comparison, language: Language) -> Iterator[Section]:
    """The first quantity in full, the others folded away."""
    for at, code in enumerate(comparison_text.measured(comparison)):
        yield _ratio(comparison, code, language, is_folded=at > 0)


def _ratio(comparison: Comparison, code: str, language: Language, is_folded: bool) -> Section:
    """One quantity of every run as a multiple of the baseline's."""
    baseline = comparison.names[comparison.baseline]
    name = comparison_text.quantity(code, language)
    bars = ratio_chart.bars(comparison, code, language)
    heads = ["", say("ratio_head", language, baseline=baseline), say("call_head", language)]
    withheld = [] if comparison.may_judge else [say("withheld_note", language)]
    methods = [] if is_folded else comparison_text.method_notes(comparison, code, language)
    return Section(
        say("ratios", language, quantity=name, baseline=baseline),
        [heads, *([bar.name, bar.words, bar.call] for bar in bars)],
        [comparison_text.direction(comparison, code, language), *methods],
        chart=ratio_chart.chart(comparison, code, language),
        is_folded=is_folded,
        is_shown_by_chart=True,
        chart_notes=withheld or [say("ratio_note", language)],
    )


def _charts(
    comparison: Comparison, samples: Sequence[Samples | None], language: Language
) -> Iterator[Section]:
    drawn = ecdf_chart.chart(comparison, samples, language)
    if drawn:
        kept = ecdf_chart.steady(comparison, samples)
        missing = [name for at, name in enumerate(comparison.names) if at not in kept]
        names = say("comma", language).join(missing)
        notes = [
            say("ecdf_note", language),
            *([say("ecdf_missing", language, names=names)] if missing else []),
        ]
        yield Section(say("ecdf", language), [], chart=drawn, chart_notes=notes)
    drawn = curves_chart.chart(comparison, language)
    if drawn:
        name = comparison_text.quantity(curves_chart.quantity(comparison), language)
        heading = say("curves", language, quantity=name)
        yield Section(heading, [], chart=drawn, chart_notes=[say("curves_note", language)])


def _tradeoffs(comparison: Comparison, language: Language) -> Iterator[Section]:
    for other in tradeoff_chart.OTHERS:
        if len(comparison.tradeoffs.get(other, ())) > 1:
            yield _tradeoff(comparison, other, language)


def _tradeoff(comparison: Comparison, other: str, language: Language) -> Section:
    """Latency against another quantity: a row a run, and whether another is better in both."""
    named = say(f"other_{other}", language)
    heads = ["", comparison_text.quantity("p50", language), named, say("whether", language)]
    rows = [
        [
            comparison.names[one.index],
            comparison_text.value("p50", one.p50_ns),
            comparison_text.value(other, one.other),
            say("dominated" if one.is_dominated else "undominated", language),
        ]
        for one in comparison.tradeoffs[other]
    ]
    return Section(
        say("tradeoff", language, other=named),
        [heads, *rows],
        chart=tradeoff_chart.chart(comparison, other, language),
        is_shown_by_chart=True,
        chart_notes=[say("tradeoff_note", language)],
    )
