"""Which integer inputs of an ONNX model are looked up in a table, and how long the table is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import onnx

from profiler.backends import onnx_tensors

_INDEX_KEPT = {
    "Cast",
    "Unsqueeze",
    "Squeeze",
    "Reshape",
    "Flatten",
    "Identity",
    "Transpose",
    "Expand",
    "Tile",
}
_TABLE_KEPT = {"Cast", "DequantizeLinear", "Identity"}
# com.microsoft.EmbedLayerNormalization: (indices, table) by position of its inputs
_FUSED_LOOKUPS = ((0, 2), (1, 4))

Shapes = dict[str, tuple[int, ...]]


def embedding_limits(model: onnx.ModelProto) -> dict[str, int]:
    """For each input of the model that indexes rows of a stored table: the smallest such table's length.

    An index from 0 up to (not including) the limit is in range everywhere. An input reaches a Gather
    directly or through operators that move its values without changing them. An input that is not named
    here may still be an index: the graph just does not show it.
    """
    tables = _tables(model)
    names = {value.name for value in model.graph.input} - tables.keys()
    limits: dict[str, int] = {}
    makers = _makers(model)
    for indices, length in _lookups(model, tables):
        for name in _sources(indices, makers) & names:
            limits[name] = min(length, limits.get(name, length))
    return limits


def _tables(model: onnx.ModelProto) -> Shapes:
    """Stored tensors by name with their shapes, also behind a cast or a dequantisation."""
    shapes = {tensor.name: tuple(tensor.dims) for tensor in onnx_tensors.initialisers(model)}
    for node in onnx_tensors.nodes(model):
        if node.op_type == "Constant":
            for attribute in node.attribute:
                shapes[node.output[0]] = tuple(attribute.t.dims)
    for node in onnx_tensors.nodes(model):
        if node.op_type in _TABLE_KEPT and node.input and node.output and node.input[0] in shapes:
            shapes[node.output[0]] = shapes[node.input[0]]
    return shapes


def _lookups(model: onnx.ModelProto, tables: Shapes) -> Iterator[tuple[str, int]]:
    """Names of indices with the length of the table that they choose rows of."""
    for node in onnx_tensors.nodes(model):
        for indices, table in _positions(node):
            if len(node.input) > max(indices, table):
                shape = tables.get(node.input[table], ())
                if shape and node.input[indices]:
                    yield node.input[indices], shape[0]


def _positions(node: Any) -> tuple[tuple[int, int], ...]:
    if node.op_type == "EmbedLayerNormalization":
        return _FUSED_LOOKUPS
    return ((1, 0),) if node.op_type == "Gather" and _axis(node) == 0 else ()


def _axis(node: Any) -> int:
    return next((int(attribute.i) for attribute in node.attribute if attribute.name == "axis"), 0)


def _sources(name: str, makers: Mapping[str, list[str]]) -> set[str]:
    """The name and every name that its values come from unchanged."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current not in found:
            found.add(current)
            waiting.extend(makers.get(current, ()))
    return found


def _makers(model: onnx.ModelProto) -> defaultdict[str, list[str]]:
    made: defaultdict[str, list[str]] = defaultdict(list)
    for node in onnx_tensors.nodes(model):
        if node.op_type in _INDEX_KEPT and node.input and node.output:
            made[node.output[0]].append(node.input[0])
    return made
