"""One node of a torch.export program, with shapes for the sizes that were asked for, as the rules see it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from profiler.backends.pt2_schema import Argument, Graph, Meta, Node

Shape = tuple[int, ...]
_PLAIN = ("as_int", "as_ints", "as_float", "as_bool", "as_string", "as_bools", "as_floats")


class ReadCall:
    """See profiler.backends.torch_formulas.Call; shapes raise SizeUnknownError or KeyError where unknown."""

    def __init__(self, node: Node, graph: Graph, sizes: Mapping[str, int]) -> None:
        self.node, self.name = node, node.operator
        self._graph, self._sizes = graph, sizes
        self._arguments = {each.name: each.arg for each in node.inputs}

    @property
    def reads(self) -> list[str]:
        """Names of the tensors among the arguments, in order."""
        return [name for each in self.node.inputs for name in tensors_of(each.arg)]

    @property
    def makes(self) -> list[str]:
        return [name for each in self.node.outputs for name in tensors_of(each)]

    @property
    def first(self) -> Shape:
        return self._shape_of(self.reads[0])

    @property
    def output(self) -> Shape:
        return self._shape_of(self.makes[0])

    @property
    def elements(self) -> int:
        return math.prod(self.output)

    def argument(self, name: str) -> Any:
        """The value of an argument; None where it was left out or is a tensor."""
        given = self._arguments.get(name) or {}
        for kind in _PLAIN:
            if kind in given:
                return given[kind]
        if "as_sym_int" in given:
            return self._size(given["as_sym_int"])
        if "as_sym_ints" in given:
            return [self._size(each) for each in given["as_sym_ints"]]
        return None

    def has(self, name: str) -> bool:
        return bool(tensors_of(self._arguments.get(name) or {}))

    def shape(self, *names: str) -> Shape:
        return self._shape_of(next(tensors_of(self._arguments[name])[0] for name in names if self.has(name)))

    def shapes(self, name: str) -> list[Shape]:
        return [self._shape_of(each) for each in tensors_of(self._arguments[name])]

    def meta(self, name: str) -> Meta | None:
        return self._graph.tensor_values.get(name)

    def _shape_of(self, name: str) -> Shape:
        return self._graph.tensor_values[name].shape(self._sizes)

    def _size(self, given: Mapping[str, Any]) -> int:
        if "as_int" in given:
            return int(given["as_int"])
        return self._graph.sym_int_values[given["as_name"]].value(self._sizes)


def tensors_of(argument: Argument) -> list[str]:
    """Names of the tensors in an argument or an output."""
    return list(_tensors(argument))


def _tensors(argument: Argument) -> Iterator[str]:
    for kind, value in argument.items():
        if kind == "as_tensor":
            yield value["name"]
        elif kind == "as_tensors":
            yield from (each["name"] for each in value)
        elif kind == "as_optional_tensor":
            yield from _tensors(value)
        elif kind in ("as_optional_tensors", "as_nested_tensors"):
            for each in value:
                yield from _tensors(each if isinstance(each, dict) else {"as_tensors": each})


def graphs_of(node: Node) -> list[dict[str, Any]]:
    """The graphs that a control node holds, as they are written."""
    return [each.arg["as_graph"]["graph"] for each in node.inputs if "as_graph" in each.arg]
