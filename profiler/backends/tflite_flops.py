"""FLOPs, bytes and memory of a .tflite graph at a batch; nothing runs, no weight is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple, Optional

from profiler.backends import tflite_file
from profiler.backends.tflite_file import File, FileOperator
from profiler.messages import MemoryEstimate, Node
from profiler.metrics import flops, liveness
from profiler.metrics.flops import Tally, Work

METHOD = "tflite_graph"
Shape = tuple[int, ...]


class Unknown(Exception):
    """A shape that a rule needs does not follow from the file."""


class Surveyed(NamedTuple):
    """As profiler.backends.onnx_flops.Surveyed."""

    tally: Tally
    nodes: tuple[Node, ...]
    memory: MemoryEstimate


def survey(file: File, shapes: Mapping[str, Shape]) -> Surveyed:
    """The work of one inference with inputs of these shapes, by input name.

    Shapes inside are those that the file stores; where inputs differ from them in the first dimension only,
    whatever depends on these inputs is as many times longer. Any other difference leaves shapes unknown.
    """
    sizes = _Shapes(file, shapes)
    tally, nodes, steps = Tally(METHOD), [], []
    for number, operator in enumerate(file.operators):
        work = _work(operator, sizes)
        if operator.kind in _MOVEMENT:
            tally.add_movement()
        elif work is None:
            tally.add_uncounted(operator.kind)
        else:
            tally.add(operator.kind, work)
        nodes.append(_node(number, operator, work, sizes))
        steps.append(_step(number, operator, sizes))
    return Surveyed(tally, tuple(nodes), _memory(file, steps, sizes))


class _Shapes:
    """Concrete shapes of tensors by index; None where they do not follow."""

    def __init__(self, file: File, given: Mapping[str, Shape]) -> None:
        self.file = file
        self._shapes: list[Optional[Shape]] = [tensor.dims for tensor in file.tensors]
        factors = {_factor(given.get(name), file.tensors[index].dims) for name, index in file.inputs}
        self._factor = factors.pop() if len(factors) == 1 else None
        if self._factor != 1:
            self._spread()

    def _spread(self) -> None:
        depends = {index for _, index in self.file.inputs}
        for operator in self.file.operators:
            if depends & set(operator.inputs):
                depends |= set(operator.outputs)
        for index in depends:
            dims = self.file.tensors[index].dims
            longer = self._factor is not None and dims
            self._shapes[index] = (dims[0] * (self._factor or 1), *dims[1:]) if longer else None

    def of(self, index: int) -> Shape:
        """Raises Unknown."""
        shape = self._shapes[index] if index >= 0 else None
        if shape is None:
            raise Unknown
        return shape

    def known(self, index: int) -> Optional[Shape]:
        return self._shapes[index] if index >= 0 else None

    def bytes_of(self, index: int) -> Optional[int]:
        bits, shape = tflite_file.bits_of(self.file.tensors[index].dtype), self.known(index)
        return None if bits is None or shape is None else (math.prod(shape) * bits + 7) // 8


def _factor(given: Optional[Shape], stored: Shape) -> Optional[int]:
    """How many times longer than stored; None where more than the first dimension differs."""
    if given is None or given == stored:
        return 1
    fits = (
        len(given) == len(stored) > 0 and given[1:] == stored[1:] and stored[0] and not given[0] % stored[0]
    )
    return given[0] // stored[0] if fits else None


def _work(operator: FileOperator, sizes: _Shapes) -> Optional[Work]:
    """None where no rule knows the operator, or its shapes are not known."""
    if operator.kind in _MOVEMENT:
        return Work()
    rule = _RULES.get(operator.kind)
    try:
        return None if rule is None else rule(operator, sizes)
    except (Unknown, IndexError, ValueError):
        return None


def _product(operator: FileOperator, sizes: _Shapes, macs: int, biased: bool) -> Work:
    """Integers where the file's numbers on both sides are; a bias and a fused activation are other work."""
    tensors = sizes.file.tensors
    integers = all(tensors[index].dtype in _INTEGERS for index in operator.inputs[:2] if index >= 0)
    elements = math.prod(sizes.of(operator.outputs[0]))
    return Work(macs, elements * (biased + _fused(operator)), macs if integers else 0)


def _fused(operator: FileOperator) -> bool:
    field = _ACTIVATION_FIELD.get(operator.kind)
    options = operator.options
    return field is not None and options is not None and bool(options.number(field, "b"))


def _has(operator: FileOperator, position: int) -> bool:
    return position < len(operator.inputs) and operator.inputs[position] >= 0


