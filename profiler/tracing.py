"""The child's side of the traced pass: one model, one set of inputs, the runtime's own profiler on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from profiler import allowed_copy, messages
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.opening import open_beside

Send = Callable[[messages.Report], None]


def trace(request: messages.TraceModel, send: Send) -> messages.TraceDone:
    """Open the model untraced to learn its inputs, close it, and hand it to the backend's tracer.

    Files of the profiler go into the working directory, which is the child's own and removed after.
    Raises KnownError, TRACE_NOT_OFFERED where the runtime has no profiler.
    """
    plan = request.plan
    opened = open_beside(plan, request.format, send)
    session = opened.session
    options = LoadOptions(plan.device, opened.threads, plan.precision, plan.flush_denormals)
    order = TraceOrder(opened.pool[0], request.calls, request.practice, Path.cwd())
    session.close()
    with allowed_copy.of(Path(plan.model_path), plan.runtime, plan.model_sha256) as path:
        try:
            traced = opened.backend.trace(path, options, order)
        except Exception as error:
            raise session.explain(error) from error
    return messages.TraceDone(traced.method, traced.operators, traced.call_ns)
