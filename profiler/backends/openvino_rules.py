"""What each OpenVINO operator does at shapes that are settled; what no rule covers is uncounted."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Optional

from profiler.metrics import flops
from profiler.metrics.einsum import einsum
from profiler.metrics.flops import Work
from profiler.pairs import paired

Shape = tuple[int, ...]
Rule = Callable[[Any], Work]


class Unknown(Exception):
    """A shape that a rule needs is not known."""


_NOT_AS_THE_RULE_EXPECTS = (Unknown, IndexError, ValueError, KeyError)


def is_movement(kind: str) -> bool:
    """Whether the operator does no arithmetic on its data."""
    return kind in _MOVEMENT


def work(operator: Any) -> Optional[Work]:
    """None where no rule covers the operator, or its shapes are not known."""
    rule = _RULES.get(operator.get_type_name())
    try:
        return None if rule is None else rule(operator)
    except _NOT_AS_THE_RULE_EXPECTS:
        return None


def source(port: Any) -> Any:
    """The output that an input reads."""
    return port.get_source_output()


def shape(port: Any) -> Optional[Shape]:
    """Of an output; None where a dimension is open."""
    found = port.get_partial_shape()
    return tuple(int(dim.get_length()) for dim in found) if found.is_static else None


def _in(operator: Any, index: int) -> Shape:
    return _known(source(operator.input(index)))


def _out(operator: Any) -> Shape:
    return _known(operator.output(0))


def _known(port: Any) -> Shape:
    found = shape(port)
    if found is None:
        raise Unknown
    return found


# Through these a value stays what it was: they move, widen or scale.
_PASSING = ("Reshape", "Transpose", "Convert", "Subtract", "Multiply", "Squeeze", "Unsqueeze", "MaxPool",
            "Concat", "Relu", "Pad", "Split", "VariadicSplit", "StridedSlice")  # fmt: skip
_NARROW = ("i8", "u8", "i4", "u4")
_FARTHEST = 12


def _is_quantised(operator: Any) -> bool:
    """Whether both sides were cut to few levels or kept in integers: plugins then compute on integers."""
    return _has_levels(operator.input(0)) and _has_levels(operator.input(1))


def _has_levels(port: Any) -> bool:
    node = source(port).get_node()
    for _ in range(_FARTHEST):
        kind = node.get_type_name()
        if kind == "FakeQuantize" or node.output(0).get_element_type().get_type_name() in _NARROW:
            return True
        if kind not in _PASSING or not node.get_input_size():
            return False
        node = source(node.input(0)).get_node()
    return False


def _product(operator: Any, macs: int) -> Work:
    return Work(macs, 0, macs if _is_quantised(operator) else 0)


def _matmul(operator: Any) -> Work:
    attributes = operator.get_attributes()
    left, right = _in(operator, 0), _in(operator, 1)
    if attributes.get("transpose_a") and len(left) > 1:
        left = (*left[:-2], left[-1], left[-2])
    if attributes.get("transpose_b") and len(right) > 1:
        right = (*right[:-2], right[-1], right[-2])
    return _product(operator, flops.matmul(left, right))


def _convolution(operator: Any) -> Work:
    return _product(operator, flops.convolution(_out(operator), _in(operator, 1)))


def _grouped(operator: Any) -> Work:
    """Weights [groups, out / groups, in / groups, ...]."""
    return _product(operator, math.prod(_out(operator)) * math.prod(_in(operator, 1)[2:]))


def _transposed(operator: Any) -> Work:
    return _product(operator, flops.transposed_convolution(_in(operator, 0), _in(operator, 1)))


def _grouped_transposed(operator: Any) -> Work:
    """Weights [groups, in / groups, out / groups, ...]."""
    return _product(operator, math.prod(_in(operator, 0)) * math.prod(_in(operator, 1)[2:]))


def _sequence(gates: int, weight_at: int) -> Rule:
    """Data [batch, time, in]; weights [directions, gates x hidden, in]."""

    def rule(operator: Any) -> Work:
        batch, steps, size = _in(operator, 0)
        directions, rows, _ = _in(operator, weight_at)
        one = flops.recurrent(gates, steps, batch, size, rows // gates)
        return Work(directions * one.macs, directions * one.other)

    return rule


def _cell(gates: int, weight_at: int) -> Rule:
    """Data [batch, in]; weights [gates x hidden, in]."""

    def rule(operator: Any) -> Work:
        batch, size = _in(operator, 0)
        return flops.recurrent(gates, 1, batch, size, _in(operator, weight_at)[0] // gates)

    return rule


def _attention(operator: Any) -> Work:
    """Query [..., queries, head], key [..., keys, head], value [..., keys, value head]."""
    query, key, value = (_in(operator, index) for index in range(3))
    return flops.attention(flops.attended(query, key, value), query[-2], key[-2], query[-1], value[-1])


def _deformable(operator: Any) -> Work:
    """Data, offsets, weights [out, in / groups, ...]; samples are interpolated as in ONNX's DeformConv."""
    data, output, weight = _in(operator, 0), _out(operator), _in(operator, 2)
    samples = math.prod(output) // output[1] * data[1] * math.prod(weight[2:])
    return Work(flops.convolution(output, weight), samples * 2 * 2 ** (len(weight) - 2))


