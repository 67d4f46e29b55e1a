"""Which batch to try next in search of the largest that fits into memory; pure, told what each one took."""

from __future__ import annotations

from collections.abc import Generator
from typing import NamedTuple, Optional

GROWTH = 4
LEAP = 64
LARGEST = 1 << 24
MOST_TRIES = 24
CLOSE = 0.02
# Below this the slope is lost among the runtime's own ups and downs.
SLOPE_BYTES = 32 << 20


class Tried(NamedTuple):
    """One batch: whether it answered within the limit, and the most that it took, in bytes, where it did."""

    batch: int
    fits: bool
    peak_bytes: Optional[int] = None


class Fit(NamedTuple):
    """`largest` that answered and `smallest_failing` that did not; 0 where there is none of it."""

    largest: int
    smallest_failing: int


Search = Generator[int, Tried, Fit]


def search(limit_bytes: int) -> Search:
    """Grow from 1 by what the peaks so far foretell, then close in to within 2 %.

    A batch is only said to fit, or not to, because it was tried.
    """
    tried: list[Tried] = [(yield 1)]
    while len(tried) < MOST_TRIES:
        following = _next(tried, limit_bytes)
        if following is None:
            break
        tried.append((yield following))
    return found(tried)


def found(tried: list[Tried]) -> Fit:
    failing = [one.batch for one in tried if not one.fits]
    lowest = min(failing, default=0)
    fitting = [one.batch for one in tried if one.fits and (not lowest or one.batch < lowest)]
    return Fit(max(fitting, default=0), lowest)


def _next(tried: list[Tried], limit_bytes: int) -> int | None:
    low, high = found(tried)
    if not low or low >= LARGEST:
        return None
    foretold = foretell(tried, limit_bytes)
    if not high:
        return min(LARGEST, _grown(low, foretold))
    if high - low <= max(1, int(CLOSE * low)):
        return None
    inside = foretold is not None and low < foretold < high
    return (
        foretold
        if inside and foretold is not None and not _is_timid(low, high, foretold)
        else (low + high) // 2
    )


def _grown(low: int, foretold: int | None) -> int:
    """What is foretold, and a little more where that has been reached: the first that fails is wanted too."""
    if foretold is None:
        return low * GROWTH
    if foretold <= low:
        return low + max(1, int(CLOSE * low))
    return min(foretold, low * LEAP)


def _is_timid(low: int, high: int, batch: int) -> bool:
    """A step that hardly narrows what is left; halving is quicker."""
    return min(batch - low, high - batch) * 20 < high - low


def foretell(tried: list[Tried], limit_bytes: int) -> int | None:
    """The batch whose peak would just reach the limit, on the line through the two largest that fit."""
    known = sorted((one.batch, one.peak_bytes) for one in tried if one.fits and one.peak_bytes is not None)
    if len(known) < 2:
        return None
    (small, low), (large, high) = known[-2:]
    if high - low < SLOPE_BYTES:
        (small, low) = known[0]
    if high - low < SLOPE_BYTES:
        return None
    return large + int((limit_bytes - high) * (large - small) / (high - low))
