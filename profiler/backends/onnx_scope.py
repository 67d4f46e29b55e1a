"""Concrete types and small constant values of the tensors of an ONNX graph, node by node.

Shapes are inferred one node at a time from concrete inputs, because then every shape that the graph computes
for itself (Shape, Gather, Concat, ... into Reshape) is a plain constant; inference over a whole graph with
data propagation gives up on many of these chains, and writes nothing about the bodies of loops.
"""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper, shape_inference

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]

LARGEST_UNROLL = 20_000
"""Nodes walked one by one where the shapes in a loop change from trip to trip; above it is uncounted."""

LARGEST_CONSTANT = 4096
"""Elements; shapes and indices are smaller, and weights need not be read."""


_SOME_TENSOR = onnx.helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, None)


class Scope:
    """What is known of tensors by name; a subgraph sees the names of the graph around it."""

    def __init__(self, model: onnx.ModelProto) -> None:
        self.opsets = {entry.domain: entry.version for entry in model.opset_import}
        self.opsets.setdefault("", self.opsets.get("ai.onnx", 1))
        self._imports = list(model.opset_import)
        self._ir_version = max(model.ir_version, 3)
        self._types: ChainMap[str, Any] = ChainMap()
        self._tensors: ChainMap[str, Any] = ChainMap()
        self._values: ChainMap[str, Array] = ChainMap()
        self._constants: ChainMap[str, bool] = ChainMap()
        self._schemas: dict[tuple[str, str], Any] = {}
        self._unrolled = [0]
        self.dequantised: set[str] = set()

    def child(self) -> Scope:
        """A scope for a subgraph; what it learns stays inside it."""
        inner = object.__new__(Scope)
        inner.__dict__.update(self.__dict__)
        inner._types = self._types.new_child()
        inner._tensors = self._tensors.new_child()
        inner._values = self._values.new_child()
        inner._constants = self._constants.new_child()
        return inner

    def may_unroll(self, nodes: int) -> bool:
        """Whether the whole model may still walk so many nodes trip by trip; if so they are spent."""
        allowed = self._unrolled[0] + nodes <= LARGEST_UNROLL
        self._unrolled[0] += nodes if allowed else 0
        return allowed

    def type_of(self, name: str) -> Any | None:
        """The onnx.TypeProto of a tensor, or None."""
        return self._types.get(name)

    def set_type(self, name: str, kind: Any | None) -> None:
        self._types[name] = kind

    def set_shape(self, name: str, shape: Sequence[int | None], element: int) -> None:
        self.set_type(name, onnx.helper.make_tensor_type_proto(element, list(shape)))

    def element(self, name: str) -> int:
        """The ONNX number of the element type, float where it is not known."""
        kind = self.type_of(name)
        return (kind.tensor_type.elem_type if kind is not None else 0) or int(onnx.TensorProto.FLOAT)

    def shape(self, name: str) -> Shape | None:
        """The shape where every dimension is a number, else None."""
        kind = self.type_of(name)
        if kind is None or not kind.tensor_type.HasField("shape"):
            return None
        dims = kind.tensor_type.shape.dim
        known = all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims)
        return tuple(dim.dim_value for dim in dims) if known else None

    def add_tensor(self, name: str, tensor: Any) -> None:
        """An initializer or constant; its data is read only when it is small and somebody asks."""
        self.set_shape(name, list(tensor.dims), tensor.data_type)
        inside = tensor.data_location != onnx.TensorProto.EXTERNAL
        if inside and math.prod(tensor.dims) <= LARGEST_CONSTANT:
            self._tensors[name] = tensor

    def set_constant(self, name: str, is_constant: bool = True) -> None:
        """Whether a tensor is a weight or computed from weights alone, whatever its size."""
        self._constants[name] = is_constant

    def is_constant(self, name: str) -> bool:
        return self._constants.get(name, False)

    def set_value(self, name: str, value: Array) -> None:
        self._values[name] = value

    def value(self, name: str) -> Array | None:
        """A constant of at most LARGEST_CONSTANT elements, or None where it is not known."""
        if name not in self._values and name in self._tensors:
            self._values[name] = np.asarray(numpy_helper.to_array(self._tensors[name]))
        return self._values.get(name)

    def schema(self, node: Any) -> Any | None:
        """The operator's definition at the opset of the model, or None for a custom operator."""
        key = (node.domain, node.op_type)
        if key not in self._schemas:
            self._schemas[key] = self._find_schema(*key)
        return self._schemas[key]

    def _find_schema(self, domain: str, operator: str) -> Any | None:
        plain = "" if domain == "ai.onnx" else domain
        try:
            return onnx.defs.get_schema(operator, self.opsets.get(plain, 1), plain)
        except onnx.defs.SchemaError:
            return None

    def infer(self, node: Any) -> None:
        """Set the types of a node's outputs as far as ONNX's own inference knows them."""
        for name, kind in self._inferred(node).items():
            self.set_type(name, kind)

    def _inferred(self, node: Any) -> Mapping[str, Any]:
        schema = self.schema(node)
        if schema is None or not schema.has_type_and_shape_inference_function:
            return {}
        types = {name: self.type_of(name) or _SOME_TENSOR for name in node.input if name}
        try:
            inferred: Mapping[str, Any] = shape_inference.infer_node_outputs(
                schema, node, types, self._data(node), None, self._imports, self._ir_version
            )
        except (shape_inference.InferenceError, onnx.checker.ValidationError):
            return {}
        return inferred

    def _data(self, node: Any) -> dict[str, Any]:
        return {name: data for name in node.input if (data := self._tensor(name)) is not None}

    def _tensor(self, name: str) -> Any | None:
        if name in self._values and name not in self._tensors:
            self._tensors[name] = numpy_helper.from_array(self._values[name], name)
        return self._tensors.get(name)
