"""What OpenVINO tells of a model: its ports, its layers as they run, and their precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from profiler.backends.onnx_dimensions import Shapes
from profiler.dimensions import Dimension, place_name
from profiler.pairs import paired
from profiler.result import Free, Tensor

_DTYPES = {
    "f16": "float16", "f32": "float32", "f64": "float64", "bf16": "bfloat16", "boolean": "bool",
    "string": "object",
    **{f"{short}{bits}": f"{long}{bits}" for short, long in (("i", "int"), ("u", "uint"))
       for bits in (4, 8, 16, 32, 64)},
}  # fmt: skip
_PRECISIONS = {
    "f32": "fp32", "f16": "fp16", "bf16": "bf16", "f64": "fp64", "i8": "int8", "u8": "int8", "i4": "int4",
    "u4": "int4",
}  # fmt: skip
_NO_WORK = ("Const", "Input", "Output", "Parameter", "Result", "MemoryInput", "MemoryOutput")
_FLOATS = ("fp32", "fp16", "bf16", "fp64")
# Layers that hold others, which the compiled model does not list: their own type is that of a condition.
_BODIES = ("If", "TensorIterator", "Loop")
# Layers that compute nothing: what they read or write says nothing of arithmetic.
_CARRIERS = ("ShapeOf", "Convert", "Reorder")
# Layers that multiply matrices: their precision is the model's.
_PRODUCTS = (
    "Convolution", "Deconvolution", "FullyConnected", "MatMul", "RNNCell", "RNNSeq", "LSTM", "GRU",
    "ScaledDotProductAttention", "ScaledDotProductAttentionWithKVCache", "MHA", "LLMMLP", "QKVProjection",
    "PagedAttention", "BinaryConvolution", "DeformableConvolution",
)  # fmt: skip

_DEEPEST = 8


class Layer(NamedTuple):
    """One layer of the compiled model: `nodes` are the file's layers that were fused into it."""

    name: str
    kind: str
    precision: str
    nodes: tuple[str, ...]


def dtype(port: Any) -> str:
    """numpy's name of a port's element type; OpenVINO's own where numpy has none."""
    kind = str(port.get_element_type().get_type_name())
    return _DTYPES.get(kind, kind)


def tensor(port: Any, told: Shapes | None = None) -> Tensor:
    """A port by its own name; of several (a tensor that is passed on) by that of its node.

    A free dimension has its name in `told`, what the file itself says by tensor; else it has none.
    """
    names = port.get_names()
    node = str(port.get_node().get_friendly_name()).partition("/sink_port_")[0]
    name = node if node in names or not names else str(port.get_any_name())
    shape = port.get_partial_shape()
    if shape.rank.is_dynamic:
        return Tensor(name, dtype(port), None)
    dims = tuple(None if dim.is_dynamic else int(dim.get_length()) for dim in shape)
    words = _told(names, told or {})
    if len(words) != len(dims):
        words = dims
    named = tuple(word if size is None else size for word, size in paired(words, dims))
    return Tensor(name, dtype(port), named, _ranges(name, named, shape))


def _told(names: Any, told: Mapping[str, tuple[Dimension, ...]]) -> tuple[Dimension, ...]:
    return next((told[name] for name in sorted(names) if name in told), ())


def _ranges(name: str, named: Sequence[Dimension], shape: Any) -> tuple[Free, ...]:
    """Sizes that the file bounds; OpenVINO writes -1 for a dimension without an end."""
    found = []
    for at, (word, dim) in enumerate(zip(named, shape)):
        least, most = (int(end) for end in (dim.get_min_length(), dim.get_max_length()))
        if not isinstance(word, int) and (least > 1 or most > 0):
            found.append(Free(word or place_name(name, at), max(1, least), most if most > 0 else None))
    return tuple(found)


