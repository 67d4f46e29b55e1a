"""Results beside each other: the same rows for each, and what is to be read before comparing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from profiler import input_words, units, wording
from profiler.comparison import work
from profiler.error_text import visible
from profiler.reports import figures
from profiler.result import RunResult
from profiler.wording import Language

Row = tuple[str, ...]


def rows(results: Sequence[RunResult], language: Language) -> list[Row]:
    """A label and a value for each result: the cards, then what each of them computed."""
    labels = [card.label for card in figures.cards(results[0], language)]
    cards = [[card.value for card in figures.cards(result, language)] for result in results]
    return [
        *zip(labels, *cards, strict=True),
        _row("precision_effective", language, (_precision(result) for result in results)),
        _row("shapes", language, (visible(figures.shapes(result)) for result in results)),
        _row("flops", language, (units.flops(result.flops.per_inference) for result in results)),
    ]


def _row(code: str, language: Language, values: Iterable[str]) -> Row:
    return (wording.say("report", code, language), *values)


def notes(results: Sequence[RunResult], language: Language) -> list[str]:
    """What is to be read before any of these results is held against another."""
    return [processes_note(results, language), *differences(results, language)]


def differences(results: Sequence[RunResult], language: Language) -> list[str]:
    """What makes these more than a comparison of formats and runtimes: other precision, work or inputs."""
    found = (
        precision_note(results, language),
        work_note(results, language),
        inputs_note(results, language),
    )
    return [note for note in found if note]


def processes_note(results: Sequence[RunResult], language: Language) -> str:
    """How far a difference between runs may be trusted: by the fewest processes of any of them."""
    fewest = min(len({one.replicate for one in result.replicates}) for result in results)
    if fewest < 2:
        return wording.say("report", "one_process_each", language)
    return wording.say("loads", "several_processes_each", language, count=fewest)


def precision_note(results: Sequence[RunResult], language: Language) -> str:
    """Names the precisions that ran where they differ; empty where all are alike, or nothing is known."""
    ran = {result.environment.precision_effective for result in results}
    if len(ran - {None}) < 2:
        return ""
    return wording.say("report", "precisions_differ", language, list=_list(results, _precision))


def work_note(results: Sequence[RunResult], language: Language) -> str:
    """Names the shapes that ran where they differ; empty where all are alike, or nothing is known."""
    if len({work.sizes(result) for result in results if result.plan.shapes}) < 2:
        return ""
    return wording.say("report", "work_differs", language, list=_list(results, figures.shapes))


def inputs_note(results: Sequence[RunResult], language: Language) -> str:
    """Names what inputs were made of where that differs; empty where all are alike, or nothing is known."""
    if len({work.inputs(result) for result in results if work.tells_inputs(result)}) < 2:
        return ""

    def words(result: RunResult) -> str:
        origins = result.plan.inputs.items()
        return ", ".join(f"{name} {input_words.of_origin(code, language)}" for name, code in origins)

    return wording.say("report", "inputs_differ", language, list=_list(results, words))


def _list(results: Sequence[RunResult], value: Callable[[RunResult], str]) -> str:
    """Each value with those that it holds for, the first to have it first."""
    holders: dict[str, dict[str, None]] = {}
    for result in results:
        who = f"{visible(result.model.name)} ({result.plan.runtime})"
        holders.setdefault(visible(value(result)), {})[who] = None
    return "; ".join(f"{words}: {', '.join(names)}" for words, names in holders.items())


def _precision(result: RunResult) -> str:
    return result.environment.precision_effective or units.DASH
