"""The user's own arrays as a model takes them: turned, cast and cut into samples where that loses nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Optional

import numpy as np

from profiler import dimensions, input_kinds, shapes
from profiler.errors import ErrorKind, KnownError
from profiler.input_values import PICTURE_CHANNELS, Array
from profiler.pairs import paired
from profiler.result import Reason, Tensor

Shape = tuple[int, ...]
_TURNS = ((0, 2, 3, 1), (0, 3, 1, 2))


class Notes:
    """What was done to arrays, a reason for each code that names all inputs it was done to."""

    def __init__(self) -> None:
        self._said: dict[str, dict[str, None]] = defaultdict(dict)

    def say(self, code: str, text: str) -> None:
        self._said[code][text] = None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(Reason(code, {"inputs": ", ".join(texts)}) for code, texts in self._said.items())


def natural_shape(array: Array, spec: Tensor, batch: int) -> Shape:
    """The shape that one sample of the array gives its input: turned to fit, and no longer than a batch."""
    shape = tuple(array.shape)
    if spec.shape is None:
        return shape
    turned = next((turn for turn in _ways(shape) if _fits(turn, spec)), shape)
    if not turned or not spec.shape or len(turned) != len(spec.shape):
        return turned
    return (_first(turned[0], spec, batch), *turned[1:])


def _ways(shape: Shape) -> list[Shape]:
    """As it is, and for four dimensions with the channels moved."""
    turns = _TURNS if len(shape) == 4 else ()
    return [shape, *(tuple(shape[axis] for axis in turn) for turn in turns)]


def _fits(shape: Shape, spec: Tensor) -> bool:
    """Whether it is what the file declares; the first dimension may hold several batches."""
    declared = _channels_fixed(spec)
    if len(shape) != len(declared):
        return False
    wanted = list(paired(declared, shape))
    return all(
        size % item == 0 if position == 0 and item else size == item
        for position, (item, size) in enumerate(wanted)
        if isinstance(item, int)
    )


def _channels_fixed(spec: Tensor) -> tuple[dimensions.Dimension, ...]:
    """The shape; of one that is only an example, the channels of a picture hold all the same."""
    declared = spec.shape or ()
    if not spec.is_example or len(declared) != 4:
        return declared
    usual = {told.name: told.usual for told in spec.free}
    sizes = [usual.get(name) if isinstance(name, str) else name for name in declared]
    at = next((place for place in (1, 3) if sizes[place] in PICTURE_CHANNELS), None)
    return tuple(sizes[place] if place == at else item for place, item in enumerate(declared))


def _first(size: int, spec: Tensor, batch: int) -> int:
    """How much of the first dimension is one sample."""
    declared = (spec.shape or ())[0]
    if isinstance(declared, int):
        return min(declared, size) if declared else size
    return min(batch, size) if dimensions.follows_batch(spec, 0) else size


def samples(array: Array, spec: Tensor, shape: Shape, notes: Notes) -> list[Array]:
    """Contiguous arrays of exactly this shape and dtype, cut from the first dimension of one array.

    Raises KnownError: SHAPE_MISMATCH, INPUT_DTYPE where a cast would change a number, INPUT_NOT_FINITE.
    """
    turned = _turned(array, spec, shape, notes)
    first = shape[0] if shape else 1
    count = turned.shape[0] // first if shape and first else 1
    if shape and count * first < turned.shape[0]:
        notes.say("input_rest_unused", f"{spec.name} ({turned.shape[0] - count * first})")
    cast = _cast(turned, spec, notes)
    _check_finite(cast, spec)
    pieces = [cast[at * first : (at + 1) * first] for at in range(count)] if count > 1 else [cast]
    cut = [piece[:first] if shape else piece for piece in pieces]
    return [np.ascontiguousarray(piece).reshape(shape) for piece in cut]


def _turned(array: Array, spec: Tensor, shape: Shape, notes: Notes) -> Array:
    if _holds(array.shape, shape):
        return array
    for turn in _TURNS if array.ndim == 4 else ():
        candidate = array.transpose(turn)
        if _holds(candidate.shape, shape):
            change = f"{shapes.written(array.shape)} → {shapes.written(candidate.shape)}"
            notes.say("input_transposed", f"{spec.name} ({change})")
            return candidate
    raise KnownError(
        ErrorKind.SHAPE_MISMATCH,
        name=spec.name,
        given=shapes.written(array.shape),
        expected=shapes.written(shape),
    )


def _holds(given: Sequence[int], shape: Shape) -> bool:
    """Whether an array of that shape holds at least one sample of this one."""
    if len(given) != len(shape) or tuple(given[1:]) != shape[1:]:
        return False
    return not shape or given[0] == shape[0] or given[0] > shape[0] > 0


def _cast(array: Array, spec: Tensor, notes: Notes) -> Array:
    wanted = input_kinds.dtype_of(spec)
    if array.dtype == wanted:
        return array
    cast = _exact(array, wanted)
    if cast is None:
        raise KnownError(ErrorKind.INPUT_DTYPE, name=spec.name, given=array.dtype.name, wanted=spec.dtype)
    notes.say("input_cast", f"{spec.name} ({array.dtype.name} → {wanted.name})")
    return cast


def _exact(array: Array, wanted: np.dtype[Any]) -> Optional[Array]:
    """The same numbers in another dtype; None where one of them would change."""
    is_known = array.dtype.kind in "iuf" and wanted.kind in "iuf"
    if not is_known or (array.dtype.kind == "f" and wanted.kind != "f"):
        return None
    if not np.isfinite(array).all():
        return array.astype(wanted) if wanted.kind == "f" else None
    with np.errstate(over="ignore", invalid="ignore"):
        cast = array.astype(wanted)
        return cast if np.array_equal(cast.astype(array.dtype), array) and _same_sign(cast, array) else None


def _same_sign(cast: Array, array: Array) -> bool:
    """uint8 200 as int8 comes back as 200: the way there and back does not show a turned sign."""
    return bool(np.array_equal(cast < 0, array < 0))


def _check_finite(array: Array, spec: Tensor) -> None:
    if array.dtype.kind == "f":
        wrong = int(array.size - np.count_nonzero(np.isfinite(array)))
        if wrong:
            raise KnownError(ErrorKind.INPUT_NOT_FINITE, name=spec.name, count=wrong)
