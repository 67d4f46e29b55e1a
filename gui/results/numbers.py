"""Every number of a result in sections, and everything that could not be measured with its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication

from gui import sentences
from gui.models.settings_table import Fact, Section
from gui.results import names
from gui.results.readings import needs_count
from profiler import units, wording
from profiler.metrics.latency import MINIMUM_COUNT
from profiler.result import Interval, RunResult

_PERCENTILES = {"p50_ns": 0.50, "p90_ns": 0.90, "p95_ns": 0.95, "p99_ns": 0.99, "p999_ns": 0.999}
_SHARES = ("cv", "counted_fraction", "utilisation", "host_overhead", "top1", "top5", "uncertainty")
_FLOPS = ("per_inference", "per_sample", "other_per_inference")
_PARTS = ("latency", "throughput", "phases", "memory", "flops", "boundary", "accuracy")


def sections(result: RunResult) -> list[Section]:
    """What was measured, part by part; a percentile without enough samples stays, with what it needs."""
    titles, words = names.parts(), names.words()
    return [
        Section(titles[part], [fact for fact in _facts(result, part, words) if fact is not None])
        for part in _PARTS
    ]


def not_measurable(result: RunResult) -> list[Section]:
    """Each missing quantity with its reason, part by part."""
    titles, words = names.parts(), names.words()
    ordered = [name for name in words if name in result.unavailable]
    ordered += [name for name in result.unavailable if name not in words]
    facts: dict[str, list[Fact]] = {}
    for name in ordered:
        note = sentences.of_reason(result.unavailable[name])
        facts.setdefault(name.partition(".")[0], []).append(Fact(words.get(name, name), None, note))
    return [Section(titles.get(part, part), rows) for part, rows in facts.items()]


def _facts(result: RunResult, part: str, words: dict[str, str]) -> list[Fact | None]:
    return [
        _fact(result, part, name.partition(".")[2], text)
        for name, text in words.items()
        if name.startswith(f"{part}.")
    ]


def _fact(result: RunResult, part: str, field: str, words: str) -> Fact | None:
    if field == "finite":
        return None
    value = getattr(getattr(result, part), field)
    if value is not None:
        return Fact(words, _text(field, value), _note(result, field))
    p = _PERCENTILES.get(field)
    if p is not None and 0 < result.latency.count < MINIMUM_COUNT[p]:
        return Fact(words, None, needs_count(p))
    return None


def _text(field: str, value: Any) -> str:
    if isinstance(value, tuple):
        return interval(value)
    if isinstance(value, bool):
        yes, no = QCoreApplication.translate("Numbers", "yes"), QCoreApplication.translate("Numbers", "no")
        return yes if value else no
    return _format(field)(value)


def interval(ends: Interval) -> str:
    """4.07 ms – 4.13 ms."""
    return f"{units.duration(ends[0])} – {units.duration(ends[1])}"


def _format(field: str) -> Callable[[Any], str]:
    if field.endswith("_ns"):
        return units.duration
    if field.endswith("_bytes"):
        return units.size
    if field in _SHARES:
        return units.percent
    if field in _FLOPS:
        return units.flops
    return _OTHERS.get(field, str)


def _percent_points(value: float) -> str:
    return f"{units.significant(value)} %"


_OTHERS: dict[str, Callable[[Any], str]] = {
    "inferences_per_s": units.rate,
    "samples_per_s": units.rate,
    "macs_per_inference": units.quantity,
    "achieved_per_s": units.flop_rate,
    "percent_of_peak": _percent_points,
    "warmup_count": "{:,}".format,
    "dataset_size": "{:,}".format,
    "max_repeat_difference": "{:.3g}".format,
}


def _note(result: RunResult, field: str) -> str:
    makers = {
        "p50_ns": _counted,
        "p50_ci_ns": _how,
        "counted_fraction": _uncounted,
        "steady_ns": _spread,
        "null_call_ns": _null,
    }
    return makers[field](result) if field in makers else ""


def _counted(result: RunResult) -> str:
    text = QCoreApplication.translate("Numbers", "of {count} measurements; {method}")
    return text.format(count=f"{result.latency.count:,}", method=result.latency.method)


def _how(result: RunResult) -> str:
    """What kind of interval it is."""
    code = f"method_{result.latency.interval_method}"
    return wording.say("loads", code, sentences.language()) if wording.has("loads", code) else ""


def _uncounted(result: RunResult) -> str:
    missed = result.flops.uncounted_operators
    listed = ", ".join(f"{name} × {count}" for name, count in sorted(missed.items()))
    return (
        QCoreApplication.translate("Numbers", "not counted: {names}").format(names=listed) if missed else ""
    )


def _spread(result: RunResult) -> str:
    if result.steadiness is None or result.steadiness.segment_spread is None:
        return ""
    text = QCoreApplication.translate("Numbers", "medians of ten equal parts differ by {spread}")
    return text.format(spread=units.percent(result.steadiness.segment_spread))


def _null(_result: RunResult) -> str:
    return QCoreApplication.translate("Numbers", "the same loop over a call that does nothing")
