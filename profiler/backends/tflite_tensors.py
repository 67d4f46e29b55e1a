"""Tensors of a .tflite file and the buffers behind them; of values only a few integers are read."""

from __future__ import annotations

import math
from typing import NamedTuple, Optional, Union

import numpy as np

from profiler.backends.flatbuffer import Damaged, Table
from profiler.backends.tflite_schema import (
    BITS,
    DTYPES,
    BufferField,
    ExternalField,
    ModelField,
    TensorField,
)
from profiler.result import Tensor

MOST_TENSORS = 1 << 20
MOST_ELEMENTS = 1 << 40
MOST_VALUES = 256
"""Shapes, axes and paddings are shorter."""

_INTEGERS = {"int32": "<i4", "int64": "<i8"}


class FileTensor(NamedTuple):
    """A tensor: `dims` as stored, `signature` with -1 where one may vary.

    `weights_bytes` where its data are stored, in the buffer of number `buffer`; `values` where these are
    few integers, in order.
    """

    name: str
    dtype: str
    dims: tuple[int, ...]
    signature: tuple[int, ...]
    weights_bytes: int = 0
    buffer: int = 0
    values: Optional[tuple[int, ...]] = None

    @property
    def elements(self) -> int:
        return math.prod(self.dims)


def spec_of(name: str, tensor: FileTensor) -> Tensor:
    """A dimension that may vary is named `batch` where it is the first, else it has no name."""
    dims = tuple(
        size if size >= 0 else ("batch" if place == 0 else None)
        for place, size in enumerate(tensor.signature)
    )
    return Tensor(name, tensor.dtype, dims)


class Buffers:
    """The stored data of a file: within it, behind its tables (files above 2 GiB), or in a file beside it."""

    def __init__(self, model: Table, data: Union[bytes, memoryview]) -> None:
        self._data, self._tensors = data, 0
        self._spans = [_span(buffer, len(data)) for buffer in model.tables(ModelField.BUFFERS)]
        self._outside = {
            int(one.number(ExternalField.ID, "I")): int(one.number(ExternalField.LENGTH, "Q"))
            for one in model.tables(ModelField.EXTERNAL_BUFFERS)
        }

    def octets(self, buffer: int, most: int) -> bytes:
        """The first bytes of a buffer; raises IndexError where there is no such buffer."""
        start, length = self._spans[buffer]
        return bytes(self._data[start : start + min(length, most)])

    def tensor(self, tensor: Table) -> FileTensor:
        """Raises Damaged, and IndexError for a buffer that is not there."""
        self._tensors += 1
        if self._tensors > MOST_TENSORS:
            raise Damaged("more tensors than any model has")
        number = int(tensor.number(TensorField.TYPE, "b"))
        dtype = DTYPES[number] if 0 <= number < len(DTYPES) else f"type_{number}"
        dims = tuple(tensor.numbers(TensorField.SHAPE, "i4") or ())
        signature = tuple(tensor.numbers(TensorField.SHAPE_SIGNATURE, "i4") or ()) or dims
        if any(size < 0 for size in dims) or math.prod(dims) > MOST_ELEMENTS or len(signature) != len(dims):
            raise Damaged(f"a tensor of {dims}")
        buffer = int(tensor.number(TensorField.BUFFER, "I"))
        stored = self._stored(buffer, int(tensor.number(TensorField.EXTERNAL, "I")))
        if tensor.table(TensorField.SPARSITY) is None:
            _check(dtype, dims, stored)
        values = self._values(buffer, dtype, math.prod(dims)) if stored else None
        return FileTensor(tensor.text(TensorField.NAME), dtype, dims, signature, stored, buffer, values)

    def _stored(self, buffer: int, outside: int) -> int:
        if outside:
            return self._outside.get(outside, 0)
        return self._spans[buffer][1] if buffer else 0

    def _values(self, buffer: int, dtype: str, elements: int) -> Optional[tuple[int, ...]]:
        kind = _INTEGERS.get(dtype)
        if kind is None or elements > MOST_VALUES or not buffer:
            return None
        octets = self.octets(buffer, elements * np.dtype(kind).itemsize)
        return tuple(int(value) for value in np.frombuffer(octets, dtype=kind))


def _span(buffer: Table, size: int) -> tuple[int, int]:
    """Where a buffer begins and how long it is; offsets 0 and 1 stand for one that is within the tables."""
    start, length = buffer.span(BufferField.DATA)
    offset = int(buffer.number(BufferField.OFFSET, "Q"))
    if offset > 1:
        start, length = offset, int(buffer.number(BufferField.SIZE, "Q"))
    if start + length > size:
        raise Damaged(f"a buffer of {length} bytes at {start}")
    return start, length


def _check(dtype: str, dims: tuple[int, ...], stored: int) -> None:
    """Stored data are as long as the tensor needs; sparse ones are shorter, and text has any length."""
    bits = BITS.get(dtype)
    if stored and bits is not None and math.prod(dims) * bits > 8 * stored:
        raise Damaged(f"{stored} bytes for {dims} of {dtype}")