def _convolution(operator: FileOperator, sizes: _Shapes) -> Work:
    """Weights [out, h, w, in / groups], output [n, h, w, out]."""
    output, weight = sizes.of(operator.outputs[0]), sizes.of(operator.inputs[1])
    return _product(operator, sizes, math.prod(output) * math.prod(weight[1:]), _has(operator, 2))


def _depthwise(operator: FileOperator, sizes: _Shapes) -> Work:
    """Weights [1, h, w, out]: each output channel has one filter of h x w."""
    output, weight = sizes.of(operator.outputs[0]), sizes.of(operator.inputs[1])
    return _product(operator, sizes, math.prod(output) * weight[1] * weight[2], _has(operator, 2))


def _transposed(operator: FileOperator, sizes: _Shapes) -> Work:
    """Inputs: output shape, weights [out, h, w, in], data [n, h, w, in]."""
    weight, data = sizes.of(operator.inputs[1]), sizes.of(operator.inputs[2])
    macs = math.prod(data) * weight[0] * weight[1] * weight[2]
    both = operator._replace(inputs=(operator.inputs[2], operator.inputs[1]))
    return _product(both, sizes, macs, _has(operator, 3))


def _dense(operator: FileOperator, sizes: _Shapes) -> Work:
    """Weights [out, in]."""
    output, weight = sizes.of(operator.outputs[0]), sizes.of(operator.inputs[1])
    return _product(operator, sizes, math.prod(output) * weight[-1], _has(operator, 2))


def _matmul(operator: FileOperator, sizes: _Shapes) -> Work:
    left, right = (sizes.of(index) for index in operator.inputs[:2])
    options = operator.options
    if options is not None and options.number(0, "?"):
        left = (*left[:-2], left[-1], left[-2])
    if options is not None and options.number(1, "?"):
        right = (*right[:-2], right[-1], right[-2])
    return _product(operator, sizes, flops.matmul(left, right), biased=False)


def _lstm(operator: FileOperator, sizes: _Shapes) -> Work:
    """UNIDIRECTIONAL_SEQUENCE_LSTM: data [time, batch, in] or [batch, time, in]; input 2 weights [cells, in];
    input 16 projects, where it is given."""
    data, weight = sizes.of(operator.inputs[0]), sizes.of(operator.inputs[2])
    projected = sizes.of(operator.inputs[16])[0] if _has(operator, 16) else 0
    steps, batch = data[0], data[1]
    return flops.recurrent(flops.LSTM_GATES, steps, batch, data[2], weight[0], projected)


def _per_output(each: int) -> Callable[[FileOperator, _Shapes], Work]:
    def rule(operator: FileOperator, sizes: _Shapes) -> Work:
        return Work(0, math.prod(sizes.of(operator.outputs[0])) * (each + _fused(operator)))

    return rule


def _per_input(operator: FileOperator, sizes: _Shapes) -> Work:
    return Work(0, math.prod(sizes.of(operator.inputs[0])))


def _pool(operator: FileOperator, sizes: _Shapes) -> Work:
    """Pool2DOptions: fields 3 and 4 are the filter's width and height."""
    if operator.options is None:
        raise Unknown
    window = int(operator.options.number(3, "i")) * int(operator.options.number(4, "i"))
    return Work(0, math.prod(sizes.of(operator.outputs[0])) * (window + _fused(operator)))


_INTEGERS = {"int8", "uint8", "int16", "int4", "int2", "uint4"}
_ACTIVATION_FIELD = {
    "CONV_2D": 3, "DEPTHWISE_CONV_2D": 4, "FULLY_CONNECTED": 0, "TRANSPOSE_CONV": 3, "ADD": 0, "MUL": 0,
    "SUB": 0, "DIV": 0, "MAX_POOL_2D": 5, "AVERAGE_POOL_2D": 5, "L2_POOL_2D": 5,
}  # fmt: skip
_MOVEMENT_TEXT = """RESHAPE TRANSPOSE CONCATENATION PAD PADV2 MIRROR_PAD GATHER GATHER_ND SLICE
    STRIDED_SLICE SPLIT SPLIT_V PACK UNPACK SQUEEZE EXPAND_DIMS SHAPE RANK TILE CAST FILL RANGE
    ONE_HOT TOPK_V2 BROADCAST_TO BROADCAST_ARGS DEPTH_TO_SPACE SPACE_TO_DEPTH BATCH_TO_SPACE_ND
    SPACE_TO_BATCH_ND
    REVERSE_V2 REVERSE_SEQUENCE ZEROS_LIKE SCATTER_ND WHERE EMBEDDING_LOOKUP RESIZE_NEAREST_NEIGHBOR
    DYNAMIC_UPDATE_SLICE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE CALL_ONCE UNIQUE MATRIX_DIAG
    MATRIX_SET_DIAG DENSIFY BITCAST SPARSE_TO_DENSE"""
