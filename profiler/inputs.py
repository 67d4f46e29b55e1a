"""Tensors for a model: made from its specs and a seed, or read from the user's files."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

Array = np.ndarray[Any, Any]

SMALLEST = 1e-3
DEFAULT_INTEGER_LIMIT = 2


def read_files(input_files: Mapping[str, str], specs: Sequence[Tensor]) -> dict[str, Array]:
    """The user's arrays by input name; the empty name stands for one .npz with several.

    Raises KnownError: INPUT_UNREADABLE, INPUT_UNKNOWN, INPUT_DTYPE, INPUT_NOT_FINITE.
    """
    arrays: dict[str, Array] = {}
    for name, path in input_files.items():
        arrays |= {name: _read(Path(path))} if name else _read_npz(Path(path))
    known = {spec.name: spec for spec in specs}
    for name, array in arrays.items():
        if name not in known:
            raise KnownError(ErrorKind.INPUT_UNKNOWN, name=name, known=", ".join(known))
        _check(array, known[name])
    return arrays


def _read(path: Path) -> Array:
    loaded = _load(path)
    if isinstance(loaded, np.ndarray):
        return loaded
    with loaded:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, ".npz", file=path.name)


def _read_npz(path: Path) -> dict[str, Array]:
    loaded = _load(path)
    if isinstance(loaded, np.ndarray):
        raise KnownError(ErrorKind.INPUT_UNREADABLE, ".npy", file=path.name)
    with loaded:
        try:
            return {name: loaded[name] for name in loaded.files}
        except (ValueError, OSError, zipfile.BadZipFile) as error:
            raise KnownError(ErrorKind.INPUT_UNREADABLE, str(error), file=path.name) from error


def _load(path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, str(error), file=path.name) from error


def _check(array: Array, spec: Tensor) -> None:
    if array.dtype != np.dtype(spec.dtype):
        raise KnownError(ErrorKind.INPUT_DTYPE, name=spec.name, given=array.dtype.name, wanted=spec.dtype)
    if array.dtype.kind == "f":
        wrong = int(array.size - np.count_nonzero(np.isfinite(array)))
        if wrong:
            raise KnownError(ErrorKind.INPUT_NOT_FINITE, name=spec.name, count=wrong)


def check_room(
    specs: Sequence[Tensor], shapes: Mapping[str, tuple[int, ...]], distinct: int, available_bytes: int
) -> int:
    """Bytes of the inputs; raises KnownError(OUT_OF_MEMORY) where they alone cannot fit."""
    each = sum(
        int(np.prod(shapes[spec.name], dtype=object)) * np.dtype(spec.dtype).itemsize for spec in specs
    )
    if each * distinct > available_bytes:
        raise KnownError(
            ErrorKind.OUT_OF_MEMORY, needed_bytes=each * distinct, available_bytes=available_bytes
        )
    return each * distinct


def make(
    specs: Sequence[Tensor],
    shapes: Mapping[str, tuple[int, ...]],
    seed: int,
    limits: Mapping[str, int] | None = None,
    given: Mapping[str, Array] | None = None,
) -> dict[str, Array]:
    """One set of inputs, contiguous, with the dtypes of `specs` and the concrete `shapes`.

    Floats are normal with magnitudes of at least 1e-3 (no denormals, no zeros). Integers lie in
    [0, limit): the limit is the table that the graph looks them up in where that is known, else 2;
    masks are ones. The user's own arrays are taken as they are. Raises KnownError(INPUT_DTYPE) for a
    dtype that cannot be made up, such as strings.
    """
    chosen = dict(given or {})
    for position, spec in enumerate(specs):
        if spec.name not in chosen:
            random = np.random.default_rng((seed, position))
            limit = (limits or {}).get(spec.name, DEFAULT_INTEGER_LIMIT)
            chosen[spec.name] = _made(spec, shapes[spec.name], random, limit)
    return {name: np.ascontiguousarray(array).reshape(array.shape) for name, array in chosen.items()}


def _made(spec: Tensor, shape: tuple[int, ...], random: np.random.Generator, limit: int) -> Array:
    dtype = np.dtype(spec.dtype)
    if dtype.kind == "f":
        return _floats(shape, random).astype(dtype)
    if dtype.kind == "c":
        return (_floats(shape, random) + 1j * _floats(shape, random)).astype(dtype)
    if dtype.kind == "b":
        return _not_all_zero(random.integers(0, 2, shape)).astype(dtype)
    if dtype.kind in "iu":
        if "mask" in spec.name.lower():
            return np.ones(shape, dtype=dtype)
        most = min(limit, int(np.iinfo(dtype).max))
        return _not_all_zero(random.integers(0, max(1, most), shape), most).astype(dtype)
    raise KnownError(
        ErrorKind.INPUT_DTYPE, name=spec.name, given="–", wanted="string" if dtype.kind == "O" else spec.dtype
    )


def _floats(shape: tuple[int, ...], random: np.random.Generator) -> Array:
    values = random.standard_normal(shape, dtype=np.float32)
    small = np.abs(values) < SMALLEST
    return np.where(small, np.copysign(np.float32(SMALLEST), values), values)


def _not_all_zero(values: Array, limit: int = 2) -> Array:
    if values.size and limit > 1 and not values.any():
        values.flat[0] = 1
    return values


def total_bytes(pool: Sequence[Mapping[str, Array]]) -> int:
    """Bytes of distinct arrays in a pool of input sets."""
    arrays = {id(array): array.nbytes for inputs in pool for array in inputs.values()}
    return sum(arrays.values())
