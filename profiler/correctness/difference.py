"""Arithmetic of differences: one output beside another of the same shape, summed in float64; pure.

Sources: signal-to-noise ratio as 10 log10(sum ref^2 / sum (ref - own)^2), cosine similarity as the angle
between the flattened outputs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Optional

import numpy as np

Array = np.ndarray[Any, Any]

# Numbers at a time: float64 copies of large outputs would take several times their memory.
PART = 1 << 20


@dataclass(frozen=True)
class Figures:
    """`count` numbers are finite on both sides; `unlike` ones are not, and not both the same either.

    `snr_db` is None where there is no noise or no signal, `max_relative` and `mean_relative` where the
    reference is zero throughout and the other is not, `cosine` where one side is zero throughout.
    """

    count: int
    unlike: int
    is_exact: bool
    max_absolute: Optional[float]
    mean_absolute: Optional[float]
    max_relative: Optional[float]
    mean_relative: Optional[float]
    cosine: Optional[float]
    snr_db: Optional[float]
    nan: int
    infinite: int
    reference_nan: int
    reference_infinite: int


class Difference:
    """Sums over any number of pairs of arrays; each pair has one shape, which may differ between pairs.

    Attributes: `noise` sum (ref - own)^2, `largest` the largest absolute value of the reference.
    """

    def __init__(self) -> None:
        self.noise = self.largest = 0.0
        self._signal = self._own = self._product = 0.0
        self._absolute = self._reference = self._max = 0.0
        self._count = self._unlike = 0
        self._nan, self._infinite = [0, 0], [0, 0]
        self._is_exact = True

    def add(self, own: Array, reference: Array) -> None:
        """Numbers or flags, or text, which is alike or not; raises ValueError for two shapes: nothing is
        broadcast."""
        if own.shape != reference.shape:
            raise ValueError(f"{own.shape} beside {reference.shape}")
        self._is_exact = self._is_exact and is_same(own, reference)
        if own.dtype.kind in "US" or reference.dtype.kind in "US":
            self._add_text(own, reference)
            return
        left, right = _parts(own), _parts(reference)
        for first in range(0, left.size, PART):
            self._add(
                left[first : first + PART].astype(np.float64), right[first : first + PART].astype(np.float64)
            )

    def _add(self, own: Array, reference: Array) -> None:
        for side, values in enumerate((own, reference)):
            self._nan[side] += int(np.isnan(values).sum())
            self._infinite[side] += int(np.isinf(values).sum())
        finite = np.isfinite(own) & np.isfinite(reference)
        if not finite.all():
            same = (own == reference) | (np.isnan(own) & np.isnan(reference))
            self._unlike += int((~finite & ~same).sum())
            own, reference = own[finite], reference[finite]
        if not own.size:
            return
        # Over the square root of the largest double a sum of squares would be infinite.
        with np.errstate(over="ignore"):
            apart = np.abs(own - reference)
            self.noise += float(np.dot(apart, apart))
            self._signal += float(np.dot(reference, reference))
            self._own += float(np.dot(own, own))
            self._product += float(np.dot(own, reference))
        self._max = max(self._max, float(apart.max()))
        self._absolute += float(apart.sum())
        self._reference += float(np.abs(reference).sum())
        self.largest = max(self.largest, float(np.abs(reference).max()))
        self._count += own.size

    def _add_text(self, own: Array, reference: Array) -> None:
        """Texts count as 1 where they are the reference's, which is 1 throughout."""
        same = np.asarray(own.astype(str) == reference.astype(str)).ravel()
        self._add(same.astype(np.float64), np.ones(same.size))

    def figures(self) -> Figures:
        count = self._count
        length = math.sqrt(self._own) * math.sqrt(self._signal)
        has_both = self.noise > 0 and self._signal > 0 and math.isfinite(self._signal + self.noise)
        return Figures(
            count=count,
            unlike=self._unlike,
            is_exact=self._is_exact,
            max_absolute=self._max if count else None,
            mean_absolute=self._absolute / count if count else None,
            max_relative=_share(self._max, self.largest) if count else None,
            mean_relative=_share(self._absolute, self._reference) if count else None,
            cosine=max(-1.0, min(1.0, self._product / length)) if 0 < length < math.inf else None,
            snr_db=10 * math.log10(self._signal / self.noise) if has_both else None,
            nan=self._nan[0],
            infinite=self._infinite[0],
            reference_nan=self._nan[1],
            reference_infinite=self._infinite[1],
        )


def plain(values: Array) -> Array:
    """Text of a runtime as text of numpy: objects have no bits that could be compared, only addresses."""
    return values.astype(str) if values.dtype.kind in "OS" else values


def is_same(own: Array, reference: Array) -> bool:
    """Every bit, and the dtype too."""
    return own.dtype == reference.dtype and own.tobytes() == reference.tobytes()


def _share(part: float, whole: float) -> Optional[float]:
    if whole > 0:
        return part / whole
    return None if part > 0 else 0.0


def _parts(values: Array) -> Array:
    """Flat; complex numbers as their two parts one after the other."""
    flat = np.ascontiguousarray(values).ravel()
    if flat.dtype.kind != "c":
        return flat
    return np.concatenate([flat.real, flat.imag])
