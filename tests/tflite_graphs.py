"""Graphs of single operators as .tflite files whose batch may vary, for tests of shapes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tools import samples_tflite

ROW = (1, 6, 8, 4)
"""What every graph reads, float32, with its first dimension free."""


def written(model: Any) -> bytes:
    """The file that holds a schema.ModelT."""
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def single(
    kind: str, options: Mapping[str, Any], constants: Sequence[Any], outputs: int = 1, free: bool = False
) -> bytes:
    """A file with one operator: reads the input and these constants; None stands for the input's place.

    The shape of what it makes is left to the runtime. `free`: one channel, all else stored as 1 and free.
    """
    graph = samples_tflite.Graph()
    data = graph.tensor("x", [1, 1, 1, 1] if free else list(ROW))
    if free:
        graph.tensors[data].shapeSignature = [-1, -1, -1, 1]
    given = [data if one is None else graph.constant("", np.asarray(one)) for one in constants]
    made = [graph.tensor(f"y{number}", [1]) for number in range(outputs)]
    for index in made:
        graph.tensors[index].shape, graph.tensors[index].shapeSignature = [1], [-1]
    if kind == "TOPK_V2":
        graph.tensors[made[1]].type = schema.TensorType.INT32
    name = options.get("options", "")
    filled = getattr(schema, f"{name}T")() if name else None
    for field, value in options.items():
        if field != "options":
            setattr(filled, field, value)
    builtin = getattr(schema.BuiltinOperator, kind)
    graph.operator(builtin, given, made[0], getattr(schema.BuiltinOptions, name) if name else 0, filled)
    graph.operators[-1].outputs = made
    return samples_tflite.packed(graph, data, made[0])
