"""Which integer inputs of an OpenVINO model are looked up in a table, and how long the table is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_INDEX_KEPT = {"Convert", "Unsqueeze", "Squeeze", "Reshape", "Transpose", "Broadcast", "Tile"}
# How a table that is kept in fewer bits is widened.
_TABLE_KEPT = {"Convert", "Multiply", "Subtract", "FakeQuantize", "FakeConvert"}
_BAGS = {"EmbeddingBagPacked", "EmbeddingBagPackedSum", "EmbeddingBagOffsets", "EmbeddingBagOffsetsSum",
         "EmbeddingSegmentsSum"}  # fmt: skip
_FARTHEST = 16


def embedding_limits(model: Any) -> dict[str, int]:
    """The shortest table's length by the friendly name of each input that chooses its rows, as it is or only
    moved: profiler.backends.onnx_tables says the same of an ONNX file."""
    limits: dict[str, int] = {}
    for node in model.get_ops():
        rows = _rows(node)
        source = _source(node.input_value(1).get_node(), _INDEX_KEPT) if rows else None
        if source is not None and source.get_type_name() == "Parameter":
            name = str(source.get_friendly_name())
            limits[name] = min(rows, limits.get(name, rows))
    return limits


def _rows(node: Any) -> int:
    """How many rows the stored table has that a node looks up; 0 where it looks up none."""
    kind = str(node.get_type_name())
    if kind != "Gather" and kind not in _BAGS:
        return 0
    if kind == "Gather" and not _is_by_row(node):
        return 0
    table = _source(node.input_value(0).get_node(), _TABLE_KEPT)
    shape = node.input_value(0).get_partial_shape()
    if table.get_type_name() != "Constant" or shape.rank.is_dynamic or not len(shape) or shape[0].is_dynamic:
        return 0
    return int(shape[0].get_length())


def _is_by_row(gather: Any) -> bool:
    axis = gather.input_value(2).get_node()
    return axis.get_type_name() == "Constant" and not axis.data.any()


def _source(node: Any, kept: set[str]) -> Any:
    """Where the values of a node come from through operators that only pass them on."""
    for passed in _upwards(node):
        if passed.get_type_name() not in kept:
            return passed
    return node


def _upwards(node: Any) -> Iterator[Any]:
    for _ in range(_FARTHEST):
        yield node
        if not node.get_input_size():
            return
        node = node.input_value(0).get_node()