_MOVEMENT = frozenset(_MOVEMENT_TEXT.split())
_ELEMENTWISE_TEXT = """ADD SUB MUL DIV FLOOR CEIL ROUND LOGISTIC RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 TANH
    EXP LOG SIN COS SQRT RSQRT SQUARE POW ABS NEG SIGN MAXIMUM MINIMUM LESS LESS_EQUAL GREATER GREATER_EQUAL
    EQUAL NOT_EQUAL LOGICAL_AND LOGICAL_OR LOGICAL_NOT SELECT SELECT_V2 PRELU LEAKY_RELU ELU
    HARD_SWISH GELU FLOOR_DIV FLOOR_MOD SQUARED_DIFFERENCE ATAN2 CUMSUM BITWISE_XOR RIGHT_SHIFT"""
_RULES: dict[str, Callable[[FileOperator, _Shapes], Work]] = {
    **{kind: _per_output(1) for kind in _ELEMENTWISE_TEXT.split()},
    **dict.fromkeys(
        ("MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "REDUCE_ANY", "REDUCE_ALL", "ARG_MAX",
         "ARG_MIN"),
        _per_input,
    ),
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D", "L2_POOL_2D"), _pool),
    "SOFTMAX": _per_output(flops.SOFTMAX_PER_ELEMENT),
    "LOG_SOFTMAX": _per_output(flops.SOFTMAX_PER_ELEMENT),
    "L2_NORMALIZATION": _per_output(3),
    "QUANTIZE": _per_output(2),
    "DEQUANTIZE": _per_output(2),
    "RESIZE_BILINEAR": _per_output(2 * 2**2),
    "CONV_2D": _convolution,
    "CONV_3D": _convolution,
    "DEPTHWISE_CONV_2D": _depthwise,
    "TRANSPOSE_CONV": _transposed,
    "FULLY_CONNECTED": _dense,
    "BATCH_MATMUL": _matmul,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm,
}  # fmt: skip


def _label(index: int, file: File) -> str:
    """Tensors are told apart by their place; names may repeat."""
    return f"{index}:{file.tensors[index].name}"


def _node(number: int, operator: FileOperator, work: Optional[Work], sizes: _Shapes) -> Node:
    file = sizes.file
    made = [index for index in operator.outputs if index >= 0]
    read = list(dict.fromkeys(index for index in operator.inputs if index >= 0))
    weights = [file.tensors[index].weights_bytes for index in read]
    first = file.tensors[made[0]] if made else None
    return Node(
        name=(first.name if first is not None else "") or f"{operator.kind}_{number}",
        type=operator.kind,
        inputs=tuple(_label(index, file) for index in read if not file.tensors[index].weights_bytes),
        outputs=tuple(_label(index, file) for index in made),
        shape=sizes.known(made[0]) if made else None,
        dtype=first.dtype if first is not None else None,
        flops=None if work is None else 2 * (work.macs - work.integer_macs),
        other_flops=None if work is None else work.other,
        integer_operations=None if work is None else 2 * work.integer_macs,
        weights_bytes=sum(weights),
        bytes_read=_sum([sizes.bytes_of(index) for index in read]),
        bytes_written=_sum([sizes.bytes_of(index) for index in made]),
    )


def _step(number: int, operator: FileOperator, sizes: _Shapes) -> liveness.Step:
    file = sizes.file
    reads = [_label(index, file) for index in operator.inputs if index >= 0]
    makes = [_label(index, file) for index in operator.outputs if index >= 0]
    return liveness.Step(makes[0].partition(":")[2] if makes else str(number), reads, makes)


def _memory(file: File, steps: list[liveness.Step], sizes: _Shapes) -> MemoryEstimate:
    weights = sum(tensor.weights_bytes for tensor in file.tensors)
    every = {
        _label(index, file): sizes.bytes_of(index)
        for index, tensor in enumerate(file.tensors)
        if not tensor.weights_bytes
    }
    used = {name for step in steps for name in (*step.reads, *step.makes)}
    ends = [[_label(index, file) for _, index in side] for side in (file.inputs, file.outputs)]
    known = {name: size for name, size in every.items() if name in used or name in (*ends[0], *ends[1])}
    return liveness.estimate(steps, known, ends[0], ends[1], weights)


def _sum(values: list[Optional[int]]) -> Optional[int]:
    return None if None in values else sum(value for value in values if value is not None)
