"""The answers that a child left in a folder, read one at a time, each time anew: they may be large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from profiler.correctness import child_arrays
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Examined

Array = np.ndarray[Any, Any]

MOST_BYTES = 1_100_000_000


class Stored:
    """Answers as profiler.correctness.parity takes them; `sets` from the first on.

    Raises KnownError(CHILD_GARBAGE) where an output is missing from a set; so does `array` for a file that
    is not what it should be.
    """

    def __init__(self, folder: Path, examined: Examined, sets: int) -> None:
        self._folder, self.sets = folder, sets
        self._files = {(one.output, one.set): one.file for one in examined.answers}
        self.outputs = tuple(dict.fromkeys(one.output for one in examined.answers if one.set == 0))
        for output in self.outputs:
            for at in range(sets):
                if (output, at) not in self._files:
                    raise KnownError(ErrorKind.CHILD_GARBAGE, f"no answer {output} to set {at}")

    def array(self, output: str, at: int) -> Array:
        return child_arrays.read(self._folder, self._files[output, at], MOST_BYTES)
