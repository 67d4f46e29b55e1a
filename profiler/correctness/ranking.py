"""Whether the same answer comes first: rows whose largest value stands at the same place; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

import numpy as np

Array = np.ndarray[Any, Any]

FEWEST_CLASSES = 2
# Four values at each point of a picture are more likely its colours.
FEWEST_CLASSES_IN_PICTURE = 5
MOST_FLIPS_KEPT = 100_000
# Whole numbers do not show that two answers were as good as equal: this many may be.
NEAR_TIES_SHARE = 1e-3
ROWS_WITH_A_TIE = 10


class Ranked(NamedTuple):
    """Of `rows` rows this share is alike, with the `near_ties` that came out otherwise by next to nothing."""

    agreement: Optional[float]
    rows: int
    near_ties: int


def class_axis(shape: Sequence[int], dtype: np.dtype[Any]) -> Optional[int]:
    """Where class scores would stand: the last axis of a table or of a sequence, the channels of a map.

    None for what can hold none: whole numbers, one dimension, too few values in a row.
    """
    if dtype.kind != "f" or len(shape) not in (2, 3, 4):
        return None
    if len(shape) < 4:
        return len(shape) - 1 if shape[-1] >= FEWEST_CLASSES else None
    is_last = shape[1] == shape[2] != shape[3] or shape[3] < min(shape[1], shape[2])
    axis = 3 if is_last else 1
    return axis if shape[axis] >= FEWEST_CLASSES_IN_PICTURE else None


class Ranking:
    """Collects rows; which flips are near ties is known at the end, with the reference's largest value."""

    def __init__(self) -> None:
        self._rows = self._alike = self._lost = 0
        self._margins: list[Array] = []
        self._is_whole = False

    def add(self, own: Array, reference: Array, axis: int) -> None:
        """Scores of one shape with the classes along `axis`. Rows in which the reference is no number say
        nothing; one in which only the other is none is not alike."""
        width = reference.shape[axis]
        left = np.moveaxis(own, axis, -1).reshape(-1, width).astype(np.float64)
        right = np.moveaxis(reference, axis, -1).reshape(-1, width).astype(np.float64)
        told = ~np.isnan(right).any(axis=1)
        left, right = left[told], right[told]
        broken = np.isnan(left).any(axis=1)
        self._rows += len(left)
        self._lost += int(broken.sum())
        left, right = left[~broken], right[~broken]
        at = np.arange(len(left))
        first, other = right.argmax(axis=1), left.argmax(axis=1)
        flipped = first != other
        self._alike += int((~flipped).sum())
        with np.errstate(invalid="ignore"):
            margins = (right[at, first] - right[at, other])[flipped]
        self._margins.append(np.where(np.isnan(margins), 0.0, margins)[:MOST_FLIPS_KEPT])
        self._lost += max(0, int(flipped.sum()) - MOST_FLIPS_KEPT)

    def add_whole(self, own: Array, reference: Array) -> None:
        """Class numbers, flags, text: each is the same or another."""
        same = np.asarray(own == reference)
        self._is_whole = True
        self._rows += same.size
        self._alike += int(same.sum())
        self._lost += int((~same).sum())

    def ranked(self, near: float) -> Ranked:
        """A flip is a near tie where the reference itself ranks the two closer than `near`."""
        if not self._rows:
            return Ranked(None, 0, 0)
        if self._is_whole:
            may_be = max(1 if self._rows >= ROWS_WITH_A_TIE else 0, int(NEAR_TIES_SHARE * self._rows))
            ties = min(self._lost, may_be)
        else:
            ties = sum(int((margins <= near).sum()) for margins in self._margins)
        return Ranked((self._alike + ties) / self._rows, self._rows, ties)
