"""What LiteRT's words mean in the user's world."""

from __future__ import annotations

import re

from profiler.errors import ErrorKind, KnownError

_MOST = 400
_PATTERNS: tuple[tuple[str, ErrorKind], ...] = (
    (r"[Oo]ut of memory|[Ff]ailed to allocate|bad_alloc", ErrorKind.OUT_OF_MEMORY),
    (r"unresolved custom op|Select TensorFlow op|Didn't find op|Op builtin_code out of range",
     ErrorKind.OPERATOR_UNKNOWN),
    (r"Got value of type", ErrorKind.INPUT_DTYPE),
    (r"invalidly specified|Could not open|Model provided|valid [Ff]latbuffer|"
     r"must be specified|empty model|Verifi", ErrorKind.MODEL_DAMAGED),
    (r"[Dd]imension|Cannot set tensor|ResizeInputTensor|num_input_elements|not broadcastable|shape",
     ErrorKind.SHAPE_MISMATCH),
)  # fmt: skip
_DETAILS: dict[ErrorKind, dict[str, str]] = {
    ErrorKind.OPERATOR_UNKNOWN: {
        "operator": r"custom op: (\w+)|builtin opcode '(\w+)'|out of range: (\d+)|\((\w+)\) failed to prepare"
    },
    ErrorKind.INPUT_DTYPE: {
        "name": r"name: (.*\S)",
        "given": r"value of type (\w+)",
        "wanted": r"expected type (\w+)",
    },
}


def explain(error: Exception) -> KnownError:
    """RUNTIME_REFUSED where the words tell nothing more."""
    if isinstance(error, KnownError):
        return error
    if isinstance(error, MemoryError):
        return KnownError(ErrorKind.OUT_OF_MEMORY, str(error))
    said, text = str(error), _plain(str(error))
    for pattern, kind in _PATTERNS:
        if re.search(pattern, said):
            return KnownError(kind, text, runtime="LiteRT", **_named(kind, said))
    return KnownError(ErrorKind.RUNTIME_REFUSED, text, runtime="LiteRT")


def _plain(text: str) -> str:
    """Without the runtime's own source files."""
    return " ".join(re.sub(r"\b\S+\.(?:cc|h|c):\d+:?", "", text).split())[:_MOST]


def _named(kind: ErrorKind, said: str) -> dict[str, str]:
    """What the words name: an operator, an input, a type."""
    named = {}
    for name, pattern in _DETAILS.get(kind, {}).items():
        found = re.search(pattern, said)
        if found:
            named[name] = next(group for group in found.groups() if group)
    return named
