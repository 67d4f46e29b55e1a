"""What is looked at once a point, behind the timed window: rests, spinning, the device, a native loop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from profiler import allowed_copy, disturbance, messages, native_loop
from profiler.backends.base import LoadOptions
from profiler.backends.native import NativeTask
from profiler.errors import KnownError
from profiler.loads import Load
from profiler.opening import Opened
from profiler.plan import Preset, SingleStream
from profiler.result import Disturbance, NativeFigure, Reason

# Rests of 50 ms between twenty calls take a second by themselves; slow calls would add minutes.
SLOWEST_FOR_GAPS_NS = 200_000_000
FASTEST_FOR_SWITCHES_NS = 100_000
# The Quick preset lets the model rest for no second, and looks half as long at what is put aside.
QUICK_SHARE = 0.5


class Further:
    """One look behind the steady state; nothing of it is timed against the samples.

    Attributes: `unavailable` says why something was not looked at.
    """

    def __init__(
        self, request: messages.Measure, opened: Opened, load: Load, stop_asked: Callable[[], bool]
    ) -> None:
        self._request, self._opened, self._load, self._stop_asked = request, opened, load, stop_asked
        self.unavailable: dict[str, Reason] = {}

    def disturbance(self, found: Disturbance, p50_ns: float) -> Disturbance:
        """The counters of the window, and what the model does when it is left alone."""
        changes: dict[str, Any] = {}
        is_quick = self._request.plan.preset is Preset.QUICK
        if not is_quick:
            changes["spinning_cpu_s"] = disturbance.spinning_cpu_s()
            if p50_ns <= SLOWEST_FOR_GAPS_NS and not self._stop_asked():
                changes["gap_p50_ns"] = disturbance.gap_p50_ns(self._load.calls)
        if p50_ns >= FASTEST_FOR_SWITCHES_NS and not self._stop_asked():
            seen = disturbance.preempted(
                self._load.calls,
                budget_ns=round(disturbance.PREEMPTED_NS * (QUICK_SHARE if is_quick else 1.0)),
            )
            if seen is not None:
                changes |= {"preempted_share": seen.share, "p99_undisturbed_ns": seen.p99_undisturbed_ns}
        return msgspec.structs.replace(found, **changes)

    def boundary(self, p50_ns: float) -> dict[str, Any]:
        """Fields of result.Boundary: the device's part of a call, and the loop outside Python."""
        found: dict[str, Any] = {}
        spans = self._opened.session.device_spans(self._opened.pool[0])
        if spans is not None:
            found |= spans._asdict()
        if 0 < p50_ns < native_loop.OFFERED_BELOW_NS and isinstance(
            self._request.plan.scenario, SingleStream
        ):
            figure = self._native()
            if isinstance(figure, NativeFigure):
                found["native"] = figure
            else:
                self.unavailable["boundary.native"] = figure
        return found

    def _native(self) -> NativeFigure | Reason:
        plan, opened = self._request.plan, self._opened
        library = Path(self._request.native_library) if self._request.native_library else None
        expected = opened.session.results(self._load.bound[0])
        try:
            with allowed_copy.of(Path(plan.model_path), plan.runtime, plan.model_sha256) as path:
                task = NativeTask(
                    path,
                    LoadOptions(plan.device, opened.threads, plan.precision, plan.flush_denormals),
                    tuple(spec.name for spec in opened.session.inputs) or tuple(opened.pool[0]),
                    opened.pool,
                    expected,
                )
                return native_loop.native_latency(plan.runtime, task, library, self._stop_asked)
        except KnownError as error:
            return Reason("native_file_gone", {"detail": error.info.text or error.info.kind})
