"""Which rule counts which TensorFlow Lite operator; what none covers is uncounted, never taken as 0."""

from __future__ import annotations

import math
from collections.abc import Callable

from profiler.backends import tflite_recurrent
from profiler.backends.tflite_recurrent import INTEGERS
from profiler.backends.tflite_shape_rules import turned
from profiler.backends.tflite_view import Unknown, View
from profiler.metrics import flops
from profiler.metrics.flops import Work

Rule = Callable[[View], Work]

_DATA_FIRST, _DATA_THIRD = (0, 1), (2, 1)
"""Where data and weights stand among the inputs."""

_FUSED_FIELD = {
    "CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "CONV_3D": 4, "CONV_3D_TRANSPOSE": 4, "TRANSPOSE_CONV": 3,
    "FULLY_CONNECTED": 0, "ADD": 0, "MUL": 0, "SUB": 0, "DIV": 0, "L2_NORMALIZATION": 0,
    "MAX_POOL_2D": 5, "AVERAGE_POOL_2D": 5, "L2_POOL_2D": 5,
}  # fmt: skip


def is_movement(view: View) -> bool:
    """Whether the operator does no arithmetic on its data; half precision that is widened is a cast."""
    return view.kind in _MOVES or (view.kind == "DEQUANTIZE" and view.dtype(0) == "float16")


def rule_for(kind: str) -> Rule | None:
    """How to count an operator, or None where nothing is known of it; rules raise Unknown or ValueError."""
    return _RULES.get(kind)


def _product(view: View, macs: int, biased: bool, sides: tuple[int, int] = _DATA_FIRST) -> Work:
    """Integers where the file's numbers on both sides are; a bias and a fused activation are other work."""
    integers = all(view.dtype(side) in INTEGERS for side in sides)
    other = math.prod(view.result()) * (biased + _fused(view))
    return Work(macs, other, macs if integers else 0)


def _fused(view: View) -> bool:
    field = _FUSED_FIELD.get(view.kind)
    return field is not None and bool(view.option(field, "b"))


def _convolution(view: View) -> Work:
    """Weights [out, h, w, in / groups], output [n, h, w, out]."""
    macs = math.prod(view.result()) * math.prod(view.shape(1)[1:])
    return _product(view, macs, view.has(2))


def _convolution_3d(view: View) -> Work:
    """Weights [d, h, w, in / groups, out], output [n, d, h, w, out]."""
    macs = math.prod(view.result()) * math.prod(view.shape(1)[:-1])
    return _product(view, macs, view.has(2))


def _depthwise(view: View) -> Work:
    """Weights [1, h, w, out]: each output channel has one filter of h x w."""
    _, high, wide, _ = view.shape(1)
    return _product(view, math.prod(view.result()) * high * wide, view.has(2))


def _transposed(view: View) -> Work:
    """Inputs: output shape, weights [out, h, w, in], data [n, h, w, in]."""
    macs = math.prod(view.shape(2)) * math.prod(view.shape(1)[:-1])
    return _product(view, macs, view.has(3), _DATA_THIRD)


def _dense(view: View) -> Work:
    """Weights [out, in]."""
    return _product(view, math.prod(view.result()) * view.shape(1)[-1], view.has(2))


def _matmul(view: View) -> Work:
    left, right = turned(view)
    return _product(view, flops.matmul(left, right), biased=False)


def _per_output(each: int) -> Rule:
    return lambda view: Work(0, math.prod(view.result()) * (each + _fused(view)))


def _per_input(view: View) -> Work:
    return Work(0, math.prod(view.shape(0)))


def _summed(view: View) -> Work:
    """ADD_N: one addition less than there are inputs, for each element."""
    return Work(0, math.prod(view.result()) * (len(view.inputs) - 1))


def _pool(view: View) -> Work:
    """Fields 3 and 4 of the options are the filter's width and height."""
    window = view.option(3) * view.option(4)
    if window < 1:
        raise Unknown
    return Work(0, math.prod(view.result()) * (window + _fused(view)))


def _response_normalisation(view: View) -> Work:
    """Square and sum over the channels within `radius` (field 0), then bias, power and division."""
    return Work(0, math.prod(view.result()) * (2 * (2 * view.option(0) + 1) + 3))


def _resized(view: View) -> Work:
    """A weighted sum of two neighbours along each dimension that changes."""
    data, output = view.shape(0), view.result()
    scaled = sum(1 for before, after in zip(data, output) if before != after)
    return Work(0, 2 * math.prod(output) * 2**scaled)


_MOVEMENT_TEXT = """RESHAPE TRANSPOSE CONCATENATION PAD PADV2 MIRROR_PAD GATHER GATHER_ND SLICE
    STRIDED_SLICE SPLIT SPLIT_V PACK UNPACK SQUEEZE EXPAND_DIMS SHAPE RANK TILE CAST FILL RANGE
    ONE_HOT TOPK_V2 BROADCAST_TO BROADCAST_ARGS DEPTH_TO_SPACE SPACE_TO_DEPTH BATCH_TO_SPACE_ND
    SPACE_TO_BATCH_ND REVERSE_V2 REVERSE_SEQUENCE ZEROS_LIKE SCATTER_ND WHERE EMBEDDING_LOOKUP
    RESIZE_NEAREST_NEIGHBOR DYNAMIC_UPDATE_SLICE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE CALL_ONCE UNIQUE
    MATRIX_DIAG MATRIX_SET_DIAG DENSIFY BITCAST SPARSE_TO_DENSE"""
_MOVES = frozenset(_MOVEMENT_TEXT.split())
_ELEMENTWISE_TEXT = """ADD SUB MUL DIV FLOOR CEIL ROUND LOGISTIC RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 TANH
    EXP LOG SIN COS SQRT RSQRT SQUARE POW ABS NEG SIGN MAXIMUM MINIMUM LESS LESS_EQUAL GREATER GREATER_EQUAL
    EQUAL NOT_EQUAL LOGICAL_AND LOGICAL_OR LOGICAL_NOT SELECT SELECT_V2 PRELU LEAKY_RELU ELU
    HARD_SWISH GELU FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE ATAN2 CUMSUM BITWISE_XOR RIGHT_SHIFT"""
_REDUCING_TEXT = "MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL ARG_MAX ARG_MIN"
_RULES: dict[str, Rule] = {
    **{kind: _per_output(1) for kind in _ELEMENTWISE_TEXT.split()},
    **dict.fromkeys(_REDUCING_TEXT.split(), _per_input),
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"), _pool),
    "ADD_N": _summed,
    "SOFTMAX": _per_output(flops.SOFTMAX_PER_ELEMENT),
    "LOG_SOFTMAX": _per_output(flops.SOFTMAX_PER_ELEMENT),
    "L2_NORMALIZATION": _per_output(3),
    "LOCAL_RESPONSE_NORMALIZATION": _response_normalisation,
    "QUANTIZE": _per_output(2),
    "DEQUANTIZE": _per_output(2),
    "RESIZE_BILINEAR": _resized,
    "CONV_2D": _convolution,
    "CONV_3D": _convolution_3d,
    "DEPTHWISE_CONV_2D": _depthwise,
    "TRANSPOSE_CONV": _transposed,
    "CONV_3D_TRANSPOSE": _transposed,
    "FULLY_CONNECTED": _dense,
    "BATCH_MATMUL": _matmul,
    **tflite_recurrent.WORK,
}
