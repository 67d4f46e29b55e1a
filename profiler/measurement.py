"""One measurement in the child, from an opened backend to the last sample; every phase is timed apart."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import NamedTuple, Optional

import msgspec
import numpy as np

from profiler import answers, denormals, input_origin, inputs, messages, process_memory
from profiler.backends.base import Backend, Call
from profiler.disturbance import Counters
from profiler.errors import OUR_MISTAKES, ErrorKind, KnownError
from profiler.further import Further
from profiler.loads import COLD_CALLS, Load, Measured, report_to
from profiler.metrics import latency, steadiness
from profiler.opening import Limits, Opened, open_model
from profiler.plan import Stopping
from profiler.result import Accuracy, Boundary, Disturbance, Flops, Memory, Phases, Reason
from profiler.scenarios import WarmUp, null_call_ns

Send = Callable[[messages.Report], None]
CountFlops = Callable[[Call, int], Flops]
WaitForBegin = Callable[[], messages.Begin]


class PhasePeaks(NamedTuple):
    """The most that was resident, in bytes: `whole` of all phases; None where no peak starts anew."""

    whole: int
    load: Optional[int]
    first_call: Optional[int]
    steady: Optional[int]


class Steps(NamedTuple):
    """What the phases of one measurement took."""

    cold: tuple[int, int]
    warm: WarmUp
    measured: Measured
    disturbance: Disturbance
    peaks: PhasePeaks
    first_index: int


class Measurement:
    """Carries out one request. `stop_asked` is set by the thread that listens to the parent."""

    def __init__(
        self,
        request: messages.Measure,
        send: Send,
        stop_asked: Callable[[], bool],
        wait_for_begin: WaitForBegin,
    ) -> None:
        self._request, self._plan = request, request.plan
        self._send, self._stop_asked, self._wait_for_begin = send, stop_asked, wait_for_begin
        self._phase = "import"
        self._unavailable: dict[str, Reason] = {}
        self._reasons: list[Reason] = []
        self._starts_anew = False
        self._ours_ns = 0

    @property
    def phase(self) -> str:
        return self._phase

    def run(
        self, open_backend: Callable[[], Backend], limits: Limits, count_flops: CountFlops | None
    ) -> None:
        """From import to Finished; raises KnownError, or whatever the runtime raises."""
        open_it = functools.partial(
            open_model, self._plan, open_backend, limits, self._enter, self._request.native_library
        )
        opened = open_it()
        try:
            self._carry_out(opened, count_flops)
        except KnownError as error:
            if error.kind is not ErrorKind.OUTPUT_SHAPE:
                raise
            declared = {"file": Path(self._plan.model_path).name, **error.info.parameters}
            self._reasons = [Reason("outputs_not_as_declared", declared)]
            again = open_it(preallocates=False)
            self._carry_out(again._replace(import_ns=opened.import_ns), count_flops)

    def _carry_out(self, opened: Opened, count_flops: CountFlops | None) -> None:
        self._send(opened.loaded())
        session = opened.session
        self._ours_ns += opened.copy_ns + session.ours_ns
        load: Load | None = None
        # What it took to make the inputs is ours; binding them belongs to the first calls.
        self._starts_anew = process_memory.reset_peak()
        try:
            self._enter("first")
            load = Load(self._request, opened, self._stop_asked)
            self._measure(opened, load, count_flops)
        except OUR_MISTAKES:
            raise
        except Exception as error:
            raise session.explain(error) from error
        finally:
            if load is not None:
                load.close()
        session.close()

    def _measure(self, opened: Opened, load: Load, count_flops: CountFlops | None) -> None:
        null_ns = np.sort(null_call_ns(perf_counter_ns))
        steps = self._steps(load, opened)
        self._phase = "after"
        self._send(messages.Checking())
        p50 = _typical_ns(load, steps.first_index)
        boundary, disturbance = _boundary(null_ns, p50), steps.disturbance
        if self._request.looks_further and not self._stop_asked():
            further = Further(self._request, opened, load, self._stop_asked)
            disturbance = further.disturbance(disturbance, p50)
            boundary = msgspec.structs.replace(boundary, **further.boundary(p50))
            self._unavailable |= further.unavailable
        measured = steps.measured
        self._send(
            messages.Finished(
                stopped=measured.steady.stopped,
                phases=_phases(opened, steps),
                boundary=boundary,
                memory=self._memory(opened, steps.peaks),
                flops=self._flops(count_flops, load.bound[0], opened.batch),
                accuracy=self._repeat(opened, load),
                parameters=None,
                steady_ns=measured.steady.elapsed_ns,
                block_starts=(),
                stop_rule_held=measured.steady.rule_held,
                lane_elapsed_ns=measured.lane_elapsed_ns,
                begun_ns=measured.begun_ns,
                ended_ns=measured.ended_ns,
                workers=measured.workers,
                wait_method=measured.wait_method,
                disturbance=disturbance,
                denormal_fraction=denormals.fraction(opened.session.weights()),
                reasons=tuple(self._reasons),
                unavailable=self._unavailable,
            )
        )

    def _steps(self, load: Load, opened: Opened) -> Steps:
        cold, load_peak = self._cold(load), opened.load_peak_bytes
        first_peak = process_memory.peak_bytes() or process_memory.resident_bytes()
        if opened.session.settle(load.bound[0]):
            self._send(opened.loaded())
        starts_anew = process_memory.reset_peak() and self._starts_anew
        self._phase = "warmup"
        gc.collect()
        gc.freeze()
        gc.disable()
        try:
            warm = load.warm_up(report_to(self._send, "warming"))
            rule = self._gate(load)
            self._phase = "steady"
            first_index = load.writers[0].count
            self._send(messages.Measuring(first_index=first_index, warmup_status=warm.status))
            counters = Counters()
            measured = load.measure(rule, report_to(self._send, "measuring"))
            disturbance = counters.since()
            if self._request.is_gated:
                measured = _judged_by(self._plan.stopping, measured, load, first_index)
        finally:
            gc.enable()
        samples_bytes = sum(writer.touched_bytes for writer in load.writers)
        last = max(process_memory.resident_bytes(), (process_memory.peak_bytes() or 0) if starts_anew else 0)
        steady_peak = last - samples_bytes
        whole = max(load_peak or 0, first_peak, steady_peak)
        peaks = PhasePeaks(whole, load_peak, first_peak, steady_peak)
        if not starts_anew:
            peaks = PhasePeaks(whole, load_peak, None, None)
            for phase in ("first_call", "steady"):
                self._unavailable[f"memory.{phase}_peak_bytes"] = Reason("peak_is_of_all_phases")
        return Steps(cold, warm, measured, disturbance, peaks, first_index)

    def _gate(self, load: Load) -> Stopping:
        """The rule to measure by; behind a gate all processes begin together and last equally long."""
        if not self._request.is_gated:
            return self._plan.stopping
        self._send(messages.Ready(p50_ns=round(_typical_ns(load, load.writers[0].count))))
        begin = self._wait_for_begin()
        while perf_counter_ns() < begin.at_ns and not self._stop_asked():
            """Not asleep: a core that rests wakes slower than the others."""
        return Stopping(begin.duration_s, 1, begin.duration_s)

    def _cold(self, load: Load) -> tuple[int, int]:
        first = load.loop.cold_call()
        self._send(messages.FirstInference(first_inference_ns=first, ours_ns=self._ours_ns))
        return first, load.loop.cold_call()

    def _memory(self, opened: Opened, peaks: PhasePeaks) -> Memory:
        pool_bytes = inputs.total_bytes(opened.pool)
        spare = pool_bytes - pool_bytes // max(1, len(opened.pool))
        return Memory(
            baseline_rss_bytes=opened.baseline_bytes,
            after_load_rss_bytes=opened.after_load_bytes,
            peak_rss_bytes=peaks.whole,
            model_peak_bytes=max(0, peaks.whole - opened.baseline_bytes - spare),
            load_peak_bytes=peaks.load,
            first_call_peak_bytes=peaks.first_call,
            steady_peak_bytes=peaks.steady,
            arena_bytes=self._arena(opened),
            inputs_bytes=pool_bytes,
            device_peak_allocated_bytes=opened.session.device_memory_bytes(),
        )

    def _arena(self, opened: Opened) -> int | None:
        found = None if self._left_out else opened.session.arena_bytes()
        if isinstance(found, Reason):
            self._unavailable["memory.arena_bytes"] = found
            return None
        return found

    def _flops(self, count_flops: CountFlops | None, call: Call, batch: int) -> Flops:
        if count_flops is None:
            return Flops()
        left_out = "run_stopped" if self._stop_asked() else self._left_out
        if left_out:
            self._unavailable["flops.per_inference"] = Reason(left_out)
            return Flops()
        self._phase = "flops"
        try:
            return count_flops(call, batch)
        except (RuntimeError, NotImplementedError, ValueError) as error:
            detail = str(error).partition("\n")[0]
            self._unavailable["flops.per_inference"] = Reason("count_failed", {"detail": detail})
            return Flops()

    def _repeat(self, opened: Opened, load: Load) -> Accuracy:
        left_out = "run_stopped" if self._stop_asked() else self._left_out
        if left_out:
            for name in ("idempotent", "max_repeat_difference"):
                self._unavailable[f"accuracy.{name}"] = Reason(left_out)
            return Accuracy()
        self._phase = "repeat"
        are_distinct = any(map(input_origin.varies, opened.origin.values()))
        accuracy, reasons = answers.check(opened.session, load.bound[: 2 if are_distinct else 1])
        self._reasons += reasons
        return accuracy

    @property
    def _left_out(self) -> str:
        """Why this child does nothing beside measuring; empty where it does."""
        return "largest_batch_only" if self._plan.finds_largest_batch else ""

    def _enter(self, step: str) -> None:
        if self._stop_asked():
            raise KnownError(ErrorKind.CANCELLED)
        self._phase = step
        self._send(messages.Loading(step=step))


def _judged_by(rule: Stopping, measured: Measured, load: Load, first_index: int) -> Measured:
    """A common window lasts as long for all; whether it was enough is the plan's rule's to say."""
    writer = load.writers[0]
    if writer.count <= first_index:
        return measured
    samples = writer.array(first_index)
    parts = np.array_split(samples, min(len(samples), 20))
    held = steadiness.is_enough(
        rule, samples, [float(np.median(part)) for part in parts], measured.steady.elapsed_ns
    )
    return measured._replace(steady=measured.steady._replace(rule_held=held))


def _typical_ns(load: Load, first_index: int) -> float:
    """The median of the steady calls; of practice where an open loop keeps its times elsewhere."""
    writer = load.writers[0]
    first = first_index if writer.count > first_index else min(COLD_CALLS, writer.count)
    return float(np.median(writer.array(first))) if writer.count > first else 0.0


def _phases(opened: Opened, steps: Steps) -> Phases:
    return Phases(
        import_ns=opened.import_ns,
        load_ns=opened.load_ns - (opened.session.compile_ns or 0) - opened.session.ours_ns,
        compile_ns=opened.session.compile_ns,
        first_inference_ns=steps.cold[0],
        second_inference_ns=steps.cold[1],
        warmup_ns=steps.warm.elapsed_ns,
        warmup_count=steps.warm.calls,
        warmup_status=steps.warm.status,
        steady_ns=steps.measured.steady.elapsed_ns,
    )


def _boundary(null_ns: latency.Samples, p50_ns: float) -> Boundary:
    null = latency.percentile(null_ns, 0.5)
    return Boundary(
        null_call_ns=null,
        null_call_p99_ns=latency.percentile(null_ns, 0.99),
        host_overhead=null / p50_ns if p50_ns else None,
    )
