"""The processes that measured: a line each, one after another or at once, and what their interval is."""

from __future__ import annotations

from profiler import error_text, units
from profiler.reports.sections import Section, label
from profiler.result import Replicate, RunResult
from profiler.wording import Language


def section(result: RunResult, language: Language) -> Section | None:
    """Of the point that speaks for the run; None where one process measured it."""
    own = [one for one in result.replicates if one.point == (result.chosen_point or 0)]
    if len(own) < 2:
        return None
    has_ranks = any(one.rank for one in own)
    heads = [label("process", language), *([label("rank", language)] if has_ranks else [])]
    heads += ["P50", "P99", label("samples_per_s", language)]
    heads += [label("host", language)] if any(one.host for one in own) else []
    heads += [label("cpus", language)] if any(one.cpus for one in own) else []
    heads.append(label("exit", language))
    rows = [_row(one, heads, language, has_ranks) for one in own]
    return Section(label("processes", language), [heads, *rows], _notes(result, own, language))


def _row(one: Replicate, heads: list[str], language: Language, has_ranks: bool) -> list[str]:
    per_s = one.throughput.samples_per_s if one.throughput is not None else None
    cells = {
        label("process", language): str(one.replicate + 1),
        "P50": units.duration(one.latency.p50_ns),
        "P99": units.duration(one.latency.p99_ns),
        label("samples_per_s", language): units.rate(per_s),
        label("host", language): error_text.visible(one.host or ""),
        label("cpus", language): ", ".join(map(str, one.cpus)),
        label("exit", language): label(one.exit, language),
    }
    if has_ranks:
        cells[label("rank", language)] = str(one.rank)
    return [cells[head] for head in heads]


def _notes(result: RunResult, own: list[Replicate], language: Language) -> list[str]:
    method = result.latency.interval_method
    notes = [label(f"method_{method}", language)] if method is not None else []
    return notes + [
        error_text.sentence(one.error, language, file=result.model.name)
        for one in own
        if one.error is not None
    ]
