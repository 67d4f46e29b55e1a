"""What PyTorch's error texts mean in the user's world."""

from __future__ import annotations

from profiler.errors import ErrorKind, KnownError

_SHAPE_WORDS = (
    "shapes cannot be multiplied", "must match the size", "Expected more than", "weight of size",
    "to have", "is invalid for input of size", "expected input", "Expected 3D", "Expected 2D",
    "to be equal to", "to be >=", "to be <=", "Guard failed", "to be of the form",
)  # fmt: skip


def explain(error: Exception, otherwise: ErrorKind) -> KnownError:
    """The kind that fits an exception of torch, `otherwise` where its text is not known."""
    if isinstance(error, KnownError):
        return error
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = next(
        (line for line in reversed(lines) if line.startswith("RuntimeError: ")), lines[0] if lines else ""
    )
    text = text.removeprefix("RuntimeError: ")
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return KnownError(ErrorKind.OUT_OF_MEMORY, text)
    if "Unknown builtin op" in str(error):
        operator = str(error).partition("Unknown builtin op:")[2].split()
        return KnownError(
            ErrorKind.OPERATOR_UNKNOWN,
            text,
            runtime="torch",
            operator=operator[0].rstrip(".") if operator else "",
        )
    if any(words in text for words in _SHAPE_WORDS):
        return KnownError(ErrorKind.SHAPE_MISMATCH, text, name="", detail=text)
    return KnownError(otherwise, text, runtime="torch", file="")