def precision_of_file(model: Any) -> str:
    """fp16 or bf16 where nothing in the file is computed in fp32; else fp32.

    Weights that are kept in half precision and widened before use are fp32 arithmetic.
    """
    kinds = {
        str(operator.output(0).get_element_type().get_type_name())
        for operator in model.get_ops()
        if operator.get_output_size() and operator.get_type_name() not in ("Constant", "Convert")
    }
    floats = kinds & {"f32", "f16", "bf16", "f64"}
    return _PRECISIONS[next(iter(floats))] if len(floats) == 1 else "fp32"


def layers(runtime_model: Any) -> list[Layer]:
    """What runs, in order, without constants, inputs and outputs."""
    found = []
    for operator in runtime_model.get_ordered_ops():
        told = operator.get_rt_info()
        kind = _text(told, "layerType") or str(operator.get_type_name())
        if kind in _NO_WORK:
            continue
        nodes = tuple(name for name in _text(told, "originalLayersNames").split(",") if name)
        precision = _text(told, "primitiveType").rpartition("_")[2].lower() or _text(told, "runtimePrecision")
        if precision not in _PRECISIONS:
            precision = _text(told, "runtimePrecision").lower()
        found.append(Layer(str(operator.get_friendly_name()), kind, precision, nodes))
    return found


def precision_of_layers(every: Sequence[Layer], bodies: Sequence[Layer] = ()) -> str:
    """Of the layers that multiply matrices, `bodies` included; else of those that compute in floats.

    `mixed` where they differ. Integers count as a precision in products only: elsewhere they are
    conditions, indices and shapes, and a model of nothing else is `unknown`.
    """
    listed = [layer for layer in every if layer.kind not in _BODIES]
    products = [layer for layer in (*listed, *bodies) if layer.kind in _PRODUCTS]
    floating = [layer for layer in (*listed, *bodies) if _PRECISIONS.get(layer.precision) in _FLOATS]
    computing = [layer for layer in floating if layer.kind not in _CARRIERS]
    found = {_PRECISIONS[layer.precision] for layer in products if layer.precision in _PRECISIONS}
    found = found or {_PRECISIONS[layer.precision] for layer in computing or floating}
    if len(found) > 1:
        return "mixed"
    return next(iter(found), "unknown")


def bodies(model: Any, hint: str, depth: int = 0) -> list[Layer]:
    """What runs inside of loops and branches, which a compiled model does not list: by the file's layers.

    `hint` is the precision that the model was compiled for, to which single and half precision are taken.
    """
    found: list[Layer] = []
    for operator in model.get_ops() if depth < _DEEPEST else ():
        kind = str(operator.get_type_name())
        graphs = _graphs_inside(operator, kind)
        for graph in graphs:
            found += _computing(graph, hint) + bodies(graph, hint, depth + 1)
    return found


def _graphs_inside(operator: Any, kind: str) -> list[Any]:
    if kind == "If":
        return [operator.get_function(index) for index in (0, 1)]
    return [operator.get_function()] if kind in _BODIES else []


def _computing(graph: Any, hint: str) -> list[Layer]:
    found = []
    if any(operator.get_type_name() == "FakeQuantize" for operator in graph.get_ops()):
        hint = ""  # whether its products ran on integers is not told
    for operator in graph.get_ops():
        kind = str(operator.get_type_name())
        if kind in (*_NO_WORK, "Constant", *_BODIES) or not operator.get_output_size():
            continue
        own = str(operator.output(0).get_element_type().get_type_name())
        name = str(operator.get_friendly_name())
        kind = "MatMul" if "Convolution" in kind or "Sequence" in kind or kind in _PRODUCTS else kind
        found.append(Layer(name, kind, hint if own in ("f32", "f16", "bf16") else own, ()))
    return found


def _text(told: Any, name: str) -> str:
    """A value of a layer's run-time information; empty where it has none of that name."""
    if name not in told:
        return ""
    value = told[name]
    return str(getattr(value, "value", value))
