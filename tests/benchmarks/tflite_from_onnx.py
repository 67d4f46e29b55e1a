"""An image network of convolutions from ONNX into TensorFlow Lite: enough for ResNet-50 and MobileNetV2.

Channels go last and weights are turned; padding is an operator of its own, since TensorFlow Lite's SAME pads
otherwise than ONNX where a stride skips.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from onnx import numpy_helper, shape_inference

from tools import samples_tflite
from tools.samples_tflite import Graph

Values = dict[str, Any]


class _Conversion:
    def __init__(self, model: onnx.ModelProto) -> None:
        self.graph = Graph()
        self._onnx = shape_inference.infer_shapes(model).graph
        self._weights = {one.name: numpy_helper.to_array(one) for one in self._onnx.initializer}
        self._shapes = {
            value.name: [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim]
            for value in (*self._onnx.input, *self._onnx.value_info, *self._onnx.output)
        }
        self._at: dict[str, int] = {}

    def run(self) -> bytes:
        first = self._onnx.input[0].name
        image = self._tensor(first)
        for node in self._onnx.node:
            _RULES[node.op_type](self, node, _attributes(node))
        return samples_tflite.packed(self.graph, image, self._at[self._onnx.output[0].name])

    def _tensor(self, name: str) -> int:
        shape = self._shapes[name]
        last = [shape[0], *shape[2:], shape[1]] if len(shape) == 4 else shape
        self._at[name] = self.graph.tensor(name, last)
        return self._at[name]

    def _padded(self, name: str, pads: list[int]) -> int:
        if not any(pads):
            return self._at[name]
        n, channels, height, width = self._shapes[name]
        amounts = np.array([[0, 0], [pads[0], pads[2]], [pads[1], pads[3]], [0, 0]], dtype=np.int32)
        shape = [n, height + pads[0] + pads[2], width + pads[1] + pads[3], channels]
        return self.graph.operator(
            schema.BuiltinOperator.PAD,
            [self._at[name], self.graph.constant(f"{name}.pads", amounts)],
            self.graph.tensor(f"{name}.padded", shape),
            schema.BuiltinOptions.PadOptions,
            schema.PadOptionsT(),
        )

    def convolution(self, node: Any, given: Values) -> None:
        weight = self._weights[node.input[1]]
        if given.get("group", 1) == 1:
            turned, options = weight.transpose(0, 2, 3, 1), schema.Conv2DOptionsT()
            kinds = (schema.BuiltinOperator.CONV_2D, schema.BuiltinOptions.Conv2DOptions)
        elif weight.shape[:2] == (given["group"], 1):
            turned, options = weight.transpose(1, 2, 3, 0), schema.DepthwiseConv2DOptionsT()
            kinds = (schema.BuiltinOperator.DEPTHWISE_CONV_2D, schema.BuiltinOptions.DepthwiseConv2DOptions)
            options.depthMultiplier = 1
        else:
            raise KeyError("a convolution in groups")
        options.padding = schema.Padding.VALID
        options.strideH, options.strideW = given.get("strides", [1, 1])
        options.dilationHFactor = options.dilationWFactor = 1
        data = self._padded(node.input[0], given.get("pads", [0, 0, 0, 0]))
        bias = self.graph.constant(node.input[2], self._weights[node.input[2]])
        inputs = [data, self.graph.constant(node.input[1], turned), bias]
        self.graph.operator(kinds[0], inputs, self._tensor(node.output[0]), kinds[1], options)

    def pool(self, node: Any, given: Values) -> None:
        """Zeros at the edge are right behind a Relu."""
        options = schema.Pool2DOptionsT()
        options.padding = schema.Padding.VALID
        options.strideH, options.strideW = given["strides"]
        options.filterHeight, options.filterWidth = given["kernel_shape"]
        self.graph.operator(
            schema.BuiltinOperator.MAX_POOL_2D,
            [self._padded(node.input[0], given.get("pads", [0, 0, 0, 0]))],
            self._tensor(node.output[0]),
            schema.BuiltinOptions.Pool2DOptions,
            options,
        )

    def same(self, node: Any, given: Values) -> None:
        """The exporter shares equal weights through it."""
        self._weights[node.output[0]] = self._weights[node.input[0]]

    def stored(self, node: Any, given: Values) -> None:
        """The ends of a Clip."""
        self._weights[node.output[0]] = numpy_helper.to_array(given["value"])

    def relu(self, node: Any, given: Values) -> None:
        self._activation(node, schema.BuiltinOperator.RELU)

    def clip(self, node: Any, given: Values) -> None:
        if [float(self._weights[name]) for name in node.input[1:]] != [0, 6]:
            raise KeyError("a Clip of other ends")
        self._activation(node, schema.BuiltinOperator.RELU6)

    def _activation(self, node: Any, kind: int) -> None:
        self.graph.operator(kind, [self._at[node.input[0]]], self._tensor(node.output[0]), 0, None)

    def add(self, node: Any, given: Values) -> None:
        self.graph.operator(
            schema.BuiltinOperator.ADD,
            [self._at[name] for name in node.input],
            self._tensor(node.output[0]),
            schema.BuiltinOptions.AddOptions,
            schema.AddOptionsT(),
        )

    def mean(self, node: Any, given: Values) -> None:
        options = schema.ReducerOptionsT()
        options.keepDims = True
        axes = self.graph.constant(f"{node.output[0]}.axes", np.array([1, 2], dtype=np.int32))
        self.graph.operator(
            schema.BuiltinOperator.MEAN,
            [self._at[node.input[0]], axes],
            self._tensor(node.output[0]),
            schema.BuiltinOptions.ReducerOptions,
            options,
        )

    def flatten(self, node: Any, given: Values) -> None:
        shape = np.array([-1, *self._shapes[node.output[0]][1:]], dtype=np.int32)
        self.graph.operator(
            schema.BuiltinOperator.RESHAPE,
            [self._at[node.input[0]], self.graph.constant(f"{node.output[0]}.shape", shape)],
            self._tensor(node.output[0]),
            schema.BuiltinOptions.ReshapeOptions,
            schema.ReshapeOptionsT(),
        )

    def dense(self, node: Any, given: Values) -> None:
        self.graph.operator(
            schema.BuiltinOperator.FULLY_CONNECTED,
            [
                self._at[node.input[0]],
                self.graph.constant(node.input[1], self._weights[node.input[1]]),
                self.graph.constant(node.input[2], self._weights[node.input[2]]),
            ],
            self._tensor(node.output[0]),
            schema.BuiltinOptions.FullyConnectedOptions,
            schema.FullyConnectedOptionsT(),
        )


def _attributes(node: Any) -> Values:
    return {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}


_RULES: dict[str, Callable[[_Conversion, Any, Values], None]] = {
    "Conv": _Conversion.convolution,
    "Identity": _Conversion.same,
    "MaxPool": _Conversion.pool,
    "Constant": _Conversion.stored,
    "Relu": _Conversion.relu,
    "Clip": _Conversion.clip,
    "Add": _Conversion.add,
    "GlobalAveragePool": _Conversion.mean,
    "Flatten": _Conversion.flatten,
    "Gemm": _Conversion.dense,
}


def write(model: onnx.ModelProto, path: Path) -> None:
    """Raises KeyError for an operator beyond those of the two networks."""
    path.write_bytes(_Conversion(model).run())
