"""What makes runs less than comparable, each with who has what; accepted differences stay in every report."""

from __future__ import annotations

from collections.abc import Sequence

from profiler import wording
from profiler.comparison import gate
from profiler.comparison.names import names_apart
from profiler.comparison.records import Comparison, Difference
from profiler.comparison.values import value_words
from profiler.error_text import visible
from profiler.reports.comparison_text import TOPIC, say
from profiler.result import RunResult
from profiler.wording import Language


def lines(comparison: Comparison, language: Language) -> list[str]:
    """A sentence for each difference, those that withhold a judgement first, and what can be done."""
    told = sorted(comparison.differences, key=lambda one: not one.is_open)
    said = [sentence(comparison, one, language) for one in told]
    aspects = [one.aspect for one in told if one.is_open]
    if aspects:
        said.append(say("withheld", language, aspects=",".join(aspects)))
    return said


def of_runs(runs: Sequence[RunResult], language: Language) -> list[str]:
    """What makes runs that are shown at once more than a comparison of formats and runtimes."""
    names = names_apart(runs)
    return [_said(names, one, language) for one in gate.differences(runs) if one.blocks]


def sentence(comparison: Comparison, difference: Difference, language: Language) -> str:
    """Not the same, threads: 2 (a.onnx, b.onnx); 4 (c.onnx)."""
    return _said(comparison.names, difference, language)


def _said(names: Sequence[str], difference: Difference, language: Language) -> str:
    told = values(names, difference, language)
    return say(_code(difference), language, aspect=aspect(difference.aspect, language), values=told)


def _code(difference: Difference) -> str:
    if difference.is_accepted:
        return "difference_accepted"
    if difference.is_asked_for:
        return "difference_asked"
    return "difference" if difference.blocks else "difference_noted"


def aspect(code: str, language: Language) -> str:
    """What differs, in words; one from a newer version by its code."""
    known = f"aspect_{code}"
    return say(known, language) if wording.has(TOPIC, known) else visible(code)


def values(names: Sequence[str], difference: Difference, language: Language) -> str:
    """Each value with those that it holds for, the first to have it first."""
    holders: dict[str, list[str]] = {}
    for name, value in zip(names, difference.values, strict=True):
        holders.setdefault(value, []).append(name)
    return say("semicolon", language).join(
        say(
            "holders",
            language,
            value=value_words(value, language) or say("unknown_value", language),
            names=say("comma", language).join(found),
        )
        for value, found in holders.items()
    )
