"""A worker whose runtime misbehaves on demand: the model file names the fault. Tests start it as a child."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from profiler import worker
from profiler.backends import catalog
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder, Untold
from profiler.errors import ErrorKind, KnownError
from profiler.result import Placement, Reason, Tensor


class FaultySession(Untold):
    """One input, one output; `fault` decides what its call does."""

    inputs = (Tensor("x", "float32", ("batch", 4)),)
    outputs = (Tensor("y", "float32", ("batch", 4)),)
    placement = (Placement("faulty", 1),)
    precision_effective = "fp32"
    compile_ns: int | None = None
    ours_ns = 0
    notes: tuple[Reason, ...] = ()

    def __init__(self, fault: str) -> None:
        self._fault, self._calls = fault, 0

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        return self._call

    def _call(self) -> object:
        self._calls += 1
        end = time.perf_counter_ns() + 500_000
        while time.perf_counter_ns() < end:
            pass
        if self._fault == "crash-later" and self._calls == 3_000:
            os.kill(os.getpid(), signal.SIGSEGV)
        if self._fault == "kill-later" and self._calls == 3_000:
            os.kill(os.getpid(), signal.SIGKILL)
        if self._fault == "hang-later" and self._calls == 3_000:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            time.sleep(1_000)
        if self._fault == "raise-later" and self._calls == 3_000:
            raise RuntimeError("the tensor went away\nin line 7")
        return None

    def results(self, call: Call) -> dict[str, Array]:
        call()
        return {"y": np.full((1, 4), np.nan if self._fault == "nan" else 1.0, dtype=np.float32)}

    def explain(self, error: Exception) -> KnownError:
        return KnownError(ErrorKind.RUNTIME_REFUSED, str(error).partition("\n")[0], runtime="faulty")

    def close(self) -> None: ...


class FaultyBackend:
    """`load` reads the fault from the end of the file that stands for a model."""

    name = "faulty"

    def version(self) -> str:
        return "1.0"

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def precisions(self, device: str) -> tuple[str, ...]:
        return ()

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime=self.name)

    def load(self, path: Path, options: LoadOptions) -> FaultySession:
        fault = path.read_bytes().rpartition(b"FAULT:")[2].decode()
        _FAULTS_AT_LOAD.get(fault, lambda: None)()
        return FaultySession(fault)


def _write_garbage(data: bytes) -> None:
    """Onto the protocol's own line, as a hostile library that finds the descriptor would."""
    for number in range(3, 20):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith("pipe:"):
                os.write(number, data)
        except OSError:
            continue
    time.sleep(1_000)


def _flood() -> None:
    line = b'{"say":"loading","step":"load"}\n'
    while True:
        _write_once(line * 500)


def _write_once(data: bytes) -> None:
    for number in range(3, 20):
        try:
            if os.readlink(f"/proc/self/fd/{number}").startswith("pipe:"):
                os.write(number, data)
        except OSError:
            continue


def _raise() -> None:
    raise ValueError("no such thing\nas this")


def _exhaust() -> None:
    raise MemoryError


def _hoard() -> None:
    kept = [np.ones(40_000_000 // 8) for _ in range(20)]
    time.sleep(1_000 + len(kept))


_FAULTS_AT_LOAD: dict[str, Any] = {
    "raise": _raise,
    "abort": os.abort,
    "segv": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "exit": lambda: os._exit(3),
    "hang": lambda: time.sleep(1_000),
    "memory": _exhaust,
    "hoard": _hoard,
    "print": lambda: print("hello from a chatty library", flush=True),
    "garbage": lambda: _write_garbage(b"\x00\xff not json\n"),
    "long-line": lambda: _write_garbage(b"x" * (3 << 20)),
    "wrong-message": lambda: _write_garbage(b'{"say":"surveyed","runtimes":[]}\n'),
    "flood": _flood,
}


if __name__ == "__main__":
    catalog.open_backend = lambda name: FaultyBackend()  # type: ignore[assignment,return-value]
    sys.exit(worker.main())
