"""Which output of one model is which of another: by name, then by order and shape; and how axes moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Optional

import numpy as np

Array = np.ndarray[Any, Any]
Shape = tuple[int, ...]

_CHANNELS_LAST = {3: ("NCL", "NLC"), 4: ("NCHW", "NHWC"), 5: ("NCDHW", "NDHWC")}


class Turn(NamedTuple):
    """From an output's own layout to the reference's: `axes` as numpy.transpose takes them, or another
    `shape` of the same numbers in the same order. `label` tells how the reference's axes were moved."""

    label: str = ""
    axes: Optional[tuple[int, ...]] = None
    shape: Optional[Shape] = None

    def back(self, own: Array) -> Array:
        """The output in the reference's layout."""
        if self.axes is not None:
            return own.transpose(self.axes)
        return own if self.shape is None else own.reshape(self.shape)


class Match(NamedTuple):
    """`by` is name, order or shape; `turns` every way to the reference's layout, the plain one first; none
    where the shapes do not fit."""

    own: str
    reference: str
    by: str
    turns: tuple[Turn, ...]


def matched(own: Mapping[str, Shape], reference: Mapping[str, Shape]) -> tuple[list[Match], tuple[str, ...]]:
    """Pairs in the reference's order, and the outputs of either side that are left without a partner.

    Both sides name their outputs in order, with shapes. What has no partner by name gets the output at the
    same place among those that are left, where its shape fits, else the first that fits; where both sides
    are left with one, these two.
    """
    by_name = {name: name for name in reference if name in own}
    left_own = [name for name in own if name not in by_name]
    left_reference = [name for name in reference if name not in by_name]
    found = {name: Match(name, name, "name", turns(own[name], reference[name])) for name in by_name}
    places = dict(zip(left_reference, left_own)) if len(left_own) == len(left_reference) else {}
    for name, other in places.items():
        ways = turns(own[other], reference[name])
        if ways or len(places) == 1:
            found[name] = Match(other, name, "order", ways)
    taken = {one.own for one in found.values()}
    for name in left_reference:
        if name in found:
            continue
        for other in left_own:
            ways = turns(own[other], reference[name])
            if other not in taken and ways:
                found[name] = Match(other, name, "shape", ways)
                taken.add(other)
                break
    pairs = [found[name] for name in reference if name in found]
    alone = [name for name in reference if name not in found]
    alone += [name for name in own if name not in taken]
    return pairs, tuple(alone)


def turns(own: Sequence[int], reference: Sequence[int]) -> tuple[Turn, ...]:
    """Every way in which the numbers of one shape can stand in the other, without any of them repeated."""
    own, reference = tuple(own), tuple(reference)
    found = [Turn()] if own == reference else []
    names = _CHANNELS_LAST.get(len(reference)) if len(own) == len(reference) else None
    if names is not None and (own != reference or len(own) > 3):
        first, last = names
        rank = len(own)
        to_last = (0, *range(2, rank), 1)
        to_first = (0, rank - 1, *range(1, rank - 1))
        # An output with its channels last is turned to have them second where the reference's are there.
        for label, moved, back in (
            (f"{first}→{last}", to_last, to_first),
            (f"{last}→{first}", to_first, to_last),
        ):
            is_other = tuple(reference[axis] for axis in moved) == own
            if is_other and not _is_plain(reference, moved):
                found.append(Turn(label, axes=back))
    if not found and _long(own) == _long(reference):
        label = f"{_written(reference)}→{_written(own)}"
        found.append(Turn(label, shape=reference))
    return tuple(found)


def _is_plain(shape: Shape, moved: Sequence[int]) -> bool:
    """Whether moving the axes leaves every number where it was: only sizes of 1 change places."""
    kept = [axis for axis in moved if shape[axis] != 1]
    return kept == sorted(kept)


def _long(shape: Shape) -> Shape:
    return tuple(size for size in shape if size != 1)


def _written(shape: Shape) -> str:
    return "×".join(map(str, shape)) or "()"
