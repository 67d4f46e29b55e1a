"""The memory of this very process: what is resident now, the most that ever was, and what is left."""

from __future__ import annotations

import sys
from pathlib import Path

from profiler import memory_without_psutil

try:
    import psutil
except ImportError:  # the Python of a user's runtime need not have it, and Linux tells by itself
    psutil = None

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")
_SYSTEM = Path("/proc/meminfo")


def resident_bytes() -> int:
    """Resident set size now, in bytes."""
    found = _field("VmRSS", _STATUS)
    if found is not None:
        return found
    if psutil is None:
        return memory_without_psutil.resident_bytes()
    return int(psutil.Process().memory_info().rss)


def reset_peak() -> bool:
    """Let the peak start again from now; False where the system cannot (the peak is then since birth)."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return False
    return True


def peak_bytes() -> int | None:
    """The most that was resident: VmHWM on Linux (ru_maxrss is inherited from the parent there), or None."""
    found = _field("VmHWM", _STATUS)
    if found is not None:
        return found
    if sys.platform == "win32" and psutil is not None:
        return int(psutil.Process().memory_info().peak_wset)
    return memory_without_psutil.peak_bytes()


def available_bytes() -> int:
    """What this machine can still give, in bytes."""
    found = _field("MemAvailable", _SYSTEM)
    if found is not None:
        return found
    if psutil is None:
        return memory_without_psutil.available_bytes()
    return int(psutil.virtual_memory().available)


def _field(name: str, source: Path) -> int | None:
    """A line of `source` as bytes; the kernel writes kB."""
    try:
        lines = source.read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return None
