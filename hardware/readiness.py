"""What is worth knowing or changing about the machine before a run; nothing here raises."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Collection
from pathlib import Path

from hardware import clock_checks, linux, load_checks, share_checks
from hardware.check import Check, unknown
from hardware.linux_load import LinuxLoad
from hardware.machine import Machine, Unknown, attempt, gather
from hardware.portable_load import PortableLoad
from hardware.probe import probe_without_nvml
from hardware.reading import Reading
from hardware.sampler import Load, Sampler

_ROOT = Path("/")
SETTLE_S = 0.5
_Named = tuple[str, Callable[[], Check]]


def checks(settle_s: float = SETTLE_S) -> tuple[Check, ...]:
    """All checks of this machine; it rests `settle_s` between two looks, which tell the load of others."""
    if sys.platform == "linux":
        return linux_checks(_ROOT, os.sched_getaffinity(0), os.getpid(), lambda: time.sleep(settle_s))
    return _portable_checks(lambda: time.sleep(settle_s))


def linux_checks(
    root: Path,
    cpus: Collection[int],
    pid: int,
    rest: Callable[[], None],
    clock: Callable[[], int] = time.perf_counter_ns,
) -> tuple[Check, ...]:
    """The checks over /proc and /sys under `root`; `cpus` are usable, `pid` and its descendants are ours."""
    machine = gather(Machine, linux.facts(root, lambda: cpus))
    reading = attempt(lambda: _look(LinuxLoad(root, pid, cpus), rest, clock))
    return _all(
        *_of_reading(root, machine, reading, lambda: load_checks.linux_swap_bytes(root)),
        ("power_profile", lambda: clock_checks.power_profile(root, cpus)),
        ("turbo", lambda: clock_checks.turbo(root, cpus)),
        ("cgroup_cpu", lambda: share_checks.cgroup_cpu(machine)),
        ("cgroup_memory", lambda: share_checks.cgroup_memory(machine)),
        ("hyper_threading", lambda: share_checks.hyper_threading(root, machine)),
        ("hybrid_cpu", lambda: share_checks.hybrid_cpu(root, cpus)),
        ("virtual_machine", lambda: share_checks.virtual_machine(machine)),
    )


def _portable_checks(rest: Callable[[], None]) -> tuple[Check, ...]:
    """What can be asked elsewhere; there are no control groups, and nothing tells turbo or unequal cores."""
    machine = probe_without_nvml(Unknown("nvml_not_open"))
    reading = attempt(lambda: _look(PortableLoad(os.getpid()), rest, time.perf_counter_ns))
    return _all(
        *_of_reading(_ROOT, machine, reading, load_checks.portable_swap_bytes),
        ("power_profile", lambda: clock_checks.power_plan(machine.cpu)),
        ("hyper_threading", lambda: share_checks.hyper_threading(_ROOT, machine)),
        ("virtual_machine", lambda: share_checks.virtual_machine(machine)),
    )


def _look(load: Load, rest: Callable[[], None], clock: Callable[[], int]) -> Reading:
    try:
        sampler = Sampler(load, clock)
        rest()
        return sampler.read()
    finally:
        load.close()


def _of_reading(
    root: Path, machine: Machine, reading: Reading | Unknown, swapped: Callable[[], int | Unknown]
) -> tuple[_Named, ...]:
    if isinstance(reading, Unknown):
        failed = reading
        codes = ("power_source", "temperature", "other_load", "swap")
        return tuple((code, lambda code=code: unknown(code, failed)) for code in codes)
    seen = reading
    return (
        ("power_source", lambda: clock_checks.power_source(seen)),
        ("temperature", lambda: clock_checks.temperature(root, seen)),
        ("other_load", lambda: load_checks.other_load(seen, machine.cpu.usable_cores)),
        ("swap", lambda: load_checks.swap(seen, attempt(swapped))),
    )


def _all(*named: _Named) -> tuple[Check, ...]:
    """Each check, or why it could not be made."""
    found = ((code, attempt(check)) for code, check in named)
    return tuple(unknown(code, made) if isinstance(made, Unknown) else made for code, made in found)
