"""The memory of this very process: what is resident now, and the most that ever was."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import psutil

_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


def resident_bytes() -> int:
    """Resident set size now, in bytes."""
    found = _field("VmRSS")
    return found if found is not None else int(psutil.Process().memory_info().rss)


def reset_peak() -> bool:
    """Let the peak start again from now; False where the system cannot (the peak is then since birth)."""
    try:
        _CLEAR.write_text("5")
    except OSError:
        return False
    return True


def peak_bytes() -> int | None:
    """The most that was resident: VmHWM on Linux (ru_maxrss is inherited from the parent there), or None."""
    found = _field("VmHWM")
    if found is not None:
        return found
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    return None


def _field(name: str, lines: Iterable[str] | None = None) -> int | None:
    if lines is None:
        try:
            lines = _STATUS.read_text().splitlines()
        except OSError:
            return None
    for line in lines:
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    return None
