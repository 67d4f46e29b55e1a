"""The one figure of a run for each quantity that runs are compared by."""

from __future__ import annotations

from collections.abc import Sequence

from profiler.result import Latency, Memory, Phases, Replicate, RunResult

MORE_IS_BETTER = ("throughput", "top1")


def value(run: RunResult, quantity: str) -> float | None:
    """ns, bytes, J per inference, samples per second or a share; None where it was not measured.

    `load`: from opening the file to the end of the first inference. Of a sweep: its chosen point.
    """
    labelled = run.accuracy.labelled
    known = {
        "size": run.model.size_bytes,
        "energy": run.energy.per_inference_j,
        "load": ready_ns(run.phases),
        "throughput": run.throughput.samples_per_s,
        "top1": labelled.top1 if labelled is not None else run.accuracy.top1,
        "memory": peak_bytes(run.memory),
    }
    return known[quantity] if quantity in known else _latency(run.latency, quantity)


def of_process(process: Replicate, quantity: str) -> float | None:
    """The same of one process: P50, P99, mean, throughput, memory or load."""
    if quantity == "throughput":
        return process.throughput.samples_per_s if process.throughput is not None else None
    if quantity == "memory":
        return peak_bytes(process.memory) if process.memory is not None else None
    if quantity == "load":
        return ready_ns(process.phases) if process.phases is not None else None
    return _latency(process.latency, quantity)


def _latency(found: Latency, quantity: str) -> float | None:
    value: float | None = getattr(found, f"{quantity}_ns")
    return value


def processes(run: RunResult) -> Sequence[Replicate]:
    """Those that measured what the run's figures are of; documents of one child may not list it."""
    chosen = run.chosen_point or 0
    found = [one for one in run.replicates if one.point == chosen and one.latency.count]
    if run.replicates or not run.latency.count:
        return found
    whole = Replicate(
        run.latency, "finished", throughput=run.throughput, phases=run.phases, memory=run.memory
    )
    return [whole]


def peak_bytes(memory: Memory) -> int | None:
    """Of the device where the process was seen there, else of the process itself."""
    device = memory.device_peak_process_bytes
    return device if device is not None else memory.peak_rss_bytes


def ready_ns(phases: Phases) -> int | None:
    """Loading, compiling and the first inference; None where one of them is not known."""
    if phases.load_ns is None or phases.first_inference_ns is None:
        return None
    return phases.load_ns + (phases.compile_ns or 0) + phases.first_inference_ns
