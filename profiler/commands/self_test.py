"""`inferometer doctor --self-test`: a model of known duration under every load; what measuring adds."""

from __future__ import annotations

import tempfile
from pathlib import Path

import msgspec

from profiler import error_text, units, wording
from profiler.backends import null
from profiler.errors import ErrorKind, KnownError
from profiler.plan import Concurrency, Preset, RunPlan, Scenario, Server, SingleStream, stopping_for
from profiler.result import RunResult
from profiler.runner import Ended, Refused, Run
from profiler.store import Store
from profiler.wording import Language

SERVICE_NS = 1_000_000
DURATION_S = 3.0
LANES = 2
RATE_PER_S = 500.0

# What is worth a remark: shares of the known duration, and ns.
LOOP_NS = 5_000
SCHEDULER_SHARE = 0.2
LANES_SHARE = 0.95
LATE_NS = 200_000
NULL_NS = 300


class Finding(msgspec.Struct, frozen=True):
    """One line: `level` is ok, missing or note; the text is already in the reader's language."""

    name: str
    level: str
    text: str


def findings(language: Language, python: str = "") -> list[Finding]:
    """Measures for some ten seconds, in `python` where it is named; nothing of it goes into the history."""
    with tempfile.TemporaryDirectory(prefix="inferometer-self-test-") as name:
        try:
            return _findings(Path(name), language, python)
        except KnownError as error:
            text = error_text.sentence(error.info, language)
            return [Finding(wording.say("self_test", "broken", language), "missing", text)]


def _findings(folder: Path, language: Language, python: str) -> list[Finding]:
    nothing = null.write(folder / "nothing.null", null.Service(0))
    known = null.write(folder / "known.null", null.Service(SERVICE_NS))
    empty = _measured(nothing, SingleStream(), folder, python)
    single = _measured(known, SingleStream(), folder, python)
    lanes = _measured(known, Concurrency(LANES), folder, python)
    server = _measured(known, Server(RATE_PER_S, workers=1), folder, python)
    found = [
        _timer(empty),
        _loop(single),
        _scheduler(single),
        _lanes(lanes),
        _lateness(server, language),
        _queue(server),
    ]
    return [
        Finding(
            wording.say("self_test", code, language),
            "ok" if is_fine else "note",
            wording.say("self_test", f"{code}_found", language, **values),
        )
        for code, is_fine, values in found
    ]


Found = tuple[str, bool, dict[str, str]]


def _measured(path: Path, scenario: Scenario, folder: Path, python: str) -> RunResult:
    plan = RunPlan(
        str(path),
        "null",
        scenario=scenario,
        preset=Preset.QUICK,
        stopping=stopping_for(Preset.QUICK, DURATION_S),
        threads=1,
        python=python,
    )
    heard: list[object] = []
    run = Run(plan, Store(folder / "history"), heard.append)
    run.start()
    while not run.wait(0.2):
        """Ctrl-C gets through between two waits."""
    last = heard[-1]
    if isinstance(last, Refused):
        raise KnownError(ErrorKind(last.error.kind), last.error.text, **last.error.parameters)
    assert isinstance(last, Ended)
    if last.result.error is not None:
        error = last.result.error
        raise KnownError(ErrorKind(error.kind), error.text, **error.parameters)
    return last.result


def _timer(result: RunResult) -> Found:
    """A call that does nothing: two readings of the clock."""
    p50, p99 = result.boundary.null_call_ns, result.boundary.null_call_p99_ns
    values = {"p50": units.duration(p50), "p99": units.duration(p99)}
    return "timer", p50 is not None and p50 <= NULL_NS, values


def _loop(result: RunResult) -> Found:
    added = (result.latency.p50_ns or 0) - SERVICE_NS
    values = {"known": units.duration(SERVICE_NS), "added": units.duration(added)}
    return "loop", 0 <= added <= LOOP_NS, values


def _scheduler(result: RunResult) -> Found:
    """How much later the slow ones are, though the model always takes the same time."""
    p50, p99 = result.latency.p50_ns, result.latency.p99_ns
    if p50 is None or p99 is None:
        return "scheduler", False, {"late": units.DASH, "worst": units.duration(result.latency.max_ns)}
    values = {
        "late": units.duration(p99 - p50),
        "worst": units.duration((result.latency.max_ns or p99) - p50),
    }
    return "scheduler", p99 - p50 <= SCHEDULER_SHARE * SERVICE_NS, values


def _lanes(result: RunResult) -> Found:
    reached = (result.throughput.inferences_per_s or 0.0) * SERVICE_NS / 1e9 / LANES
    return "lanes", reached >= LANES_SHARE, {"lanes": str(LANES), "share": units.percent(reached)}


def _lateness(result: RunResult, language: Language) -> Found:
    late = result.boundary.lateness
    assert late is not None
    values = {
        "rate": units.rate(RATE_PER_S),
        "p50": units.duration(late.p50_ns),
        "p99": units.duration(late.p99_ns),
        "method": wording.say("self_test", late.wait_method or "sleep", language),
    }
    return "lateness", late.p99_ns is not None and late.p99_ns <= LATE_NS, values


def _queue(result: RunResult) -> Found:
    """M/D/1: at the load rho one worker waits rho * S / (2 * (1 - rho)) on average (Pollaczek-Khinchine)."""
    late = result.boundary.lateness
    assert late is not None
    rho = (late.target_per_s or RATE_PER_S) * SERVICE_NS / 1e9
    theory = SERVICE_NS * (1 + rho / (2 * (1 - rho)))
    values = {
        "mean": units.duration(result.latency.mean_ns),
        "theory": units.duration(theory),
    }
    return "queue", abs((result.latency.mean_ns or 0) / theory - 1) <= SCHEDULER_SHARE, values
