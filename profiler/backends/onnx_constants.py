"""Folding of the small constants by which an ONNX graph computes its shapes, loop counts and conditions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx

from profiler.backends.onnx_scope import LARGEST_CONSTANT, Array, Scope

Attributes = Mapping[str, Any]

_RANDOM = (
    "Bernoulli",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
)


class _Unknown(Exception):
    """The value cannot be computed here."""


def fold(node: Any, scope: Scope) -> None:
    """Set the value of the node's output in `scope` where it is a small constant that numpy can compute."""
    if node.op_type == "Constant" and _constant_tensor(node, scope):
        return
    rule = _SHAPE_RULES.get(node.op_type) or _RULES.get(node.op_type)
    if node.domain not in ("", "ai.onnx") or rule is None:
        return
    try:
        inputs = _shape_input(node, scope) if node.op_type in _SHAPE_RULES else _inputs(node, scope)
        with np.errstate(all="ignore"):
            result = rule(
                inputs, {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
            )
    except (_Unknown, ValueError, IndexError, TypeError, ArithmeticError):
        return  # a graph that is wrong here fails in the runtime with its own words
    if result.size <= LARGEST_CONSTANT:
        scope.set_value(node.output[0], result)


def is_folded(node: Any, scope: Scope) -> bool:
    """Whether a runtime computes the node once, at loading: from weights alone, and not by chance.

    A node that reads nothing makes a constant only where its operator is known to.
    """
    if node.op_type in _RANDOM:
        return False
    names = [name for name in node.input if name]
    if not names:
        return node.domain in ("", "ai.onnx")
    return all(scope.is_constant(name) for name in names)


def _constant_tensor(node: Any, scope: Scope) -> bool:
    tensors = [entry.t for entry in node.attribute if entry.name == "value"]
    for tensor in tensors:
        scope.add_tensor(node.output[0], tensor)
    return bool(tensors)


def _shape_input(node: Any, scope: Scope) -> list[Array | None]:
    shape = scope.shape(node.input[0])
    if shape is None:
        raise _Unknown
    return [np.asarray(shape, np.int64)]


def _inputs(node: Any, scope: Scope) -> list[Array | None]:
    values = [scope.value(name) if name else None for name in node.input]
    if any(name and value is None for name, value in zip(node.input, values, strict=True)):
        raise _Unknown
    if any(value is not None and value.dtype.kind in "OSU" for value in values):
        raise _Unknown  # texts, which numpy would join and repeat: they are no shapes
    return values


def _optional(inputs: list[Any], position: int, default: Any = None) -> Any:
    given = inputs[position] if position < len(inputs) else None
    return default if given is None else given


def _axes(inputs: list[Any], attributes: Attributes) -> tuple[int, ...] | None:
    axes = _optional(inputs, 1, attributes.get("axes"))
    return None if axes is None else tuple(int(axis) for axis in np.atleast_1d(axes))


def _constant(inputs: list[Any], attributes: Attributes) -> Array:
    for name in ("value_int", "value_ints", "value_float", "value_floats"):
        if name in attributes:
            return np.asarray(attributes[name], np.int64 if "int" in name else np.float32)
    raise _Unknown


def _shape(inputs: list[Any], attributes: Attributes) -> Array:
    return np.asarray(inputs[0][attributes.get("start", 0) : attributes.get("end")])


def _size(inputs: list[Any], attributes: Attributes) -> Array:
    return np.asarray(math.prod(inputs[0].tolist()), np.int64)


def _cast(inputs: list[Any], attributes: Attributes) -> Array:
    return np.asarray(inputs[0]).astype(onnx.helper.tensor_dtype_to_np_dtype(attributes["to"]))


def _squeeze(inputs: list[Any], attributes: Attributes) -> Array:
    return np.asarray(np.squeeze(inputs[0], _axes(inputs, attributes)))


def _unsqueeze(inputs: list[Any], attributes: Attributes) -> Array:
    return np.expand_dims(inputs[0], _axes(inputs, attributes) or ())


def _gather(inputs: list[Any], attributes: Attributes) -> Array:
    data, indices, axis = inputs[0], inputs[1], attributes.get("axis", 0)
    _check_size([data.size // max(1, data.shape[axis]), indices.size])
    return np.asarray(np.take(data, indices, axis=axis))


def _slice(inputs: list[Any], attributes: Attributes) -> Array:
    data = inputs[0]
    starts = _optional(inputs, 1, attributes.get("starts"))
    ends = _optional(inputs, 2, attributes.get("ends"))
    axes = _optional(inputs, 3, attributes.get("axes", range(len(starts))))
    steps = _optional(inputs, 4, [1] * len(starts))
    index = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        backwards_to_the_start = step < 0 and end < -data.shape[axis]
        index[int(axis)] = slice(int(start), None if backwards_to_the_start else int(end), int(step))
    return np.asarray(data[tuple(index)])


def _concat(inputs: list[Any], attributes: Attributes) -> Array:
    _check_size([sum(each.size for each in inputs)])
    return np.concatenate(inputs, axis=attributes["axis"])


def _reshape(inputs: list[Any], attributes: Attributes) -> Array:
    data, wanted = inputs
    keep_zero = bool(attributes.get("allowzero", 0))
    sizes = [data.shape[i] if size == 0 and not keep_zero else int(size) for i, size in enumerate(wanted)]
    return np.asarray(data.reshape(sizes))


def _transpose(inputs: list[Any], attributes: Attributes) -> Array:
    return np.asarray(np.transpose(inputs[0], attributes.get("perm")))


def _tile(inputs: list[Any], attributes: Attributes) -> Array:
    _check_size([inputs[0].size, *(int(repeat) for repeat in inputs[1])])
    return np.tile(inputs[0], inputs[1])


def _scatter(inputs: list[Any], attributes: Attributes) -> Array:
    data, indices, updates = inputs
    if attributes.get("reduction", b"none") != b"none":
        raise _Unknown
    result = data.copy()
    result[tuple(np.moveaxis(indices, -1, 0))] = updates
    return np.asarray(result)


def _expand(inputs: list[Any], attributes: Attributes) -> Array:
    shape = np.broadcast_shapes(inputs[0].shape, tuple(int(size) for size in inputs[1]))
    _check_size(shape)
    return np.broadcast_to(inputs[0], shape)


def _filled(inputs: list[Any], attributes: Attributes) -> Array:
    shape = tuple(int(size) for size in inputs[0])
    _check_size(shape)
    given = attributes.get("value")
    fill = np.zeros(1, np.float32) if given is None else onnx.numpy_helper.to_array(given)
    return np.full(shape, fill[0], fill.dtype)


def _range(inputs: list[Any], attributes: Attributes) -> Array:
    start, limit, step = (value.item() for value in inputs)
    _check_size([max(0, math.ceil((limit - start) / step))])
    return np.arange(start, limit, step, dtype=inputs[0].dtype)


def _check_size(shape: Any) -> None:
    if math.prod(shape) > LARGEST_CONSTANT:
        raise _Unknown


def _divide(left: Any, right: Any) -> Array:
    """ONNX's integer division truncates towards zero, numpy's floors."""
    if np.issubdtype(left.dtype, np.integer):
        quotient = np.abs(left) // np.abs(right) * np.sign(left) * np.sign(right)
        return np.asarray(quotient, left.dtype)
    return np.asarray(left / right)


def _modulo(inputs: list[Any], attributes: Attributes) -> Array:
    _check_size(np.broadcast_shapes(inputs[0].shape, inputs[1].shape))
    return np.asarray((np.fmod if attributes.get("fmod", 0) else np.mod)(inputs[0], inputs[1]))


def _reduced(function: Callable[..., Any]) -> Callable[[list[Any], Attributes], Array]:
    def reduce(inputs: list[Any], attributes: Attributes) -> Array:
        axes, keep = _axes(inputs, attributes), bool(attributes.get("keepdims", 1))
        if axes is None and attributes.get("noop_with_empty_axes", 0):
            return np.asarray(inputs[0])
        return np.asarray(function(inputs[0], axis=axes, keepdims=keep), inputs[0].dtype)

    return reduce


def _elementwise(function: Callable[..., Any]) -> Callable[[list[Any], Attributes], Array]:
    def compute(inputs: list[Any], attributes: Attributes) -> Array:
        _check_size(np.broadcast_shapes(*(each.shape for each in inputs)))
        return np.asarray(function(*inputs))

    return compute


_SHAPE_RULES = {"Shape": _shape, "Size": _size}
_NUMPY: dict[str, Callable[..., Any]] = {
    "Identity": np.array,
    "Add": np.add,
    "Sub": np.subtract,
    "Mul": np.multiply,
    "Div": _divide,
    "Neg": np.negative,
    "Abs": np.abs,
    "Floor": np.floor,
    "Ceil": np.ceil,
    "Sqrt": np.sqrt,
    "Pow": np.power,
    "Equal": np.equal,
    "Less": np.less,
    "LessOrEqual": np.less_equal,
    "Greater": np.greater,
    "GreaterOrEqual": np.greater_equal,
    "And": np.logical_and,
    "Or": np.logical_or,
    "Xor": np.logical_xor,
    "Not": np.logical_not,
    "Where": np.where,
    "Min": lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)),
    "Max": lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)),
}
_RULES: dict[str, Callable[[list[Any], Attributes], Array]] = {
    "Constant": _constant,
    "Cast": _cast,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Gather": _gather,
    "Slice": _slice,
    "Concat": _concat,
    "Reshape": _reshape,
    "Transpose": _transpose,
    "Tile": _tile,
    "ScatterND": _scatter,
    "Expand": _expand,
    "ConstantOfShape": _filled,
    "Range": _range,
    "Mod": _modulo,
    "ReduceProd": _reduced(np.prod),
    "ReduceSum": _reduced(np.sum),
    "ReduceMax": _reduced(np.max),
    "ReduceMin": _reduced(np.min),
    **{operator: _elementwise(function) for operator, function in _NUMPY.items()},
}
