"""The answer in one sentence, for people who do not program; the same in window, terminal and report."""

from __future__ import annotations

from profiler import units, wording
from profiler.result import RunResult, Status
from profiler.wording import Language


def sentence(result: RunResult, language: Language) -> str:
    """What one answer takes; honest where the run failed, was stopped, or is too short for a percentile."""
    latency = result.latency
    if latency.p50_ns is None:
        code = "failed" if result.status is Status.FAILED else "nothing"
        return wording.say("answers", code, language)
    parts = {"p50": units.duration(latency.p50_ns), "count": f"{latency.count:,}"}
    if latency.p99_ns is not None:
        code, parts["p99"] = "whole", units.duration(latency.p99_ns)
    elif latency.p90_ns is not None:
        code, parts["p90"] = "short", units.duration(latency.p90_ns)
    else:
        code = "few"
    text = wording.say("answers", code, language, **parts)
    if result.status is Status.FINISHED:
        return text
    return text + wording.say("answers", f"{result.status.value}_after", language, **parts)
