"""The sample as TensorFlow Lite: the weights of digits.onnx in a graph that is written down by hand.

    python tools/samples_tflite.py resources/samples/digits.onnx resources/samples/digits.tflite

TensorFlow Lite puts channels last, so images are [batch, 8, 8, 1] and weights are turned; the dense layer's
are put in the order in which channels-last values lie. The same bytes each time.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import flatbuffers
import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema
from onnx import numpy_helper

Array = np.ndarray[Any, np.dtype[np.float32]]
_SAME, _VALID = schema.Padding.SAME, schema.Padding.VALID


class Graph:
    """Tensors, buffers and operators as they are added."""

    def __init__(self) -> None:
        self.buffers = [schema.BufferT()]
        self.tensors: list[Any] = []
        self.operators: list[Any] = []
        self.codes: list[int] = []

    def tensor(self, name: str, shape: list[int], data: np.ndarray[Any, Any] | None = None) -> int:
        """An activation, whose first dimension may vary, or a constant."""
        tensor = schema.TensorT()
        tensor.name, tensor.shape = name, shape
        tensor.type = schema.TensorType.INT32 if data is not None and data.dtype == np.int32 else 0
        tensor.buffer = 0
        if data is None:
            tensor.shapeSignature = [-1, *shape[1:]]
        else:
            tensor.buffer = len(self.buffers)
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(np.ascontiguousarray(data).tobytes(), dtype=np.uint8)
            self.buffers.append(buffer)
        self.tensors.append(tensor)
        return len(self.tensors) - 1

    def constant(self, name: str, data: np.ndarray[Any, Any]) -> int:
        return self.tensor(name, list(data.shape), data)

    def operator(self, builtin: int, inputs: list[int], output: int, kind: int, options: Any) -> int:
        if builtin not in self.codes:
            self.codes.append(builtin)
        operator = schema.OperatorT()
        operator.opcodeIndex = self.codes.index(builtin)
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptionsType, operator.builtinOptions = kind, options
        self.operators.append(operator)
        return output


def _weights(path: Path) -> list[Array]:
    """Weight and bias of each layer, in the order of the network."""
    graph = onnx.load(path).graph
    known = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return [known[name] for node in graph.node for name in node.input if name in known and known[name].ndim]


def _convolution(graph: Graph, data: int, size: int, name: str, weight: Array, bias: Array) -> int:
    options = schema.Conv2DOptionsT()
    options.padding, options.strideW, options.strideH = _SAME, 1, 1
    options.dilationWFactor = options.dilationHFactor = 1
    options.fusedActivationFunction = schema.ActivationFunctionType.RELU
    turned = graph.constant(f"{name}.weight", weight.transpose(0, 2, 3, 1))
    output = graph.tensor(name, [1, size, size, len(bias)])
    return graph.operator(
        schema.BuiltinOperator.CONV_2D,
        [data, turned, graph.constant(f"{name}.bias", bias)],
        output,
        schema.BuiltinOptions.Conv2DOptions,
        options,
    )


def _pool(graph: Graph, data: int, size: int, channels: int, name: str) -> int:
    options = schema.Pool2DOptionsT()
    options.padding = _VALID
    options.strideW = options.strideH = options.filterWidth = options.filterHeight = 2
    return graph.operator(
        schema.BuiltinOperator.MAX_POOL_2D,
        [data],
        graph.tensor(name, [1, size, size, channels]),
        schema.BuiltinOptions.Pool2DOptions,
        options,
    )


def _doubled(graph: Graph, image: int, weight: Array, bias: Array) -> int:
    """The learned step that doubles the image: a product for each pixel, whose four values are put in place.

    TRANSPOSE_CONV needs the batch in a constant; this is the same arithmetic for every batch.
    """
    channels = weight.shape[1]
    options = schema.Conv2DOptionsT()
    options.padding, options.strideW, options.strideH = _SAME, 1, 1
    options.dilationWFactor = options.dilationHFactor = 1
    options.fusedActivationFunction = schema.ActivationFunctionType.RELU
    each = weight[0].transpose(1, 2, 0).reshape(4 * channels, 1, 1, 1)
    wide = graph.operator(
        schema.BuiltinOperator.CONV_2D,
        [image, graph.constant("0.weight", each), graph.constant("0.bias", np.tile(bias, 4))],
        graph.tensor("0.wide", [1, 8, 8, 4 * channels]),
        schema.BuiltinOptions.Conv2DOptions,
        options,
    )
    placing = schema.DepthToSpaceOptionsT()
    placing.blockSize = 2
    return graph.operator(
        schema.BuiltinOperator.DEPTH_TO_SPACE,
        [wide],
        graph.tensor("0", [1, 16, 16, channels]),
        schema.BuiltinOptions.DepthToSpaceOptions,
        placing,
    )


def _dense(graph: Graph, data: int, weight: Array, bias: Array) -> int:
    side, channels = 4, weight.shape[1] // 16
    order = weight.reshape(-1, channels, side, side).transpose(0, 2, 3, 1).reshape(len(weight), -1)
    shape = schema.ReshapeOptionsT()
    shape.newShape = [-1, weight.shape[1]]
    flat = graph.operator(
        schema.BuiltinOperator.RESHAPE,
        [data, graph.constant("flat.shape", np.array([-1, weight.shape[1]], dtype=np.int32))],
        graph.tensor("flat", [1, weight.shape[1]]),
        schema.BuiltinOptions.ReshapeOptions,
        shape,
    )
    return graph.operator(
        schema.BuiltinOperator.FULLY_CONNECTED,
        [flat, graph.constant("11.weight", order), graph.constant("11.bias", bias)],
        graph.tensor("logits", [1, len(bias)]),
        schema.BuiltinOptions.FullyConnectedOptions,
        schema.FullyConnectedOptionsT(),
    )


def _signature(image: int, logits: int) -> Any:
    signature = schema.SignatureDefT()
    signature.signatureKey, signature.subgraphIndex = "serving_default", 0
    signature.inputs, signature.outputs = [], []
    for name, index, side in (("image", image, signature.inputs), ("logits", logits, signature.outputs)):
        entry = schema.TensorMapT()
        entry.name, entry.tensorIndex = name, index
        side.append(entry)
    return signature


def write(onnx_path: Path, path: Path) -> None:
    """Reads digits.onnx, writes digits.tflite."""
    weights = _weights(onnx_path)
    graph = Graph()
    image = graph.tensor("image", [1, 8, 8, 1])
    data = _doubled(graph, image, *weights[0:2])
    data = _convolution(graph, data, 16, "2", *weights[2:4])
    data = _convolution(graph, data, 16, "4", *weights[4:6])
    data = _pool(graph, data, 8, 64, "6")
    data = _convolution(graph, data, 8, "7", *weights[6:8])
    data = _pool(graph, data, 4, 128, "9")
    logits = _dense(graph, data, *weights[8:10])
    path.write_bytes(packed(graph, image, logits))


def packed(graph: Graph, image: int, logits: int) -> bytes:
    main = schema.SubGraphT()
    main.name, main.inputs, main.outputs = "main", [image], [logits]
    main.tensors, main.operators = graph.tensors, graph.operators
    model = schema.ModelT()
    model.version, model.description = 3, "inferometer sample"
    model.subgraphs, model.buffers = [main], graph.buffers
    model.signatureDefs = [_signature(image, logits)]
    model.operatorCodes = []
    for builtin in graph.codes:
        code = schema.OperatorCodeT()
        code.builtinCode, code.deprecatedBuiltinCode, code.version = builtin, min(builtin, 127), 1
        model.operatorCodes.append(code)
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def main() -> int:
    parser = argparse.ArgumentParser(description="Write the sample as TensorFlow Lite.")
    parser.add_argument("onnx", type=Path)
    parser.add_argument("tflite", type=Path)
    arguments = parser.parse_args()
    write(arguments.onnx, arguments.tflite)
    return 0


if __name__ == "__main__":
    sys.exit(main())
