"""What a native loop is given, what it hands back, and how it says that it cannot run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from profiler.backends.base import Array, LoadOptions
from profiler.result import Reason

Times = npt.NDArray[np.int64]


class NativeTask(NamedTuple):
    """A model and what it is called with.

    Attributes: `inputs` names in the order of the model's arguments; `pool` the distinct sets of inputs that
    take turns, each C-contiguous by name; `expected` the answers of the Python session to the first set.
    """

    path: Path
    options: LoadOptions
    inputs: tuple[str, ...]
    pool: Sequence[Mapping[str, Array]]
    expected: Mapping[str, Array]


class NativeUnavailable(Exception):
    """There is no native loop here, or it stopped; `reason` has its text in the topic native."""

    def __init__(self, code: str, **parameters: str) -> None:
        super().__init__(code)
        self.reason = Reason(code, parameters)


class Block(NamedTuple):
    """Some calls: `times` in ns of each where the loop knows them, their number, the sum of their times."""

    times: Times | None
    calls: int
    total_ns: float


class NativeLoop(Protocol):
    """An open model that is called without Python; its methods raise NativeUnavailable.

    Attributes: `method` is ort_c_api or torch_throughput_benchmark.
    """

    method: str

    def answers(self) -> dict[str, Array]:
        """The outputs for the first set of inputs, by name; untimed."""

    def run(self, budget_ns: int) -> Block:
        """Call the model for about `budget_ns`, one set of inputs after the other, at least once."""

    def close(self) -> None: ...
