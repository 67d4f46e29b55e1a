"""What a curve of points draws, as numbers: which make one line, where words stand, which is near."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from profiler.result import Point

LINES = ("mean_ns", "p50_ns", "p90_ns", "p95_ns", "p99_ns")
SWEPT = ("concurrency", "batch", "rate_per_s", "threads")
# Settings that grow by factors (1, 2, 4, ... 64) stand evenly on a logarithmic axis only.
_EVEN_UP_TO = 8.0


class Marks(NamedTuple):
    """Indices of points, and the limit in ns with the percentile it is on."""

    knee: int | None = None
    best: int | None = None
    chosen: int | None = None
    limit_ns: float | None = None
    limit_name: str = ""


def swept(points: Sequence[Point]) -> str:
    """What varies most among the points."""
    return max(SWEPT, key=lambda name: len({getattr(point, name) for point in points}))


def groups(points: Sequence[Point]) -> list[list[int]]:
    """Indices of points that differ in what was swept alone, in its order."""
    if not points:
        return []
    name = swept(points)
    others = [other for other in SWEPT if other != name]
    found: dict[tuple[object, ...], list[int]] = {}
    for at, point in enumerate(points):
        # A closed loop stands beside the open ones of a search.
        if point.stage != "capacity":
            key = (*(getattr(point, other) for other in others), *point.dimensions.items())
            found.setdefault(key, []).append(at)
    return [sorted(group, key=lambda at: getattr(points[at], name) or 0) for group in found.values()]


def connected(group: Sequence[int], known: Sequence[int], points: Sequence[Point]) -> list[int]:
    """For each known point 1 where the next of its group is known too: a failed one leaves a gap.

    The tries of a search are no line: each rate was tried for its own sake.
    """
    follows = dict(pairwise(group))
    pairs = zip(known, [*known[1:], None], strict=False)
    return [
        int(after is not None and follows.get(at) == after and not points[at].stage) for at, after in pairs
    ]


def is_by_factors(values: Iterable[float]) -> bool:
    """Whether these settings are to stand on a logarithmic axis."""
    positive = [value for value in values if value > 0]
    return bool(positive) and max(positive) / min(positive) >= _EVEN_UP_TO


def setting_ticks(
    values: Sequence[float], is_log: bool, low: float, high: float, most: int
) -> list[tuple[float, str]]:
    """A tick at each setting that was tried; where they stand too close, at some of them."""
    least = 0.7 * (high - low) / max(1, most)
    ticks: list[tuple[float, str]] = []
    for value in sorted(set(values)):
        if is_log and value <= 0:
            continue
        place = math.log2(value) if is_log else value
        if low <= place <= high and (not ticks or place - ticks[-1][0] >= least):
            ticks.append((place, f"{value:,.4g}"))
    return ticks


def apart(wanted: Sequence[float], gap: float, most: float) -> list[float]:
    """The ascending heights, moved as little as keeps them `gap` apart and none above `most`."""
    placed: list[float] = []
    for height in wanted:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    for at in reversed(range(len(placed))):
        placed[at] = min(placed[at], most)
        most = placed[at] - gap
    return placed


def nearest(places: Sequence[tuple[int, float, float]], x: float, y: float, reach: float) -> int | None:
    """The index of the place (index, x, y) nearest to x, y; None where all are further than `reach`."""
    far = ((math.hypot(left - x, top - y), at) for at, left, top in places)
    distance, found = min(far, default=(math.inf, None))
    return found if distance <= reach else None
