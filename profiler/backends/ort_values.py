"""Values in and out of ONNX Runtime: tensors of every type that it takes, text, sequences, maps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np

from profiler.backends.base import Array
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

_DTYPES = {
    "float": "float32", "double": "float64", "float16": "float16", "bool": "bool", "string": "object",
    **{f"{sign}int{bits}": f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)},
    "complex64": "complex64", "complex128": "complex128",
}  # fmt: skip
# Types without a numpy dtype of their own, with their ONNX number and the integers that carry their bits.
_CARRIED: dict[str, tuple[int, type]] = {
    "bfloat16": (16, np.uint16),
    "float8e4m3fn": (17, np.uint8),
    "float8e4m3fnuz": (18, np.uint8),
    "float8e5m2": (19, np.uint8),
    "float8e5m2fnuz": (20, np.uint8),
}


def spec_of(node: Any) -> Tensor:
    """An input or output; what is no tensor keeps the runtime's word for it, such as seq(tensor(float))."""
    kind = re.fullmatch(r"tensor\((\w+)\)", node.type)
    dtype = _DTYPES.get(kind.group(1), kind.group(1)) if kind else node.type
    shape = tuple(dim if isinstance(dim, (int, str)) else None for dim in node.shape or ())
    return Tensor(node.name, dtype, shape)


def bind_input(binding: Any, ort: Any, spec: Tensor, array: Array) -> None:
    """On the host, where a caller has it: copies to the device are a part of the call.

    Raises KnownError(INPUT_DTYPE) for an input that is no tensor.
    """
    if "(" in spec.dtype:
        raise KnownError(ErrorKind.INPUT_DTYPE, name=spec.name, given="–", wanted=spec.dtype)
    if spec.dtype in _CARRIED:
        number, carrier = _CARRIED[spec.dtype]
        value = ort.OrtValue.ortvalue_from_numpy_with_onnx_type(array.view(carrier), number)
    else:
        value = ort.OrtValue.ortvalue_from_numpy(array)
    binding.bind_ortvalue_input(spec.name, value)


def is_text(spec: Tensor) -> bool:
    """Text cannot be bound, and goes in anew with every call."""
    return spec.dtype == "object"


def is_carried(spec: Tensor) -> bool:
    """Of a type that numpy lacks: its bits can be bound, and cannot be passed otherwise."""
    return spec.dtype in _CARRIED


def is_preallocated(spec: Tensor) -> bool:
    """Whether the answer can lie in memory that we make: numbers of a dtype that numpy has."""
    return spec.dtype in _DTYPES.values() and spec.dtype != "object"


def named(name: str, value: Any) -> Iterator[tuple[str, Array]]:
    """An answer as arrays: a sequence one by one, its places behind the name; a map by its values."""
    if isinstance(value, dict):
        yield name, np.array(list(value.values()))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from named(f"{name}[{place}]", item)
    elif value is not None:
        yield name, np.array(value)
