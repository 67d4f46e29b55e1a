"""A small picture network by hand, whole, broken on purpose, and exported again in ways that harm nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Array = np.ndarray[Any, Any]
Weights = dict[str, Array]

SIZE = 16
CLASSES = 10
EPSILON = 1e-5
_STATISTICS = ("scale", "shift", "running_mean", "running_var")


def weights(seed: int = 7) -> Weights:
    """Of a network that normalises its pictures, has a batch normalisation and two outputs of one shape."""
    draw = np.random.default_rng(seed)

    def normal(*shape: int, fan: int) -> Array:
        return (draw.standard_normal(shape) * np.sqrt(2 / fan)).astype(np.float32)

    return {
        "mean": np.array([0.485, 0.456, 0.406], np.float32).reshape(1, 3, 1, 1),
        "std": np.array([0.229, 0.224, 0.225], np.float32).reshape(1, 3, 1, 1),
        "w1": normal(24, 3, 3, 3, fan=27),
        "b1": normal(24, fan=24),
        "scale": draw.uniform(0.5, 1.5, 24).astype(np.float32),
        "shift": draw.uniform(-0.5, 0.5, 24).astype(np.float32),
        "running_mean": draw.uniform(-0.5, 0.5, 24).astype(np.float32),
        "running_var": draw.uniform(0.05, 2.0, 24).astype(np.float32),
        "w2": normal(32, 24, 3, 3, fan=216),
        "b2": normal(32, fan=32),
        "w3": normal(32, 32, fan=32),
        "b3": normal(32, fan=32),
        "w4": normal(CLASSES, 32, fan=32),
        "b4": normal(CLASSES, fan=32),
        "w5": normal(CLASSES, 32, fan=32),
        "b5": normal(CLASSES, fan=32),
    }


def network(
    values: Mapping[str, Array],
    *,
    opset: int = 17,
    batch: str | int = "batch",
    activation: str = "Relu",
    epsilon: float = EPSILON,
    padding: tuple[int, ...] = (1, 1, 1, 1),
    outputs: Mapping[str, str] | None = None,
    is_channels_last: bool = False,
) -> onnx.ModelProto:
    """`outputs` maps the names of outputs, in order, to what they hold: `scores` or `styles`."""
    held = dict(outputs or {"scores": "scores", "styles": "styles"})
    first = "turned" if is_channels_last else "image"
    nodes = [
        *([helper.make_node("Transpose", ["image"], [first], perm=[0, 3, 1, 2])] if is_channels_last else []),
        helper.make_node("Sub", [first, "mean"], ["centred"]),
        helper.make_node("Div", ["centred", "std"], ["normalised"]),
        helper.make_node("Conv", ["normalised", "w1", "b1"], ["c1"], pads=list(padding)),
        helper.make_node("BatchNormalization", ["c1", *_STATISTICS], ["n1"], epsilon=epsilon),
        helper.make_node(activation, ["n1"], ["a1"]),
        helper.make_node("Conv", ["a1", "w2", "b2"], ["c2"], pads=[1, 1, 1, 1], strides=[2, 2]),
        helper.make_node(activation, ["c2"], ["a2"]),
        helper.make_node("GlobalAveragePool", ["a2"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("Gemm", ["flat", "w3", "b3"], ["g3"], transB=1),
        helper.make_node(activation, ["g3"], ["a3"]),
        *(
            helper.make_node("Gemm", ["a3", *parts], [name], transB=1)
            for name, what in held.items()
            for parts in [("w4", "b4") if what == "scores" else ("w5", "b5")]
        ),
    ]  # fmt: skip
    shape = [batch, SIZE, SIZE, 3] if is_channels_last else [batch, 3, SIZE, SIZE]
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [batch, CLASSES]) for name in held],
        [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def folded(values: Mapping[str, Array]) -> Weights:
    """The batch normalisation folded into the convolution before it, and made to do nothing."""
    factor = values["scale"] / np.sqrt(values["running_var"] + EPSILON)
    count = len(factor)
    return {
        **values,
        "w1": (values["w1"] * factor[:, None, None, None]).astype(np.float32),
        "b1": ((values["b1"] - values["running_mean"]) * factor + values["shift"]).astype(np.float32),
        "scale": np.ones(count, np.float32),
        "shift": np.zeros(count, np.float32),
        "running_mean": np.zeros(count, np.float32),
        "running_var": np.full(count, 1 - EPSILON, np.float32),
    }


def in_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Weights kept in fp16 and widened before they are used."""
    graph = model.graph
    kept = list(graph.initializer)
    del graph.initializer[:]
    casts = []
    for weight in kept:
        with np.errstate(over="ignore"):
            half = numpy_helper.to_array(weight).astype(np.float16)
        graph.initializer.append(numpy_helper.from_array(half, f"{weight.name}_half"))
        casts.append(helper.make_node("Cast", [f"{weight.name}_half"], [weight.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def quantised_without_calibration(model: onnx.ModelProto, scale: float) -> onnx.ModelProto:
    """Every activation through int8 with a made-up scale, as a converter does that saw no data."""
    graph = model.graph
    graph.initializer.append(numpy_helper.from_array(np.float32(scale), "made_up"))
    graph.initializer.append(numpy_helper.from_array(np.int8(0), "zero"))
    nodes = []
    for node in graph.node:
        nodes.append(node)
        if node.op_type in ("Relu", "Div"):
            name, exact = node.output[0], f"{node.output[0]}_exact"
            node.output[0] = exact
            nodes.append(helper.make_node("QuantizeLinear", [exact, "made_up", "zero"], [f"{name}_q"]))
            nodes.append(helper.make_node("DequantizeLinear", [f"{name}_q", "made_up", "zero"], [name]))
    del graph.node[:]
    graph.node.extend(nodes)
    return model


def saved(model: onnx.ModelProto, path: Path) -> Path:
    onnx.save(model, path)
    return path


def rescaled(values: Weights, name: str, change: Callable[[Array], Array]) -> Weights:
    """The weights with one of them changed."""
    return {**values, name: np.ascontiguousarray(change(values[name])).astype(values[name].dtype)}
