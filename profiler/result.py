"""RunResult: the one artefact of a run; its JSON form is the document of the command line and the history."""

from __future__ import annotations

from typing import Any, Optional

import msgspec

from profiler.answer_blocks import (
    Accuracy,
    Agreement,
    Divergence,
    DivergentTensor,
    Idempotence,
    Labelled,
    OutputParity,
    Paired,
    Repeat,
)
from profiler.blocks import (
    Boundary,
    Check,
    Disturbance,
    Energy,
    Flops,
    Interval,
    LargestBatch,
    Latency,
    Lateness,
    Level,
    Memory,
    NativeFigure,
    Operator,
    Phases,
    Point,
    Reason,
    Replicate,
    Resident,
    Status,
    Steadiness,
    Throughput,
    Together,
    Trace,
    Verdict,
)
from profiler.errors import ErrorInfo
from profiler.samples_ref import SamplesPart, SamplesRef
from profiler.subject import Environment, Free, Model, ModelPart, Placement, Plan, Tensor

__all__ = [
    "SCHEMA",
    "Accuracy",
    "Agreement",
    "Boundary",
    "Check",
    "Disturbance",
    "Divergence",
    "DivergentTensor",
    "Energy",
    "Environment",
    "Flops",
    "Free",
    "Idempotence",
    "Interval",
    "Labelled",
    "LargestBatch",
    "Latency",
    "Lateness",
    "Level",
    "Memory",
    "Model",
    "ModelPart",
    "NativeFigure",
    "Operator",
    "OutputParity",
    "Paired",
    "Phases",
    "Placement",
    "Plan",
    "Point",
    "Reason",
    "Repeat",
    "Replicate",
    "Resident",
    "RunResult",
    "SamplesPart",
    "SamplesRef",
    "Status",
    "Steadiness",
    "Tensor",
    "Throughput",
    "Together",
    "Trace",
    "Verdict",
    "from_json",
    "to_json",
]

SCHEMA = 1


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run, whole. Write-once: a run that is finished never changes.

    `group`: the same in runs that were measured in turns, in one comparison; empty for a run by itself.
    """

    schema: int = SCHEMA
    id: str
    created: str
    status: Status
    error: Optional[ErrorInfo] = None
    model: Model
    plan: Plan
    environment: Environment = Environment()
    phases: Phases = Phases()
    boundary: Boundary = Boundary()
    replicates: tuple[Replicate, ...] = ()
    latency: Latency = Latency()
    steadiness: Optional[Steadiness] = None
    throughput: Throughput = Throughput()
    points: tuple[Point, ...] = ()
    chosen_point: Optional[int] = None
    knee_point: Optional[int] = None
    best_point: Optional[int] = None
    flops: Flops = Flops()
    memory: Memory = Memory()
    energy: Energy = Energy()
    accuracy: Accuracy = Accuracy()
    operators: tuple[Operator, ...] = ()
    trace: Optional[Trace] = None
    largest_batch: Optional[LargestBatch] = None
    verdict: Optional[Verdict] = None
    unavailable: dict[str, Reason] = {}
    samples: Optional[SamplesRef] = None
    readiness: tuple[Check, ...] = ()
    disturbances: dict[str, Any] = {}
    together: Optional[Together] = None
    group: str = ""


def to_json(result: RunResult) -> bytes:
    """The document as UTF-8 JSON, indented, but with one line for each process, point and operator.

    It never holds NaN or Infinity (msgspec writes them as null).
    """
    fields = (_field(name, getattr(result, name)) for name in result.__struct_fields__)
    return b"{\n" + b",\n".join(fields) + b"\n}\n"


_LONG_LISTS = ("replicates", "points", "operators")


def _field(name: str, value: object) -> bytes:
    key = b"  " + msgspec.json.encode(name) + b": "
    if name in _LONG_LISTS and isinstance(value, tuple) and value:
        return key + b"[\n    " + b",\n    ".join(map(msgspec.json.encode, value)) + b"\n  ]"
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    return key + text.replace(b"\n", b"\n  ")


def from_json(data: bytes) -> RunResult:
    """The result in a document; raises msgspec.ValidationError or msgspec.DecodeError for anything else."""
    return msgspec.json.decode(data, type=RunResult)
