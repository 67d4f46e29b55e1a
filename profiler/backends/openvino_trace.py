"""The traced pass on OpenVINO: its own counters after each call, by layer, joined to the file's layers."""

from __future__ import annotations

from time import perf_counter_ns
from typing import Any, NamedTuple

from profiler.backends.base import Call, Traced, TraceOrder
from profiler.backends.openvino_origins import Origins
from profiler.messages import TracedOperator

METHOD = "openvino_profiling"
_NS_PER_S = 1_000_000_000


class _Row(NamedTuple):
    """A layer as the counters have it: `mean_ns` over all calls since the model was compiled."""

    kind: str
    kernel: str
    mean_ns: int


def trace(compiled: Any, model: Any, call: Call, request: Any, order: TraceOrder, device: str) -> Traced:
    """`compiled`, from `model`, with PERF_COUNT and not called before.

    The counters are means in whole microseconds over every call since the model was compiled, the first one
    too: what the traced calls took is told by the means before and after them.
    """
    origins = Origins(model, compiled.get_runtime_model())
    for _ in range(order.practice):
        call()
    before = _read(request) if order.practice else {}
    call_ns = []
    for _ in range(order.calls):
        begin = perf_counter_ns()
        call()
        call_ns.append(perf_counter_ns() - begin)
    rows = _read(request)
    operators = tuple(
        TracedOperator(
            name,
            row.kind,
            _total_ns(order, before.get(name), row),
            order.calls,
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


def _read(request: Any) -> dict[str, _Row]:
    return {
        info.node_name: _Row(info.node_type, info.exec_type, _nanoseconds(info.real_time))
        for info in request.get_profiling_info()
        if str(info.status).endswith(".EXECUTED")
    }


def _total_ns(order: TraceOrder, before: _Row | None, after: _Row) -> int:
    """Of the traced calls alone; means of whole microseconds may leave a little less than nothing."""
    practised = order.practice * before.mean_ns if before is not None else 0
    return max(0, (order.practice + order.calls) * after.mean_ns - practised)


def _nanoseconds(time: Any) -> int:
    return round(float(time.total_seconds()) * _NS_PER_S)
