"""The answer of an open loop at several rates: up to which it keeps up, and what the answers take there."""

from __future__ import annotations

from profiler import settings_text, units, wording
from profiler.result import Point, RunResult
from profiler.wording import Language


def sentence(result: RunResult, language: Language) -> str | None:
    """None where it is not known of each measured rate whether the backlog grew."""
    measured = [point for point in result.points if point.latency.p50_ns is not None]
    grows = [point.lateness.backlog_grows if point.lateness is not None else None for point in measured]
    if not measured or None in grows:
        return None
    kept = [point for point, is_behind in zip(measured, grows, strict=True) if not is_behind]
    behind = [point for point, is_behind in zip(measured, grows, strict=True) if is_behind]
    if not kept:
        return _say("no_rate_kept_up", min(behind, key=_rate), result, language)
    most = max(kept, key=_rate)
    text = _say("keeps_up" if most.latency.p99_ns is not None else "keeps_up_short", most, result, language)
    above = [point for point in behind if _rate(point) > _rate(most)]
    return text + (_say("behind_from", min(above, key=_rate), result, language) if above else "")


def _rate(point: Point) -> float:
    return point.rate_per_s or 0.0


def _say(code: str, point: Point, result: RunResult, language: Language) -> str:
    fields = settings_text.varied(result.points, result.plan.sweep) or ["rate_per_s"]
    return wording.say(
        "answers",
        code,
        language,
        setting=settings_text.setting(point, fields, language),
        p50=units.duration(point.latency.p50_ns),
        p99=units.duration(point.latency.p99_ns),
    )
