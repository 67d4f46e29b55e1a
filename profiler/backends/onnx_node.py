"""One ONNX node with the concrete shapes of its inputs and outputs, as the counting rules see it."""

from __future__ import annotations

from typing import Any

import onnx

from profiler.backends.onnx_scope import Scope, Shape


class ShapeUnknown(Exception):
    """A shape that a rule needs is not known."""


class Operator:
    """Attributes: `kind` the operator's type, `name` the same with the domain of a custom one."""

    def __init__(self, node: Any, scope: Scope) -> None:
        self.kind: str = node.op_type
        self.name: str = name_of(node)
        self._node, self._scope = node, scope
        self._attributes = {entry.name: entry for entry in node.attribute}

    def has(self, position: int) -> bool:
        """Whether the optional input is given."""
        return position < len(self._node.input) and bool(self._node.input[position])

    def input(self, position: int) -> Shape:
        """The shape of an input; raises ShapeUnknown."""
        return self._known(self._node.input, position)

    def output(self, position: int = 0) -> Shape:
        return self._known(self._node.output, position)

    def given_inputs(self) -> int:
        return sum(1 for name in self._node.input if name)

    def _known(self, names: Any, position: int) -> Shape:
        shape = self._scope.shape(names[position]) if position < len(names) and names[position] else None
        if shape is None:
            raise ShapeUnknown(self.name)
        return shape

    def attribute(self, name: str, default: Any = None) -> Any:
        entry = self._attributes.get(name)
        return default if entry is None else onnx.helper.get_attribute_value(entry)

    def text(self, name: str, default: str) -> str:
        value = self.attribute(name, default)
        return value.decode() if isinstance(value, bytes) else str(value)

    @property
    def quantised(self) -> bool:
        """Whether both operands come straight from DequantizeLinear, so that runtimes compute on integers."""
        return all(name in self._scope.dequantised for name in list(self._node.input)[:2])


def name_of(node: Any) -> str:
    """The operator's type as a person knows it: "Conv", or "com.example.Foo" outside ONNX's own domain."""
    return str(node.op_type) if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
