"""The protocol of a runtime: a backend opens a model, a session binds inputs and hands back one callable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np

from profiler.backends.cuda_spans import Spans
from profiler.errors import KnownError
from profiler.result import Placement, Reason, Tensor

Array = np.ndarray[Any, Any]
Call = Callable[[], object]


class LoadOptions(msgspec.Struct, frozen=True):
    """How to open a model: `device` as in `Backend.devices`, `threads` intra-op threads, at least 1.

    `flush_denormals`: take numbers too small for the normal format for zero, where the runtime can.
    `native_library`: what profiler.native_build made, or empty.
    """

    device: str
    threads: int
    precision: str = "as_is"
    flush_denormals: bool = False
    native_library: str = ""


class Session(Protocol):
    """An open model.

    Attributes: `inputs` and `outputs` as the file declares them; `placement` how many operators ran on
    which provider; `precision_effective` the precision that arithmetic really uses; `notes` reasons that
    belong to the verdict (a silent fallback, for one).
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    placement: tuple[Placement, ...]
    precision_effective: str
    notes: tuple[Reason, ...]

    def bind(self, inputs: Mapping[str, Array]) -> Call:
        """Bind inputs and outputs once and hand back the call that the timed loop makes.

        The call returns only when the answer is in place (a GPU is synchronised inside it).
        Raises KnownError(SHAPE_MISMATCH) and others where the model refuses these inputs.
        """

    def results(self, call: Call) -> dict[str, Array]:
        """Run the call once more, untimed, and copy its outputs to the host, by output name."""

    def device_memory_bytes(self) -> int | None:
        """The allocator's peak on the device, or None where there is none."""

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        """What of a call the device itself takes, its copies apart where it has events; None on a CPU."""

    def weights(self) -> Iterator[Array]:
        """The floating-point weights, where the open model hands them out; else nothing."""

    def explain(self, error: Exception) -> KnownError:
        """What an exception out of a call means in the user's world."""

    def close(self) -> None: ...


class Backend(Protocol):
    """A runtime. A module under profiler/backends hands one back from `open_backend()`.

    Importing the module does not import the runtime; `open_backend()` does and raises ImportError.
    """

    name: str

    def version(self) -> str: ...

    def devices(self) -> tuple[str, ...]:
        """Devices offered here: `cpu`, `cuda:0`, or the runtime's provider in lower case."""

    def load(self, path: Path, options: LoadOptions) -> Session:
        """Open a model; raises KnownError with what the file or the device lacks."""
