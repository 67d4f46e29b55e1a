"""One point of a run in words: its numbers, then what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from gui import sentences
from profiler import settings_text, units, wording
from profiler.reports import points_table
from profiler.result import Interval, Point, RunResult


def name(result: RunResult, point: Point) -> str:
    """What tells it from the others."""
    language = sentences.language()
    if point.together:
        return wording.say(
            "loads",
            "others_are",
            language,
            others=wording.say("loads", f"together_{point.together}", language),
        )
    fields = settings_text.varied(result.points, result.plan.sweep) or ["batch"]
    if points_table.is_search(result):
        fields = ["concurrency" if point.rate_per_s is None else "rate_per_s"]
    return settings_text.setting(point, fields, language)


def numbers(result: RunResult, point: Point) -> str:
    """A line of what was measured; only its name where nothing was."""
    latency = point.latency
    if not latency.count:
        return name(result, point)
    waits = [
        f"P50 {units.duration(latency.p50_ns)}{_interval(latency.p50_ci_ns)}",
        f"P99 {units.duration(latency.p99_ns)}{_interval(latency.p99_ci_ns)}",
    ]
    rate = QCoreApplication.translate("Points", "{rate} samples/s").format(
        rate=units.rate(point.throughput.samples_per_s)
    )
    count = QCoreApplication.translate("Points", "{count} measurements").format(count=f"{latency.count:,}")
    return f"{name(result, point)}: " + " · ".join([*waits, rate, *_memory(point), count])


def _interval(interval: Interval | None) -> str:
    if interval is None:
        return ""
    low, high = (units.duration(end) for end in interval)
    return f" ({low} – {high})"


def _memory(point: Point) -> list[str]:
    peak = point.memory.peak_rss_bytes if point.memory is not None else None
    text = QCoreApplication.translate("Points", "{size} of memory at most")
    return [] if peak is None else [text.format(size=units.size(peak))]


def doubts(result: RunResult, point: Point) -> Sequence[str]:
    """Why it failed, or each reason of its verdict that the verdict of the run does not give already."""
    if point.error is not None:
        return [sentences.of_error(point.error, result.model.name)]
    said = result.verdict.reasons if result.verdict is not None else ()
    own = point.verdict.reasons if point.verdict is not None else ()
    return [sentences.of_reason(reason) for reason in own if reason not in said]
