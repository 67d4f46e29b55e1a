"""One shape for each input where several exports of one network are compared, so that all do the same work.

Each export has names of its own for its free dimensions, or none, and one of them may fix what another leaves
open; left to itself each would run at a size of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from profiler import dimensions, input_values
from profiler.messages import Description
from profiler.result import Tensor

# Sizes that follow from others: `2*s0`, `past + new`.
_DERIVED = re.compile(r"[+*/%() ]")
# The name of a dimension in one of the models; what stands at one place of one input.
_Own = tuple[int, str]
_Place = tuple[int, int]


class Shared(NamedTuple):
    """For one model of a comparison: `names` of its free dimensions in the comparison, where they differ from
    its own; `known` what else they are called in other models; `sizes` by their names in the comparison, of
    those for which the model by itself would take another."""

    names: Mapping[str, str] = {}
    known: Mapping[str, str] = {}
    sizes: Mapping[str, int] = {}


def of(descriptions: Sequence[Description | None]) -> list[Shared]:
    """What each model shares with the others.

    Models are taken for exports of one network where their inputs have the same names, kinds of numbers and
    ranks, or the same kinds and ranks in the same order.
    """
    found = [Shared() for _ in descriptions]
    for group in _groups(descriptions):
        if len(group) > 1:
            for at, shared in zip(group, _shared(list(group.values())), strict=True):
                found[at] = shared
    return found


def _groups(descriptions: Sequence[Description | None]) -> list[dict[int, list[Tensor]]]:
    """Inputs of models by their place in the list, in the order of the first of their group."""
    groups: list[dict[int, list[Tensor]]] = []
    for at, description in enumerate(descriptions):
        specs = list(dimensions.all_placed(description.inputs)) if description is not None else []
        for group in groups if specs else ():
            aligned = _aligned(next(iter(group.values())), specs)
            if aligned:
                group[at] = aligned
                break
        else:
            groups += [{at: specs}] if specs else []
    return groups


def _aligned(first: Sequence[Tensor], specs: Sequence[Tensor]) -> list[Tensor]:
    by_name = {spec.name: spec for spec in specs}
    has_names = {one.name for one in first} == set(by_name)
    ordered = [by_name[spec.name] for spec in first] if has_names else list(specs)
    return ordered if [_kind(one) for one in first] == [_kind(one) for one in ordered] else []


def _kind(spec: Tensor) -> tuple[str, int | None]:
    """What exports agree on: integers, floats or what else, of any width, and the rank."""
    letters = spec.dtype.rstrip("0123456789").removeprefix("u").removeprefix("bfl").removeprefix("fl")
    return letters, None if spec.shape is None else len(spec.shape)


def _shared(group: Sequence[Sequence[Tensor]]) -> list[Shared]:
    classes, fixed = _classes(group)
    common = _names(classes)
    known = _known(classes, common)
    names: list[dict[str, str]] = [{} for _ in group]
    for each, name in zip(classes, common, strict=True):
        for model, own in each:
            names[model][own] = name
    renamed = [dimensions.renamed(specs, own) for specs, own in zip(group, names, strict=True)]
    together = dimensions.defaults([spec for specs in renamed for spec in specs], 1)
    for at, sizes in fixed.items():
        if len(sizes) == 1:
            together[common[at]] = dimensions.Default(next(iter(sizes)))
    return [
        Shared(
            {name: other for name, other in own.items() if name != other},
            {name: other for name, other in known.items() if name not in own and name != other},
            _sizes(specs, together),
        )
        for specs, own in zip(renamed, names, strict=True)
    ]


def _sizes(specs: Sequence[Tensor], together: Mapping[str, dimensions.Default]) -> dict[str, int]:
    alone = dimensions.defaults(specs, 1)
    return {name: together[name].size for name in alone if together[name] != alone[name]}


def _classes(group: Sequence[Sequence[Tensor]]) -> tuple[list[list[_Own]], dict[int, set[int]]]:
    """Dimensions that are one: those at one place, and those of one name in one model; with the sizes that
    some of the models fix there, by the place in the list."""
    sets, fixed = _Sets(), defaultdict[_Place, set[int]](set)
    owns: dict[_Own, None] = {}
    for model, specs in enumerate(group):
        for slot, spec in enumerate(specs):
            for place, item in _places(spec):
                if isinstance(item, int):
                    fixed[slot, place].add(item)
                elif not _DERIVED.search(item):
                    owns[model, item] = None
                    sets.join((slot, place), (model, item))
    classes: dict[object, list[_Own]] = {}
    for own in owns:
        classes.setdefault(sets.of(own), []).append(own)
    roots = list(classes)
    sizes = defaultdict[int, set[int]](set)
    for where, found in fixed.items():
        if sets.of(where) in classes:
            sizes[roots.index(sets.of(where))] |= found
    return list(classes.values()), sizes


def _places(spec: Tensor) -> Iterator[tuple[int, int | str]]:
    """Dimensions by their place, those of pictures with channels last as if these stood second."""
    shape = [item if item is not None else "" for item in spec.shape or ()]
    is_turned = input_values.is_channels_last([item if isinstance(item, int) else 0 for item in shape])
    return zip((0, 2, 3, 1) if is_turned else range(len(shape)), shape, strict=True)


class _Sets:
    """Which things were joined, directly or by others."""

    def __init__(self) -> None:
        self._above: dict[object, object] = {}

    def of(self, thing: object) -> object:
        while thing in self._above:
            thing = self._above[thing]
        return thing

    def join(self, one: object, other: object) -> None:
        upper, lower = self.of(one), self.of(other)
        if upper != lower:
            self._above[lower] = upper


def _names(classes: Sequence[Sequence[_Own]]) -> list[str]:
    """A name for each: the first that says a size, else the first that is more than a place."""
    found: list[str] = []
    for each in classes:
        words = [name for _, name in each]
        telling = [name for name in words if dimensions.meaning(name, 1) is not None]
        named = [name for name in words if not dimensions.is_place(name)]
        free = [name for name in (*telling, *named, *words) if name not in found]
        found.append(free[0] if free else f"{words[0]}.{len(found)}")
    return found


def _known(classes: Sequence[Sequence[_Own]], common: Sequence[str]) -> dict[str, str]:
    """What any of the models calls a dimension, where that means one thing only."""
    meant = defaultdict[str, set[str]](set)
    for each, name in zip(classes, common, strict=True):
        for _, own in each:
            meant[own].add(name)
    return {own: next(iter(names)) for own, names in meant.items() if len(names) == 1}
