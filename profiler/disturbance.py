"""What a measuring process goes through, by the kernel's counters and short passes of its own."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple, Optional

import msgspec
import numpy as np

from hardware import cgroup
from hardware.machine import Unknown
from profiler import process_memory
from profiler.metrics import latency
from profiler.result import Disturbance

if sys.platform != "win32":
    import resource

Call = Callable[[], object]
Clock = Callable[[], int]

GAP_S = 0.05
GAP_CALLS = 20
SPIN_S = 1.0
PREEMPTED_NS = 1_000_000_000
_PROFILING = ("COVERAGE_RUN", "PYTHONTRACEMALLOC", "PYTHONPROFILEIMPORTTIME", "NSYS_PROFILING_SESSION_ID")


class Counts(NamedTuple):
    """Counters of this process that only grow, None where the system does not keep them."""

    wall_ns: int
    clock_s: float
    cpu_s: float
    involuntary_switches: int | None
    migrations: int | None
    major_faults: int | None
    throttled_count: int | None
    throttled_s: float | None
    resident_bytes: int


def counts(root: Path = Path("/")) -> Counts:
    """All of them now."""
    throttled_count, throttled_s = throttling(root)
    switches, faults = _usage()
    return Counts(
        time.perf_counter_ns(),
        time.time(),
        time.process_time(),
        switches,
        migrations(root),
        faults,
        throttled_count,
        throttled_s,
        process_memory.resident_bytes(),
    )


class Counters:
    """The counters at one moment; `since` tells what they grew by until now."""

    def __init__(self, read: Callable[[], Counts] = counts) -> None:
        self._read, self._before = read, read()

    def since(self) -> Disturbance:
        before, after = self._before, self._read()
        wall_s = (after.wall_ns - before.wall_ns) / 1e9
        clock_s = after.clock_s - before.clock_s
        return Disturbance(
            wall_s=wall_s,
            cpu_s=after.cpu_s - before.cpu_s,
            usable_cpus=usable_cpus(),
            involuntary_switches=_grown(before.involuntary_switches, after.involuntary_switches),
            migrations=_grown(before.migrations, after.migrations),
            major_faults=_grown(before.major_faults, after.major_faults),
            throttled_count=_grown(before.throttled_count, after.throttled_count),
            throttled_s=None
            if after.throttled_s is None or before.throttled_s is None
            else after.throttled_s - before.throttled_s,
            resident_growth_bytes=after.resident_bytes - before.resident_bytes,
            clock_ratio=wall_s / clock_s if clock_s > 0 else None,
            traced=is_traced(),
        )


def _grown(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before


def _usage() -> tuple[int | None, int | None]:
    if sys.platform == "win32":
        return None, None
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_nivcsw, usage.ru_majflt


def migrations(root: Path = Path("/")) -> int | None:
    """How often the threads of this process were moved to another CPU; None without scheduler statistics."""
    total = None
    try:
        tasks = list((root / "proc/self/task").iterdir())
    except OSError:
        return None
    for task in tasks:
        for line in _lines(task / "sched"):
            if line.startswith("se.nr_migrations"):
                total = (total or 0) + int(line.rpartition(":")[2])
    return total


def throttling(root: Path = Path("/")) -> tuple[int | None, float | None]:
    """Times that a control group of this process was held up for its quota, and seconds in all."""
    count, seconds = None, None
    for path in cgroup.throttle_files(root):
        for line in _lines(path):
            name, _, value = line.partition(" ")
            if name == "nr_throttled":
                count = max(count or 0, int(value))
            elif name in ("throttled_usec", "throttled_time"):
                seconds = max(seconds or 0.0, int(value) / (1e6 if name == "throttled_usec" else 1e9))
    return count, seconds


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []


def usable_cpus(root: Path = Path("/")) -> float | None:
    """What this process may keep busy: the CPUs it may run on, or its group's quota where that is smaller."""
    affinity = getattr(os, "sched_getaffinity", None)
    cpus = len(affinity(0)) if affinity else os.cpu_count()
    quota = cgroup.quota_cores(root)
    if isinstance(quota, Unknown) or cpus is None:
        return cpus
    return min(cpus, quota)


def is_traced(environment: dict[str, str] | None = None) -> bool:
    """Whether a tracer, profiler or coverage tool looks on at this process."""
    given = os.environ if environment is None else environment
    monitoring = getattr(sys, "monitoring", None)
    tools = [monitoring.get_tool(number) for number in range(6)] if monitoring is not None else []
    # What threads begin with cannot be asked before Python 3.10.
    asked = [getattr(threading, name, None) for name in ("gettrace", "getprofile")]
    hooks = (sys.gettrace(), sys.getprofile(), *(ask() for ask in asked if ask is not None), *tools)
    return any(hook is not None for hook in hooks) or any(name in given for name in _PROFILING)


def spinning_cpu_s(
    rest: Callable[[float], None] = time.sleep,
    cpu_time: Callable[[], float] = time.process_time,
    seconds: float = SPIN_S,
) -> float:
    """CPU time of this process while it has nothing to do, to be asked right after the last call."""
    before = cpu_time()
    rest(seconds)
    return cpu_time() - before


def gap_p50_ns(
    calls: Sequence[Call],
    clock: Clock = time.perf_counter_ns,
    rest: Callable[[float], None] = time.sleep,
    count: int = GAP_CALLS,
    gap_s: float = GAP_S,
) -> int:
    """The median of calls that each come after a rest, as from a user who asks now and then."""
    spent = []
    for call in islice(cycle(calls), count):
        rest(gap_s)
        begin = clock()
        call()
        spent.append(clock() - begin)
    return latency.percentile(np.sort(np.array(spent, dtype=np.int64)), 0.5)


class Preemption(msgspec.Struct, frozen=True):
    """Of a pass apart: the share of calls during which the thread was put aside, and P99 without them."""

    share: float
    p99_undisturbed_ns: Optional[int]


def switches_of_thread() -> int | None:
    """Involuntary context switches of the calling thread; Linux only."""
    if sys.platform != "linux":
        return None
    return resource.getrusage(resource.RUSAGE_THREAD).ru_nivcsw


def preempted(
    calls: Sequence[Call],
    clock: Clock = time.perf_counter_ns,
    switches: Callable[[], int | None] = switches_of_thread,
    budget_ns: int = PREEMPTED_NS,
    most: int = 2_000,
) -> Preemption | None:
    """Reading the counter takes 0.7 us, so it is done in a pass apart; None where there is no counter."""
    before = switches()
    if before is None:
        return None
    kept: list[int] = []
    made, until = 0, clock() + budget_ns
    for call in islice(cycle(calls), most):
        begin = clock()
        call()
        end = clock()
        after = switches() or 0
        if after == before:
            kept.append(end - begin)
        made, before = made + 1, after
        if end >= until:
            break
    undisturbed = np.sort(np.array(kept, dtype=np.int64))
    p99 = latency.shown(undisturbed, 0.99) if kept else None
    return Preemption(1 - len(kept) / made, p99)
