"""Weights too small for the normal format of floating-point numbers, which some processors compute slowly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

# A part of each tensor tells; looking at all of a large model would take seconds.
MOST_A_TENSOR = 1 << 20
MOST = 1 << 24

# A model with a larger share is measured once more with such numbers taken for zero (MEASURING.md, 7).
LOOKED_AT = 0.001


def fraction(arrays: Iterable[np.ndarray[Any, Any]]) -> float | None:
    """The share of floating-point values with 0 < |x| < the smallest normal number; None without any.

    Of each array the first 2^20 values are looked at, of all together at most 2^24.
    """
    small = seen = 0
    for array in arrays:
        if array.dtype.kind != "f" or not array.size:
            continue
        part = np.abs(array.reshape(-1)[:MOST_A_TENSOR])
        smallest = np.finfo(array.dtype).tiny
        small += int(np.count_nonzero((part > 0) & (part < smallest)))
        seen += len(part)
        if seen >= MOST:
            break
    return small / seen if seen else None
