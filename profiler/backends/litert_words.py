"""What LiteRT's words mean in the user's world."""

from __future__ import annotations

import re

from profiler.errors import ErrorKind, KnownError

_PATTERNS: tuple[tuple[str, ErrorKind], ...] = (
    (r"[Oo]ut of memory|failed to allocate|bad_alloc", ErrorKind.OUT_OF_MEMORY),
    (r"unresolved custom op|Encountered unresolved|Select TensorFlow op|Didn't find op|Unsupported .*op",
     ErrorKind.OPERATOR_UNKNOWN),
    (r"Dimension mismatch|failed to prepare|Cannot set tensor|ResizeInputTensor|num_input_elements|"
     r"not broadcastable|shape", ErrorKind.SHAPE_MISMATCH),
    (r"Could not open|Model provided|valid flatbuffer|not a valid|identifier|empty model|Verifi",
     ErrorKind.MODEL_DAMAGED),
)  # fmt: skip


def _plain(text: str) -> str:
    """Without the runtime's own source files."""
    return " ".join(re.sub(r"\b\S+\.(?:cc|h|c):\d+:?", "", text).split())[:400]


def explain(error: Exception) -> KnownError:
    """RUNTIME_REFUSED where the words tell nothing more."""
    if isinstance(error, KnownError):
        return error
    if isinstance(error, MemoryError):
        return KnownError(ErrorKind.OUT_OF_MEMORY, str(error))
    said, text = str(error), _plain(str(error))
    for pattern, kind in _PATTERNS:
        if re.search(pattern, said):
            return KnownError(kind, text, runtime="LiteRT", **_named(kind, said, text))
    return KnownError(ErrorKind.RUNTIME_REFUSED, text, runtime="LiteRT")


def _named(kind: ErrorKind, said: str, text: str) -> dict[str, str]:
    if kind is ErrorKind.OPERATOR_UNKNOWN:
        found = re.search(r"op(?:code)?(?: for)?(?: builtin)?[: ]+'?([A-Za-z_][\w]*)", said)
        return {"operator": found.group(1) if found else ""}
    return {"name": "", "detail": text} if kind is ErrorKind.SHAPE_MISMATCH else {}
