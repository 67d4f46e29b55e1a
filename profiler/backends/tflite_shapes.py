"""Shapes inside a .tflite graph for inputs of given shapes: as stored where they hold, else by rules."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Optional

from profiler.backends import tflite_shape_rules, tflite_values
from profiler.backends.tflite_file import FileGraph, FileOperator
from profiler.backends.tflite_tensors import MOST_ELEMENTS
from profiler.backends.tflite_view import Known, Shape, Unknown, View


def settle(graph: FileGraph, inputs: Sequence[Optional[Shape]]) -> Known:
    """What is known of every tensor when the graph's inputs have these shapes, in its order.

    A stored shape holds where all that an operator reads has its stored shape and no dimension of the
    result may vary; all else follows by rules, or stays unknown.
    """
    known = Known(graph)
    for index, shape in zip(graph.inputs, inputs):
        known.shapes[index] = shape
    for operator in graph.operators:
        _settle(operator, known)
    return known


def _settle(operator: FileOperator, known: Known) -> None:
    view = View(operator, known)
    ruled = None if _holds(operator, known) else _ruled(view, len(operator.outputs))
    for position, index in enumerate(operator.outputs):
        if index >= 0:
            known.shapes[index] = known.graph.tensors[index].dims if ruled is None else ruled[position]
    value = tflite_values.of(view)
    if value is not None and operator.outputs[0] >= 0:
        known.values[operator.outputs[0]] = value


def _holds(operator: FileOperator, known: Known) -> bool:
    """A scalar is written as a tensor of unknown rank is: only a rule tells them apart."""
    made = [known.graph.tensors[index] for index in operator.outputs if index >= 0]
    return all(known.is_as_stored(index) for index in operator.inputs) and not any(
        -1 in tensor.signature for tensor in made
    )


def _ruled(view: View, count: int) -> list[Optional[Shape]]:
    try:
        found = tflite_shape_rules.shapes_of(view)
    except (Unknown, IndexError, ValueError, ZeroDivisionError):
        found = []
    whole = [shape if _is_shape(shape) else None for shape in found]
    return [*whole, *[None] * (count - len(whole))]


def _is_shape(shape: Shape) -> bool:
    return all(size >= 0 for size in shape) and math.prod(shape) <= MOST_ELEMENTS
