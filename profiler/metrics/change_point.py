"""Whether the speed of a run changed at once, as when a clock drops, rather than little by little."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

CHUNKS = 100
FEWEST_A_CHUNK = 5
FEWEST_A_SIDE = 5
# A level on each side has to leave this much less unexplained than one level, and than a straight line.
EXPLAINS, BETTER_THAN_LINE = 0.6, 0.8
LEAST_STEP = 0.05


class Step(NamedTuple):
    """Where it changed, as a share of the run (0 to 1), and the medians before and after in ns."""

    at: float
    before_ns: int
    after_ns: int


def find(samples: Samples) -> Step | None:
    """The one change that explains the run best, or None; `samples` int64 ns in order.

    Least absolute deviations of the medians of up to 100 equal parts from one level on each side, against
    one level for all and against a straight line (binary segmentation with one change, L1 cost).
    """
    count = min(CHUNKS, len(samples) // FEWEST_A_CHUNK)
    if count < 2 * FEWEST_A_SIDE:
        return None
    medians = np.array([np.median(part) for part in np.array_split(samples, count)])
    costs = {
        at: _off(medians[:at]) + _off(medians[at:]) for at in range(FEWEST_A_SIDE, count - FEWEST_A_SIDE + 1)
    }
    at = min(costs, key=lambda split: costs[split])
    before, after = float(np.median(medians[:at])), float(np.median(medians[at:]))
    is_large = abs(after / max(1.0, before) - 1) > LEAST_STEP
    if (
        not is_large
        or costs[at] > EXPLAINS * _off(medians)
        or costs[at] > BETTER_THAN_LINE * _off_line(medians)
    ):
        return None
    return Step(at / count, round(before), round(after))


def _off(values: Floats) -> float:
    """How far the values lie from their median, in all."""
    return float(np.abs(values - np.median(values)).sum())


def _off_line(values: Floats) -> float:
    """The same from a straight line through the medians of the thirds (Tukey's resistant line)."""
    places = np.arange(len(values), dtype=np.float64)
    third = len(values) // 3
    low, high = (float(np.median(part)) for part in (values[:third], values[-third:]))
    slope = (high - low) / (len(values) - third)
    line = slope * places
    return float(np.abs(values - line - np.median(values - line)).sum())
