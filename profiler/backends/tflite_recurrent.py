"""Shapes and work of TensorFlow Lite's recurrent operators.

The places of inputs are those of the kernels in tensorflow/lite/kernels (lstm_shared.h, svdf.cc,
bidirectional_sequence_lstm.cc, bidirectional_sequence_rnn.cc). Sequences are [time, batch, in] or
[batch, time, in], single steps [batch, in], weights [units, in].
"""

from __future__ import annotations

import math
from collections.abc import Callable

from profiler.backends.tflite_view import Shape, Unknown, View
from profiler.metrics import flops
from profiler.metrics.flops import Work

INTEGERS = frozenset(("int8", "uint8", "int16", "int4", "int2", "uint4"))
_BACKWARD_LSTM, _BACKWARD_RNN = 17, 4
"""How much later the inputs of the backward direction stand."""
_LSTM_AUXILIARY, _RNN_AUXILIARY = 39, 9
_BASIC_LSTM = 1


def _counted(view: View, work: Work, weight: int) -> Work:
    integers = view.dtype(0) in INTEGERS and view.dtype(weight) in INTEGERS
    return work._replace(integer_macs=work.macs if integers else 0)


def _both(first: Work, second: Work) -> Work:
    return Work(*(one + other for one, other in zip(first, second)))


def _lstm(view: View, start: int = 0) -> Work:
    """Input 2 weighs the data for the forget gate; without input 1 the input gate is what that one leaves;
    input 16 projects, where it is given. `start`: how much later they stand."""
    *tokens, size = view.shape(0)
    projected = view.shape(start + 16)[0] if view.has(start + 16) else 0
    gates = flops.LSTM_GATES if view.has(start + 1) else flops.LSTM_GATES - 1
    cells = view.shape(start + 2)[0]
    work = flops.recurrent(gates, math.prod(tokens), 1, size, cells, projected)
    return _counted(view, work, start + 2)


def _lstm_units(view: View, start: int = 0) -> int:
    return view.shape(start + 16)[0] if view.has(start + 16) else view.shape(start + 2)[0]


def _lstm_step(view: View) -> Work:
    """The basic kernel's weights are one matrix [4 x cells, in + cells]."""
    if not _is_basic(view):
        return _lstm(view)
    batch, size = view.shape(0)
    cells = view.shape(2)[0] // flops.LSTM_GATES
    return _counted(view, flops.recurrent(flops.LSTM_GATES, 1, batch, size, cells), 2)


def _lstm_step_shape(view: View) -> list[Shape]:
    batch = view.shape(0)[0]
    if not _is_basic(view):
        return [(batch, _lstm_units(view))]
    rows, columns = view.shape(2)
    state = (batch, rows // flops.LSTM_GATES)
    return [state, state, (batch, columns), (batch, rows)]


def _is_basic(view: View) -> bool:
    return view.option(3, "b") == _BASIC_LSTM


def _rnn(view: View, start: int = 0) -> Work:
    """Input 1 weighs the data."""
    *tokens, size = view.shape(0)
    units = view.shape(start + 1)[0]
    return _counted(view, flops.recurrent(flops.RNN_GATES, math.prod(tokens), 1, size, units), start + 1)


def _rnn_units(view: View, start: int = 0) -> int:
    return view.shape(start + 1)[0]


def _in_both_directions(
    one: Callable[[View, int], Work], later: int, auxiliary: int
) -> Callable[[View], Work]:
    """A second input that some weights read is not counted."""

    def rule(view: View) -> Work:
        if view.has(auxiliary):
            raise Unknown
        return _both(one(view, 0), one(view, later))

    return rule


def _shape_of_both(
    units: Callable[[View, int], int], later: int, merged: int
) -> Callable[[View], list[Shape]]:
    """`merged`: the field that says whether both lie in one output."""

    def rule(view: View) -> list[Shape]:
        first, second = view.shape(0)[:2]
        sizes = [units(view, 0), units(view, later)]
        if view.option(merged, "b"):
            return [(first, second, sum(sizes))]
        return [(first, second, size) for size in sizes]

    return rule


def _filtered(view: View) -> Work:
    """SVDF: features [filters, in], then over time [filters, memory], for each sample."""
    batch, size = view.shape(0)
    filters, memory = view.shape(2)
    return _counted(view, Work(batch * filters * (size + memory)), 1)


def _filtered_shape(view: View) -> list[Shape]:
    rank = view.option(0)
    return [(view.shape(0)[0], view.shape(1)[0] // rank)]


WORK: dict[str, Callable[[View], Work]] = {
    "LSTM": _lstm_step,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": _lstm,
    "BIDIRECTIONAL_SEQUENCE_LSTM": _in_both_directions(_lstm, _BACKWARD_LSTM, _LSTM_AUXILIARY),
    "RNN": _rnn,
    "UNIDIRECTIONAL_SEQUENCE_RNN": _rnn,
    "BIDIRECTIONAL_SEQUENCE_RNN": _in_both_directions(_rnn, _BACKWARD_RNN, _RNN_AUXILIARY),
    "SVDF": _filtered,
}
SHAPES: dict[str, Callable[[View], list[Shape]]] = {
    "LSTM": _lstm_step_shape,
    "UNIDIRECTIONAL_SEQUENCE_LSTM": lambda view: [(*view.shape(0)[:2], _lstm_units(view))],
    "BIDIRECTIONAL_SEQUENCE_LSTM": _shape_of_both(_lstm_units, _BACKWARD_LSTM, merged=3),
    "RNN": lambda view: [(view.shape(0)[0], _rnn_units(view))],
    "UNIDIRECTIONAL_SEQUENCE_RNN": lambda view: [(*view.shape(0)[:2], _rnn_units(view))],
    "BIDIRECTIONAL_SEQUENCE_RNN": _shape_of_both(_rnn_units, _BACKWARD_RNN, merged=2),
    "SVDF": _filtered_shape,
}
