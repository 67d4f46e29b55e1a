"""What ONNX Runtime's words mean in the user's world, without its own colours, codes and source files."""

from __future__ import annotations

import re

from profiler.errors import ErrorKind, KnownError

_PATTERNS: tuple[tuple[str, ErrorKind], ...] = (
    (r"bad_alloc|Failed to allocate memory|out of memory|CUDA_ERROR_OUT_OF_MEMORY", ErrorKind.OUT_OF_MEMORY),
    (r"opset \d+ is under development|ValidateOpsetForDomain|only \*guarantees\* support",
     ErrorKind.OPSET_UNKNOWN),
    (r"provided for output '[^']*' .*computed output shape|invalid dimensions for output",
     ErrorKind.OUTPUT_SHAPE),
    (r"No opset import for domain", ErrorKind.OPERATOR_UNKNOWN),
    (r"No Op registered for|NOT_IMPLEMENTED|is not a registered function/op", ErrorKind.OPERATOR_UNKNOWN),
    (r"External data path does not exist", ErrorKind.EXTERNAL_DATA_MISSING),
    (r"External data path validation failed", ErrorKind.EXTERNAL_DATA_OUTSIDE),
    (r"Got invalid dimensions|Invalid rank for input|INVALID_ARGUMENT.*dimension", ErrorKind.SHAPE_MISMATCH),
    (r"Protobuf parsing failed|INVALID_PROTOBUF|INVALID_GRAPH|Load model from", ErrorKind.MODEL_DAMAGED),
    (r"Deserialize tensor", ErrorKind.MODEL_DAMAGED),
)  # fmt: skip


_NOISE = (
    r"\x1b\[[0-9;]*m",
    r"\[ONNXRuntimeError\] : \d+ : [A-Z_]+ : ",
    r"/onnxruntime_src/\S+:\d+ ",
    r"(?:[\w:]+::)+\w+\([^)]*\)(?: const)? ",
    r"^Error in execution: ",
    r"Status Message: ",
)


def plain(text: str) -> str:
    """The runtime's words without colours, codes, source files and signatures of its own functions."""
    for pattern in _NOISE:
        text = re.sub(pattern, "", text)
    return " ".join(text.split())


def explain(error: Exception) -> KnownError:
    """What the runtime's words mean in the user's world; RUNTIME_REFUSED where they tell nothing more."""
    if isinstance(error, KnownError):
        return error
    if isinstance(error, MemoryError):
        return KnownError(ErrorKind.OUT_OF_MEMORY)
    said, text = str(error), plain(str(error))
    for pattern, kind in _PATTERNS:
        if re.search(pattern, said):
            return KnownError(kind, text, runtime="onnxruntime", **_named(kind, text))
    return KnownError(ErrorKind.RUNTIME_REFUSED, text, runtime="onnxruntime")


_DETAILS: dict[ErrorKind, dict[str, str]] = {
    ErrorKind.OPERATOR_UNKNOWN: {
        "operator": r"No Op registered for (\S+)|(\S+?)\(-?\d+\) is not a registered"
        r"|In Node, \(\"[^\"]*\", (\w+)"
    },
    ErrorKind.OPSET_UNKNOWN: {"opset": r"Opset (\d+)"},
    ErrorKind.EXTERNAL_DATA_MISSING: {"data": r'does not exist: "(?:[^"]*[/\\])?([^"]+)"'},
    ErrorKind.OUTPUT_SHAPE: {
        "name": r"for output(?: '|: )([^' ]+)",
        "declared": r"has shape \{([\d,]*)\}",
        "computed": r"for this run is \{([\d,]*)\}",
    },
    ErrorKind.SHAPE_MISMATCH: {"name": r"for input: (\S+)"},
}


def _named(kind: ErrorKind, text: str) -> dict[str, str]:
    """What the runtime's words name: an operator, an opset, a file."""
    named = {}
    for name, pattern in _DETAILS.get(kind, {}).items():
        found = re.search(pattern, text)
        if found:
            named[name] = next(group for group in found.groups() if group)
    return named
