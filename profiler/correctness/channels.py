"""Channels that the largest numbers of an output drown: boxes in pixels beside scores below one; pure.

Figures of a whole output say nothing of them: a detector may have lost all its scores and still have a
signal-to-noise ratio of 60 dB, by its boxes alone.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np

Array = np.ndarray[Any, Any]

MOST_CHANNELS = 4_096
# Channels are small below this part of the largest number, and say nothing below that one: rounding.
SMALL, LEAST = 1e-2, 1e-6
# As loud a noise as half of the signal is no rounding of a floating-point number.
LEAST_SNR_DB = 3.0


class Drowned(NamedTuple):
    """`small` of the channels are small and, taken together, have next to nothing of the reference's."""

    small: int
    channels: int
    snr_db: float


class Channels:
    """Sums by channel along one axis, over any number of pairs of arrays that agree in its size."""

    def __init__(self, axis: int, size: int) -> None:
        self._axis, self._size = axis, size
        self._noise, self._signal, self._largest = np.zeros(size), np.zeros(size), np.zeros(size)

    def add(self, own: Array, reference: Array) -> None:
        """Of one shape; numbers that are not finite on both sides are left out."""
        if reference.shape[self._axis] != self._size or not reference.size:
            return
        left, right = (
            np.moveaxis(one, self._axis, 0).reshape(self._size, -1).astype(np.float64)
            for one in (own, reference)
        )
        finite = np.isfinite(left) & np.isfinite(right)
        left, right = np.where(finite, left, 0.0), np.where(finite, right, 0.0)
        self._noise += ((left - right) ** 2).sum(axis=1)
        self._signal += (right**2).sum(axis=1)
        self._largest = np.maximum(self._largest, np.abs(right).max(axis=1))

    def drowned(self) -> Optional[Drowned]:
        """None where all channels are of a size, or the small ones are as they should be."""
        whole = float(self._largest.max(initial=0.0))
        small = (self._largest < SMALL * whole) & (self._largest > LEAST * whole)
        signal, noise = float(self._signal[small].sum()), float(self._noise[small].sum())
        if not small.any() or noise <= 0 or signal <= 0:
            return None
        snr_db = 10 * float(np.log10(signal / noise))
        return Drowned(int(small.sum()), self._size, snr_db) if snr_db < LEAST_SNR_DB else None


def of(reference: Array) -> list[Channels]:
    """For the axes of an output along which numbers of different kinds may stand: the second and the last."""
    if reference.dtype.kind != "f" or reference.ndim < 2:
        return []
    axes = dict.fromkeys((1, reference.ndim - 1))
    return [
        Channels(axis, reference.shape[axis]) for axis in axes if 2 <= reference.shape[axis] <= MOST_CHANNELS
    ]
