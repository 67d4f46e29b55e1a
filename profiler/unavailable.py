"""Why a quantity is None: every gap of a result gets a code, never a zero and never silence."""

from __future__ import annotations

from collections.abc import Mapping

from profiler.errors import ErrorInfo
from profiler.metrics.latency import MINIMUM_COUNT
from profiler.result import Reason, RunResult

_PARTS = {
    "phases": "run_cut_off",
    "boundary": "run_cut_off",
    "latency": "run_cut_off",
    "throughput": "run_cut_off",
    "flops": "not_counted",
    "memory": "run_cut_off",
    "energy": "power_not_read",
    "accuracy": "run_cut_off",
}

_ALWAYS = {
    "flops.percent_of_peak": "peak_not_known",
    "flops.peak_source": "peak_not_known",
}

# What only some runs ask for; where it is missing, nothing is.
NOT_ASKED = {"boundary.service", "boundary.lateness", "boundary.native", "latency.interval_method"}

_ON_DEVICE = ("boundary.h2d_ns", "boundary.compute_ns", "boundary.d2h_ns", "boundary.device_ns")

_WITH_SAMPLES = {
    "latency.p50_ci_ns": "needs_blocks",
    "latency.p99_ci_ns": "needs_blocks",
    "latency.std_ns": "needs_two",
    "latency.cv": "needs_two",
}

_COMPILED = {
    "onnxruntime": "compiled_while_loading",
    "torchscript": "compiled_at_first_calls",
    "torch_export": "not_compiled",
    "aot_inductor": "compiled_before",
    "tensorrt": "compiled_before",
}
_PERCENTILES = {
    "latency.p90_ns": 0.90,
    "latency.p95_ns": 0.95,
    "latency.p99_ns": 0.99,
    "latency.p999_ns": 0.999,
}


def gaps(result: RunResult) -> dict[str, str]:
    """The dotted name of every quantity that is None, with the reason that holds by default."""
    return {
        f"{part}.{field}": fallback
        for part, fallback in _PARTS.items()
        for field in getattr(result, part).__struct_fields__
        if getattr(getattr(result, part), field) is None and f"{part}.{field}" not in NOT_ASKED
    }


def reasons(
    result: RunResult,
    described: Mapping[str, Reason],
    said: Mapping[str, Reason],
    inspect_error: ErrorInfo | None,
) -> dict[str, Reason]:
    """A reason for each gap; what the child said wins over what inspecting said, and that over the rules."""
    missing = gaps(result)
    known = {
        **_of_rules(result),
        **_of_counts(result),
        **_of_inspecting(missing, described, inspect_error),
        **said,
    }
    return {name: known.get(name, Reason(fallback)) for name, fallback in missing.items()}


def _of_rules(result: RunResult) -> dict[str, Reason]:
    codes = dict(_ALWAYS)
    if result.latency.count:
        codes |= _WITH_SAMPLES
    codes["phases.compile_ns"] = _COMPILED.get(result.plan.runtime, "compiled_while_loading")
    codes |= dict.fromkeys(_ON_DEVICE, "no_copies" if result.plan.device == "cpu" else "no_device_events")
    on_device = "device_is_cpu" if result.plan.device == "cpu" else "device_memory_not_read"
    for field in ("device_peak_process_bytes", "device_peak_allocated_bytes", "device_total_bytes"):
        codes[f"memory.{field}"] = on_device
    codes["memory.activations_estimate_bytes"] = "activations_not_known"
    codes["memory.workspace_bytes"] = "workspace_not_known"
    arena = Reason("arena_not_told", {"runtime": result.plan.runtime})
    return {name: Reason(code) for name, code in codes.items()} | {"memory.arena_bytes": arena}


def _of_counts(result: RunResult) -> dict[str, Reason]:
    count = result.latency.count
    if not count:
        return {}
    found = {name: _needs(p, count) for name, p in _PERCENTILES.items()}
    if result.latency.p99_ns is None:
        found["latency.p99_ci_ns"] = _needs(0.99, count)
    return found


def _needs(p: float, count: int) -> Reason:
    return Reason("needs_count", {"needed": str(MINIMUM_COUNT[p]), "count": str(count)})


def _of_inspecting(
    missing: Mapping[str, str], described: Mapping[str, Reason], error: ErrorInfo | None
) -> dict[str, Reason]:
    if error is None:
        return dict(described)
    reason = Reason("inspect_failed", {"detail": error.text or error.kind})
    names = [name for name in missing if name.startswith("flops.") or name == "memory.weights_bytes"]
    return {name: reason for name in names if name not in _ALWAYS}
