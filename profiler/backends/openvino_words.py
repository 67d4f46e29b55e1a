"""What OpenVINO's words mean in the user's world, without its own source lines."""

from __future__ import annotations

import re

from profiler.errors import ErrorKind, KnownError

_PATTERNS: tuple[tuple[str, ErrorKind], ...] = (
    (r"bad_alloc|out of memory|Cannot allocate|CL_OUT_OF", ErrorKind.OUT_OF_MEMORY),
    (r"OpConversionFailure|No conversion rule found|[Uu]nsupported operator|not supported operation|"
     r"Cannot create \w+ layer|Opset \w+ does not contain|doesn't contain op|Unsupported operations",
     ErrorKind.OPERATOR_UNKNOWN),
    (r"weights|\.bin|Empty weights|mapped file|External data", ErrorKind.EXTERNAL_DATA_MISSING),
    (r"incompatible|Can't set the input tensor|doesn't match|shape mismatch|are inconsistent|"
     r"Argument shapes", ErrorKind.SHAPE_MISMATCH),
    (r"Unable to read the model|can't be parsed|Model can|FrontEnd API failed|Error loading XML|"
     r"Incorrect|Cannot find|out of bounds|XML|attribute", ErrorKind.MODEL_DAMAGED),
)  # fmt: skip

_NOISE = (
    r"^Exception from .*?:$",
    r"^Check '.*' failed at .*?:$",
    r"^FrontEnd API failed with \w+:$",
    r"\bsrc/\S+?:\d+:?",
    r"^While validating \w+ '.*' with friendly_name '.*':$",
)


def plain(text: str) -> str:
    """The sentence at the end of a stack of them."""
    lines = [line.strip() for line in text.splitlines()]
    kept = [line for line in lines if line and not any(re.search(pattern, line) for pattern in _NOISE)]
    return " ".join((kept[-1] if kept else text).split())[:400]


def explain(error: Exception, data: str = "") -> KnownError:
    """RUNTIME_REFUSED where the words tell nothing more; `data` is the file of weights that belongs to it."""
    if isinstance(error, KnownError):
        return error
    said = str(error)
    if isinstance(error, MemoryError):
        return KnownError(ErrorKind.OUT_OF_MEMORY, said)
    for pattern, kind in _PATTERNS:
        if re.search(pattern, said):
            return KnownError(kind, plain(said), runtime="openvino", **_named(kind, said, data))
    return KnownError(ErrorKind.RUNTIME_REFUSED, plain(said), runtime="openvino")


def _named(kind: ErrorKind, text: str, data: str) -> dict[str, str]:
    if kind is ErrorKind.OPERATOR_UNKNOWN:
        found = re.search(r"(?:rule found for operations?|operations?:|op:|type) [:'\"]?([\w.:]+)", text)
        return {"operator": found.group(1) if found else ""}
    if kind is ErrorKind.EXTERNAL_DATA_MISSING:
        found = re.search(r"([^/\\\s'\"]+\.(?:bin|data|weights))", text)
        return {"data": found.group(1) if found else data}
    if kind is ErrorKind.SHAPE_MISMATCH:
        return {"name": "", "detail": plain(text)}
    return {}
