"""The report: one HTML file without any script, which opens anywhere and prints."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import jinja2
import markupsafe

from profiler import answer, atomic_file, error_text, sample_parts, wording
from profiler.comparison.records import Comparison
from profiler.errors import ErrorKind, KnownError
from profiler.reports import (
    charts,
    comparison_answer,
    comparison_sections,
    comparison_text,
    correctness_sections,
    curve_chart,
    figures,
    load_sections,
    points_table,
    settings_lines,
    waterfall,
)
from profiler.result import RunResult
from profiler.wording import Language

Pair = tuple[RunResult, charts.Samples | None]

_WORDS = ("p50", "p99", "warmup", "flops", "rss")
_MOST_PROCESSES = 5
_TAGS: dict[Language, str] = {"en": "en", "zh_CN": "zh-Hans"}


def write(
    results: Sequence[Pair],
    path: Path,
    language: Language | Literal["both"],
    comparison: Comparison | None = None,
    only_differences: bool = False,
) -> None:
    """Write the report of these runs; raises KnownError(DISK_FULL or SAVE_FAILED), an old report stays then.

    Each pair is a result and every latency of it in ns, in order, or None. Names of files and operators
    come from strangers: everything is escaped, and a policy in the page forbids scripts and requests.
    `comparison` of these runs stands first; its table may hold only the rows that differ.
    """
    try:
        page = render(results, language, comparison, only_differences)
        atomic_file.write(path, page.encode())
    except OSError as error:
        kind = ErrorKind.DISK_FULL if error.errno == errno.ENOSPC else ErrorKind.SAVE_FAILED
        raise KnownError(kind, error.strerror or str(error), file=path.name) from error


def render(
    results: Sequence[Pair],
    language: Language | Literal["both"],
    comparison: Comparison | None = None,
    only_differences: bool = False,
) -> str:
    """The page as text."""
    chosen = wording.LANGUAGES if language == "both" else (language,)
    source = resources.files("resources").joinpath("report", "report.html").read_text(encoding="utf-8")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    sections = [_section(results, one, comparison, only_differences) for one in chosen]
    return environment.from_string(source).render(
        lang=_TAGS[chosen[0]], say=sections[0]["say"], sections=sections, drawn=markupsafe.Markup
    )


def _section(
    results: Sequence[Pair], language: Language, comparison: Comparison | None, only_differences: bool
) -> dict[str, Any]:
    def say(code: str) -> str:
        return wording.say("report", code, language)

    return {
        "say": say,
        "compared": _compared(results, comparison, language, only_differences),
        "curve": wording.say("loads", "curve", language),
        "runs": [_run(result, samples, language, say) for result, samples in results],
        "words": [*(say(f"glossary_{word}") for word in _WORDS), *_intervals(results, language)],
    }


def _intervals(results: Sequence[Pair], language: Language) -> list[str]:
    """What the intervals of these runs are, each kind once."""
    methods = dict.fromkeys(result.latency.interval_method for result, _ in results)
    return [wording.say("loads", f"method_{method}", language) for method in methods if method is not None]


def _compared(
    results: Sequence[Pair], comparison: Comparison | None, language: Language, only_differences: bool
) -> dict[str, Any]:
    """What stands on the first page; empty for a run by itself."""
    if comparison is None:
        return {}
    samples = [kept for _, kept in results]
    return {
        "heading": comparison_text.say("heading", language),
        "answer": comparison_answer.sentence(comparison, language),
        "notes": comparison_answer.notes(comparison, language),
        "sections": comparison_sections.of(comparison, samples, language, only_differences),
    }


def _run(
    result: RunResult, samples: charts.Samples | None, language: Language, say: Callable[[str], str]
) -> dict[str, Any]:
    plan, verdict = result.plan, result.verdict
    tables = (
        ("latency", figures.percentiles(result, language) if result.latency.count else []),
        ("phases", figures.phases(result, language)),
        ("arithmetic", figures.work(result, language)),
        ("settings", settings_lines.lines(result, language)),
    )
    drawn = _charts(result, samples, language)
    return {
        "name": error_text.visible(result.model.name),
        "where": f"{result.model.format} · {plan.runtime} · {plan.device} · batch {plan.batch}",
        "answer": answer.sentence(result, language),
        "error": error_text.sentence(result.error, language, file=result.model.name) if result.error else "",
        "verdict": say(f"verdict_{verdict.level.value}") if verdict else "",
        "reasons": figures.reasons(result, language),
        "cards": figures.cards(result, language) if result.latency.count else [],
        "answers": correctness_sections.of(result, language),
        "curve": markupsafe.Markup(curve_chart.chart(result, language)),
        "sections": load_sections.of(result, language),
        "histogram": drawn[0],
        "orders": drawn[1],
        "waterfall": markupsafe.Markup(waterfall.chart(result.phases, language)),
        "speaks": points_table.speaks(result, language),
        "tables": [(code, say(code), lines) for code, lines in tables if lines],
        "missing": figures.not_measured(result, language),
    }


def _charts(
    result: RunResult, samples: charts.Samples | None, language: Language
) -> tuple[markupsafe.Markup, list[tuple[str, markupsafe.Markup]]]:
    """The histogram of all processes together, and for each process its calls in order."""
    ref = result.samples
    if samples is None or ref is None or not result.latency.count:
        return markupsafe.Markup(), []
    histogram = charts.histogram(
        sample_parts.steady(ref, samples), result.latency, language, result.plan.limits
    )
    parts = [part for part, _ in sample_parts.by_process(ref, samples)][:_MOST_PROCESSES]
    orders = [
        (
            f"{wording.say('loads', 'process', language)} {index + 1}" if len(parts) > 1 else "",
            markupsafe.Markup(
                charts.run_order(
                    samples[part.first : part.first + part.count],
                    part.cold_count,
                    part.warmup_count,
                    language,
                    result.plan.limits,
                )
            ),
        )
        for index, part in enumerate(parts)
    ]
    return markupsafe.Markup(histogram), orders
