"""Checks of what else the machine does now: work of others, memory moved to disk."""

from __future__ import annotations

from pathlib import Path

import psutil

from hardware.check import Check, State, unknown
from hardware.linux_load import field
from hardware.machine import Unknown
from hardware.reading import Reading

_NOTE_SHARE, _WARNING_SHARE = 0.05, 0.20
# Pages that were put away long ago and lie there cost nothing; a good part of memory says that it was short.
_NOTE_SWAP_SHARE = 0.05


def other_load(reading: Reading, usable_cpus: float | None) -> Check:
    """Processors kept busy by others, as a share of those that we may use."""
    others, usable = reading.other_cpus(), usable_cpus or reading.cpus
    if others is None or not usable:
        names = ("busy_share", "own_cpus", "cpus")
        reasons = (reading.unavailable[name] for name in names if name in reading.unavailable)
        return unknown("other_load", next(reasons, Unknown("no_source")))
    share = max(0.0, others) / usable
    state: State = "ok" if share < _NOTE_SHARE else "note" if share < _WARNING_SHARE else "warning"
    return Check("other_load", state, {"cpus": f"{max(0.0, others):.2f}", "percent": f"{share * 100:.0f}"})


def linux_swap_bytes(root: Path) -> int | Unknown:
    """Bytes of memory that lie on disk."""
    content = (root / "proc/meminfo").read_bytes()
    total, free = field(content, b"SwapTotal:"), field(content, b"SwapFree:")
    return Unknown("no_source") if total is None or free is None else (total - free) * 1024


def portable_swap_bytes() -> int | Unknown:
    return int(psutil.swap_memory().used)


def swap(reading: Reading, used_bytes: int | Unknown) -> Check:
    """A warning while pages are moving, a note where more than 5 % of the memory's size lies on disk."""
    if isinstance(used_bytes, Unknown):
        return unknown("swap", used_bytes)
    moved = (reading.swapped_in_pages or 0) + (reading.swapped_out_pages or 0)
    much = used_bytes > _NOTE_SWAP_SHARE * (reading.memory_total_bytes or 0)
    state: State = "warning" if moved else "note" if much and used_bytes else "ok"
    return Check("swap", state, {"used": f"{used_bytes / 2**20:,.0f} MiB", "pages": str(moved)})
