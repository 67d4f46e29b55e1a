"""What an ONNX model stores: parameters, buffers and bytes, counted from declared shapes alone.

Parameters are the elements of floating-point initialisers and of floating-point Constant tensors with at
least one dimension (some exporters keep weights there), and of initialisers of 8 bits or fewer with at least
two dimensions, which is what quantised weights are. Integers beside them are shapes and indices and do not
count. The running mean and variance of BatchNormalization are buffers, as in PyTorch; a normalisation that
was folded into a convolution has vanished from both counts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import onnx

from profiler.backends import onnx_tensors
from profiler.errors import ErrorKind, KnownError

_T = onnx.TensorProto
BITS: dict[int, int] = {
    number: 8 * onnx.helper.tensor_dtype_to_np_dtype(number).itemsize
    for name, number in _T.DataType.items()
    if name not in ("UNDEFINED", "STRING")
}
"""Bits of one element by ONNX element type; the narrow types are packed."""
for _name, _bits in (
    ("INT4", 4), ("UINT4", 4), ("FLOAT4E2M1", 4), ("INT2", 2), ("UINT2", 2),
):  # fmt: skip
    if _name in _T.DataType.keys():  # noqa: SIM118 - an enum wrapper, not a mapping
        BITS[_T.DataType.Value(_name)] = _bits

_ELEMENT_LIMIT = 2**53
_RUNNING_STATISTICS = slice(3, 5)


class Weights(NamedTuple):
    """Elements of `parameters` and `buffers`; bytes of everything stored, in all and by numpy dtype name."""

    parameters: int
    buffers: int
    total_bytes: int
    bytes_by_dtype: dict[str, int]


def weights(model: onnx.ModelProto) -> Weights:
    """What is stored in the file and in its external data; text counts as nothing."""
    running = set(_running_statistics(model))
    sizes: Counter[str] = Counter()
    parameters = buffers = 0
    for tensor, is_constant in _stored(model):
        sizes[_dtype(tensor)] += byte_count(tensor)
        if tensor.name in running and not is_constant:
            buffers += math.prod(tensor.dims)
        elif _is_parameter(tensor, is_constant):
            parameters += math.prod(tensor.dims)
    return Weights(parameters, buffers, sizes.total(), dict(+sizes))


def check(model: onnx.ModelProto, path: Path) -> None:
    """Raises KnownError(MODEL_DAMAGED) for a negative or absurd shape, or raw data of another length."""
    for tensor, _ in _stored(model):
        absurd = any(size < 0 for size in tensor.dims) or math.prod(tensor.dims) > _ELEMENT_LIMIT
        if absurd or (_is_raw(tensor) and len(tensor.raw_data) != byte_count(tensor)):
            raise KnownError(ErrorKind.MODEL_DAMAGED, tensor.name, file=path.name, what="onnx_weights")


def byte_count(tensor: Any) -> int:
    """Bytes of a tensor by its declared shape; 0 for text and for an element type that is not known."""
    bits: int = math.prod(tensor.dims) * BITS.get(tensor.data_type, 0)
    return (bits + 7) // 8


def inline_floats(model: onnx.ModelProto) -> Iterator[Any]:
    """Arrays of the floating-point initialisers that lie in the file itself; external data is not read."""
    for tensor in onnx_tensors.initialisers(model):
        kinds = (_T.FLOAT, _T.FLOAT16, _T.DOUBLE)
        if tensor.data_type in kinds and tensor.data_location != _T.EXTERNAL:
            yield onnx.numpy_helper.to_array(tensor)


def _stored(model: onnx.ModelProto) -> Iterator[tuple[Any, bool]]:
    for tensor in onnx_tensors.initialisers(model):
        yield tensor, False
    for tensor in onnx_tensors.constants(model):
        yield tensor, True


def _is_raw(tensor: Any) -> bool:
    inside = tensor.data_location != _T.EXTERNAL
    return bool(inside and tensor.HasField("raw_data") and tensor.data_type in BITS)


def _is_parameter(tensor: Any, is_constant: bool) -> bool:
    if _is_floating(tensor.data_type):
        return len(tensor.dims) > 0 or not is_constant
    return not is_constant and BITS.get(tensor.data_type, 64) <= 8 and len(tensor.dims) > 1


def _is_floating(element_type: int) -> bool:
    return (element_type in BITS and "FLOAT" in _T.DataType.Name(element_type)) or element_type == _T.DOUBLE


def _dtype(tensor: Any) -> str:
    if tensor.data_type not in BITS:
        return "unknown"
    return str(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).name)


def _running_statistics(model: onnx.ModelProto) -> Iterator[str]:
    for node in onnx_tensors.nodes(model):
        if node.op_type == "BatchNormalization":
            yield from node.input[_RUNNING_STATISTICS]
