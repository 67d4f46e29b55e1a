"""The shape that each TensorFlow Lite operator makes of those that it reads.

Source: the kernels' Prepare functions in tensorflow/lite/kernels; fields of options are those of schema.fbs.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

from profiler.backends import tflite_recurrent, tflite_slices
from profiler.backends.tflite_view import Shape, Unknown, View
from profiler.metrics import flops

Rule = Callable[[View], list[Shape]]
_SAME_PADDING = 0


def shapes_of(view: View) -> list[Shape]:
    """Shapes of its outputs, of the first ones at least; none where no rule knows the operator.

    Raises Unknown, IndexError, ValueError or ZeroDivisionError where they do not follow.
    """
    rule = _RULES.get(view.kind)
    return [] if rule is None else rule(view)


def _one(rule: Callable[[View], Shape]) -> Rule:
    return lambda view: [tuple(int(size) for size in rule(view))]


def _same(view: View) -> Shape:
    return view.shape(0)


def _broadcast(view: View) -> Shape:
    return functools.reduce(flops.broadcast, [view.shape(at) for at in range(len(view.inputs))], ())


def _window(size: int, window: int, stride: int, dilation: int, padding: int) -> int:
    reach = (window - 1) * dilation + 1
    return -(-size // stride) if padding == _SAME_PADDING else (size - reach) // stride + 1


def _convolution(view: View) -> Shape:
    """Weights [out, h, w, in]."""
    n, h, w, _ = view.shape(0)
    out, high, wide, _ = view.shape(1)
    padding = view.option(0, "b")
    rows = _window(h, high, view.option(2), view.option(5, default=1), padding)
    return n, rows, _window(w, wide, view.option(1), view.option(4, default=1), padding), out


def _depthwise(view: View) -> Shape:
    """Weights [1, h, w, out]."""
    n, h, w, _ = view.shape(0)
    _, high, wide, out = view.shape(1)
    padding = view.option(0, "b")
    rows = _window(h, high, view.option(2), view.option(6, default=1), padding)
    return n, rows, _window(w, wide, view.option(1), view.option(5, default=1), padding), out


def _convolution_3d(view: View) -> Shape:
    """Weights [d, h, w, in, out]."""
    n, *sizes, _ = view.shape(0)
    *windows, _, out = view.shape(1)
    strides = [view.option(field) for field in (1, 3, 2)]
    dilations = [view.option(field, default=1) for field in (5, 7, 6)]
    padding = view.option(0, "b")
    return (
        n,
        *(_window(*four, padding) for four in zip(sizes, windows, strides, dilations)),
        out,
    )


def _pool(view: View) -> Shape:
    n, h, w, channels = view.shape(0)
    padding = view.option(0, "b")
    rows = _window(h, view.option(4), view.option(2), 1, padding)
    return n, rows, _window(w, view.option(3), view.option(1), 1, padding), channels


def _dense(view: View) -> Shape:
    """Weights [out, in]; without keep_num_dims all but the last dimension become one."""
    data, weight = view.shape(0), view.shape(1)
    if view.option(2, "?"):
        return (*data[:-1], weight[0])
    return math.prod(data) // weight[-1], weight[0]


def _matmul(view: View) -> Shape:
    left, right = turned(view)
    return (*flops.broadcast(left[:-2], right[:-2]), left[-2], right[-1])


def turned(view: View) -> tuple[Shape, Shape]:
    """Both sides of BATCH_MATMUL as they are multiplied."""
    left, right = view.shape(0), view.shape(1)
    if len(left) < 2 or len(right) < 2:
        raise Unknown
    return (
        (*left[:-2], left[-1], left[-2]) if view.option(0, "?") else left,
        (*right[:-2], right[-1], right[-2]) if view.option(1, "?") else right,
    )


def _reshape(view: View) -> Shape:
    """The second input says the shape, else the options; one -1 takes what is left over."""
    wanted = view.numbers(1) if view.has(1) else view.list_option(0)
    if wanted is None:
        raise Unknown
    if -1 not in wanted:
        return tuple(wanted)
    rest = math.prod(size for size in wanted if size != -1)
    left = math.prod(view.shape(0)) // rest
    return tuple(left if size == -1 else size for size in wanted)


def _squeeze(view: View) -> Shape:
    data = view.shape(0)
    axes = {axis % len(data) for axis in view.list_option(0) or ()}
    return tuple(size for place, size in enumerate(data) if not (place in axes if axes else size == 1))


def _expanded(view: View) -> Shape:
    data, (axis,) = list(view.shape(0)), view.numbers(1)
    data.insert(axis if axis >= 0 else axis + len(data) + 1, 1)
    return tuple(data)


def _transposed(view: View) -> Shape:
    data = view.shape(0)
    return tuple(data[axis] for axis in view.numbers(1))


def _joined(view: View) -> Shape:
    every = [view.shape(at) for at in range(len(view.inputs))]
    axis = view.option(0) % len(every[0])
    return (*every[0][:axis], sum(shape[axis] for shape in every), *every[0][axis + 1 :])


def _packed(view: View) -> Shape:
    data = list(view.shape(0))
    data.insert(view.option(1) % (len(data) + 1), len(view.inputs))
    return tuple(data)


def _unpacked(view: View) -> list[Shape]:
    data = list(view.shape(0))
    del data[view.option(1) % len(data)]
    return [tuple(data)] * len(view.outputs)


def _split(view: View) -> list[Shape]:
    data, (axis,) = list(view.shape(1)), view.numbers(0)
    data[axis] //= len(view.outputs)
    return [tuple(data)] * len(view.outputs)


def _split_by_sizes(view: View) -> list[Shape]:
    data, sizes, (axis,) = list(view.shape(0)), view.numbers(1), view.numbers(2)
    rest = data[axis] - sum(size for size in sizes if size >= 0)
    axis %= len(data)
    return [(*data[:axis], rest if size < 0 else size, *data[axis + 1 :]) for size in sizes]


def _padded(view: View) -> Shape:
    data, pads = view.shape(0), view.numbers(1)
    return tuple(size + pads[2 * place] + pads[2 * place + 1] for place, size in enumerate(data))


def _cut(view: View) -> Shape:
    data, begin, sizes = view.shape(0), view.numbers(1), view.numbers(2)
    return tuple(data[place] - begin[place] if size == -1 else size for place, size in enumerate(sizes))


def _gathered(view: View) -> Shape:
    data, indices = view.shape(0), view.shape(1)
    axis, batches = view.option(0) % len(data), view.option(1)
    return (*data[:axis], *indices[batches:], *data[axis + 1 :])


def _looked_up(view: View) -> Shape:
    return (*view.shape(0), *view.shape(1)[1:])


def _gathered_nd(view: View) -> Shape:
    data, indices = view.shape(0), view.shape(1)
    return (*indices[:-1], *data[indices[-1] :])


def _reduced(view: View) -> Shape:
    data = view.shape(0)
    axes = {axis % len(data) for axis in view.numbers(1)}
    keeps = bool(view.option(0, "?"))
    return tuple(
        1 if place in axes else size for place, size in enumerate(data) if keeps or place not in axes
    )


def _best(view: View) -> Shape:
    data, (axis,) = list(view.shape(0)), view.numbers(1)
    del data[axis]
    return tuple(data)


def _as_said(position: int) -> Rule:
    """The input at this position is the shape."""
    return lambda view: [tuple(view.numbers(position))]


def _resized(view: View) -> Shape:
    n, _, _, channels = view.shape(0)
    rows, columns = view.numbers(1)
    return n, rows, columns, channels


def _tiled(view: View) -> Shape:
    data, times = view.shape(0), view.numbers(1)
    return tuple(size * times[place] for place, size in enumerate(data))


def _opened(view: View) -> Shape:
    n, h, w, channels = view.shape(0)
    block = view.option(0)
    return n, h * block, w * block, channels // block**2


def _folded(view: View) -> Shape:
    n, h, w, channels = view.shape(0)
    block = view.option(0)
    return n, h // block, w // block, channels * block**2


def _to_batch(view: View) -> Shape:
    data, blocks, pads = view.shape(0), view.numbers(1), view.numbers(2)
    inner = [
        (data[place + 1] + pads[2 * place] + pads[2 * place + 1]) // block
        for place, block in enumerate(blocks)
    ]
    return (data[0] * math.prod(blocks), *inner, *data[len(blocks) + 1 :])


def _from_batch(view: View) -> Shape:
    data, blocks, crops = view.shape(0), view.numbers(1), view.numbers(2)
    inner = [
        data[place + 1] * block - crops[2 * place] - crops[2 * place + 1]
        for place, block in enumerate(blocks)
    ]
    return (data[0] // math.prod(blocks), *inner, *data[len(blocks) + 1 :])


def _chosen(view: View) -> list[Shape]:
    return [(*view.shape(0)[:-1], *view.numbers(1))] * 2


def _one_hot(view: View) -> Shape:
    indices, (depth,), axis = list(view.shape(0)), view.numbers(1), view.option(0)
    indices.insert(len(indices) if axis == -1 else axis, depth)
    return tuple(indices)


def _rank(view: View) -> Shape:
    return (len(view.shape(0)),)


_SAME_TEXT = """RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 LOGISTIC TANH EXP LOG SIN COS SQRT RSQRT SQUARE ABS NEG
    SIGN FLOOR CEIL ROUND ELU HARD_SWISH GELU LEAKY_RELU PRELU LOGICAL_NOT SOFTMAX LOG_SOFTMAX
    L2_NORMALIZATION LOCAL_RESPONSE_NORMALIZATION CAST QUANTIZE DEQUANTIZE DENSIFY FAKE_QUANT CUMSUM
    REVERSE_V2 REVERSE_SEQUENCE ZEROS_LIKE DYNAMIC_UPDATE_SLICE"""
_BROADCAST_TEXT = """ADD SUB MUL DIV POW MAXIMUM MINIMUM LESS LESS_EQUAL GREATER GREATER_EQUAL EQUAL
    NOT_EQUAL LOGICAL_AND LOGICAL_OR FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE ATAN2 BITWISE_XOR RIGHT_SHIFT
    SELECT SELECT_V2 ADD_N"""
_REDUCING_TEXT = "MEAN SUM REDUCE_MAX REDUCE_MIN REDUCE_PROD REDUCE_ANY REDUCE_ALL"
_RULES: dict[str, Rule] = {
    **dict.fromkeys(_SAME_TEXT.split(), _one(_same)),
    **dict.fromkeys(_BROADCAST_TEXT.split(), _one(_broadcast)),
    **dict.fromkeys(_REDUCING_TEXT.split(), _one(_reduced)),
    **dict.fromkeys(("ARG_MAX", "ARG_MIN"), _one(_best)),
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"), _one(_pool)),
    **dict.fromkeys(("PAD", "PADV2", "MIRROR_PAD"), _one(_padded)),
    **dict.fromkeys(("RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"), _one(_resized)),
    **dict.fromkeys(("FILL", "TRANSPOSE_CONV", "CONV_3D_TRANSPOSE"), _as_said(0)),
    "BROADCAST_TO": _as_said(1),
    "CONV_2D": _one(_convolution),
    "CONV_3D": _one(_convolution_3d),
    "DEPTHWISE_CONV_2D": _one(_depthwise),
    "FULLY_CONNECTED": _one(_dense),
    "BATCH_MATMUL": _one(_matmul),
    "RESHAPE": _one(_reshape),
    "SQUEEZE": _one(_squeeze),
    "EXPAND_DIMS": _one(_expanded),
    "TRANSPOSE": _one(_transposed),
    "CONCATENATION": _one(_joined),
    "PACK": _one(_packed),
    "UNPACK": _unpacked,
    "SPLIT": _split,
    "SPLIT_V": _split_by_sizes,
    "SLICE": _one(_cut),
    "STRIDED_SLICE": _one(tflite_slices.shape_of),
    "GATHER": _one(_gathered),
    "GATHER_ND": _one(_gathered_nd),
    "EMBEDDING_LOOKUP": _one(_looked_up),
    "TILE": _one(_tiled),
    "DEPTH_TO_SPACE": _one(_opened),
    "SPACE_TO_DEPTH": _one(_folded),
    "SPACE_TO_BATCH_ND": _one(_to_batch),
    "BATCH_TO_SPACE_ND": _one(_from_batch),
    "TOPK_V2": _chosen,
    "ONE_HOT": _one(_one_hot),
    **tflite_recurrent.SHAPES,
    "SHAPE": _one(_rank),
}
