"""What the C++ source that AOTInductor packs beside its library says of inputs and weights, read as text.

PyTorch 2.13 writes one assignment a line; where another version writes another form, or where the source was
left out of the package, nothing is known and nothing is guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple, Optional, Union

from profiler.result import Tensor

SUFFIX = ".wrapper.cpp"
LIMIT_BYTES = 64 << 20
_CONSTANT = re.compile(
    r"constants_info_\[(\d{1,6})\]\.(dtype|data_size|from_folded|type|shape) = ([^;\n]{1,200});"
)
_DTYPE = re.compile(r"cached_torch_dtype_(\w{1,20})")
_CHECK = re.compile(
    r'"input_handles\[(\d{1,4})\]: (unmatched dim value|dim value is too small|dim value is too large'
    r"|unmatched stride value) at (\d{1,2}), \"\s*<< \"expected(?:: | it to be >= | to be <= )(-?\d{1,19})"
)
_INPUT_DTYPE = re.compile(
    r"input_handles\[(\d{1,4})\]\);\s*int32_t \w+;\s*[^\n]{1,200}\s*int32_t \w+ = "
    r"aoti_torch_dtype_(\w{1,20})\("
)


class Constant(NamedTuple):
    """A weight in the library: bytes as they are stored."""

    dtype: str
    stored_bytes: int
    elements: int
    is_parameter: bool


class Source(NamedTuple):
    """What the source tells; empty where it tells nothing."""

    inputs: tuple[Tensor, ...] = ()
    constants: tuple[Constant, ...] = ()


def parse(source: str) -> Source:
    """Inputs are input_0, ...; a dimension that may vary is `batch` where it leads, else unknown."""
    return Source(_inputs(source), _constants(source))


def _constants(source: str) -> tuple[Constant, ...]:
    found: dict[int, dict[str, str]] = {}
    for index, field, value in _CONSTANT.findall(source):
        found.setdefault(int(index), {})[field] = value
    told = (_constant(fields) for _, fields in sorted(found.items()) if fields.get("from_folded") != "true")
    return tuple(each for each in told if each is not None)


def _constant(fields: Mapping[str, str]) -> Optional[Constant]:
    dtype = _DTYPE.search(fields.get("dtype", ""))
    size, shape = fields.get("data_size", ""), re.findall(r"\d+", fields.get("shape", ""))
    if dtype is None or not size.isdecimal():
        return None
    is_parameter = fields.get("type", "").endswith("ConstantType::Parameter)")
    return Constant(dtype.group(1), int(size), math.prod(int(each) for each in shape), is_parameter)


def _inputs(source: str) -> tuple[Tensor, ...]:
    dtypes = {int(index): dtype for index, dtype in _INPUT_DTYPE.findall(source)}
    sizes: dict[int, dict[int, Optional[int]]] = {}
    for index, kind, dimension, value in _CHECK.findall(source):
        own = sizes.setdefault(int(index), {})
        if kind == "unmatched dim value":
            own[int(dimension)] = int(value)
        else:
            own.setdefault(int(dimension), None)
    if sorted(dtypes) != list(range(len(dtypes))):
        return ()
    return tuple(Tensor(f"input_{index}", dtypes[index], _shape(sizes.get(index, {}))) for index in dtypes)


def _shape(sizes: Mapping[int, Optional[int]]) -> tuple[Union[int, str, None], ...]:
    rank = max(sizes, default=-1) + 1
    known = [sizes.get(dimension) for dimension in range(rank)]
    return tuple("batch" if size is None and position == 0 else size for position, size in enumerate(known))
