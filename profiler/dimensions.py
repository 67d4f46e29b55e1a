"""Free dimensions of inputs: what each is called, the sizes it may have, and the one that it gets unasked."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple, Optional, Union

import msgspec

from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Free, Tensor

Dimension = Union[int, str, None]

_SIZES: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"height|width|^[hw]$"), 224),
    (re.compile(r"seq|len"), 128),
    (re.compile(r"channel|^c$"), 3),
    (re.compile(r"depth|frames"), 16),
)
_BATCH = re.compile(r"batch|^(n|b|bs)$")
_PLACE = re.compile(r".\.\d+$")
# torch.export writes 2 for every dimension that it was given no least size for, and 1 runs all the same.
_WRITTEN_UNASKED = 2


class Default(NamedTuple):
    """The size that a dimension gets unasked; `is_guess` where nothing speaks for it."""

    size: int
    is_guess: bool = False


def default_size(name: str, batch: int) -> int | None:
    """The size that a dimension's name stands for, or None where the name says nothing."""
    lower = name.lower()
    if _BATCH.search(lower):
        return batch
    return next((size for pattern, size in _SIZES if pattern.search(lower)), None)


def place_name(name: str, position: int) -> str:
    """What a free dimension without a name goes by: its input's name and its place there, from 0."""
    return f"{name}.{position}"


def placed(spec: Tensor) -> Tensor:
    """The input with a name for each of its free dimensions."""
    if spec.shape is None or None not in spec.shape:
        return spec
    names = tuple(place_name(spec.name, at) if item is None else item for at, item in enumerate(spec.shape))
    return msgspec.structs.replace(spec, shape=names)


