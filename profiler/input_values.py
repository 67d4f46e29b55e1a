"""Numbers of a kind, the same for every format that holds the same network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from profiler.input_kinds import Kind

Array = np.ndarray[Any, Any]

SMALLEST = 1e-3
PICTURE_CHANNELS = (1, 3, 4)
_GROUPS = {"f": 0, "c": 1, "b": 2, "i": 3, "u": 3}


def is_channels_last(shape: Sequence[int]) -> bool:
    """N×H×W×C: four dimensions with the channels of a picture last, and not second."""
    return len(shape) == 4 and shape[3] in PICTURE_CHANNELS and shape[1] not in PICTURE_CHANNELS


def canonical(shape: Sequence[int]) -> tuple[int, ...]:
    """The shape as N×C×H×W where it is that of pictures with their channels last."""
    count, *rest = shape if is_channels_last(shape) else (None,)
    return tuple(shape) if count is None else (count, rest[2], rest[0], rest[1])


def group_of(dtype: np.dtype[Any]) -> int:
    """What exports of one network agree on where their dtypes differ: integers of any size are alike."""
    return _GROUPS[dtype.kind]


def made(
    kind: Kind,
    shape: Sequence[int],
    dtype: np.dtype[Any],
    identity: Sequence[int],
) -> Array:
    """An array of this shape and dtype, drawn by `identity` (whole numbers of at least 0).

    Pictures with their channels last hold what those with their channels second hold, float16 and float64
    what float32 holds (rounded), int64 what int32 holds.
    """
    own = canonical(shape)
    random = np.random.default_rng([*identity, group_of(dtype), len(own), *own])
    values = _values(kind, own, dtype, random).astype(dtype, copy=False)
    if is_channels_last(shape):
        values = values.transpose(0, 2, 3, 1)
    return np.ascontiguousarray(values).reshape(tuple(shape))


def _values(
    kind: Kind,
    shape: tuple[int, ...],
    dtype: np.dtype[Any],
    random: np.random.Generator,
) -> Array:
    if kind.name == "normal":
        floats = _floats(shape, random)
        return floats + 1j * _floats(shape, random) if dtype.kind == "c" else floats
    if kind.name in ("mask", "constant"):
        return np.full(shape, 1.0 if kind.name == "mask" else kind.low)
    if kind.name == "image" and dtype.kind in "iu":
        return _pixels(shape, dtype, random)
    if kind.name in ("image", "probability", "uniform"):
        low, high = (kind.low, kind.high) if kind.name == "uniform" else (SMALLEST, 1.0)
        return low + random.random(shape, dtype=np.float32) * np.float64((high or 0.0) - low)
    return _whole(kind, shape, random)


def _floats(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Normal, with magnitudes of at least 1e-3: no zeros, and no denormals in half precision either."""
    values = np.asarray(random.standard_normal(shape, dtype=np.float32))
    small = (values < SMALLEST) & (values > -SMALLEST)
    values[small] = np.copysign(np.float32(SMALLEST), values[small])
    return values


def _pixels(shape: tuple[int, ...], dtype: np.dtype[Any], random: np.random.Generator) -> Array:
    """0 to 255, shifted by 128 where the dtype ends at 127."""
    return random.integers(0, 256, shape) - (128 if dtype == np.int8 else 0)


def _whole(kind: Kind, shape: tuple[int, ...], random: np.random.Generator) -> Array:
    """Whole numbers; an input that says nothing but zeros would leave half of a model idle."""
    if kind.name == "integers":
        return random.integers(int(kind.low), int(kind.high or 0), shape, endpoint=True)
    most = 2 if kind.name == "flags" else max(1, int(kind.high or 1))
    values = np.asarray(random.integers(0, most, shape))
    if values.size and most > 1 and not values.any():
        values.flat[0] = 1
    return values
