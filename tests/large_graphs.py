"""ONNX graphs that are large in nodes or in weights, small on the disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_WIDTH = 1024


def chain(path: Path, nodes: int) -> Path:
    """So many nodes, half of them 3x3 convolutions of 4 channels; image 8x8, batch symbolic."""
    weight = numpy_helper.from_array(np.zeros((4, 4, 3, 3), np.float32), "w")
    made = [
        helper.make_node("Conv", [f"t{i}", "w"], [f"t{i + 1}"], kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        if i % 2 == 0
        else helper.make_node("Relu", [f"t{i}"], [f"t{i + 1}"])
        for i in range(nodes)
    ]
    return _saved(path, made, [weight], ["n", 4, 8, 8], f"t{nodes}")


def external(path: Path, rows: int) -> Path:
    """One matrix product of `rows` by 1,024 float32 weights, kept beside it in a file of holes."""
    weight = TensorProto(name="w", dims=[rows, _WIDTH], data_type=TensorProto.FLOAT)
    weight.data_location = TensorProto.EXTERNAL
    data = path.with_suffix(".data")
    with data.open("wb") as file:
        file.truncate(rows * _WIDTH * 4)
    for key, value in (("location", data.name), ("offset", "0"), ("length", str(rows * _WIDTH * 4))):
        weight.external_data.add(key=key, value=value)
    return _saved(path, [helper.make_node("MatMul", ["t0", "w"], ["y"])], [weight], ["n", rows], "y")


def _saved(
    path: Path,
    nodes: list[onnx.NodeProto],
    weights: list[onnx.TensorProto],
    shape: list[int | str],
    output: str,
) -> Path:
    entry = helper.make_tensor_value_info("t0", TensorProto.FLOAT, shape)
    end = helper.make_tensor_value_info(output, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "large", [entry], [end], weights)
    path.write_bytes(helper.make_model(graph, ir_version=10).SerializeToString())
    return path
