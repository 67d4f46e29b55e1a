"""One of two models that are looked into: its tensors, asked of children, a fresh one each time."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from profiler import messages
from profiler.correctness import child_arrays
from profiler.correctness.difference import Array
from profiler.errors import ErrorKind, KnownError
from profiler.messages import InnerTensor
from profiler.plan import RunPlan

# More would not be one network, and a child may say what it likes.
MOST_TENSORS = 100_000
# One tensor alone may be larger than what is asked for at a time.
MOST_TENSOR_BYTES = 2_000_000_000

Ask = Callable[[messages.Trail], messages.Report]


class Side:
    """Attributes after `look`: `method` how tensors are had, `tensors` in the order of the graph."""

    def __init__(self, plan: RunPlan, form: str, ask: Ask, folder: Path, most_bytes: int) -> None:
        self._plan, self._form, self._ask, self._folder = plan, form, ask, folder
        self._most_bytes = most_bytes
        self._there: dict[str, Array] = {}
        self.method = ""
        self.tensors: tuple[InnerTensor, ...] = ()

    def look(self) -> None:
        """Raises KnownError."""
        answer, self._there = self._told(())
        if len(answer.tensors) > MOST_TENSORS:
            raise KnownError(ErrorKind.CHILD_GARBAGE, f"{len(answer.tensors)} tensors")
        self.method, self.tensors = answer.method, answer.tensors

    def fetch(self, names: Sequence[str]) -> dict[str, Array]:
        """Those of them that a child could hand out; raises KnownError."""
        found = {name: self._there[name] for name in names if name in self._there}
        while waiting := tuple(name for name in dict.fromkeys(names) if name not in found):
            there = self._told(waiting)[1]
            if not there:
                return found
            found.update(there)
        return found

    def _told(self, names: tuple[str, ...]) -> tuple[messages.TrailTold, dict[str, Array]]:
        """With the arrays that the child wrote; nothing is left on disk."""
        self._folder.mkdir(parents=True)
        try:
            answer = self._ask(
                messages.Trail(self._plan, self._form, str(self._folder), names, self._most_bytes)
            )
            if not isinstance(answer, messages.TrailTold):
                raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
            known = set(names) or {each.name for each in answer.tensors}
            there, left = dict[str, Array](), self._most_bytes + MOST_TENSOR_BYTES
            for name, file in answer.files.items():
                if name in known:
                    there[name] = child_arrays.read(self._folder, file, left)
                    left -= there[name].nbytes
            return answer, there
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)
