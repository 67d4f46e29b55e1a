"""The answer in one sentence, for people who do not program; the same in window, terminal and report."""

from __future__ import annotations

from profiler import answer_limits, answer_points, units, wording
from profiler.result import Latency, RunResult, Status
from profiler.wording import Language


def sentence(result: RunResult, language: Language) -> str:
    """What the load that was measured answers; honest where the run failed, was stopped, or is too short."""
    if result.latency.p50_ns is None:
        code = "failed" if result.status is Status.FAILED else "nothing"
        return wording.say("answers", code, language)
    parts = _parts(result)
    text = answer_points.sentence(result, language) or wording.say(
        "answers", _code(result), language, **parts
    )
    text += answer_limits.sentence(result, language)
    if result.status is Status.FINISHED:
        return text
    return text + wording.say("answers", f"{result.status.value}_after", language, **parts)


def _parts(result: RunResult) -> dict[str, object]:
    """Every number that a sentence may hold."""
    latency, plan = result.latency, result.plan
    return {
        "p50": units.duration(latency.p50_ns),
        "p90": units.duration(latency.p90_ns),
        "p99": units.duration(latency.p99_ns),
        "count": f"{latency.count:,}",
        "per_s": units.rate(result.throughput.samples_per_s),
        "rate": units.rate(plan.rate_per_s),
        "samples": plan.samples_per_query or plan.batch,
        "batch": plan.batch,
        "concurrency": plan.concurrency,
        "world": result.throughput.world_size,
    }


def _code(result: RunResult) -> str:
    """Which sentence fits the load."""
    if result.throughput.world_size > 1:
        return "world"
    few = "" if result.latency.p99_ns is not None else "_short"
    codes = {
        "MultiStream": f"query{few}",
        "Offline": "offline",
        "Concurrency": "in_flight",
        "Server": f"at_rate{few}",
    }
    lateness = result.boundary.lateness
    if lateness is not None and lateness.backlog_grows:
        return "falls_behind"
    return codes.get(result.plan.scenario, _wait(result.latency))


def _wait(latency: Latency) -> str:
    """By the highest percentile that may be shown."""
    if latency.p99_ns is not None:
        return "whole"
    return "short" if latency.p90_ns is not None else "few"
