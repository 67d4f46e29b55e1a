"""An operator of a .tflite graph with what is known of its tensors, as rules of shapes and FLOPs see it."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from profiler.backends.tflite_file import FileGraph, FileOperator

Shape = tuple[int, ...]
Values = np.ndarray[Any, np.dtype[np.int64]]


class Unknown(Exception):
    """A shape or a value that a rule needs does not follow from the file."""


class Known:
    """Shapes and small integer values of a graph's tensors by index, as far as they are settled."""

    def __init__(self, graph: FileGraph) -> None:
        self.graph = graph
        made = {index for operator in graph.operators for index in operator.outputs}
        self.shapes: list[Optional[Shape]] = [
            None if index in made else tensor.dims for index, tensor in enumerate(graph.tensors)
        ]
        self.values: dict[int, Values] = {
            index: np.array(tensor.values, dtype=np.int64).reshape(tensor.dims)
            for index, tensor in enumerate(graph.tensors)
            if tensor.values is not None
        }

    def is_as_stored(self, index: int) -> bool:
        return index < 0 or self.shapes[index] == self.graph.tensors[index].dims


class View:
    """One operator; everything asked for that is not known raises Unknown."""

    def __init__(self, operator: FileOperator, known: Known) -> None:
        self.kind, self.inputs, self.outputs = operator.kind, operator.inputs, operator.outputs
        self._operator, self._known = operator, known

    def has(self, position: int) -> bool:
        """Whether an input that may be left out is there."""
        return position < len(self.inputs) and self.inputs[position] >= 0

    def shape(self, position: int) -> Shape:
        return self._shape(self.inputs, position)

    def result(self, position: int = 0) -> Shape:
        return self._shape(self.outputs, position)

    def value(self, position: int) -> Values:
        """Of an integer input that is stored or follows from shapes."""
        if not self.has(position) or self.inputs[position] not in self._known.values:
            raise Unknown
        return self._known.values[self.inputs[position]]

    def numbers(self, position: int) -> list[int]:
        """The value of an input as a flat list."""
        return [int(number) for number in self.value(position).reshape(-1)]

    def dtype(self, position: int) -> str:
        return self._known.graph.tensors[self.inputs[position]].dtype if self.has(position) else ""

    def result_dtype(self) -> str:
        return self._known.graph.tensors[self.outputs[0]].dtype if self._made(0) else ""

    def option(self, field: int, kind: str = "i", default: int = 0) -> int:
        """A number of the operator's options; these are all defaults where it has none."""
        options = self._operator.options
        return default if options is None else int(options.number(field, kind, default))

    def list_option(self, field: int) -> Optional[list[int]]:
        options = self._operator.options
        return None if options is None else options.numbers(field, "i4")

    def _made(self, position: int) -> bool:
        return position < len(self.outputs) and self.outputs[position] >= 0

    def _shape(self, indices: tuple[int, ...], position: int) -> Shape:
        index = indices[position] if position < len(indices) else -1
        shape = self._known.shapes[index] if index >= 0 else None
        if shape is None:
            raise Unknown
        return shape
