"""The protocol of a runtime: a backend opens a model, a session binds inputs and hands back one callable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy as np

from profiler.backends.cuda_spans import Spans
from profiler.errors import KnownError
from profiler.messages import TracedOperator
from profiler.result import Placement, Reason, Tensor

Array = np.ndarray[Any, Any]
Call = Callable[[], object]


class LoadOptions(msgspec.Struct, frozen=True):
    """How to open a model: `device` as in `Backend.devices`, `threads` intra-op threads, at least 1.

    `precision`: `as_is` keeps the file's own like for like (fp32 stays fp32, whatever the runtime would do
    by itself); else one of `Backend.precisions`. `flush_denormals`: take numbers too small for the normal
    format for zero, where the runtime can. `lanes`: so many calls may be under way at once.
    `native_library`: what profiler.native_build made, or empty. `preallocates`: answers lie in memory that
    was made for them once, by the shapes that the file declares; else the runtime makes it at every call.
    """

    device: str
    threads: int
    precision: str = "as_is"
    flush_denormals: bool = False
    native_library: str = ""
    lanes: int = 1
    preallocates: bool = True


class Traced(NamedTuple):
    """The traced pass of a model.

    `method` names the profiler, `call_ns` holds the wall time of each traced call.
    """

    method: str
    operators: tuple[TracedOperator, ...]
    call_ns: tuple[int, ...]


class TraceOrder(NamedTuple):
    """How a model is traced: `practice` calls that do not count, then `calls`; files go into `folder`."""

    inputs: Mapping[str, Array]
    calls: int
    practice: int
    folder: Path


class Session(Protocol):
    """An open model.

    Attributes: `inputs` and `outputs` as the file declares them; `placement` how many operators ran on
    which provider; `precision_effective` the precision that arithmetic really uses (fp32, tf32, bf16,
    fp16, fp64, int8, mixed); `notes` reasons that belong to the verdict (a silent fallback, for one);
    `compile_ns` the part of loading that compiled the model for the device, where the runtime tells it
    apart; `ours_ns` the part that was our own (a copy that is safe to open), and is no one's load time.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    placement: tuple[Placement, ...]
    precision_effective: str
    notes: tuple[Reason, ...]
    compile_ns: int | None
    ours_ns: int

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        """Bind inputs and outputs once and hand back the call that the timed loop makes.

        Calls of one `lane` are never under way at the same time, so they may share a request of the
        runtime with its buffers; calls of different lanes may be, each from a thread of its own.

        The call returns only when the answer is in place (a GPU is synchronised inside it).
        Raises KnownError(SHAPE_MISMATCH) and others where the model refuses these inputs.
        """

    def results(self, call: Call) -> dict[str, Array]:
        """Run the call once more, untimed, and copy its outputs to the host, by output name."""

    def settle(self, call: Call) -> bool:
        """After the first calls, before practice: see what the call computes in, and do once what need not be
        done in every call. Whether anything that the session says of itself may have changed.

        Raises KnownError(PRECISION_UNCHANGED) where what was asked for changes nothing.
        """

    def device_memory_bytes(self) -> int | None:
        """The allocator's peak on the device, or None where there is none."""

    def arena_bytes(self) -> int | Reason | None:
        """What the runtime's allocator holds for this model, used or not; None where it does not say, a
        Reason where it does and it cannot be told all the same. May run the model once more."""

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        """What of a call the device itself takes, its copies apart where it has events; None on a CPU."""

    def weights(self) -> Iterator[Array]:
        """The floating-point weights, where the open model hands them out; else nothing."""

    def explain(self, error: Exception) -> KnownError:
        """What an exception out of a call means in the user's world."""

    def close(self) -> None: ...


class Untold:
    """For a session to inherit whose runtime tells nothing of memory, weights and the device's clock, and has
    settled everything when it is loaded."""

    def settle(self, call: Call) -> bool:
        return False

    def device_memory_bytes(self) -> int | None:
        return None

    def arena_bytes(self) -> int | Reason | None:
        return None

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        return None

    def weights(self) -> Iterator[Array]:
        return iter(())


class Backend(Protocol):
    """A runtime. A module under profiler/backends hands one back from `open_backend()`.

    Importing the module does not import the runtime; `open_backend()` does and raises ImportError.
    """

    name: str

    def version(self) -> str: ...

    def devices(self) -> tuple[str, ...]:
        """Devices offered here: `cpu`, `cuda:0`, or the runtime's provider in lower case."""

    def precisions(self, device: str) -> tuple[str, ...]:
        """Precisions that may be asked for on this device beside `as_is`: of fp32, tf32, bf16, fp16, int8."""

    def load(self, path: Path, options: LoadOptions) -> Session:
        """Open a model; raises KnownError with what the file or the device lacks."""

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        """Open the model with the runtime's own profiler and run it; never mixed with a timed run.

        Raises KnownError(TRACE_NOT_OFFERED) where the runtime has no profiler for it.
        """
