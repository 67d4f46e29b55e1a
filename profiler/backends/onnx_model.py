"""An ONNX model made ready for counting: functions inlined, the inputs' shapes set, weights left unread."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import onnx
import onnx.inliner

from profiler.backends import onnx_functions
from profiler.backends.onnx_scope import LARGEST_CONSTANT, Scope, Shape


def inlined(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model without local functions; itself where it has none, or some that cannot be inlined.

    A call that stays, since its function calls itself or is too large, will be named as uncounted.
    """
    if not model.functions or is_too_large(model):
        return model
    try:
        return onnx.inliner.inline_local_functions(_without_weights(model))
    except onnx.checker.ValidationError:
        return model


def is_too_large(model: onnx.ModelProto) -> bool:
    """Whether the model with its functions written out is larger than any network: a few lines can ask for
    10^8 nodes."""
    try:
        nodes, size_bytes = onnx_functions.written_out(model) if model.functions else (0, 0)
    except onnx_functions.EndlessError:
        return True
    return nodes > onnx_functions.MOST_NODES or size_bytes > onnx_functions.MOST_BYTES


def _without_weights(model: onnx.ModelProto) -> Any:
    """A copy whose large initializers hold no data, since the inliner serialises the whole model."""
    light = onnx.ModelProto(ir_version=model.ir_version)
    light.opset_import.extend(model.opset_import)
    light.functions.extend(model.functions)
    graph = light.graph
    graph.name = model.graph.name
    graph.node.extend(model.graph.node)
    graph.input.extend(model.graph.input)
    graph.output.extend(model.graph.output)
    graph.value_info.extend(model.graph.value_info)
    graph.initializer.extend(_light(tensor) for tensor in model.graph.initializer)
    return light


def _light(tensor: Any) -> Any:
    if math.prod(tensor.dims) <= LARGEST_CONSTANT:
        return tensor
    empty = onnx.TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims)
    empty.data_location = onnx.TensorProto.EXTERNAL  # its data is elsewhere, so nobody may read it as zeros
    return empty


def declare_inputs(graph: Any, shapes: Mapping[str, Shape], scope: Scope) -> dict[str, int]:
    """Set the types of the model's inputs, and hand back the number that each symbolic dimension has.

    An input that `shapes` does not name keeps its declared shape, known or not. Raises ValueError for
    a name that is no input.
    """
    known = {value.name: value for value in graph.input}
    if unknown := sorted(set(shapes) - set(known)):
        raise ValueError(f"no such input: {', '.join(unknown)}")
    symbols: dict[str, int] = {}
    for name, value in known.items():
        scope.set_type(name, value.type)
        if name in shapes:
            symbols.update(_symbols(value.type, shapes[name]))
            scope.set_shape(name, shapes[name], value.type.tensor_type.elem_type)
    return symbols


def _symbols(kind: Any, shape: Shape) -> Iterable[tuple[str, int]]:
    dims = kind.tensor_type.shape.dim
    return [(dim.dim_param, size) for dim, size in zip(dims, shape, strict=False) if dim.dim_param]


def declared_types(graph: Any, symbols: Mapping[str, int]) -> dict[str, Any]:
    """Types that the file declares for tensors inside the graph, with its symbols replaced by numbers."""
    return {value.name: _bound(value.type, symbols) for value in (*graph.value_info, *graph.output)}


def _bound(kind: Any, symbols: Mapping[str, int]) -> Any:
    bound = onnx.TypeProto()
    bound.CopyFrom(kind)
    for dim in bound.tensor_type.shape.dim if bound.tensor_type.HasField("shape") else ():
        if dim.dim_param in symbols:
            dim.dim_value = symbols[dim.dim_param]
    return bound
