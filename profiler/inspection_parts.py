"""What the readers of every format need to describe a file: shapes, and operators in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from profiler import messages
from profiler.errors import ErrorKind, KnownError
from profiler.result import Reason, Tensor
from profiler.shapes import Shape, concrete_shapes

MOST_NODES = 50_000
"""More would be beyond any table, and beyond the line that carries them."""


def shapes(
    inputs: Sequence[Tensor], request: messages.Inspect
) -> tuple[dict[str, Shape] | None, dict[str, Reason]]:
    """Concrete shapes, or None with the reason where the file does not tell them and nobody gave them."""
    try:
        return concrete_shapes(inputs, request.batch, request.shapes, request.dimensions), {}
    except KnownError as error:
        if error.kind is not ErrorKind.SHAPE_NEEDED:
            raise
        return None, {"flops.per_inference": Reason("shape_needed", error.info.parameters)}


def operators(counts: Mapping[str, int]) -> tuple[messages.OperatorCount, ...]:
    """The most frequent first, then by name."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(messages.OperatorCount(name, count) for name, count in ordered)
