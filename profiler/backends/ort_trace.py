"""The traced pass on ONNX Runtime: its own profile of every kernel, without those of practice runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from profiler.backends.base import Call, Traced, TraceOrder
from profiler.errors import ErrorKind, KnownError
from profiler.messages import TracedOperator

METHOD = "onnxruntime_profiler"
LARGEST_BYTES = 1 << 29
_KERNEL = "_kernel_time"
_RUN = "model_run"
# These hold other nodes, whose kernels are in their time.
_CONTROL = ("If", "Loop", "Scan")
# What the runtime's optimiser adds to the names of nodes, or of tensors that it names new nodes after.
_ADDED = re.compile(r"(?:_nchwc|_nhwc|_token_\d+|_quant|_fused\w*|_transformed|/duplicated|_cast)+$")

Event = Mapping[str, Any]


def run(call: Call, order: TraceOrder) -> tuple[int, ...]:
    """Practice, then the calls that count; the wall time of each of these in ns."""
    for _ in range(order.practice):
        call()
    taken = []
    for _ in range(order.calls):
        begin = perf_counter_ns()
        call()
        taken.append(perf_counter_ns() - begin)
    return tuple(taken)


def read(path: Path, practice: int, call_ns: tuple[int, ...], device_of: Callable[[str], str]) -> Traced:
    """The rows of a profile that ONNX Runtime wrote; `practice` runs at its beginning do not count.

    Raises KnownError(OUT_OF_MEMORY) for a profile that is too large to be read.
    """
    size = path.stat().st_size
    if size > LARGEST_BYTES:
        raise KnownError(ErrorKind.OUT_OF_MEMORY, needed_bytes=size, available_bytes=LARGEST_BYTES)
    events: list[Event] = json.loads(path.read_text(encoding="utf-8"))
    return Traced(METHOD, tuple(_rows(events, practice, device_of)), call_ns)


def _rows(
    events: Sequence[Event], practice: int, device_of: Callable[[str], str]
) -> Iterator[TracedOperator]:
    found: dict[tuple[str, str], list[Event]] = {}
    for event in _outermost(_kernels(events, practice)):
        arguments = event["args"]
        key = (str(arguments.get("node_index", "")), event["name"].removesuffix(_KERNEL))
        found.setdefault(key, []).append(event)
    for (index, name), own in found.items():
        arguments = own[0]["args"]
        kind = str(arguments.get("op_name", ""))
        yield TracedOperator(
            name or f"{kind}_{index}",
            kind,
            sum(int(event["dur"]) for event in own) * 1_000,
            len(own),
            tuple(dict.fromkeys(one for one in (name, _plain(name)) if one)),
            device=device_of(str(arguments.get("provider", ""))),
            position=_position(name, kind, index),
        )


def _position(name: str, kind: str, index: str) -> int | None:
    """Of a node without a name, which the runtime calls by its type and its place in the graph."""
    return int(index) if index.isdigit() and name in ("", f"{kind}_{index}") else None


def _plain(name: str) -> str:
    return _ADDED.sub("", name).removeprefix("fused ")


def _kernels(events: Sequence[Event], practice: int) -> list[Event]:
    """The kernels of the runs that count, in the order of time."""
    ends = sorted(event["ts"] + event["dur"] for event in events if event.get("name") == _RUN)
    begin = ends[practice - 1] if 0 < practice <= len(ends) else 0
    own = [
        event
        for event in events
        if event.get("cat") == "Node" and event["name"].endswith(_KERNEL) and event["ts"] >= begin
    ]
    return sorted(own, key=lambda event: (event["ts"], -event["dur"]))


def _outermost(kernels: Sequence[Event]) -> Iterator[Event]:
    """Without the kernels that ran inside a loop or a branch: the control node's own time holds theirs."""
    over = -1
    for event in kernels:
        end = event["ts"] + event["dur"]
        if event["ts"] < over and end <= over:
            continue
        if event["args"].get("op_name") in _CONTROL:
            over = end
        yield event
