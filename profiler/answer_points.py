"""The answer of a run of several points: of a sweep, a search, or models that live together."""

from __future__ import annotations

from collections.abc import Mapping

from profiler import answer_rates, settings_text, units, wording
from profiler.metrics import curve
from profiler.result import LargestBatch, Point, RunResult
from profiler.wording import Language

# What two starts of one model commonly differ by on a shared machine (DESIGN.md, settled point 4).
PROCESSES_DIFFER = 0.08


def sentence(result: RunResult, language: Language) -> str | None:
    """None where one point says all."""
    if result.largest_batch is not None:
        return _largest(result.largest_batch, language)
    if result.together is not None or any(point.together for point in result.points):
        return _beside(result, language)
    if any(point.stage for point in result.points):
        return _search(result, language)
    return _sweep(result, language) if len(result.points) > 1 else None


def _largest(found: LargestBatch, language: Language) -> str:
    return wording.say(
        "answers",
        _fit_code(found),
        language,
        batch=found.batch,
        peak=units.size(found.peak_bytes),
        limit=units.size(found.limit_bytes),
        failing=found.smallest_failing,
    )


def _fit_code(found: LargestBatch) -> str:
    if not found.batch:
        return "no_batch_fits"
    if found.smallest_failing is None:
        return "largest_batch_tried"
    return "largest_batch" if found.limit_bytes is not None else "largest_batch_on_device"


def _search(result: RunResult, language: Language) -> str:
    kept = settings_text.limits(result.plan.limits, language)
    if result.best_point is None:
        return wording.say("answers", "no_rate", language, limits=kept)
    rate = units.rate(result.points[result.best_point].rate_per_s)
    return wording.say("answers", "highest_rate", language, limits=kept, rate=rate)


def _beside(result: RunResult, language: Language) -> str | None:
    """By the means: what other models take comes in pieces, which a median does not see."""
    found = {point.together: point for point in reversed(result.points)}
    if "alone" not in found or "busy" not in found:
        return None
    alone, busy = (found[name].latency.mean_ns for name in ("alone", "busy"))
    if not alone or (not busy and found["busy"].error is None):
        return None
    return wording.say(
        "answers",
        _compared(alone, busy),
        language,
        alone=units.duration(alone),
        busy=units.duration(busy),
        factor=units.significant((busy or 0.0) / alone),
    )


def _compared(alone_ns: float, busy_ns: float | None) -> str:
    if not busy_ns:
        return "beside_failed"
    return "beside" if abs(busy_ns / alone_ns - 1) > PROCESSES_DIFFER else "beside_alike"


def _sweep(result: RunResult, language: Language) -> str | None:
    measured = [point for point in result.points if point.error is None and point.throughput.samples_per_s]
    if not measured:
        return None
    if result.plan.scenario == "Server" and not result.plan.limits:
        rates = answer_rates.sentence(result, language)
        if rates is not None:
            return rates
    fields = settings_text.varied(result.points, result.plan.sweep)
    if any(point.dimensions for point in measured):
        return _shapes(measured, fields, language)
    code, point = _speaker(result, measured)
    return wording.say(
        "answers",
        code,
        language,
        setting=settings_text.setting(point, fields, language),
        per_s=units.rate(point.throughput.samples_per_s),
        p50=units.duration(point.latency.p50_ns),
        limits=settings_text.limits(result.plan.limits, language),
    )


def _shapes(measured: list[Point], fields: list[str], language: Language) -> str:
    """The quickest and the slowest shape; none of them is the best, since each is other work."""
    ordered = sorted(measured, key=lambda point: point.latency.p50_ns or 0.0)
    first, last = ordered[0], ordered[-1]
    return wording.say(
        "answers",
        "shapes",
        language,
        low=units.duration(first.latency.p50_ns),
        first=settings_text.setting(first, fields, language),
        high=units.duration(last.latency.p50_ns),
        last=settings_text.setting(last, fields, language),
    )


def _speaker(result: RunResult, measured: list[Point]) -> tuple[str, Point]:
    """The best under the limits; without limits the knee, but of Offline the most samples per second."""
    most = max(measured, key=lambda point: point.throughput.samples_per_s or 0.0)
    if result.best_point is not None:
        return "best", result.points[result.best_point]
    if result.plan.limits:
        return "none_proved" if _unmeasured(result.plan.limits, measured) else "none_keeps", most
    if result.knee_point is not None and result.plan.scenario != "Offline":
        return "knee", result.points[result.knee_point]
    return "most", most


def _unmeasured(limits: Mapping[str, float], measured: list[Point]) -> bool:
    """Whether a limit is on something that some point was not measured for: it may keep it after all."""
    return any(curve.value_of(point, name) is None for point in measured for name in limits)
