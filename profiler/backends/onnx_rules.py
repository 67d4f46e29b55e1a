"""Which rule counts which ONNX operator; what no rule covers is named as uncounted, never taken as 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from profiler.backends import onnx_layouts, onnx_products
from profiler.backends.onnx_node import Operator
from profiler.metrics import flops
from profiler.metrics.flops import Work

Rule = Callable[[Operator], Work]

_MOVEMENT = """BitCast Cast CastLike CenterCropPad Compress Concat ConcatFromSequence Constant ConstantOfShape
    DepthToSpace Dropout Expand EyeLike Flatten Gather GatherElements GatherND Identity MaxUnpool NonZero
    OneHot Optional OptionalGetElement OptionalHasElement Pad Range Reshape ReverseSequence Scatter
    ScatterElements ScatterND SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert
    SequenceLength Shape Size Slice SpaceToDepth Split SplitToSequence Squeeze TensorScatter Tile TopK
    Transpose Trilu Unique Unsqueeze"""
"""Moves, selects or describes data: no arithmetic on it (comparing while selecting is not counted)."""

_MICROSOFT_MOVEMENT = "ExpandDims GatherND Pad QLinearConcat Trilu Unique UnfoldTensor"

_ELEMENTWISE = """Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift BitwiseAnd BitwiseNot BitwiseOr
    BitwiseXor BlackmanWindow Ceil Celu Clip Cos Cosh CumProd CumSum Div Elu Equal Erf Exp Floor Gelu Greater
    GreaterOrEqual HammingWindow HannWindow HardSigmoid HardSwish IsInf IsNaN LeakyRelu Less LessOrEqual Log
    Mish Mod Mul Neg Not Or PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid Sign Sin Sinh Softplus
    Softsign Sqrt Sub SwiGLU Swish Tan Tanh ThresholdedRelu Where Xor"""
_REDUCTIONS = """ArgMax ArgMin Col2Im GlobalAveragePool GlobalLpPool GlobalMaxPool Hardmax ReduceL1
    ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum
    ReduceSumSquare"""
_PER_ELEMENT = {
    "BatchNormalization": flops.BATCH_NORM_PER_ELEMENT,
    "DequantizeLinear": 2,
    "DynamicQuantizeLinear": 4,
    "GroupNormalization": flops.LAYER_NORM_PER_ELEMENT,
    "InstanceNormalization": flops.LAYER_NORM_PER_ELEMENT,
    "LayerNormalization": flops.LAYER_NORM_PER_ELEMENT,
    "LogSoftmax": flops.SOFTMAX_PER_ELEMENT,
    "LpNormalization": 3,
    "MeanVarianceNormalization": 5,
    "QuantizeLinear": 2,
    "RMSNormalization": flops.RMS_NORM_PER_ELEMENT,
    "RotaryEmbedding": 3,
    "SimplifiedLayerNormalization": flops.RMS_NORM_PER_ELEMENT,
    "Softmax": flops.SOFTMAX_PER_ELEMENT,
}
_MICROSOFT_PER_ELEMENT = {
    "BiasAdd": 2,
    "BiasGelu": 2,
    "BiasSoftmax": flops.SOFTMAX_PER_ELEMENT + 1,
    "DequantizeLinear": 2,
    "EmbedLayerNormalization": flops.LAYER_NORM_PER_ELEMENT + 2,
    "FastGelu": 1,
    "Gelu": 1,
    "QLinearAdd": 1,
    "QLinearLeakyRelu": 1,
    "QLinearMul": 1,
    "QLinearSigmoid": 1,
    "QLinearSoftmax": flops.SOFTMAX_PER_ELEMENT,
    "QuantizeLinear": 2,
    "QuickGelu": 1,
    "SkipLayerNormalization": flops.LAYER_NORM_PER_ELEMENT + 1,
    "SkipSimplifiedLayerNormalization": flops.RMS_NORM_PER_ELEMENT + 1,
}


def _per_output(flops_each: int) -> Rule:
    return lambda op: Work(0, flops_each * math.prod(op.output()))


def _per_input(op: Operator) -> Work:
    return Work(0, math.prod(op.input(0)))


def _variadic(op: Operator) -> Work:
    """Sum, Max, Min and Mean of n tensors: n - 1 operations per element, and the division of Mean."""
    operations = op.given_inputs() - 1 + (op.kind == "Mean")
    return Work(0, operations * math.prod(op.output()))


def _pool(op: Operator) -> Work:
    return Work(0, math.prod(op.output()) * math.prod(op.attribute("kernel_shape")))


def _response_normalisation(op: Operator) -> Work:
    """Square and sum over `size` channels, then bias, power and division."""
    return Work(0, math.prod(op.output()) * (2 * op.attribute("size") + 3))


_TAPS = {"nearest": 0, "linear": 2, "bilinear": 2, "cubic": 4, "bicubic": 4}


def _resize(op: Operator) -> Work:
    data, output = op.input(0), op.output()
    scaled = sum(1 for before, after in zip(data, output, strict=True) if before != after)
    return _interpolated(op, scaled, "nearest")


def _grid_sample(op: Operator) -> Work:
    return _interpolated(op, len(op.output()) - 2, "linear")


def _interpolated(op: Operator, dimensions: int, default: str) -> Work:
    """A weighted sum of taps^dimensions neighbours per output element; picking the nearest is movement."""
    taps = _TAPS[op.text("mode", default)]
    return Work(0, 2 * math.prod(op.output()) * taps**dimensions if taps else 0)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(_ELEMENTWISE.split(), _per_output(1)),
    **dict.fromkeys(_REDUCTIONS.split(), _per_input),
    **{kind: _per_output(each) for kind, each in _PER_ELEMENT.items()},
    **dict.fromkeys(("Sum", "Max", "Min", "Mean"), _variadic),
    **dict.fromkeys(("AveragePool", "MaxPool", "LpPool"), _pool),
    **dict.fromkeys(("Resize", "Upsample"), _resize),
    "GridSample": _grid_sample,
    "LRN": _response_normalisation,
    **onnx_products.RULES,
}
_MICROSOFT: dict[str, Rule] = {
    "NhwcMaxPool": _pool,
    **{kind: _per_output(each) for kind, each in _MICROSOFT_PER_ELEMENT.items()},
    "QLinearAveragePool": _pool,
    "QLinearGlobalAveragePool": _per_input,
    **onnx_products.MICROSOFT_RULES,
}
_BLOCKED: dict[str, Rule] = {
    "Conv": onnx_layouts.blocked_convolution,
    "Upsample": onnx_layouts.upsampled,
    **dict.fromkeys(("MaxPool", "AveragePool"), _pool),
    **dict.fromkeys(("GlobalMaxPool", "GlobalAveragePool"), _per_input),
}


_MOVES = frozenset(_MOVEMENT.split())
_MICROSOFT_MOVES = frozenset(_MICROSOFT_MOVEMENT.split())


def is_movement(domain: str, kind: str) -> bool:
    """Whether the operator does no arithmetic on its data."""
    if domain in ("", "ai.onnx"):
        return kind in _MOVES
    if domain == onnx_layouts.BLOCKED:
        return onnx_layouts.is_movement(kind)
    return domain == "com.microsoft" and kind in _MICROSOFT_MOVES


def rule_for(domain: str, kind: str) -> Rule | None:
    """How to count an operator, or None where nothing is known of it."""
    if domain in ("", "ai.onnx"):
        return _RULES.get(kind)
    if domain == onnx_layouts.BLOCKED:
        return _BLOCKED.get(kind)
    return _MICROSOFT.get(kind) if domain == "com.microsoft" else None
