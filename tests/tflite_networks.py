"""Networks of tests.networks as TensorFlow Lite, put together by hand with random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from tools import samples_tflite
from tools.samples_tflite import Graph

_TOKENS, _WIDTH, _HEADS = 24, 32, 4


class _Network:
    def __init__(self) -> None:
        self.graph = Graph()
        self._random = np.random.default_rng(0)

    def weight(self, *shape: int) -> int:
        return self.graph.constant("weight", self._random.random(shape, dtype=np.float32))

    def numbers(self, *values: int) -> int:
        return self.graph.constant("numbers", np.array(values, dtype=np.int32))

    def add(
        self, kind: str, inputs: list[int], shape: list[int], options: str | None = None, **values: Any
    ) -> int:
        filled = getattr(schema, f"{options}T")() if options else None
        for name, value in values.items():
            setattr(filled, name, value)
        number = getattr(schema.BuiltinOptions, options) if options else 0
        made = self.graph.tensor(kind.lower(), [1, *shape])
        return self.graph.operator(getattr(schema.BuiltinOperator, kind), inputs, made, number, filled)

    def dense(self, data: int, entry: int, leave: int, steps: int) -> int:
        inputs = [data, self.weight(leave, entry), self.weight(leave)]
        return self.add("FULLY_CONNECTED", inputs, [steps, leave], "FullyConnectedOptions", keepNumDims=True)

    def normalised(self, data: int) -> int:
        shape, last = [_TOKENS, _WIDTH], self.numbers(2)
        mean = self.add("MEAN", [data, last], [_TOKENS, 1], "ReducerOptions", keepDims=True)
        squares = self.add("SQUARED_DIFFERENCE", [data, mean], shape)
        variance = self.add("MEAN", [squares, last], [_TOKENS, 1], "ReducerOptions", keepDims=True)
        centred = self.add("SUB", [data, mean], shape, "SubOptions")
        scaled = self.add("MUL", [centred, self.add("RSQRT", [variance], [_TOKENS, 1])], shape, "MulOptions")
        shifted = self.add("MUL", [scaled, self.weight(_WIDTH)], shape, "MulOptions")
        return self.add("ADD", [shifted, self.weight(_WIDTH)], shape, "AddOptions")

    def headed(self, data: int) -> int:
        size = _WIDTH // _HEADS
        dense = self.dense(data, _WIDTH, _WIDTH, _TOKENS)
        split = self.add("RESHAPE", [dense, self.numbers(-1, _TOKENS, _HEADS, size)], [_TOKENS, _HEADS, size])
        return self.add("TRANSPOSE", [split, self.numbers(0, 2, 1, 3)], [_HEADS, _TOKENS, size])

    def attended(self, data: int) -> int:
        size = _WIDTH // _HEADS
        query, key, value = (self.headed(data) for _ in range(3))
        square, options = [_HEADS, _TOKENS, _TOKENS], "BatchMatMulOptions"
        scores = self.add("BATCH_MATMUL", [query, key], square, options, adjY=True)
        scaled = self.add("MUL", [scores, self.weight(1)], square, "MulOptions")
        shares = self.add("SOFTMAX", [scaled], square, "SoftmaxOptions", beta=1.0)
        mixed = self.add("BATCH_MATMUL", [shares, value], [_HEADS, _TOKENS, size], options)
        turned = self.add("TRANSPOSE", [mixed, self.numbers(0, 2, 1, 3)], [_TOKENS, _HEADS, size])
        joined = self.add("RESHAPE", [turned, self.numbers(-1, _TOKENS, _WIDTH)], [_TOKENS, _WIDTH])
        return self.dense(joined, _WIDTH, _WIDTH, _TOKENS)

    def state(self) -> int:
        made = self.graph.tensor("state", [1, 16])
        self.graph.tensors[made].isVariable = True
        return made

    def recurrent(self, data: int, entry: int) -> int:
        """Four gates; no peepholes, projection or normalisation."""
        weights = [self.weight(16, entry) for _ in range(4)] + [self.weight(16, 16) for _ in range(4)]
        biases = [self.weight(16) for _ in range(4)]
        inputs = [data, *weights, *[-1] * 3, *biases, -1, -1, self.state(), self.state(), *[-1] * 4]
        return self.add(
            "UNIDIRECTIONAL_SEQUENCE_LSTM",
            inputs,
            [7, 16],
            "UnidirectionalSequenceLSTMOptions",
            fusedActivationFunction=schema.ActivationFunctionType.TANH,
        )


def vision_transformer(path: Path) -> None:
    """For images of 32 x 48."""
    network = _Network()
    image = network.graph.tensor("image", [1, 32, 48, 3])
    strides = {"strideW": 8, "strideH": 8, "dilationWFactor": 1, "dilationHFactor": 1}
    patches = network.add(
        "CONV_2D",
        [image, network.weight(_WIDTH, 8, 8, 3), network.weight(_WIDTH)],
        [4, 6, _WIDTH],
        "Conv2DOptions",
        padding=schema.Padding.VALID,
        **strides,
    )
    flat, wide = [_TOKENS, _WIDTH], [_TOKENS, 4 * _WIDTH]
    tokens = network.add("RESHAPE", [patches, network.numbers(-1, *flat)], flat)
    mixed = network.attended(network.normalised(tokens))
    first = network.add("ADD", [tokens, mixed], flat, "AddOptions")
    inner = network.dense(network.normalised(first), _WIDTH, 4 * _WIDTH, _TOKENS)
    active = network.add("GELU", [inner], wide, "GeluOptions")
    second = network.add(
        "ADD", [first, network.dense(active, 4 * _WIDTH, _WIDTH, _TOKENS)], flat, "AddOptions"
    )
    mean = network.add("MEAN", [second, network.numbers(1)], [_WIDTH], "ReducerOptions", keepDims=False)
    path.write_bytes(samples_tflite.packed(network.graph, image, mean))


def lstm(path: Path) -> None:
    """For seven steps."""
    network = _Network()
    steps = network.graph.tensor("steps", [1, 7, 12])
    states = network.recurrent(network.recurrent(steps, 12), 16)
    path.write_bytes(samples_tflite.packed(network.graph, steps, network.dense(states, 16, 5, 7)))
