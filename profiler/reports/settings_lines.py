"""How a run was measured, as labelled lines: everything another person needs to measure the same thing."""

from __future__ import annotations

from profiler import input_words, settings_text, units, wording
from profiler.error_text import visible
from profiler.reports import figures
from profiler.reports.figures import Line
from profiler.result import Environment, RunResult
from profiler.wording import Language

_LOAD = (
    "swept", "requests_in_flight", "request_rate", "samples_per_query", "world_size", "fresh_processes",
    "limits", "companions",
)  # fmt: skip


def lines(result: RunResult, language: Language) -> list[Line]:
    """Everything another person needs to measure the same thing."""
    plan, environment = result.plan, result.environment
    rows = {
        "runtime": f"{plan.runtime} {environment.runtime_version or ''}".strip(),
        "device": plan.device,
        "precision": environment.precision_effective or units.DASH,
        "precision_asked": plan.precision_requested if plan.precision_requested != "as_is" else "",
        "scenario": plan.scenario,
        "batch": str(plan.batch),
        "threads": str(plan.threads),
        **_load(result, language),
        "shapes": figures.shapes(result),
        "inputs_from": _inputs(result, language),
        "preset": f"{plan.preset} ({plan.minimum_s:g} – {plan.maximum_s:g} s)",
        "seed": str(plan.seed),
        "percentiles": result.latency.method,
        "date": result.created[:19].replace("T", " ") + " UTC",
        "system": f"{environment.os or units.DASH}, {_python(environment, language)}",
        "cpu": _cpu(result),
        "gpu": _gpus(result),
        "version": environment.inferometer or units.DASH,
        "sha256": result.model.sha256,
    }
    return [Line(_setting_name(code, language), visible(value)) for code, value in rows.items() if value]


def _inputs(result: RunResult, language: Language) -> str:
    """Where the numbers of each input come from, and how many sets of them took turns."""
    plan = result.plan
    each = [f"{name}: {input_words.of_origin(code, language)}" for name, code in plan.inputs.items()]
    if not each:
        return ""
    turns = wording.say("report", "input_sets", language, count=plan.distinct_inputs)
    return "; ".join([*each, turns])


def _setting_name(code: str, language: Language) -> str:
    return wording.say("loads" if code in _LOAD else "report", code, language)


def _python(environment: Environment, language: Language) -> str:
    """The version that measured, marked where it is not the program's own."""
    version = f"Python {environment.python or units.DASH}"
    if environment.python_interpreter != "other":
        return version
    return wording.say("report", "other_python", language, python=version)


def _load(result: RunResult, language: Language) -> dict[str, str]:
    """What the load asks for beyond one request at a time in one process."""
    plan = result.plan
    values = {
        "swept": settings_text.swept(plan.sweep, language),
        "requests_in_flight": str(plan.concurrency) if plan.concurrency > 1 else "",
        "request_rate": units.rate(plan.rate_per_s) if plan.rate_per_s is not None else "",
        "samples_per_query": str(plan.samples_per_query or ""),
        "world_size": str(plan.world_size) if plan.world_size > 1 else "",
        "fresh_processes": str(max((point.processes for point in result.points), default=plan.replicates)),
        "limits": settings_text.limits(plan.limits, language),
        "companions": ", ".join(plan.companions),
    }
    return {code: values[code] for code in _LOAD}


def _cpu(result: RunResult) -> str:
    cpu = result.environment.machine.get("cpu")
    return str(cpu.get("name") or "") if isinstance(cpu, dict) else ""


def _gpus(result: RunResult) -> str:
    gpus = result.environment.machine.get("gpus")
    found = gpus if isinstance(gpus, list | tuple) else ()
    return ", ".join(str(gpu.get("name")) for gpu in found if isinstance(gpu, dict) and gpu.get("name"))
