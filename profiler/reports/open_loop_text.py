"""An open loop in words: response against service, and how well the schedule was kept."""

from __future__ import annotations

from profiler import units, wording
from profiler.reports.sections import Section, label
from profiler.result import Latency, Lateness, RunResult
from profiler.wording import Language

_FIELDS = ("mean_ns", "p50_ns", "p90_ns", "p95_ns", "p99_ns", "max_ns")


def section(result: RunResult, language: Language) -> Section | None:
    """From when a request was due, against from when it was begun; None for a closed loop."""
    service = result.boundary.service
    if service is None:
        return None
    heads = ["", label("mean", language), "P50", "P90", "P95", "P99", "max"]
    rows = [_row("response", result.latency, language), _row("service", service, language)]
    return Section(label("open_loop", language), [heads, *rows])


def _row(code: str, block: Latency, language: Language) -> list[str]:
    return [label(code, language), *(units.duration(getattr(block, field)) for field in _FIELDS)]


def schedule(result: RunResult, language: Language) -> Section | None:
    """The lateness block."""
    late = result.boundary.lateness
    if late is None:
        return None
    notes = [label("backlog", language)] if late.backlog_grows else []
    rows = [[label(code, language), text] for code, text in _lines(late, language)]
    return Section(label("lateness", language), [["", ""], *rows], notes)


def _method(code: str | None, language: Language) -> str:
    return wording.say("self_test", code, language) if code is not None else units.DASH


def _lines(late: Lateness, language: Language) -> list[tuple[str, str]]:
    sent = label(
        "rates_value",
        language,
        achieved=units.rate(late.achieved_per_s),
        target=units.rate(late.target_per_s),
    )
    lines = [
        ("rates", sent),
        ("late", f"P50 {units.duration(late.p50_ns)}, P99 {units.duration(late.p99_ns)}"),
        ("over_1ms", units.percent(late.over_1ms_share)),
        ("all_busy", units.percent(late.all_busy_share)),
        ("workers", units.DASH if late.workers is None else str(late.workers)),
        ("wait_method", _method(late.wait_method, language)),
    ]
    return lines + ([("unanswered", f"{late.unanswered:,}")] if late.unanswered else [])
