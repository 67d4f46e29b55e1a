"""An ONNX file as data: read without its external weights, checked, and its inputs and outputs told."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import onnx
from google.protobuf.message import DecodeError

from profiler.backends import onnx_external, onnx_text, onnx_weights
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

LIMIT_BYTES = 2**31 - 1
_STANDARD_DOMAINS = ("", "ai.onnx")


def read(path: Path) -> onnx.ModelProto:
    """The model, its external data checked but not read.

    Raises KnownError: MODEL_DAMAGED where it is no whole ModelProto with a graph or its weights do not
    fit their shapes, EXTERNAL_DATA_MISSING, EXTERNAL_DATA_OUTSIDE; and OSError.
    """
    if path.stat().st_size > LIMIT_BYTES:
        raise _damaged(path, "over 2 GiB, which protobuf cannot hold")
    model = onnx.ModelProto()
    try:
        model.ParseFromString(path.read_bytes())
    except (DecodeError, ValueError) as error:
        raise _damaged(path, str(error)) from error
    if not model.HasField("graph"):
        raise KnownError(ErrorKind.MODEL_DAMAGED, file=path.name, what="onnx_no_graph")
    if not onnx_text.is_text(model):
        raise _damaged(path, "a name that is not UTF-8")
    onnx_weights.check(model, path)
    onnx_external.check(model, path)
    return model


def inputs(model: onnx.ModelProto) -> tuple[Tensor, ...]:
    """The inputs that must be fed: those that an initialiser fills are left out (ONNX up to IR version 3)."""
    graph = model.graph
    filled = {tensor.name for tensor in graph.initializer}
    filled |= {sparse.values.name for sparse in graph.sparse_initializer}
    return _tensors(value for value in graph.input if value.name not in filled)


def outputs(model: onnx.ModelProto) -> tuple[Tensor, ...]:
    """The outputs as the file declares them."""
    return _tensors(model.graph.output)


def producer(model: onnx.ModelProto) -> str | None:
    """Who wrote the file, with version, or None where it does not say."""
    return f"{model.producer_name} {model.producer_version}".strip() or None


def opsets(model: onnx.ModelProto) -> dict[str, int]:
    """Version by domain; the standard domain is `ai.onnx`."""
    return {entry.domain or _STANDARD_DOMAINS[1]: entry.version for entry in model.opset_import}


def dtype_name(element_type: int) -> str:
    """The numpy name of an ONNX element type: float32, bfloat16; str for text; unknown for a later type."""
    if element_type == onnx.TensorProto.STRING:
        return "str"
    if element_type not in onnx_weights.BITS:
        return "unknown"
    return str(onnx.helper.tensor_dtype_to_np_dtype(element_type).name)


def _tensors(values: Iterable[Any]) -> tuple[Tensor, ...]:
    return tuple(_tensor(value) for value in values)


def _tensor(value: Any) -> Tensor:
    """An input that is no tensor (a sequence, a map, an optional) has that word as its dtype and no shape."""
    word = value.type.WhichOneof("value")
    if word != "tensor_type":
        return Tensor(value.name, (word or "unknown").removesuffix("_type"), None)
    kind = value.type.tensor_type
    shape = tuple(_dimension(item) for item in kind.shape.dim) if kind.HasField("shape") else None
    return Tensor(value.name, dtype_name(kind.elem_type), shape)


def _dimension(item: Any) -> int | str | None:
    word = item.WhichOneof("value")
    if word == "dim_value":
        # some exporters write -1 for a free dimension
        return int(item.dim_value) if item.dim_value >= 0 else None
    return item.dim_param or None


def _damaged(path: Path, text: str) -> KnownError:
    return KnownError(ErrorKind.MODEL_DAMAGED, text, file=path.name)
