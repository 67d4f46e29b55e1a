"""The shapes that inputs get: given ones, the batch, and a sensible size for each named dimension."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from profiler import dimensions as free_dimensions
from profiler.dimensions import Default, Dimension
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Tensor

Shape = tuple[int, ...]


def concrete_shapes(
    inputs: Sequence[Tensor],
    batch: int = 1,
    shapes: Mapping[str, Shape] | None = None,
    dimensions: Mapping[str, int] | None = None,
) -> dict[str, Shape]:
    """A shape for each input, by its name.

    A whole shape in `shapes` wins and also settles the free dimensions that it fills; then `dimensions`
    by name (INPUT.PLACE for one without); then `batch` for what is called batch, n, b or bs, and for a first
    dimension whose name says nothing; then height/width 224, sequence/length 128, channels 3, depth/frames
    16; then the size that the file was traced or exported with; then the least that it allows.

    Raises KnownError: INPUT_UNKNOWN for a name that no input or dimension has, SHAPE_MISMATCH for a shape
    that clashes with a fixed dimension, the rank or another input, for a batch or a size that the file does
    not allow, SHAPE_NEEDED where the file does not even tell the rank.
    """
    inputs = free_dimensions.all_placed(inputs)
    given, named = dict(shapes or {}), dict(dimensions or {})
    _check_names(inputs, given, named)
    for spec in inputs:
        if spec.name in given:
            _bind(spec, given[spec.name], named)
    if batch > 1:
        _check_batch([spec for spec in inputs if spec.name not in given], batch)
    unasked = free_dimensions.defaults(inputs, batch)
    made = {
        spec.name: tuple(given[spec.name]) if spec.name in given else _filled(spec, named, unasked)
        for spec in inputs
    }
    free_dimensions.check_ranges(inputs, made)
    return made


def _check_names(inputs: Sequence[Tensor], given: Mapping[str, Shape], named: Mapping[str, int]) -> None:
    known = [spec.name for spec in inputs]
    for name in given:
        if name not in known:
            raise KnownError(ErrorKind.INPUT_UNKNOWN, name=name, known=", ".join(known))
    free = {dimension for spec in inputs for dimension in spec.shape or () if isinstance(dimension, str)}
    free |= {part for name in free for part in free_dimensions.parts(name)}
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
    if spec.shape is None or (spec.is_example and len(shape) != len(spec.shape)):
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
        if spec.shape and isinstance(spec.shape[0], int):
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
    if any(free_dimensions.follows_batch(spec, at) for at in range(len(spec.shape))):
        return True
    return any(item == batch if isinstance(item, int) else not spec.is_example for item in spec.shape[:1])


def _filled(spec: Tensor, named: Mapping[str, int], unasked: Mapping[str, Default]) -> Shape:
    if spec.shape is None:
        raise KnownError(ErrorKind.SHAPE_NEEDED, name=spec.name)
    return tuple(_size(item, named, unasked) for item in spec.shape)


def _size(item: Dimension, named: Mapping[str, int], unasked: Mapping[str, Default]) -> int:
    if isinstance(item, int):
        return item
    name = item or ""
    if name in named:
        return named[name]
    if free_dimensions.is_sum(name):
        parts = free_dimensions.parts(name)
        return sum(int(part) if part.isdecimal() else _size(part, named, unasked) for part in parts)
    return unasked[name].size


def written(shape: Sequence[Dimension]) -> str:
    """A shape as people write it: 1×3×height×?; a scalar as ()."""
    return "×".join("?" if item is None else str(item) for item in shape) or "()"
