"""The yardstick: a model that does nothing but last for a known time, to weigh what measuring itself adds.

Its file is JSON, `{"inferometer_null": {"service_ns": 1000000}}`: a call lasts that long, in native code with
the interpreter's lock released, as a runtime's own work is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter_ns

import msgspec
import numpy as np

from profiler import waiting
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder, Untold
from profiler.errors import ErrorKind, KnownError
from profiler.result import Placement, Reason, Tensor

MARK = b'{"inferometer_null"'
LONGEST_NS = 60_000_000_000


class Service(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a call lasts; every `stall_every`-th one `stall_ns` longer (0: none)."""

    service_ns: int
    stall_every: int = 0
    stall_ns: int = 0


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    inferometer_null: Service


def write(path: Path, service: Service) -> Path:
    """The file that stands for such a model."""
    path.write_text(json.dumps({"inferometer_null": msgspec.to_builtins(service)}), encoding="utf-8")
    return path


def read(path: Path) -> Service:
    """Raises KnownError(MODEL_DAMAGED)."""
    try:
        service = msgspec.json.decode(path.read_bytes(), type=_File).inferometer_null
    except msgspec.DecodeError as error:
        raise KnownError(ErrorKind.MODEL_DAMAGED, str(error), file=path.name) from error
    if not 0 <= service.service_ns + service.stall_ns <= LONGEST_NS or service.service_ns < 0:
        raise KnownError(ErrorKind.MODEL_DAMAGED, "service_ns", file=path.name)
    return service


def open_backend() -> Null:
    return Null()


class Null:
    """The backend; it needs no runtime."""

    name = "null"

    def version(self) -> str:
        return "1"

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def precisions(self, device: str) -> tuple[str, ...]:
        return ()

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime=self.name)

    def load(self, path: Path, options: LoadOptions) -> NullSession:
        library = Path(options.native_library) if options.native_library else None
        return NullSession(read(path), waiting.best_waiter(library, spin_ns=LONGEST_NS))


class NullSession(Untold):
    """A call lasts as long as its file says; its answer is its input."""

    inputs: tuple[Tensor, ...] = (Tensor("x", "float32", ("batch", 16)),)
    outputs: tuple[Tensor, ...] = (Tensor("y", "float32", ("batch", 16)),)
    placement: tuple[Placement, ...] = (Placement("null"),)
    precision_effective = "fp32"
    notes: tuple[Reason, ...] = ()
    compile_ns: int | None = None
    ours_ns = 0

    def __init__(self, service: Service, waiter: waiting.Waiter) -> None:
        self._service, self._waiter = service, waiter
        self._made = 0
        self._inputs: dict[int, Mapping[str, Array]] = {}

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        service, wait_until = self._service, self._waiter.wait_until

        def steady() -> None:
            wait_until(perf_counter_ns() + service.service_ns)

        def stalling() -> None:
            self._made += 1
            stall = service.stall_ns if self._made % service.stall_every == 0 else 0
            wait_until(perf_counter_ns() + service.service_ns + stall)

        def nothing() -> None:
            return None

        call: Call = stalling if service.stall_every else steady if service.service_ns else nothing
        self._inputs[id(call)] = inputs
        return call

    def results(self, call: Call) -> dict[str, Array]:
        call()
        return {"y": np.array(self._inputs[id(call)]["x"])}

    def explain(self, error: Exception) -> KnownError:
        return error if isinstance(error, KnownError) else KnownError(ErrorKind.BUG, detail=str(error))

    def close(self) -> None:
        self._inputs.clear()
