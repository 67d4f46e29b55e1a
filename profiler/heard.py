"""What a run gathers while it goes on: of each child what it said, and of the run what holds for all."""

from __future__ import annotations

from typing import Any

import msgspec

from hardware.device_memory import DevicePeak
from profiler import messages
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import RunPlan
from profiler.result import Accuracy, Check, Model, Point, Reason, Resident, Status


class Heard(msgspec.Struct):
    """One child, filled in as its reports come; `plan` is what that child was told.

    `point`, `replicate` and `rank` say which of the run's children it is.
    """

    plan: RunPlan
    model: Model
    point: int = 0
    replicate: int = 0
    rank: int = 0
    host: str | None = None
    cpus: tuple[int, ...] = ()
    loaded: messages.Loaded | None = None
    warmup_status: str | None = None
    finished: messages.Finished | None = None
    error: ErrorInfo | None = None
    phase: str = "start"
    cancelled: bool = False
    device_peak: DevicePeak | None = None
    start_to_first_ns: int | None = None

    @property
    def status(self) -> Status:
        """Failed where there is an error; stopped where the user asked for it."""
        if self.error is not None and self.error.kind != ErrorKind.CANCELLED.value:
            return Status.FAILED
        if self.cancelled or (self.finished is not None and self.finished.stopped):
            return Status.STOPPED
        return Status.FINISHED if self.finished is not None else Status.INTERRUPTED


class Answered(msgspec.Struct, frozen=True):
    """What an examination of a model's answers found; `reasons` are for the verdict, `unavailable` says by
    dotted names what is not known and why."""

    accuracy: Accuracy = Accuracy()
    reasons: tuple[Reason, ...] = ()
    unavailable: dict[str, Reason] = {}


class Gathered(msgspec.Struct):
    """The run itself. `points` says what each point is; their figures come from the children.

    `machine_summary` is what the sampler saw in the measured windows, by name.
    """

    plan: RunPlan
    id: str
    created: str
    model: Model
    points: list[Point] = []
    description: messages.Description | None = None
    description_error: ErrorInfo | None = None
    cancelled: bool = False
    file_changed: bool = False
    machine: dict[str, Any] = {}
    machine_summary: dict[str, Any] = {}
    readiness: tuple[Check, ...] = ()
    residents: tuple[Resident, ...] = ()
    free_bytes: int | None = None
    group: str = ""
    reasons: tuple[Reason, ...] = ()
    denormal_speedup: float | None = None
    traced: messages.TraceDone | None = None
    trace_error: ErrorInfo | None = None
    answered: Answered | None = None
    os: str | None = None
    python: str | None = None
    version: str | None = None
