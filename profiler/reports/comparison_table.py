"""Runs beside each other: the same rows for each, all of them or only those that differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from profiler import input_words, units, wording
from profiler.comparison.records import Comparison
from profiler.error_text import visible
from profiler.reports import comparison_text, figures
from profiler.reports.comparison_text import say
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

Row = tuple[str, ...]
Cell = Callable[[RunResult], str]


def section(comparison: Comparison, language: Language, only_differences: bool = False) -> Section:
    """Names as heads; figures, then their multiples of the baseline, then how and where it was measured."""
    found = rows(comparison, language)
    if only_differences:
        found = [row for row in found if len(set(row[1:])) > 1]
    notes = [] if found else [say("nothing_differs", language)]
    heading = say("only_differences" if only_differences else "side_by_side", language)
    return Section(heading, [("", *comparison.names), *found] if found else [], notes)


def rows(comparison: Comparison, language: Language) -> list[Row]:
    """A label and a cell for each run."""
    runs = comparison.runs
    labels = [card.label for card in figures.cards(runs[0], language)]
    cards = [[card.value for card in figures.cards(run, language)] for run in runs]
    return [
        *zip(labels, *cards, strict=True),
        *_ratios(comparison, language),
        *((label, *map(cell, runs)) for label, cell in _settings(language)),
    ]


def _ratios(comparison: Comparison, language: Language) -> Iterator[Row]:
    baseline = comparison.names[comparison.baseline]
    for code in comparison_text.measured(comparison):
        name = comparison_text.quantity(code, language)
        head = say("ratio_of", language, quantity=name, baseline=baseline)
        cells = [
            "1.00×" if index == comparison.baseline else comparison_text.ratio(ratio)
            for index, ratio in enumerate(comparison.ratios[code])
        ]
        yield (head, *cells)


def _settings(language: Language) -> list[tuple[str, Cell]]:
    """What was measured, how, where and when."""

    def report(code: str) -> str:
        return wording.say("report", code, language)

    def verdict(run: RunResult) -> str:
        return report(f"verdict_{run.verdict.level.value}") if run.verdict is not None else units.DASH

    def inputs(run: RunResult) -> str:
        origins = dict.fromkeys(input_words.of_origin(code, language) for code in run.plan.inputs.values())
        return say("comma", language).join(origins) or units.DASH

    return [
        (say("size_row", language), lambda run: units.size(run.model.size_bytes)),
        (report("parameters"), lambda run: units.quantity(run.model.parameters)),
        (report("flops"), lambda run: units.flops(run.flops.per_inference)),
        (report("precision"), _precision),
        (report("shapes"), lambda run: visible(figures.shapes(run))),
        (report("inputs_from"), inputs),
        (say("runtime_row", language), _runtime),
        (say("device_row", language), lambda run: visible(run.plan.device)),
        (report("threads"), lambda run: str(run.plan.threads)),
        (report("scenario"), lambda run: run.plan.scenario),
        (say("batch_row", language), lambda run: str(run.plan.batch)),
        (say("preset_row", language), lambda run: run.plan.preset),
        (say("processes_row", language), _processes),
        (say("verdict_row", language), verdict),
        (say("machine_row", language), _machine),
        (report("system"), lambda run: visible(run.environment.os or units.DASH)),
        (say("date", language), lambda run: visible(run.created[:16].replace("T", " "))),
    ]


def _precision(run: RunResult) -> str:
    return visible(run.environment.precision_effective or units.DASH)


def _runtime(run: RunResult) -> str:
    return visible(f"{run.plan.runtime} {run.environment.runtime_version or ''}".strip())


def _processes(run: RunResult) -> str:
    return str(max(1, len({one.replicate for one in run.replicates})))


def _machine(run: RunResult) -> str:
    cpu = run.environment.machine.get("cpu")
    name = cpu.get("name") if isinstance(cpu, dict) else None
    return visible(str(name)) if name else units.DASH
