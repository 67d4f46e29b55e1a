"""One measurement in the child, from an opened backend to the last sample; every phase is timed apart."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple

import numpy as np
import psutil

from profiler import inputs, messages, process_memory, shapes
from profiler.backends.base import Array, Backend, Call, LoadOptions, Session
from profiler.errors import ErrorKind, KnownError
from profiler.metrics import latency
from profiler.plan import RunPlan
from profiler.result import Accuracy, Boundary, Flops, Memory, Phases, Reason, Tensor
from profiler.sample_file import Writer
from profiler.scenarios import BlockReport, SingleStreamLoop, Steady, WarmUp, null_call_ns

Send = Callable[[messages.Report], None]
CountFlops = Callable[[Call, int], Flops]

REPORT_EVERY_NS = 100_000_000
COLD_CALLS = 2


class Opened(NamedTuple):
    """A model that is ready to run, with what it took; times in ns, memory in bytes."""

    session: Session
    pool: list[dict[str, Array]]
    import_ns: int
    load_ns: int
    baseline_bytes: int
    after_load_bytes: int


class Measurement:
    """Carries out one plan. `stop_asked` is set by the thread that listens to the parent."""

    def __init__(self, plan: RunPlan, send: Send, stop_asked: Callable[[], bool]) -> None:
        self._plan, self._send, self._stop_asked = plan, send, stop_asked
        self._phase = "import"
        self._unavailable: dict[str, Reason] = {}
        self._reasons: list[Reason] = []

    @property
    def phase(self) -> str:
        return self._phase

    def run(
        self,
        open_backend: Callable[[], Backend],
        limits: Callable[[], Mapping[str, int]],
        samples_file: Path,
        count_flops: CountFlops | None,
    ) -> None:
        """From import to Finished; raises KnownError, or whatever the runtime raises."""
        opened = self._open(open_backend, limits)
        session = opened.session
        writer = Writer(samples_file)
        try:
            self._measure(opened, writer, count_flops)
        except Exception as error:
            raise session.explain(error) from error
        finally:
            writer.close()
        session.close()

    def _open(self, open_backend: Callable[[], Backend], limits: Callable[[], Mapping[str, int]]) -> Opened:
        self._enter("import")
        begin = perf_counter_ns()
        backend = open_backend()
        import_ns = perf_counter_ns() - begin
        process_memory.reset_peak()
        baseline = process_memory.resident_bytes()
        self._enter("load")
        options = LoadOptions(self._plan.device, threads_of(self._plan), self._plan.precision)
        begin = perf_counter_ns()
        session = backend.load(Path(self._plan.model_path), options)
        load_ns = perf_counter_ns() - begin
        after_load = process_memory.resident_bytes()
        self._enter("inputs")
        pool, origin = self._inputs(session.inputs, limits)
        self._say_loaded(backend, session, pool, origin, options.threads)
        return Opened(session, pool, import_ns, load_ns, baseline, after_load)

    def _inputs(
        self, specs: tuple[Tensor, ...], limits: Callable[[], Mapping[str, int]]
    ) -> tuple[list[dict[str, Array]], dict[str, str]]:
        plan = self._plan
        given = inputs.read_files(plan.input_files, specs)
        wanted = {**plan.shapes, **{name: tuple(array.shape) for name, array in given.items()}}
        concrete = shapes.concrete_shapes(specs, plan.batch, wanted, plan.dimensions)
        room = psutil.virtual_memory().available
        if plan.memory_limit_bytes:
            room = min(room, plan.memory_limit_bytes)
        inputs.check_room(specs, concrete, plan.distinct_inputs, room)
        asked = any(np.dtype(spec.dtype).kind in "iu" for spec in specs if spec.name not in given)
        tables = limits() if asked else {}
        pool = [
            inputs.make(specs, concrete, plan.seed + index, tables, given)
            for index in range(plan.distinct_inputs)
        ]
        origin = {spec.name: "file" if spec.name in given else "made" for spec in specs}
        return pool, origin

    def _say_loaded(
        self,
        backend: Backend,
        session: Session,
        pool: list[dict[str, Array]],
        origin: dict[str, str],
        threads: int,
    ) -> None:
        self._send(
            messages.Loaded(
                runtime_version=backend.version(),
                precision_effective=session.precision_effective,
                placement=session.placement,
                inputs=session.inputs,
                outputs=session.outputs,
                shapes={name: tuple(array.shape) for name, array in pool[0].items()},
                input_origin=origin,
                threads=threads,
                notes=session.notes,
            )
        )

    def _measure(self, opened: Opened, writer: Writer, count_flops: CountFlops | None) -> None:
        self._enter("first")
        calls = [opened.session.bind(arrays) for arrays in opened.pool]
        loop = SingleStreamLoop(calls, writer, perf_counter_ns, self._stop_asked)
        null_ns = np.sort(null_call_ns(perf_counter_ns))
        cold = self._cold(loop, writer)
        peak = process_memory.peak_bytes() or process_memory.resident_bytes()
        warm = self._warm_up(loop)
        self._phase = "steady"
        self._send(messages.Measuring(first_index=writer.count, warmup_status=warm.status))
        steady = self._steady(loop)
        resident = process_memory.resident_bytes() - writer.touched_bytes
        self._phase = "after"
        first = COLD_CALLS + warm.calls
        p50 = float(np.median(writer.array(first))) if writer.count > first else 0.0
        self._send(
            messages.Finished(
                stopped=steady.stopped,
                phases=_phases(opened, cold, warm, steady),
                boundary=_boundary(null_ns, p50),
                memory=self._memory(opened, max(peak, resident)),
                flops=self._flops(count_flops, calls[0]),
                accuracy=self._repeat(opened.session, calls[0]),
                parameters=None,
                steady_ns=steady.elapsed_ns,
                block_starts=(),
                stop_rule_held=steady.rule_held,
                reasons=tuple(self._reasons),
                unavailable=self._unavailable,
            )
        )

    def _cold(self, loop: SingleStreamLoop, writer: Writer) -> tuple[int, int]:
        first = loop.cold_call()
        writer.mark_cold(1)
        self._send(messages.FirstInference(first_inference_ns=first))
        second = loop.cold_call()
        writer.mark_cold(COLD_CALLS)
        return first, second

    def _warm_up(self, loop: SingleStreamLoop) -> WarmUp:
        self._phase = "warmup"
        gc.collect()
        gc.freeze()
        gc.disable()

        def report(block: BlockReport) -> None:
            self._send(
                messages.Warming(
                    count=block.calls, elapsed_ns=block.elapsed_ns, window_p50_ns=block.block_p50_ns
                )
            )

        return loop.warm_up(self._plan.warmup, report)

    def _steady(self, loop: SingleStreamLoop) -> Steady:
        def report(block: BlockReport) -> None:
            self._send(
                messages.Progress(
                    count=block.calls,
                    elapsed_ns=block.elapsed_ns,
                    block_p50_ns=block.block_p50_ns,
                    share=block.share,
                )
            )

        try:
            return loop.measure(self._plan.stopping, report)
        finally:
            gc.enable()

    def _memory(self, opened: Opened, peak: int) -> Memory:
        pool_bytes = inputs.total_bytes(opened.pool)
        spare = pool_bytes - pool_bytes // max(1, len(opened.pool))
        return Memory(
            baseline_rss_bytes=opened.baseline_bytes,
            after_load_rss_bytes=opened.after_load_bytes,
            peak_rss_bytes=peak,
            model_peak_bytes=max(0, peak - opened.baseline_bytes - spare),
            inputs_bytes=pool_bytes,
            device_peak_allocated_bytes=opened.session.device_memory_bytes(),
        )

    def _flops(self, count_flops: CountFlops | None, call: Call) -> Flops:
        if count_flops is None:
            return Flops()
        if self._stop_asked():
            self._unavailable["flops.per_inference"] = Reason("run_stopped")
            return Flops()
        self._phase = "flops"
        try:
            return count_flops(call, self._plan.batch)
        except (RuntimeError, NotImplementedError, ValueError) as error:
            detail = str(error).partition("\n")[0]
            self._unavailable["flops.per_inference"] = Reason("count_failed", {"detail": detail})
            return Flops()

    def _repeat(self, session: Session, call: Call) -> Accuracy:
        """The same input twice: equal to the last bit, and if not, by how much."""
        if self._stop_asked():
            self._unavailable["accuracy.idempotent"] = Reason("run_stopped")
            return Accuracy()
        self._phase = "repeat"
        first, second = session.results(call), session.results(call)
        difference = 0.0
        for name, array in first.items():
            if not np.array_equal(array, second[name], equal_nan=array.dtype.kind in "fc"):
                difference = max(difference, _largest_difference(array, second[name]))
        idempotent = all(array.tobytes() == second[name].tobytes() for name, array in first.items())
        if not all(np.isfinite(array).all() for array in first.values() if array.dtype.kind in "fc"):
            self._reasons.append(Reason("answers_not_finite"))
        return Accuracy(idempotent=idempotent, max_repeat_difference=difference)

    def _enter(self, step: str) -> None:
        if self._stop_asked():
            raise KnownError(ErrorKind.CANCELLED)
        self._phase = step
        self._send(messages.Loading(step=step))


def _largest_difference(one: Array, other: Array) -> float:
    if one.shape != other.shape or one.dtype.kind not in "fciub":
        return float("inf")
    return float(np.nanmax(np.abs(one.astype(np.float64) - other.astype(np.float64))))


def _phases(opened: Opened, cold: tuple[int, int], warm: WarmUp, steady: Steady) -> Phases:
    return Phases(
        import_ns=opened.import_ns,
        load_ns=opened.load_ns,
        first_inference_ns=cold[0],
        second_inference_ns=cold[1],
        warmup_ns=warm.elapsed_ns,
        warmup_count=warm.calls,
        warmup_status=warm.status,
        steady_ns=steady.elapsed_ns,
    )


def _boundary(null_ns: latency.Samples, p50_ns: float) -> Boundary:
    null = latency.percentile(null_ns, 0.5)
    return Boundary(
        null_call_ns=null,
        null_call_p99_ns=latency.percentile(null_ns, 0.99),
        host_overhead=null / p50_ns if p50_ns else None,
    )


def threads_of(plan: RunPlan) -> int:
    """The plan's intra-op threads, or as many CPUs as this process may use."""
    if plan.threads:
        return plan.threads
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else (os.cpu_count() or 1)
