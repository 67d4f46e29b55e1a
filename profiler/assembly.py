"""From what the child said and left behind to one RunResult; pure, so that it is tested without a child."""

from __future__ import annotations

from typing import Any

import msgspec

from hardware.device_memory import DevicePeak
from profiler import messages, unavailable
from profiler.errors import ErrorInfo, ErrorKind
from profiler.metrics import latency as latencies
from profiler.metrics import steadiness, verdict
from profiler.plan import RunPlan
from profiler.result import (
    Environment,
    Flops,
    Latency,
    Memory,
    Model,
    Plan,
    Reason,
    Replicate,
    RunResult,
    SamplesRef,
    Status,
    Steadiness,
    Throughput,
)
from profiler.sample_file import Contents


class Heard(msgspec.Struct):
    """All that a run gathered until now; filled in by the runner as reports come."""

    plan: RunPlan
    id: str
    created: str
    model: Model
    loaded: messages.Loaded | None = None
    warmup_status: str | None = None
    finished: messages.Finished | None = None
    description: messages.Description | None = None
    description_error: ErrorInfo | None = None
    error: ErrorInfo | None = None
    phase: str = "start"
    cancelled: bool = False
    file_changed: bool = False
    device_peak: DevicePeak | None = None
    start_to_first_ns: int | None = None
    machine: dict[str, Any] = {}
    os: str | None = None
    python: str | None = None
    version: str | None = None


def status_of(heard: Heard) -> Status:
    """Failed where there is an error; stopped where the user asked for it."""
    if heard.error is not None and heard.error.kind != ErrorKind.CANCELLED.value:
        return Status.FAILED
    if heard.cancelled or (heard.finished is not None and heard.finished.stopped):
        return Status.STOPPED
    return Status.FINISHED


def interrupted(heard: Heard) -> RunResult:
    """The document that stands for a run until it ends: what is true if everything ends right now."""
    return RunResult(
        id=heard.id,
        created=heard.created,
        status=Status.INTERRUPTED,
        model=heard.model,
        plan=_plan(heard),
        environment=_environment(heard),
    )


def assemble(heard: Heard, contents: Contents | None) -> RunResult:
    """The whole result. Latency is computed here from the samples, never taken from the child's word."""
    samples = contents.steady if contents is not None else None
    block = latencies.summarise(samples, seed=heard.plan.seed) if samples is not None else Latency()
    judged = _steadiness(heard, contents)
    steady_ns = _steady_ns(heard, contents)
    throughput = _throughput(block.count, heard.plan.batch, steady_ns)
    flops = _flops(heard, throughput)
    status = status_of(heard)
    finished = heard.finished
    result = RunResult(
        id=heard.id,
        created=heard.created,
        status=status,
        error=heard.error if status is Status.FAILED else None,
        model=_model(heard),
        plan=_plan(heard),
        environment=_environment(heard),
        latency=block,
        steadiness=judged,
        throughput=throughput,
        flops=flops,
        memory=_memory(heard),
        replicates=(Replicate(block, status.value, judged),),
        samples=_samples_ref(heard.id, contents),
    )
    if finished is not None:
        phases = msgspec.structs.replace(finished.phases, start_to_first_inference_ns=heard.start_to_first_ns)
        result = msgspec.structs.replace(
            result, phases=phases, boundary=finished.boundary, accuracy=finished.accuracy
        )
    reasons = _reasons(heard, status)
    judgement = verdict.judge(block, judged, result.boundary, reasons) if block.count else None
    return msgspec.structs.replace(result, verdict=judgement, unavailable=_unavailable(result, heard))


def _steadiness(heard: Heard, contents: Contents | None) -> Steadiness | None:
    if contents is None or not len(contents.steady):
        return None
    held = heard.finished.stop_rule_held if heard.finished is not None else False
    return steadiness.judge(contents.steady, heard.warmup_status or "stopped", held)


def _steady_ns(heard: Heard, contents: Contents | None) -> int:
    """The time inside blocks by the child's word, but never less than its own samples add up to."""
    added = int(contents.steady.sum()) if contents is not None else 0
    return max(added, heard.finished.steady_ns) if heard.finished is not None else added


def _throughput(count: int, batch: int, steady_ns: int) -> Throughput:
    if not count or not steady_ns:
        return Throughput()
    per_s = count / (steady_ns / 1e9)
    return Throughput(inferences_per_s=per_s, samples_per_s=per_s * batch)


