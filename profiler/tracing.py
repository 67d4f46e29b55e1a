"""The child's side of the traced pass: one model, one set of inputs, the runtime's own profiler on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from profiler import messages, model_facts
from profiler.backends import catalog
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.opening import open_model

Send = Callable[[messages.Report], None]


def trace(request: messages.TraceModel, send: Send) -> messages.TraceDone:
    """Open the model untraced to learn its inputs, close it, and hand it to the backend's tracer.

    Files of the profiler go into the working directory, which is the child's own and removed after.
    Raises KnownError, TRACE_NOT_OFFERED where the runtime has no profiler.
    """
    plan = request.plan

    def enter(step: str) -> None:
        send(messages.Loading(step=step))

    opened = open_model(
        plan,
        lambda: catalog.open_backend(plan.runtime),
        lambda: model_facts.table_sizes(Path(plan.model_path), request.format),
        enter,
    )
    session = opened.session
    options = LoadOptions(plan.device, opened.threads, plan.precision)
    order = TraceOrder(opened.pool[0], request.calls, request.practice, Path.cwd())
    session.close()
    try:
        traced = opened.backend.trace(Path(plan.model_path), options, order)
    except Exception as error:
        raise session.explain(error) from error
    return messages.TraceDone(traced.method, traced.operators, traced.call_ns)
