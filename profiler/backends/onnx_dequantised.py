"""Which float tensor each quantised tensor of an ONNX file stands for, and how to have it back in floats.

onnxruntime's quantisation keeps the names of the float model: a tensor `x` becomes `x_quantized`, or goes
through a pair of nodes whose answer is `x_DequantizeLinear_Output`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from profiler.backends.onnx_inner import InnerNode

SUFFIXES = ("_DequantizeLinear_Output", "_QuantizeLinear_Output", "_dequantized", "_quantized")
_MARK = "#dequantized"

# Where a node has the scale of what it makes; the zero point comes behind. Sources: the operators of ONNX
# (QuantizeLinear, QLinearConv, QLinearMatMul) and of com.microsoft in ONNX Runtime's ContribOperators.md.
_SCALE_AT = {
    "QuantizeLinear": 1,
    "QLinearConv": 6,
    "QLinearMatMul": 6,
    "QLinearAdd": 6,
    "QLinearMul": 6,
    "QGemm": 7,
    "QLinearSigmoid": 3,
    "QLinearLeakyRelu": 3,
    "QLinearSoftmax": 3,
    "QLinearReduceMean": 3,
    "QLinearGlobalAveragePool": 3,
    "QLinearAveragePool": 3,
    "QLinearConcat": 0,
}
# What these make has the scale of what they are given.
_KEEPING = (
    "MaxPool", "Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Slice", "Gather",
    "Split", "Expand", "DepthToSpace", "SpaceToDepth",
)  # fmt: skip


class Scale(NamedTuple):
    """Tensors that hold the scale and the zero point of another; the latter empty where there is none."""

    scale: str
    zero_point: str


def stem(name: str) -> str:
    """The name of the float tensor that one of this name stands for; empty where it stands for itself."""
    ending = next((ending for ending in SUFFIXES if name.endswith(ending)), "")
    return name[: -len(ending)] if ending else ""


def scales(nodes: Sequence[InnerNode]) -> dict[str, Scale]:
    """By the name of a quantised tensor that nothing in the graph takes back to floats."""
    found: dict[str, Scale] = {}
    for node in nodes:
        found.update(_made(node, found))
    back = {node.reads[0] for node in nodes if node.type == "DequantizeLinear" and node.reads}
    return {name: scale for name, scale in found.items() if name not in back}


def _made(node: InnerNode, known: Mapping[str, Scale]) -> Iterator[tuple[str, Scale]]:
    if node.type == "DynamicQuantizeLinear" and len(node.makes) == 3:
        yield node.makes[0], Scale(node.makes[1], node.makes[2])
    elif node.type in _SCALE_AT and len(node.reads) > _SCALE_AT[node.type]:
        at = _SCALE_AT[node.type]
        zero_point = node.reads[at + 1] if at + 1 < len(node.reads) else ""
        yield node.makes[0], Scale(node.reads[at], zero_point)
    elif node.type in _KEEPING and node.reads and node.reads[0] in known:
        yield from ((name, known[node.reads[0]]) for name in node.makes)


def output(name: str) -> str:
    """The name of the tensor that holds a quantised one in floats, in a copy of the model."""
    return name + _MARK


def back_to_floats(names: Iterable[str], known: Mapping[str, Scale]) -> list[InnerNode]:
    """Nodes to be added to the graph, one for each quantised tensor among these."""
    return [
        InnerNode(
            output(name), "DequantizeLinear", tuple(x for x in (name, *known[name]) if x), (output(name),)
        )
        for name in names
        if name in known
    ]
