"""Ratio of two conditions that were measured in alternation, with a bootstrap interval over the pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

RESAMPLES = 10_000
SEED = 7


class Ratio(NamedTuple):
    """Geometric mean of the pairs' ratios and its 95 % interval."""

    value: float
    low: float
    high: float
    pairs: int

    def __str__(self) -> str:
        return f"{self.value:.4f} [{self.low:.4f}, {self.high:.4f}], 95 %, {self.pairs} pairs"


def paired_ratio(numerators: Sequence[float], denominators: Sequence[float]) -> Ratio:
    """Both in the order of the pairs, at least two of them; the pairs are resampled, not their members."""
    logs = np.log(np.asarray(numerators, dtype=np.float64) / np.asarray(denominators, dtype=np.float64))
    if len(logs) < 2:
        raise ValueError("an interval needs two pairs at least")
    chosen = np.random.default_rng(SEED).integers(0, len(logs), (RESAMPLES, len(logs)))
    low, high = np.quantile(logs[chosen].mean(axis=1), [0.025, 0.975])
    value, lowest, highest = np.exp([logs.mean(), low, high]).tolist()
    return Ratio(value, lowest, highest, len(logs))
