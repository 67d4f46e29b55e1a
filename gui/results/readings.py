"""The five cards of a result: which number, which words, which interval."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui import sentences
from gui.cards import Reading
from profiler import units
from profiler.metrics.latency import MINIMUM_COUNT
from profiler.reports import figures
from profiler.result import Interval, Reason, RunResult


def lower() -> str:
    return "↓ " + QCoreApplication.translate("Readings", "lower is better")


def higher() -> str:
    return "↑ " + QCoreApplication.translate("Readings", "higher is better")


def needs_count(p: float) -> str:
    """What a percentile without enough samples shows in its place."""
    text = QCoreApplication.translate("Readings", "needs n ≥ {count}")
    return text.format(count=f"{MINIMUM_COUNT[p]:,}")


def all_readings(result: RunResult) -> list[Reading]:
    """Typical wait, slow 1 in 100, answers per second, getting ready, most memory."""
    return [_typical(result), _slow(result), _rate(result), _ready(result), _memory(result)]


def _typical(result: RunResult) -> Reading:
    word = QCoreApplication.translate("Readings", "Typical wait")
    latency = result.latency
    detail = _interval("P50", latency.p50_ci_ns, latency.interval_method)
    return _duration(result, word, latency.p50_ns, "latency.p50_ns", detail, _counted(result))


def _slow(result: RunResult) -> Reading:
    word = QCoreApplication.translate("Readings", "Slow 1 in 100")
    latency = result.latency
    if latency.p99_ns is None and latency.count:
        return Reading(word, None, "", "P99 · " + needs_count(0.99), "", _why(result, "latency.p99_ns"))
    detail = _interval("P99", latency.p99_ci_ns, latency.interval_method)
    return _duration(result, word, latency.p99_ns, "latency.p99_ns", detail, _counted(result))


def _rate(result: RunResult) -> Reading:
    word = QCoreApplication.translate("Readings", "Answers per second")
    rate = result.throughput.inferences_per_s
    if rate is None:
        return _unknown(result, word, "throughput.inferences_per_s")
    batch = result.plan.batch
    told = figures.load_words(result, "per_second", sentences.language())
    if told:
        rate, detail = figures.per_second(result) or rate, told
    elif batch == 1:
        detail = QCoreApplication.translate("Readings", "throughput, one at a time")
    else:
        text = QCoreApplication.translate("Readings", "throughput in batches of {batch}: {rate} samples/s")
        detail = text.format(batch=batch, rate=units.rate(result.throughput.samples_per_s))
    unit = QCoreApplication.translate("Readings", "/s")
    return Reading(word, units.rate(rate), unit, detail, higher(), _counted(result))


def _ready(result: RunResult) -> Reading:
    word = QCoreApplication.translate("Readings", "Getting ready")
    phases = result.phases
    if phases.load_ns is None or phases.first_inference_ns is None:
        missing = "phases.load_ns" if phases.load_ns is None else "phases.first_inference_ns"
        return _unknown(result, word, missing)
    total = phases.load_ns + (phases.compile_ns or 0) + phases.first_inference_ns
    detail = QCoreApplication.translate("Readings", "load + first call")
    text = QCoreApplication.translate("Readings", "Load {load}, first call {first}. Measured once.")
    more = text.format(load=units.duration(phases.load_ns), first=units.duration(phases.first_inference_ns))
    return _duration(result, word, total, "phases.load_ns", detail, more)


def _memory(result: RunResult) -> Reading:
    word = QCoreApplication.translate("Readings", "Most memory used")
    memory = result.memory
    if memory.peak_rss_bytes is None:
        return _unknown(result, word, "memory.peak_rss_bytes")
    number, _, unit = units.size(memory.peak_rss_bytes).partition(" ")
    detail = QCoreApplication.translate("Readings", "peak RSS of the process")
    if memory.model_peak_bytes is not None:
        text = QCoreApplication.translate("Readings", "peak RSS, {share} by the model")
        detail = text.format(share=units.size(memory.model_peak_bytes))
    more = QCoreApplication.translate("Readings", "The most memory that the measuring process held.")
    return Reading(word, number, unit, detail, lower(), more)


def _duration(
    result: RunResult, word: str, value_ns: float | None, name: str, detail: str, more: str
) -> Reading:
    if value_ns is None:
        return _unknown(result, word, name)
    number, _, unit = units.duration(value_ns).partition(" ")
    return Reading(word, number, unit, detail, lower(), more)


def _unknown(result: RunResult, word: str, name: str) -> Reading:
    why = _why(result, name)
    return Reading(word, None, "", why, "", why)


def _why(result: RunResult, name: str) -> str:
    reason = result.unavailable.get(name)
    if reason is None and result.error is not None:
        reason = Reason("run_cut_off")
    if reason is None:
        return QCoreApplication.translate("Readings", "not measured")
    return sentences.of_reason(reason)


def _interval(percentile: str, interval: Interval | None, method: str | None) -> str:
    if interval is None:
        text = QCoreApplication.translate("Readings", "{percentile}, run too short for an interval")
        return text.format(percentile=percentile)
    if method == "range_of_processes":
        text = QCoreApplication.translate("Readings", "{percentile}, processes from {low} to {high}")
    else:
        text = QCoreApplication.translate("Readings", "{percentile}, 95 % sure: {low}–{high}")
    low, high = (units.duration(end) for end in interval)
    if low.rpartition(" ")[2] == high.rpartition(" ")[2]:
        low = low.rpartition(" ")[0]
    return text.format(percentile=percentile, low=low, high=high)


def _counted(result: RunResult) -> str:
    own = [one for one in result.replicates if one.point == (result.chosen_point or 0)]
    if len(own) > 1:
        text = QCoreApplication.translate("Readings", "From {count} measurements in {processes} processes.")
    else:
        text = QCoreApplication.translate("Readings", "From {count} measurements in one process.")
    return text.format(count=f"{result.latency.count:,}", processes=len(own))
