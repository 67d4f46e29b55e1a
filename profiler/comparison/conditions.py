"""The conditions of a run as short codes that can be held against each other, and how far they may differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from profiler import units
from profiler.comparison import figures, work
from profiler.comparison.validity import invalid_timing
from profiler.comparison.values import reason_code
from profiler.result import RunResult

Runs = Sequence[RunResult]

# The loop's own cost matters where it differs by so much of the shorter P50 (MEASURING.md, rule 12): tens of
# ns come and go with the machine's clock.
NULL_CALL_SHARE = 0.05
# Steps of a clock, and of a sensor's reading; a processor that is hot all the same is told by its check.
CLOCK_SHARE = 0.05
DEGREES = 10.0
THROTTLED = ("gpu_throttled", "cpu_throttled", "cpu_overheated", "frequency_changed", "power_save")


def joined(*tokens: str) -> str:
    return "; ".join(token for token in tokens if token)


def _token(code: str, value: object) -> str:
    """Empty where there is no value; what separates tokens cannot be in one."""
    text = "" if value is None else str(value).replace(";", ",")
    return f"{code}={text}" if text else ""


def machine(run: RunResult) -> str:
    """Processor, cores, memory and cards."""
    known = run.environment.machine
    cpu = _mapping(known.get("cpu"))
    memory = known.get("memory_total_bytes")
    cards = [str(_mapping(card).get("name") or "") for card in known.get("gpus") or ()]
    return joined(
        _token("processor", cpu.get("name")),
        _token("cores", cpu.get("usable_cores") or cpu.get("physical_cores")),
        _token("memory", units.size(memory) if isinstance(memory, (int, float)) else None),
        _token("cards", ", ".join(cards)),
    )


def device(run: RunResult) -> str:
    return run.plan.device


def driver(run: RunResult) -> str:
    return joined(_token("system", run.environment.os), _token("driver", run.environment.driver))


def runtime(run: RunResult) -> str:
    return run.plan.runtime


def runtime_version(run: RunResult) -> str:
    version = run.environment.runtime_version
    return f"{run.plan.runtime} {version}" if version else ""


def versions_differ(runs: Runs) -> bool:
    """One runtime in two versions."""
    return any(
        len({run.environment.runtime_version for run in runs if run.plan.runtime == name}) > 1
        for name in {run.plan.runtime for run in runs}
    )


def precision(run: RunResult) -> str:
    return run.environment.precision_effective or ""


def threads(run: RunResult) -> str:
    return str(run.plan.threads)


def shapes(run: RunResult) -> str:
    given = run.plan.shapes.items()
    return ", ".join(f"{name} {' × '.join(map(str, shape)) or '()'}" for name, shape in given)


def shapes_differ(runs: Runs) -> bool:
    """Layouts and names do not matter; a run that tells no shapes is not held against others."""
    return len({work.sizes(run) for run in runs if run.plan.shapes}) > 1


def inputs(run: RunResult) -> str:
    return joined(*(_token("input", code) for code in run.plan.inputs.values()), _token("seed", _seed(run)))


def _seed(run: RunResult) -> int | None:
    """Told where it is not the usual one."""
    return run.plan.seed or None


def inputs_differ(runs: Runs) -> bool:
    told = [run for run in runs if work.tells_inputs(run)]
    return len({(work.inputs(run), run.plan.seed) for run in told}) > 1


def scenario(run: RunResult) -> str:
    """The load, with its batch, requests under way, rate and companions."""
    plan = run.plan
    return joined(
        plan.scenario,
        _token("batch", plan.batch),
        _token("in_flight", plan.concurrency if plan.concurrency > 1 else None),
        _token("rate", units.rate(plan.rate_per_s) if plan.rate_per_s else None),
        _token("world_size", plan.world_size if plan.world_size > 1 else None),
        _token("query", plan.samples_per_query),
        _token("beside", ", ".join(plan.companions)),
    )


def boundary(run: RunResult) -> str:
    """Copies from and to the host count in every run of this program, so that they cannot differ."""
    null_call = run.boundary.null_call_ns
    return joined(
        "from_due" if run.plan.scenario == "Server" else "from_send",
        _token("warmup", run.plan.warmup),
        _token("null_call", units.duration(null_call) if null_call is not None else None),
    )


def boundaries_differ(runs: Runs) -> bool:
    """Unlike beginnings or warm-ups, or loops whose costs differ by more than 5 % of the shortest P50."""
    if len({(run.plan.scenario == "Server", run.plan.warmup) for run in runs}) > 1:
        return True
    costs = [run.boundary.null_call_ns for run in runs if run.boundary.null_call_ns is not None]
    waits = [run.latency.p50_ns for run in runs if run.latency.p50_ns is not None]
    return bool(costs and waits) and max(costs) - min(costs) > NULL_CALL_SHARE * min(waits)


def clocks(run: RunResult) -> str:
    """How the processor was set and what its clock did, before and during the run."""
    seen = run.disturbances.get("frequency_median_mhz")
    return joined(
        _token("governor", _setting(run)),
        "turbo_off" if _state(run, "turbo") == "note" else "",
        "on_battery" if _on_battery(run) else "",
        "throttled" if _is_throttled(run) else "",
        _token("clock", f"{seen:.0f} MHz" if isinstance(seen, (int, float)) else None),
    )


def clocks_differ(runs: Runs) -> bool:
    """Unlike settings, or median clocks more than 5 % apart; a clock that nobody could read is not held
    against one that was."""
    if _differ(runs, _setting) or _differ(runs, lambda run: _state(run, "turbo")):
        return True
    if len({(_on_battery(run), _is_throttled(run)) for run in runs}) > 1:
        return True
    seen = [run.disturbances.get("frequency_median_mhz") for run in runs]
    known = [float(clock) for clock in seen if isinstance(clock, (int, float)) and clock > 0]
    return bool(known) and max(known) > min(known) * (1 + CLOCK_SHARE)


def _differ(runs: Runs, tell: Callable[[RunResult], str]) -> bool:
    return len({told for run in runs if (told := tell(run))}) > 1


def _setting(run: RunResult) -> str:
    check = next((one for one in run.readiness if one.code == "power_profile"), None)
    told = check.parameters.get("setting") if check is not None else None
    return told or str(_mapping(run.environment.machine.get("cpu")).get("governor") or "")


def _state(run: RunResult, code: str) -> str:
    """Of a check before the run; empty where it was not made or could not be."""
    state = next((one.state for one in run.readiness if one.code == code), "unknown")
    return "" if state == "unknown" else state


def _on_battery(run: RunResult) -> bool:
    return run.disturbances.get("on_battery") is True or _state(run, "power_source") == "warning"


def _is_throttled(run: RunResult) -> bool:
    reasons = run.verdict.reasons if run.verdict is not None else ()
    return any(reason.code in THROTTLED for reason in reasons)


def temperature(run: RunResult) -> str:
    """Before the run and the most during it, in degrees Celsius."""
    before, most = _celsius(run)
    return joined(
        _token("before", f"{before:.0f} °C" if before is not None else None),
        _token("most", f"{most:.0f} °C" if most is not None else None),
    )


def temperatures_differ(runs: Runs) -> bool:
    """More than 10 degrees apart before or during; what no sensor tells cannot differ."""
    columns = zip(*(_celsius(run) for run in runs), strict=True)
    known = [[value for value in column if value is not None] for column in columns]
    return any(column and max(column) - min(column) > DEGREES for column in known)


def _celsius(run: RunResult) -> tuple[float | None, float | None]:
    check = next((one for one in run.readiness if one.code == "temperature"), None)
    told = check.parameters.get("celsius") if check is not None else None
    cards = run.disturbances.get("gpus") or ()
    seen = [run.disturbances.get("max_temperature_c")]
    seen += [_mapping(card).get("max_temperature_c") for card in cards]
    known = [float(one) for one in seen if isinstance(one, (int, float))]
    return _number(told), max(known, default=None)


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None else None
    except ValueError:
        return None


def verdict(run: RunResult) -> str:
    """The level, with the reasons for which the timing itself cannot be believed."""
    level = run.verdict.level.value if run.verdict is not None else ""
    return joined(level, *(_token("reason", reason_code(one)) for one in invalid_timing(run)))


def verdicts_differ(runs: Runs) -> bool:
    return is_some_timing_invalid(runs) or len({verdict(run) for run in runs}) > 1


def is_some_timing_invalid(runs: Runs) -> bool:
    return any(invalid_timing(run) for run in runs)


def status(run: RunResult) -> str:
    return run.status.value


def python(run: RunResult) -> str:
    """Without the patch level, which changes nothing that is timed; and whether it is our own interpreter."""
    version = run.environment.python
    own = run.environment.python_interpreter
    return joined(
        ".".join(version.split(".")[:2]) if version else "", "other_python" if own == "other" else ""
    )


def processes(run: RunResult) -> str:
    return str(len({one.replicate for one in figures.processes(run)}))


def group(run: RunResult) -> str:
    return _token("in_turns", run.group) or "by_itself"


def date(run: RunResult) -> str:
    return run.created[:10]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
