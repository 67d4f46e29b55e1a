"""What a verdict is built from besides the latencies themselves; all of it optional."""

from __future__ import annotations

from typing import Any

import msgspec

from profiler.result import Check, Disturbance, Lateness, Phases


class Evidence(msgspec.Struct, frozen=True):
    """Gathered for one point. Times in ns, memory in bytes, shares 0 to 1.

    `disturbances` one a process; `machine` is hardware.summary.Summary as plain data; `at_once` calls under
    way together in all processes, where their number is fixed; `wants_p99` where P99 is the answer of the
    scenario; `batch_p50_ns` the medians of a sweep over the batch.
    """

    disturbances: tuple[Disturbance, ...] = ()
    lateness: Lateness | None = None
    machine: dict[str, Any] = {}
    readiness: tuple[Check, ...] = ()
    device: str = "cpu"
    device_ns: int | None = None
    at_once: int = 1
    threads: int = 1
    usable_cpus: float | None = None
    is_pinned: bool = False
    wants_p99: bool = False
    phases: Phases | None = None
    percent_of_peak: float | None = None
    process_p50_ns: tuple[int, ...] = ()
    resident_bytes: int | None = None
    denormal_fraction: float | None = None
    denormal_speedup: float | None = None
    batch_p50_ns: dict[int, int] = {}


def percent(share: float) -> str:
    """A share as a number for a sentence that writes the sign itself."""
    value = share * 100
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
