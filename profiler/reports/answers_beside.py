"""Whether the answers of each run are right, a row a run: parity, accuracy, the same input again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from profiler import units
from profiler.comparison.records import Comparison, Standing
from profiler.reports.comparison_text import say
from profiler.reports.correctness_text import say as words
from profiler.reports.parity_table import error
from profiler.reports.sections import Section
from profiler.result import Idempotence, OutputParity, RunResult
from profiler.wording import Language

_RIGHT = {True: "right_yes", False: "right_no", None: "right_unknown"}
_STATES = ("differs", "within", "identical")
Column = tuple[str, list[str]]


def section(comparison: Comparison, language: Language) -> Section | None:
    """Columns that no run has anything for are left out; None where nobody looked at any answer."""
    columns = list(_columns(comparison, language))
    if not columns:
        return None
    right = [say(_RIGHT[_standing(comparison, at)], language) for at in range(len(comparison.runs))]
    every = [("", list(comparison.names)), (say("is_right", language), right), *columns]
    table = [[head for head, _ in every], *map(list, zip(*(cells for _, cells in every), strict=True))]
    return Section(say("answers", language), table)


def _standing(comparison: Comparison, at: int) -> bool | None:
    found: Standing = comparison.standings[at]
    return found.is_right


def _columns(comparison: Comparison, language: Language) -> Iterator[Column]:
    runs = comparison.runs
    made: list[tuple[str, Callable[[RunResult], str]]] = [
        (say("beside_reference", language), lambda run: _agreement(run, language)),
        (words("max_relative", language), lambda run: error(_worst(max, run, "max_relative"))),
        (words("cosine", language), lambda run: _cosine(_worst(min, run, "cosine"))),
        (words("snr_db", language), lambda run: _decibels(_worst(min, run, "snr_db"))),
        (words("top1_agreement", language), lambda run: units.percent(_worst(min, run, "top1_agreement"))),
        (words("nan_infinite", language), _not_finite),
        (words("top1", language), _top1),
        (
            words("root_mean_square_error", language),
            lambda run: error(_labelled(run, "root_mean_square_error")),
        ),
        (words("mean_iou", language), lambda run: units.percent(_labelled(run, "mean_iou"))),
        (words("metric", language), lambda run: error(_labelled(run, "metric_value"))),
        (say("discordant", language), _discordant),
        (say("same_again", language), lambda run: _again(run.accuracy.idempotence, language)),
    ]
    for head, cell in made:
        cells = [cell(run) for run in runs]
        if any(one not in ("", units.DASH) for one in cells):
            yield head, cells


def _agreement(run: RunResult, language: Language) -> str:
    found = run.accuracy.agreement
    return units.DASH if found is None else say(f"agree_{found.state}", language)


def _worst(choose: Callable[[Sequence[float]], float], run: RunResult, field: str) -> float | None:
    """Of all outputs; the reference stands beside nothing."""
    values = [value for one in run.accuracy.parity if (value := getattr(one, field)) is not None]
    return choose(values) if values else None


def _cosine(value: float | None) -> str:
    return units.DASH if value is None else f"{value:.6f}"


def _decibels(value: float | None) -> str:
    return units.DASH if value is None else f"{value:.1f} dB"


def _not_finite(run: RunResult) -> str:
    """Only where there are any: an empty column is left out."""
    parity: tuple[OutputParity, ...] = run.accuracy.parity
    nan, infinite = sum(one.nan for one in parity), sum(one.infinite for one in parity)
    return f"{nan:,} / {infinite:,}" if nan or infinite else units.DASH


def _top1(run: RunResult) -> str:
    found = run.accuracy.labelled
    if found is None or found.top1 is None:
        return units.DASH
    if found.top1_ci is None:
        return units.percent(found.top1)
    low, high = (units.significant(bound * 100) for bound in found.top1_ci)
    return f"{units.percent(found.top1)} ({low} – {high})"


def _labelled(run: RunResult, field: str) -> float | None:
    """A figure on labelled data; None where there are none, or not of this kind."""
    found = run.accuracy.labelled
    value: float | None = getattr(found, field) if found is not None else None
    return value


def _discordant(run: RunResult) -> str:
    found = run.accuracy.beside_reference
    return units.DASH if found is None else f"{found.only_reference} / {found.only_own}"


def _again(found: Idempotence | None, language: Language) -> str:
    """The worst of where it was tried."""
    if found is None:
        return units.DASH
    if found.is_random:
        return say("again_random", language)
    states = {found.alone.state, found.in_batch.state, found.concurrent.state}
    worst = next((state for state in _STATES if state in states), None)
    return units.DASH if worst is None else say(f"again_{worst}", language)
