"""What a child may take: no core file ever, and bounded memory and time where it only reads a file.

The process that measures is bounded in nothing: a runtime may take what the model needs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Optional

from hardware import cgroup

if sys.platform == "win32":
    resource: Any = None
else:
    import resource

READING_CPU_S = 30
"""Of all threads together; reading the largest networks takes a few seconds."""

_LEAST_MEMORY_BYTES = 4 << 30


def without_core() -> None:
    """A crash leaves no image of the memory behind, which would hold the model's weights."""
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def for_reading() -> Optional[int]:
    """Bound this process as one that describes a file; the bytes it may take, or None where nothing binds.

    Beyond the time it is ended by SIGXCPU. Memory is that of RLIMIT_DATA and not of RLIMIT_AS, since files
    that are mapped take none. Windows has neither, macOS does not enforce that of memory.
    """
    if resource is None:
        return None
    _lower(resource.RLIMIT_CPU, READING_CPU_S)
    most = reading_memory_bytes()
    _lower(resource.RLIMIT_DATA, most)
    return most


def reading_memory_bytes(root: Path = Path("/")) -> int:
    """Half of what this machine, or the control group that we are in, has; never less than any file needs."""
    whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    granted = cgroup.memory_limit_bytes(root)
    return max(_LEAST_MEMORY_BYTES, (min(whole, granted) if isinstance(granted, int) else whole) // 2)


def _lower(kind: int, most: int) -> None:
    """A bound that is there already and is tighter stays. The hard one follows a little later."""
    soft, hard = resource.getrlimit(kind)
    beyond = most + 2 if kind == resource.RLIMIT_CPU else most
    last = beyond if hard == resource.RLIM_INFINITY else min(hard, beyond)
    first = most if soft == resource.RLIM_INFINITY else min(soft, most)
    resource.setrlimit(kind, (min(first, last), last))
