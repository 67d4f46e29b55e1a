"""One call on a device: as an application calls it, beside what the device itself did in that time."""

from __future__ import annotations

from profiler import units
from profiler.reports.sections import Section, label
from profiler.result import RunResult
from profiler.wording import Language

_SPANS = ("h2d_ns", "compute_ns", "d2h_ns", "device_ns")


def section(result: RunResult, language: Language) -> Section | None:
    """None where the device tells nothing apart, as on the CPU.

    In an open loop the call is the service: the latency also holds the wait in the queue.
    """
    boundary = result.boundary
    if boundary.device_ns is None:
        return None
    call = boundary.service or result.latency
    rows = [
        [label(code, language), units.duration(value)]
        for code in _SPANS
        if (value := getattr(boundary, code)) is not None
    ]
    rows.append([label("as_called", language), units.duration(call.p50_ns)])
    return Section(label("call", language), [["", "P50"], *rows], [label("call_note", language)])
