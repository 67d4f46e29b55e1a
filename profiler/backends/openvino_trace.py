"""The traced pass on OpenVINO: its own counters after each call, by layer, joined to the file's layers."""

from __future__ import annotations

from time import perf_counter_ns
from typing import Any

from profiler.backends.base import Call, Traced, TraceOrder
from profiler.backends.openvino_origins import Origins
from profiler.messages import TracedOperator

METHOD = "openvino_profiling"
_NS_PER_S = 1_000_000_000


class _Row:
    """What was seen of one layer so far."""

    def __init__(self, kind: str, kernel: str) -> None:
        self.kind, self.kernel = kind, kernel
        self.total_ns = self.count = 0


def trace(compiled: Any, model: Any, call: Call, request: Any, order: TraceOrder, device: str) -> Traced:
    """`compiled`, from `model`, with PERF_COUNT; the counters have a resolution of one microsecond."""
    origins = Origins(model, compiled.get_runtime_model())
    for _ in range(order.practice):
        call()
    rows: dict[str, _Row] = {}
    call_ns = []
    for _ in range(order.calls):
        begin = perf_counter_ns()
        call()
        call_ns.append(perf_counter_ns() - begin)
        _add(request.get_profiling_info(), rows)
    operators = tuple(
        TracedOperator(
            name,
            row.kind,
            row.total_ns,
            row.count,
            origins.nodes(name),
            row.kernel,
            device,
            origins.part_of(name),
            origins.after(name, rows),
            shape=origins.shape(name),
        )
        for name, row in rows.items()
    )
    return Traced(METHOD, operators, tuple(call_ns))


def _add(infos: Any, rows: dict[str, _Row]) -> None:
    for info in infos:
        if not str(info.status).endswith(".EXECUTED"):
            continue
        row = rows.setdefault(info.node_name, _Row(info.node_type, info.exec_type))
        row.total_ns += _nanoseconds(info.real_time)
        row.count += 1


def _nanoseconds(time: Any) -> int:
    return round(float(time.total_seconds()) * _NS_PER_S)
