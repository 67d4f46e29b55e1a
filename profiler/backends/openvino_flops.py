"""FLOPs, bytes and memory of a graph that OpenVINO has read, at shapes it has inferred; nothing runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Optional

from profiler.backends import openvino_graph
from profiler.messages import MemoryEstimate, Node
from profiler.metrics import flops, liveness
from profiler.metrics.flops import Tally, Work

METHOD = "openvino_graph"
Shape = tuple[int, ...]


class Unknown(Exception):
    """A shape that a rule needs is not known."""


class Surveyed(NamedTuple):
    """As profiler.backends.onnx_flops.Surveyed."""

    tally: Tally
    nodes: tuple[Node, ...]
    memory: MemoryEstimate


def survey(model: Any, weights_bytes: int) -> Surveyed:
    """The work of one inference of an openvino.Model whose shapes are settled.

    What is computed from constants alone (shapes of shapes, weights that are widened) is folded when the
    model is compiled: it is listed, and neither work nor memory of a call.
    """
    return _Survey(model).done(weights_bytes)


class _Survey:
    def __init__(self, model: Any) -> None:
        self._model = model
        self._tally = Tally(METHOD)
        self._nodes: list[Node] = []
        self._steps: list[liveness.Step] = []
        self._sizes: dict[str, Optional[int]] = {}
        self._folded: set[str] = set()

    def done(self, weights_bytes: int) -> Surveyed:
        for operator in self._model.get_ordered_ops():
            kind = operator.get_type_name()
            if kind == "Constant":
                self._folded.add(operator.get_friendly_name())
            elif kind not in ("Parameter", "Result"):
                self._add(operator, kind)
        inputs = [_name(port) for port in self._model.inputs]
        outputs = [_name(_source(result.input(0))) for result in self._model.get_results()]
        self._sizes |= {_name(port): _bytes(port) for port in self._model.inputs}
        memory = liveness.estimate(self._steps, self._sizes, inputs, outputs, weights_bytes)
        return Surveyed(self._tally, tuple(self._nodes), memory)

    def _add(self, operator: Any, kind: str) -> None:
        sources = [_source(port) for port in operator.inputs()]
        is_folded = all(self._is_folded(source) for source in sources) or kind in ("ShapeOf", "Range")
        if is_folded:
            self._folded.add(operator.get_friendly_name())
        else:
            self._sizes |= {_name(port): _bytes(port) for port in operator.outputs()}
        work = Work() if is_folded else self._count(operator, kind)
        reads = [_name(source) for source in sources]
        makes = [_name(port) for port in operator.outputs()]
        name = str(operator.get_friendly_name())
        self._steps.append(liveness.Step(name, reads, makes))
        self._nodes.append(self._node(operator, work, is_folded))

    def _count(self, operator: Any, kind: str) -> Optional[Work]:
        if kind in _MOVEMENT:
            self._tally.add_movement()
            return Work()
        rule = _RULES.get(kind)
        try:
            work = None if rule is None else rule(operator)
        except (Unknown, IndexError, ValueError, KeyError):
            work = None
        if work is None:
            self._tally.add_uncounted(kind)
        else:
            self._tally.add(kind, work)
        return work

    def _node(self, operator: Any, work: Optional[Work], is_folded: bool) -> Node:
        first = operator.output(0) if operator.get_output_size() else None
        sources = list({_name(source): source for source in map(_source, operator.inputs())}.values())
        weights = [
            _bytes(source) or 0 for source in sources if source.get_node().get_type_name() == "Constant"
        ]
        return Node(
            name=str(operator.get_friendly_name()),
            type=str(operator.get_type_name()),
            inputs=tuple(_name(source) for source in sources if not self._is_folded(source)),
            outputs=tuple(_name(port) for port in operator.outputs()),
            shape=_shape(first) if first is not None else None,
            dtype=openvino_graph.dtype(first) if first is not None else None,
            flops=None if work is None else 2 * (work.macs - work.integer_macs),
            other_flops=None if work is None else work.other,
            integer_operations=None if work is None else 2 * work.integer_macs,
            weights_bytes=sum(weights),
            bytes_read=0 if is_folded else _sum(_bytes(source) for source in sources),
            bytes_written=0 if is_folded else _sum(_bytes(port) for port in operator.outputs()),
        )

    def _is_folded(self, source: Any) -> bool:
        return source.get_node().get_friendly_name() in self._folded


def _source(port: Any) -> Any:
    """The output that an input reads."""
    return port.get_source_output()


def _name(port: Any) -> str:
    """A tensor by the layer that makes it, which is how the traced pass calls layers."""
    node, index = port.get_node(), port.get_index()
    name = str(node.get_friendly_name())
    return f"{name}:{index}" if index else name


def _shape(port: Any) -> Optional[Shape]:
    shape = port.get_partial_shape()
    return tuple(int(dim.get_length()) for dim in shape) if shape.is_static else None


def _bytes(port: Any) -> Optional[int]:
    shape, bits = _shape(port), port.get_element_type().bitwidth
    return None if shape is None or not bits else (math.prod(shape) * int(bits) + 7) // 8


def _sum(values: Iterator[Optional[int]]) -> Optional[int]:
    found = list(values)
    return None if None in found else sum(value for value in found if value is not None)


def _in(operator: Any, index: int) -> Shape:
    shape = _shape(operator.input(index).get_source_output())
    if shape is None:
        raise Unknown
    return shape


def _out(operator: Any) -> Shape:
    shape = _shape(operator.output(0))
    if shape is None:
        raise Unknown
    return shape


# Through these a value stays what it was: they move, widen or scale.
_PASSING = ("Reshape", "Transpose", "Convert", "Subtract", "Multiply", "Squeeze", "Unsqueeze", "MaxPool",
            "Concat", "Relu", "Pad", "Split", "VariadicSplit", "StridedSlice")  # fmt: skip
_NARROW = ("i8", "u8", "i4", "u4")
_FARTHEST = 12


def _is_quantised(operator: Any) -> bool:
    """Whether both sides were cut to few levels or kept in integers: plugins then compute on integers."""
    return _has_levels(operator.input(0)) and _has_levels(operator.input(1))


def _has_levels(port: Any) -> bool:
    node = _source(port).get_node()
    for _ in range(_FARTHEST):
        kind = node.get_type_name()
        if kind == "FakeQuantize" or node.output(0).get_element_type().get_type_name() in _NARROW:
            return True
        if kind not in _PASSING or not node.get_input_size():
            return False
        node = _source(node.input(0)).get_node()
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


def _sequence(gates: int, weight_at: int) -> Callable[[Any], Work]:
    """Data [batch, time, in]; weights [directions, gates x hidden, in]."""

    def rule(operator: Any) -> Work:
        batch, steps, size = _in(operator, 0)
        directions, rows, _ = _in(operator, weight_at)
        one = flops.recurrent(gates, steps, batch, size, rows // gates)
        return Work(directions * one.macs, directions * one.other)

    return rule


def _cell(gates: int, weight_at: int) -> Callable[[Any], Work]:
    """Data [batch, in]; weights [gates x hidden, in]."""

    def rule(operator: Any) -> Work:
        batch, size = _in(operator, 0)
        return flops.recurrent(gates, 1, batch, size, _in(operator, weight_at)[0] // gates)

    return rule


def _attention(operator: Any) -> Work:
    """Query [..., queries, head], key [..., keys, head], value [..., keys, value head]."""
    query, key, value = (_in(operator, index) for index in range(3))
    return flops.attention(math.prod(query[:-2]), query[-2], key[-2], query[-1], value[-1])


def _per_output(each: int) -> Callable[[Any], Work]:
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
_RULES: dict[str, Callable[[Any], Work]] = {
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
}
