"""Which CPUs and which device each of several processes gets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import NamedTuple


class Place(NamedTuple):
    """Where a process stays; no `cpus` means anywhere, because there are fewer than processes."""

    cpus: tuple[int, ...]
    threads: int
    device: str


def usable() -> tuple[int, ...]:
    """The CPUs that this process may use, in order; empty where the system does not tell which."""
    affinity = getattr(os, "sched_getaffinity", None)
    return tuple(sorted(affinity(0))) if affinity else ()


def place(
    rank: int, ranks: int, cpus: Sequence[int], threads: int = 0, device: str = "cpu", devices: int = 0
) -> Place:
    """An equal share of the CPUs for a process; of several GPUs one each, as `cuda:RANK`."""
    stem, _, _ = device.partition(":")
    if device != "cpu" and devices >= ranks > 1:
        device = f"{stem}:{rank}"
    if len(cpus) < ranks:
        return Place((), threads or 1, device)
    share = len(cpus) // ranks
    own = tuple(cpus[rank * share : (rank + 1) * share])
    return Place(own, threads or len(own), device)
