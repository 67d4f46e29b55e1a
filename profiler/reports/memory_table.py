"""Memory by phase and by kind: what the process held when, and what for."""

from __future__ import annotations

from collections.abc import Iterator

from profiler import units
from profiler.reports.operators_table import label
from profiler.reports.sections import Section
from profiler.result import RunResult
from profiler.wording import Language

PHASES = {
    "baseline": "baseline_rss_bytes",
    "load": "load_peak_bytes",
    "after_load": "after_load_rss_bytes",
    "first_call": "first_call_peak_bytes",
    "steady": "steady_peak_bytes",
}
KINDS = {
    "weights": "weights_bytes",
    "activations": "activations_estimate_bytes",
    "workspace": "workspace_bytes",
    "arena": "arena_bytes",
    "inputs": "inputs_bytes",
}


def section(result: RunResult, language: Language) -> Section | None:
    """What is known; None for a run that measured no memory."""
    rows = list(_rows(result, language))
    if not rows or result.memory.baseline_rss_bytes is None:
        return None
    heads = [label("memory_what", language), label("memory_bytes", language)]
    return Section(label("memory_heading", language), [heads, *rows])


def _rows(result: RunResult, language: Language) -> Iterator[list[str]]:
    for code, field in {**PHASES, **KINDS}.items():
        value = getattr(result.memory, field)
        if value is not None:
            yield [label(f"memory_{code}", language), units.size(value)]
    largest = result.largest_batch
    if largest is not None and largest.peak_bytes is not None:
        text = label("memory_largest_batch", language, batch=largest.batch)
        yield [text, units.size(largest.peak_bytes)]