def _flops(heard: Heard, throughput: Throughput) -> Flops:
    found = Flops()
    if heard.description is not None and heard.description.flops.per_inference is not None:
        found = heard.description.flops
    elif heard.finished is not None:
        found = heard.finished.flops
    if found.per_inference is None or throughput.inferences_per_s is None:
        return found
    return msgspec.structs.replace(found, achieved_per_s=found.per_inference * throughput.inferences_per_s)


def _memory(heard: Heard) -> Memory:
    memory = heard.finished.memory if heard.finished is not None else Memory()
    weights = heard.description.weights_bytes if heard.description is not None else None
    total = heard.machine.get("memory_total_bytes")
    utilisation = memory.utilisation
    if heard.device_peak is not None:
        memory = msgspec.structs.replace(
            memory,
            device_peak_process_bytes=heard.device_peak.process_bytes,
            device_total_bytes=heard.device_peak.total_bytes,
        )
    if memory.device_peak_process_bytes and memory.device_total_bytes:
        utilisation = memory.device_peak_process_bytes / memory.device_total_bytes
    elif heard.plan.device == "cpu" and memory.peak_rss_bytes and isinstance(total, int) and total:
        utilisation = memory.peak_rss_bytes / total
    return msgspec.structs.replace(memory, weights_bytes=weights, utilisation=utilisation)


def _model(heard: Heard) -> Model:
    source = heard.loaded or heard.description
    if source is None:
        return heard.model
    parameters = heard.description.parameters if heard.description is not None else None
    return msgspec.structs.replace(
        heard.model, inputs=source.inputs, outputs=source.outputs, parameters=parameters
    )


def _plan(heard: Heard) -> Plan:
    plan, loaded = heard.plan, heard.loaded
    return Plan(
        runtime=plan.runtime,
        device=plan.device,
        precision_requested=plan.precision,
        scenario=type(plan.scenario).__name__,
        batch=plan.batch,
        concurrency=plan.concurrency,
        threads=loaded.threads if loaded is not None else plan.threads,
        world_size=plan.world_size,
        seed=plan.seed,
        preset=plan.preset.value,
        distinct_inputs=plan.distinct_inputs,
        warmup=str(plan.warmup),
        minimum_s=plan.stopping.minimum_s,
        maximum_s=plan.stopping.maximum_s,
        shapes=loaded.shapes if loaded is not None else plan.shapes,
        inputs=loaded.input_origin if loaded is not None else {},
    )


def _environment(heard: Heard) -> Environment:
    loaded = heard.loaded
    return Environment(
        machine=heard.machine,
        os=heard.os,
        python=heard.python,
        inferometer=heard.version,
        runtime_version=loaded.runtime_version if loaded is not None else None,
        precision_effective=loaded.precision_effective if loaded is not None else None,
        placement=loaded.placement if loaded is not None else (),
    )


def _samples_ref(run_id: str, contents: Contents | None) -> SamplesRef | None:
    if contents is None or not len(contents.samples):
        return None
    return SamplesRef(
        file=run_id,
        count=len(contents.samples),
        cold_count=contents.cold_count,
        warmup_count=contents.warmup_count,
    )


def _reasons(heard: Heard, status: Status) -> list[Reason]:
    reasons = [*heard.loaded.notes] if heard.loaded is not None else []
    if heard.file_changed:
        reasons.append(Reason("file_changed"))
    if status is Status.STOPPED:
        reasons.append(Reason("stopped_early"))
    if heard.finished is not None:
        reasons += heard.finished.reasons
        if heard.finished.accuracy.idempotent is False:
            reasons.append(Reason("not_idempotent"))
    return reasons


def _unavailable(result: RunResult, heard: Heard) -> dict[str, Reason]:
    said = {**_of_device(heard.device_peak), **(heard.finished.unavailable if heard.finished else {})}
    described = heard.description.unavailable if heard.description is not None else {}
    return unavailable.reasons(result, described, said, heard.description_error)


def _of_device(peak: DevicePeak | None) -> dict[str, Reason]:
    """Why the device's memory could not be read, under the names that the result has for it."""
    names = {"process_bytes": "device_peak_process_bytes", "total_bytes": "device_total_bytes"}
    missing = peak.unavailable if peak is not None else {}
    return {
        f"memory.{names[field]}": Reason(unknown.code, dict(unknown.parameters))
        for field, unknown in missing.items()
        if field in names
    }
