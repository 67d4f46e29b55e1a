"""Convolutions and pools that ONNX Runtime has laid out anew for one kind of processor.

Channels come last in its integer operators, and `com.microsoft.nchwc` keeps them in blocks of 8 or 16.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import onnx

from profiler.backends.onnx_node import Operator
from profiler.backends.onnx_scope import Shape
from profiler.metrics.flops import Work
from profiler.pairs import paired

BLOCKED = "com.microsoft.nchwc"
UNFILLED = "unfilled_channels"
"""Attribute of a blocked convolution: outputs and inputs without those that only fill up a block."""

_ADDED = ("activation", "activation_params", UNFILLED)
_MOVES = ("ReorderInput", "ReorderOutput")


def is_movement(kind: str) -> bool:
    """Of the blocked operators."""
    return kind in _MOVES


def plain(node: Any) -> Any:
    """The node as the ONNX operator of the same shapes, where there is one; else the node itself."""
    kind = _PLAIN.get((node.domain, node.op_type))
    if kind is None:
        return node
    # Shapes of a recurrent layer come from its data alone, and weights of integers would be refused.
    inputs = node.input[:1] * 3 if kind == "LSTM" else node.input[:3]
    same = onnx.NodeProto(op_type=kind, input=inputs, output=node.output)
    same.attribute.extend(entry for entry in node.attribute if entry.name not in _ADDED)
    return same


_PLAIN = {
    ("com.microsoft", "FusedConv"): "Conv",
    ("com.microsoft", "DynamicQuantizeLSTM"): "LSTM",
    **{
        (BLOCKED, kind): kind
        for kind in ("Conv", "MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool")
    },
}


def blocked_convolution(op: Operator) -> Work:
    """The work of the network, without that on zeros; a bias, a sum and an activation are other work."""
    filters, output = op.input(1), op.output()
    made, read = op.attribute(UNFILLED, filters[:2])
    elements = math.prod(output)
    other = elements * (op.has(2) + op.has(3) + bool(op.attribute("activation")))
    return Work(elements // output[1] * made * read * math.prod(filters[2:]), other)


def upsampled(op: Operator) -> Work:
    """Four neighbours with a weight each; the nearest is picked."""
    linear = op.text("mode", "nearest") == "linear"
    return Work(0, 2 * 4 * math.prod(op.output()) if linear else 0)


def _is_channels_last(op: Operator) -> bool:
    return op.kind.startswith("Nhwc") or bool(op.attribute("channels_last", 0))


def _channels_first(shape: Shape) -> Shape:
    return (shape[0], shape[-1], *shape[1:-1])


def _channels_last(shape: Shape) -> Shape:
    return (shape[0], *shape[2:], shape[1])


def _slid(op: Operator, channels: int | None, kernel: Shape) -> Shape:
    """What a kernel makes, as ONNX defines it for Conv and MaxPool; without `channels` as many as it read."""
    last = _is_channels_last(op)
    data = _channels_first(op.input(0)) if last else op.input(0)
    sizes, rank = data[2:], len(kernel)
    strides = op.attribute("strides", [1] * rank)
    mode = op.text("auto_pad", "NOTSET")
    if mode.startswith("SAME"):
        made = [-(-size // stride) for size, stride in paired(sizes, strides)]
    else:
        pads = op.attribute("pads", [0] * 2 * rank) if mode == "NOTSET" else [0] * 2 * rank
        padded = [sizes[at] + pads[at] + pads[at + rank] for at in range(rank)]
        spans = [
            wide * (size - 1) + 1 for wide, size in paired(op.attribute("dilations", [1] * rank), kernel)
        ]
        spare = [(stride - 1) * op.attribute("ceil_mode", 0) for stride in strides]
        made = [(padded[at] - spans[at] + spare[at]) // strides[at] + 1 for at in range(rank)]
    shape = (data[0], data[1] if channels is None else channels, *made)
    return _channels_last(shape) if last else shape


def _convolution(weight: int) -> Callable[[Operator], Shape]:
    return lambda op: _slid(op, op.input(weight)[0], op.input(weight)[2:])


def _pool(op: Operator) -> Shape:
    return _slid(op, None, tuple(op.attribute("kernel_shape")))


def _into_blocks(op: Operator) -> Shape:
    return _channels_first(op.input(0)) if _is_channels_last(op) else op.input(0)


def _out_of_blocks(op: Operator) -> Shape:
    batch, _, *sizes = op.input(0)
    shape = (batch, op.attribute("channels"), *sizes)
    return _channels_last(shape) if _is_channels_last(op) else shape


def _upsampled(op: Operator) -> Shape:
    return tuple(size * scale for size, scale in paired(op.input(0), op.attribute("scales")))


MICROSOFT_SHAPES: dict[str, Callable[[Operator], Shape]] = {
    "NhwcConv": _convolution(1),
    "NhwcFusedConv": _convolution(1),
    "NhwcMaxPool": _pool,
    "QLinearAveragePool": _pool,
    "QLinearConv": _convolution(3),
}
BLOCKED_SHAPES: dict[str, Callable[[Operator], Shape]] = {
    "ReorderInput": _into_blocks,
    "ReorderOutput": _out_of_blocks,
    "Upsample": _upsampled,
}
