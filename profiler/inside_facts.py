"""What a result says of the inside of a model: operators, memory, and why a part is not known; pure."""

from __future__ import annotations

import msgspec

from hardware.device_memory import DevicePeak
from profiler import accuracy_facts, operators, unavailable
from profiler.errors import ErrorKind
from profiler.heard import Gathered, Heard
from profiler.plan import Preset
from profiler.result import Memory, Operator, Point, Reason, RunResult, Trace


def rows(gathered: Gathered) -> tuple[Operator, ...]:
    """The traced operators, joined to the graph's nodes."""
    if gathered.traced is None:
        return ()
    description = gathered.description
    return operators.rows(gathered.traced, description.nodes if description is not None else ())


def trace(gathered: Gathered, point: Point) -> Trace | None:
    """Beside the calls themselves, where the latency also holds the wait for their turn.

    The traced pass makes one call after another: calls that shared the machine with others are no measure.
    """
    if gathered.traced is None:
        return None
    timed = (point.service or point.latency).mean_ns if point.concurrency == 1 else None
    return operators.summary(gathered.traced, timed)


def memory(gathered: Gathered, heard: Heard | None, point: Point) -> Memory:
    """Of the process as the child told it, with what the graph and the device add."""
    found = point.memory or Memory()
    weights = gathered.description.weights_bytes if gathered.description is not None else None
    total = gathered.machine.get("memory_total_bytes")
    utilisation = found.utilisation
    if heard is not None and heard.device_peak is not None:
        found = msgspec.structs.replace(
            found,
            device_peak_process_bytes=heard.device_peak.process_bytes,
            device_total_bytes=heard.device_peak.total_bytes,
        )
    if found.device_peak_process_bytes and found.device_total_bytes:
        utilisation = found.device_peak_process_bytes / found.device_total_bytes
    elif gathered.plan.device == "cpu" and found.peak_rss_bytes and isinstance(total, int) and total:
        utilisation = found.peak_rss_bytes / total
    estimate = gathered.description.memory if gathered.description is not None else None
    activations = estimate.peak_activations_bytes if estimate is not None else None
    return msgspec.structs.replace(
        found,
        weights_bytes=weights,
        utilisation=utilisation,
        activations_estimate_bytes=activations,
        workspace_bytes=_workspace(found.model_peak_bytes, weights, activations),
    )


def _workspace(peak: int | None, weights: int | None, activations: int | None) -> int | None:
    """What is left of the peak; None where a part is unknown, or where the runtime took less than both (it
    reuses and fuses tensors, or maps weights that it never read)."""
    if peak is None or weights is None or activations is None or peak < weights + activations:
        return None
    return peak - weights - activations


def reasons(result: RunResult, gathered: Gathered, heard: Heard | None) -> dict[str, Reason]:
    """Why each quantity of the result that is None is not known, by its dotted name."""
    finished = heard.finished if heard is not None else None
    device = heard.device_peak if heard is not None else None
    said = {**_of_device(device), **(finished.unavailable if finished is not None else {})}
    described = gathered.description.unavailable if gathered.description is not None else {}
    found = unavailable.reasons(result, described, said, gathered.description_error)
    answers = accuracy_facts.unavailable(result, gathered)
    return found | answers | _of_trace(result, gathered) | _of_precision(result) | _of_quick(result)


def _of_quick(result: RunResult) -> dict[str, Reason]:
    """The Quick preset does not wait for what shows only while the model rests: profiler.further."""
    if result.plan.preset != Preset.QUICK or not result.latency.count:
        return {}
    names = ("disturbances.spinning_cpu_s", "disturbances.gap_p50_ns")
    return dict.fromkeys(names, Reason("quick_leaves_out"))


def _of_precision(result: RunResult) -> dict[str, Reason]:
    if result.environment.precision_effective != "unknown":
        return {}
    is_listed = result.plan.runtime == "openvino"  # which tells the precision of every layer
    code = "precision_of_nothing" if is_listed else "precision_not_told"
    return {"environment.precision_effective": Reason(code, {"runtime": result.plan.runtime})}


def _of_slowdown(result: RunResult) -> dict[str, Reason]:
    if result.trace is None or result.trace.slowdown is not None:
        return {}
    code = "run_cut_off" if result.trace.timed_mean_ns is None else "traced_not_slower"
    if result.plan.concurrency > 1:
        code = "traced_alone"
    return {"trace.slowdown": Reason(code)}


def _of_trace(result: RunResult, gathered: Gathered) -> dict[str, Reason]:
    if gathered.traced is not None:
        nodes = gathered.description.nodes if gathered.description is not None else ()
        return _of_slowdown(result) | operators.gaps(result.operators, nodes)
    error = gathered.trace_error
    if error is None:
        is_asked = gathered.plan.traces and gathered.plan.world_size == 1
        return {"operators": Reason("run_cut_off" if is_asked else "not_traced")}
    if error.kind == ErrorKind.TRACE_NOT_OFFERED:
        return {"operators": Reason("trace_not_offered", dict(error.parameters))}
    return {"operators": Reason("trace_failed", {"detail": error.text or error.kind})}


def _of_device(peak: DevicePeak | None) -> dict[str, Reason]:
    """Why the device's memory could not be read, under the names that the result has for it."""
    names = {"process_bytes": "device_peak_process_bytes", "total_bytes": "device_total_bytes"}
    missing = peak.unavailable if peak is not None else {}
    return {
        f"memory.{names[field]}": Reason(unknown.code, dict(unknown.parameters))
        for field, unknown in missing.items()
        if field in names
    }
