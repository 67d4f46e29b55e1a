"""Models that live beside the one that is measured, each in a process of its own, as services do."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import msgspec

from hardware import device_memory
from hardware.machine import Unknown
from profiler import messages
from profiler.backends import catalog
from profiler.child import Child, death
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import Companion, RunPlan, SingleStream
from profiler.result import Resident

TICK_S = 0.1


class Residents:
    """Companions of a run, ready once `settle` returns; they end with the `with` block."""

    def __init__(self, plan: RunPlan, is_busy: bool, folder: Path, python: str, module: str) -> None:
        self._plan, self._is_busy, self._folder = plan, is_busy, folder
        self._python, self._module = python, module
        self._children: list[tuple[Companion, Child]] = []

    def __enter__(self) -> Residents:
        try:
            self._start()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def _start(self) -> None:
        for at, companion in enumerate(self._plan.companions):
            folder = self._folder / f"companion-{at}"
            folder.mkdir(mode=0o700)
            child = Child(folder, self._plan.threads, self._python, self._module)
            self._children.append((companion, child))
            form = catalog.recognise(Path(companion.model_path)).name
            child.say(messages.Accompany(self._plan_of(companion), form, self._is_busy))

    def check(self) -> None:
        """Raises KnownError where a companion has not lived to the end: nobody was there beside the model."""
        for companion, child in self._children:
            code = child.process.poll()
            if code is not None:
                lost = death(code, "steady", child.last_words())
                raise _named(lost.info, companion)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, child in self._children:
            child.end()

    def settle(self, is_cancelled: Callable[[], bool]) -> list[Resident]:
        """Wait until each is resident and has answered; what each takes.

        Raises KnownError where one of them cannot live here, or CANCELLED.
        """
        return [self._resident(companion, child, is_cancelled) for companion, child in self._children]

    def _resident(self, companion: Companion, child: Child, is_cancelled: Callable[[], bool]) -> Resident:
        memory = self._settled(companion, child, is_cancelled)
        device = None
        if self._plan.device != "cpu":
            asked = device_memory.gpu_process_memory(child.process.pid)
            device = None if isinstance(asked, Unknown) else asked
        return Resident(Path(companion.model_path).name, companion.runtime, memory, device)

    def _settled(self, companion: Companion, child: Child, is_cancelled: Callable[[], bool]) -> int | None:
        deadline = time.monotonic() + (self._plan.load_timeout_s or float("inf"))
        while not child.is_silent:
            report = child.hear(TICK_S)
            if isinstance(report, messages.Settled):
                return report.memory.peak_rss_bytes
            if isinstance(report, messages.Failed):
                raise _named(report.error, companion)
            if is_cancelled():
                raise KnownError(ErrorKind.CANCELLED)
            if time.monotonic() > deadline:
                raise KnownError(
                    ErrorKind.LOAD_TIMEOUT, seconds=round(self._plan.load_timeout_s), phase="load"
                )
        raise death(child.end(), "load", child.last_words())

    def _plan_of(self, companion: Companion) -> RunPlan:
        """The companion with sizes of its own: shapes and files of the measured model do not fit it."""
        return msgspec.structs.replace(
            self._plan,
            model_path=companion.model_path,
            runtime=companion.runtime,
            model_sha256=companion.model_sha256,
            shapes={},
            dimensions={},
            dimension_names={},
            input_files={},
            input_kinds={},
            companions=(),
            scenario=SingleStream(),
            batch=1,
        )


def _named(error: ErrorInfo, companion: Companion) -> KnownError:
    parameters = {**error.parameters, "file": Path(companion.model_path).name}
    known = error.kind in set(ErrorKind)
    kind = ErrorKind(error.kind) if known else ErrorKind.CHILD_GARBAGE
    return KnownError(kind, error.text, **parameters)
