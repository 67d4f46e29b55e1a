"""Which integer inputs of a .tflite file are looked up in a stored table, and how long the table is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from profiler.backends.tflite_file import File, FileGraph, FileOperator

_KEPT = frozenset(("CAST", "RESHAPE", "SQUEEZE", "EXPAND_DIMS", "TRANSPOSE", "TILE", "BROADCAST_TO"))
"""Values come through these unchanged."""


def limits(file: File) -> dict[str, int]:
    """For each input that indexes rows of a table: the smallest such table's length.

    As profiler.backends.onnx_tables.embedding_limits.
    """
    graph = file.main
    tables = _tables(graph)
    names = {index: name for name, index in file.inputs}
    sources = {index: {index} for index in names}
    found: dict[str, int] = {}
    for operator in graph.operators:
        if operator.kind in _KEPT and operator.inputs and operator.outputs:
            sources.setdefault(operator.outputs[0], set()).update(sources.get(operator.inputs[0], ()))
        for indices, length in _lookups(operator, tables):
            for index in sources.get(indices, ()):
                found[names[index]] = min(length, found.get(names[index], length))
    return found


def _lookups(operator: FileOperator, tables: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Which tensor chooses rows, and of how many."""
    if len(operator.inputs) < 2:
        return
    first, second = operator.inputs[:2]
    if operator.kind == "EMBEDDING_LOOKUP":
        first, second = second, first
    elif operator.kind != "GATHER" or (operator.options is not None and operator.options.number(0, "i")):
        return
    if first in tables:
        yield second, tables[first]


def _tables(graph: FileGraph) -> dict[int, int]:
    """Lengths of stored tensors by index, and of those that are widened from stored ones."""
    found = {
        index: tensor.dims[0]
        for index, tensor in enumerate(graph.tensors)
        if tensor.weights_bytes and tensor.dims
    }
    for operator in graph.operators:
        if operator.kind == "DEQUANTIZE" and operator.inputs and operator.inputs[0] in found:
            found.update(dict.fromkeys(operator.outputs, found[operator.inputs[0]]))
    return found
