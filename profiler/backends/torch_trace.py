"""The traced pass on PyTorch: torch.profiler over a few calls, as rows of leaf operators."""

from __future__ import annotations

from typing import Any

from profiler.backends.base import Traced, TraceOrder
from profiler.errors import ErrorKind, KnownError


def node_by_node(torch: Any, module: Any) -> Any:
    return None


def trace(torch: Any, session: Any, order: TraceOrder, run: Any = None) -> Traced:
    raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime="torch")