def _einsum(operator: Any) -> Work:
    shapes = [_in(operator, index) for index in range(operator.get_input_size())]
    return einsum(operator.get_attributes()["equation"], shapes)


def _resized(operator: Any) -> Work:
    scaled = sum(1 for before, after in paired(_in(operator, 0), _out(operator)) if before != after)
    return _interpolated(operator, scaled)


def _grid_sample(operator: Any) -> Work:
    return _interpolated(operator, len(_out(operator)) - 2)


def _interpolated(operator: Any, dimensions: int) -> Work:
    """A weighted sum of taps^dimensions neighbours for each output; the nearest is picked."""
    mode = operator.get_attributes()["mode"]
    taps = 0 if mode == "nearest" else 4 if "cubic" in mode else 2
    return Work(0, 2 * math.prod(_out(operator)) * taps**dimensions if taps else 0)


def _response_normalisation(operator: Any) -> Work:
    """Square and sum over `size` neighbours, then bias, power and division."""
    return Work(0, math.prod(_out(operator)) * (2 * operator.get_attributes()["size"] + 3))


def _per_output(each: int) -> Rule:
    return lambda operator: Work(0, each * math.prod(_out(operator)))


def _per_input(operator: Any) -> Work:
    return Work(0, math.prod(_in(operator, 0)))


def _pool(operator: Any) -> Work:
    return Work(0, math.prod(_out(operator)) * math.prod(operator.get_attributes()["kernel"]))


_MOVEMENT_TEXT = """Reshape Transpose Squeeze Unsqueeze Concat Split VariadicSplit Gather GatherElements
    GatherND Slice StridedSlice Pad Broadcast Tile Convert ConvertLike ShapeOf Range
    OneHot TopK ScatterUpdate ScatterNDUpdate ScatterElementsUpdate DepthToSpace
    SpaceToDepth BatchToSpace SpaceToBatch ReverseSequence Reverse Roll NonZero
    ShuffleChannels Assign ReadValue EmbeddingBagOffsetsSum Eye Identity"""
_MOVEMENT = frozenset(_MOVEMENT_TEXT.split())
_ELEMENTWISE_TEXT = """Add Subtract Multiply Divide Power Maximum Minimum Mod FloorMod SquaredDifference
    Equal NotEqual Less LessEqual Greater GreaterEqual LogicalAnd LogicalOr LogicalNot
    LogicalXor Select Relu PRelu Elu Selu Gelu HSwish HSigmoid HardSigmoid Swish Mish
    SoftPlus SoftSign Sigmoid Tanh Exp Log Sqrt Abs Negative Sign Floor Ceiling Round
    Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh Acosh Atanh Clamp CumSum IsNaN IsInf
    IsFinite BitwiseAnd BitwiseOr BitwiseXor BitwiseNot"""
_REDUCTIONS_TEXT = """ReduceSum ReduceMean ReduceMax ReduceMin ReduceProd ReduceL1 ReduceL2
    ReduceLogicalAnd ReduceLogicalOr AdaptiveAvgPool AdaptiveMaxPool"""
_RULES: dict[str, Rule] = {
    **{kind: _per_output(1) for kind in _ELEMENTWISE_TEXT.split()},
    **dict.fromkeys(_REDUCTIONS_TEXT.split(), _per_input),
    **dict.fromkeys(("MaxPool", "AvgPool"), _pool),
    "Softmax": _per_output(flops.SOFTMAX_PER_ELEMENT),
    "LogSoftmax": _per_output(flops.SOFTMAX_PER_ELEMENT),
    "MVN": _per_output(5),
    "NormalizeL2": _per_output(3),
    "RMS": _per_output(flops.RMS_NORM_PER_ELEMENT),
    "GroupNormalization": _per_output(flops.LAYER_NORM_PER_ELEMENT),
    "BatchNormInference": _per_output(flops.BATCH_NORM_PER_ELEMENT),
    "FakeQuantize": _per_output(4),
    "MatMul": _matmul,
    "Convolution": _convolution,
    "GroupConvolution": _grouped,
    "ConvolutionBackpropData": _transposed,
    "GroupConvolutionBackpropData": _grouped_transposed,
    "LSTMSequence": _sequence(flops.LSTM_GATES, 4),
    "GRUSequence": _sequence(flops.GRU_GATES, 3),
    "RNNSequence": _sequence(flops.RNN_GATES, 3),
    "LSTMCell": _cell(flops.LSTM_GATES, 3),
    "GRUCell": _cell(flops.GRU_GATES, 2),
    "RNNCell": _cell(flops.RNN_GATES, 2),
    "ScaledDotProductAttention": _attention,
    "DeformableConvolution": _deformable,
    "Einsum": _einsum,
    "Interpolate": _resized,
    "GridSample": _grid_sample,
    "LRN": _response_normalisation,
}
