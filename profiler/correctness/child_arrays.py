"""An array that a child wrote: its word, taken only as far as it makes sense."""

from __future__ import annotations

import math
import os
import tokenize
from pathlib import Path
from typing import Any

import numpy as np

from profiler.child_files import open_regular
from profiler.errors import ErrorKind, KnownError

Array = np.ndarray[Any, Any]
_KINDS = "fiubcU"
# What reading a head raises that is none: numpy takes it apart as a Python expression.
UNREADABLE = (ValueError, TypeError, EOFError, OverflowError, SyntaxError, MemoryError, RecursionError,
              tokenize.TokenError)  # fmt: skip


def read(folder: Path, name: str, most_bytes: int) -> Array:
    """Numbers, flags or text out of a .npy file in the folder; else raises KnownError(CHILD_GARBAGE)."""
    if Path(name).name != name or not name.endswith(".npy"):
        raise KnownError(ErrorKind.CHILD_GARBAGE, f"file {name!r}")
    try:
        with open_regular(folder / name) as file:
            version = np.lib.format.read_magic(file)
            if version != (1, 0):
                raise ValueError(f"version {version}")
            shape, is_fortran, dtype = np.lib.format.read_array_header_1_0(file)
            size = math.prod(shape) * dtype.itemsize
            is_whole = all(length >= 0 for length in shape) and dtype.kind in _KINDS
            if not is_whole or os.fstat(file.fileno()).st_size - file.tell() != size:
                raise ValueError("not as its head says")
            if size > most_bytes:
                raise ValueError(f"{size} bytes")
            flat = np.frombuffer(file.read(size), dtype)
            return flat.reshape(shape, order="F" if is_fortran else "C")
    except (OSError, *UNREADABLE) as error:
        raise KnownError(ErrorKind.CHILD_GARBAGE, f"{name}: {error}") from error