def all_placed(inputs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Every input as `placed` has it."""
    return tuple(placed(spec) for spec in inputs)


def is_place(name: str) -> bool:
    """Whether it looks like one of place_name."""
    return _PLACE.search(name) is not None


def meaning(name: str, batch: int) -> int | None:
    """As default_size, but a place says nothing of a size, whatever its input is called."""
    return None if is_place(name) else default_size(name, batch)


def renamed(inputs: Sequence[Tensor], names: Mapping[str, str]) -> tuple[Tensor, ...]:
    """The inputs with other names for some of their free dimensions."""
    return tuple(_renamed(spec, names) for spec in inputs) if names else tuple(inputs)


def _renamed(spec: Tensor, names: Mapping[str, str]) -> Tensor:
    def one(item: Dimension) -> Dimension:
        if not isinstance(item, str):
            return item
        return (
            " + ".join(names.get(part, part) for part in parts(item))
            if is_sum(item)
            else names.get(item, item)
        )

    told = tuple(msgspec.structs.replace(each, name=names.get(each.name, each.name)) for each in spec.free)
    shape = None if spec.shape is None else tuple(one(item) for item in spec.shape)
    return msgspec.structs.replace(spec, shape=shape, free=told)


def follows_batch(spec: Tensor, position: int) -> bool:
    """Whether a free dimension has the batch's size whatever that is, or leads a declared shape unnamed."""
    name = (spec.shape or ())[position]
    if isinstance(name, int):
        return False
    sizes = [meaning(name or "", batch) for batch in (2, 5)]
    return sizes == [2, 5] or (position == 0 and sizes[0] is None and not spec.is_example)


def parts(name: str) -> Iterator[str]:
    """Exporters write sums as names: `past_sequence_length + sequence_length`."""
    return (part.strip() for part in name.split("+"))


def is_sum(name: str) -> bool:
    """Whether it stands for other dimensions and is none of its own."""
    return len(list(parts(name))) > 1


def known(inputs: Sequence[Tensor]) -> dict[str, Free]:
    """What the inputs together say of each dimension: the sizes that all of them allow."""
    found: dict[str, Free] = {}
    for told in (each for spec in inputs for each in spec.free):
        other = found.get(told.name, told)
        ends = [end for end in (told.most, other.most) if end is not None]
        usual = other.usual if told.usual is None else told.usual
        found[told.name] = Free(told.name, max(told.least, other.least), min(ends, default=None), usual)
    return found


def inside(size: int, told: Optional[Free]) -> int:
    """The nearest size that the file allows."""
    if told is None:
        return size
    least = max(size, told.least)
    return least if told.most is None else min(least, told.most)


def defaults(inputs: Sequence[Tensor], batch: int) -> dict[str, Default]:
    """The size of each free dimension where nobody gives one, by its name; sums are left out."""
    told = known(inputs)
    batch = possible_batch(inputs, batch)
    found: dict[str, Default] = {}
    for spec, position, name in _places(inputs):
        if is_sum(name):
            for part in parts(name):
                if not part.isdecimal():
                    found.setdefault(part, _unasked(default_size(part, batch), part, told))
        elif follows_batch(spec, position):
            found[name] = Default(batch)
        elif name not in found or found[name].is_guess:
            found[name] = _unasked(meaning(name, batch), name, told)
    return found


def _places(inputs: Sequence[Tensor]) -> Iterator[tuple[Tensor, int, str]]:
    """Those that lead an input come last, and so win."""
    every = [(spec, at, name) for spec in inputs for at, name in enumerate(spec.shape or ())]
    for spec, at, name in sorted(every, key=lambda place: place[1] == 0):
        if isinstance(name, str):
            yield spec, at, name


def _unasked(size: int | None, name: str, told: Mapping[str, Free]) -> Default:
    range_of = told.get(name)
    if size is None and range_of is not None:
        size = range_of.usual
    return Default(inside(1 if size is None else size, range_of), is_guess=size is None)


def offered(inputs: Sequence[Tensor]) -> dict[str, Default]:
    """Free dimensions that are not just the batch, in the order of the inputs, and what each gets unasked."""
    every = all_placed(inputs)
    unasked = defaults(every, 1)
    places = [(spec, at, name) for spec in every for at, name in enumerate(spec.shape or ())]
    return {
        name: unasked[name]
        for spec, at, name in places
        if isinstance(name, str) and not is_sum(name) and not follows_batch(spec, at)
    }


def possible_batch(inputs: Sequence[Tensor], batch: int) -> int:
    """The batch, or the least one that the file allows where 1 stands for none that was asked for."""
    if batch != 1:
        return batch
    told = known(inputs)
    least = [
        told[name].least
        for spec, position, name in _places(inputs)
        if name in told and follows_batch(spec, position) and told[name].least > _WRITTEN_UNASKED
    ]
    return max([batch, *least])


def guessed(inputs: Sequence[Tensor], given: Container[Dimension]) -> dict[str, int]:
    """Free dimensions with a size for which nothing speaks; `given` are those that somebody gave."""
    every = all_placed(inputs)
    shown = {name for _, _, name in _places(every)}
    return {
        name: default.size
        for name, default in defaults(every, 1).items()
        if default.is_guess and name in shown and name not in given
    }


def check_ranges(inputs: Sequence[Tensor], concrete: Mapping[str, tuple[int, ...]]) -> None:
    """Raises KnownError(SHAPE_MISMATCH) for a size that the file says it does not take."""
    told = known(inputs)
    for spec in inputs:
        for name, size in paired(spec.shape or (), concrete[spec.name]) if _is_bound(spec, concrete) else ():
            found = told.get(name) if isinstance(name, str) else None
            if found is not None and not _allows(found, size):
                what = "below" if found.most is None else "range"
                raise KnownError(
                    ErrorKind.SHAPE_MISMATCH, dimension=found.name, given=size, least=found.least,
                    most=found.most, what=what,
                )  # fmt: skip


def _is_bound(spec: Tensor, concrete: Mapping[str, tuple[int, ...]]) -> bool:
    return bool(spec.free) and len(spec.shape or ()) == len(concrete[spec.name])


def _allows(told: Free, size: int) -> bool:
    least = 1 if told.least <= _WRITTEN_UNASKED else told.least
    return least <= size and (told.most is None or size <= told.most)
