"""The shapes that inputs get: given ones, the batch, and a sensible size for each named dimension."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Union

from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Tensor

Shape = tuple[int, ...]
Dimension = Union[int, str, None]

OTHERWISE = 1
_SIZES: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"height|width|^[hw]$"), 224),
    (re.compile(r"seq|len"), 128),
    (re.compile(r"channel|^c$"), 3),
    (re.compile(r"depth|frames"), 16),
)
_BATCH = re.compile(r"batch|^(n|b|bs)$")


def default_size(name: str, batch: int) -> int | None:
    """The size that a dimension's name stands for, or None where the name says nothing."""
    lower = name.lower()
    if _BATCH.search(lower):
        return batch
    return next((size for pattern, size in _SIZES if pattern.search(lower)), None)


def follows_batch(name: Dimension, position: int) -> bool:
    """Whether a free dimension has the batch's size whatever that is, or leads with a mute name."""
    if not isinstance(name, str):
        return name is None and position == 0
    sizes = [default_size(name, batch) for batch in (2, 5)]
    return sizes == [2, 5] or (position == 0 and sizes[0] is None)


def guessed_dimensions(inputs: Sequence[Tensor], known: Container[Dimension]) -> list[str]:
    """Names of free dimensions that get the size 1 because nothing speaks for any other.

    `known` are those that were given. A sum of names is none of its own.
    """
    found: dict[str, None] = {}
    for spec in inputs:
        for position, name in enumerate(spec.shape or ()):
            if not isinstance(name, str) or len(list(_parts(name))) > 1 or name in known:
                continue
            if not follows_batch(name, position) and default_size(name, 1) is None:
                found[name] = None
    return list(found)


def concrete_shapes(
    inputs: Sequence[Tensor],
    batch: int = 1,
    shapes: Mapping[str, Shape] | None = None,
    dimensions: Mapping[str, int] | None = None,
) -> dict[str, Shape]:
    """A shape for each input, by its name.

    A whole shape in `shapes` wins and also settles the free dimensions that it fills; then `dimensions`
    by name; then `batch` for what is called batch, n, b or bs, and for a first dimension whose name says
    nothing; then height/width 224, sequence/length 128, channels 3, depth/frames 16; then 1.

    Raises KnownError: INPUT_UNKNOWN for a name that no input or dimension has, SHAPE_MISMATCH for a shape
    that clashes with a fixed dimension, the rank or another input, or for a batch that the file does not
    allow, SHAPE_NEEDED where the file does not even tell the rank.
    """
    given, named = dict(shapes or {}), dict(dimensions or {})
    _check_names(inputs, given, named)
    for spec in inputs:
        if spec.name in given:
            _bind(spec, given[spec.name], named)
    if batch > 1:
        _check_batch([spec for spec in inputs if spec.name not in given], batch)
    _settle(inputs, batch, named)
    free = {spec.name: _filled(spec, batch, named) for spec in inputs if spec.name not in given}
    return {spec.name: tuple(given.get(spec.name, free.get(spec.name, ()))) for spec in inputs}


def _check_names(inputs: Sequence[Tensor], given: Mapping[str, Shape], named: Mapping[str, int]) -> None:
    known = [spec.name for spec in inputs]
    for name in given:
        if name not in known:
            raise KnownError(ErrorKind.INPUT_UNKNOWN, name=name, known=", ".join(known))
    free = {dimension for spec in inputs for dimension in spec.shape or () if isinstance(dimension, str)}
    free |= {part for name in free for part in _parts(name)}
    for name, size in named.items():
        if name not in free:
            raise KnownError(
                ErrorKind.INPUT_UNKNOWN, name=name, known=", ".join(sorted(free)), what="dimension"
            )
        if size < 1:
            raise KnownError(ErrorKind.SHAPE_MISMATCH, name=name, given=size, what="not_positive")


def _bind(spec: Tensor, shape: Shape, named: dict[str, int]) -> None:
    """Check a given shape against what the file declares, and settle the free dimensions it fills."""
    if any(size < 1 for size in shape):
        raise KnownError(ErrorKind.SHAPE_MISMATCH, name=spec.name, given=written(shape), what="not_positive")
    if spec.shape is None:
        return
    if len(shape) != len(spec.shape) or any(
        isinstance(wanted, int) and wanted != size for wanted, size in paired(spec.shape, shape)
    ):
        raise KnownError(
            ErrorKind.SHAPE_MISMATCH, name=spec.name, given=written(shape), expected=written(spec.shape)
        )
    for wanted, size in paired(spec.shape, shape):
        if isinstance(wanted, str) and named.setdefault(wanted, size) != size:
            raise KnownError(
                ErrorKind.SHAPE_MISMATCH,
                dimension=wanted,
                given=size,
                expected=named[wanted],
                what="dimension",
            )


def _check_batch(free: Sequence[Tensor], batch: int) -> None:
    """A batch above 1 needs one input that takes it; those that are given as whole shapes were asked for."""
    if not free or any(_takes_batch(spec, batch) for spec in free):
        return
    for spec in free:
        if spec.shape:
            raise KnownError(
                ErrorKind.SHAPE_MISMATCH,
                name=spec.name,
                given=batch,
                expected=spec.shape[0],
                what="fixed_batch",
            )
    raise KnownError(ErrorKind.SHAPE_MISMATCH, given=batch, what="no_batch")


def _takes_batch(spec: Tensor, batch: int) -> bool:
    if spec.shape is None:
        return True
    first = spec.shape[:1]
    named_so = any(isinstance(item, str) and _BATCH.search(item.lower()) for item in spec.shape)
    return named_so or any(not isinstance(item, int) or item == batch for item in first)


def _settle(inputs: Sequence[Tensor], batch: int, named: dict[str, int]) -> None:
    """One size for each name wherever it stands; one that says nothing is the batch if it leads an input."""
    for spec in inputs:
        for name in (spec.shape or ())[:1]:
            if isinstance(name, str) and name not in named and len(list(_parts(name))) == 1:
                size = default_size(name, batch)
                named[name] = batch if size is None else size


def _filled(spec: Tensor, batch: int, named: Mapping[str, int]) -> Shape:
    if spec.shape is None:
        raise KnownError(ErrorKind.SHAPE_NEEDED, name=spec.name)
    return tuple(
        batch if item is None and position == 0 else _size(item, batch, named)
        for position, item in enumerate(spec.shape)
    )


def _size(item: Dimension, batch: int, named: Mapping[str, int]) -> int:
    if isinstance(item, int):
        return item
    if item is None:
        return OTHERWISE
    if item in named:
        return named[item]
    parts = list(_parts(item))
    if len(parts) > 1:
        return sum(_size(int(part) if part.isdecimal() else part, batch, named) for part in parts)
    size = default_size(item, batch)
    return OTHERWISE if size is None else size


def _parts(name: str) -> Iterator[str]:
    """Exporters write sums as names: `past_sequence_length + sequence_length`."""
    return (part.strip() for part in name.split("+"))


def written(shape: Sequence[Dimension]) -> str:
    """A shape as people write it: 1×3×height×?; a scalar as ()."""
    return "×".join("?" if item is None else str(item) for item in shape) or "()"
