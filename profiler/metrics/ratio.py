"""The ratio of two models by their processes: its interval, and the smallest one that would be found.

Ratios are judged as differences of logarithms. The standard error comes from a hierarchical bootstrap:
processes (or pairs of them) are drawn with replacement, and each that is drawn is disturbed by what the
blocks within it say (MEASURING.md, 1.2). Percentiles of so few draws are far too narrow: with 3 pairs they
cover 75 % at best. So the interval is the error times Student's t, with the factor that makes up for the
spread of few values being too small (T. Hesterberg 2015, What Teachers Should Know About the Bootstrap, The
American Statistician 69, 371-386, section 4: "bootstrap t with bootstrap standard error").
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from profiler.metrics import student

CONFIDENCE = 0.95
FOUND = 0.95
RESAMPLES = 2_000
# Processes of one sitting share the state of the machine, so that two sittings lie farther apart than their
# processes tell: by this share of the spread of processes, and by this at least.
SITTING = 0.5
LEAST_SITTING = 0.02

Values = np.ndarray[Any, np.dtype[np.float64]]


class Estimate(NamedTuple):
    """The logarithm of a ratio, its standard error and the degrees of freedom of that error."""

    log: float
    error: float
    freedom: float = math.inf

    @property
    def half_width(self) -> float:
        """Of the 95 % interval of the logarithm."""
        return student.quantile(0.5 + CONFIDENCE / 2, self.freedom) * self.error

    @property
    def detectable(self) -> float:
        """The smallest ratio above 1 that 95 of 100 comparisons with this error tell from 1."""
        return math.exp(student.shift_found(CONFIDENCE, FOUND, self.freedom) * self.error)


def paired(own: Sequence[float], baseline: Sequence[float], within: float = 0.0, seed: int = 0) -> Estimate:
    """Of processes that took turns, in order: the geometric mean of the ratios of at least two pairs.

    Values are above 0; `within`: the standard error of one pair's logarithm by the blocks in both of its
    processes.
    """
    logs = np.log(np.asarray(own, dtype=np.float64)) - np.log(np.asarray(baseline, dtype=np.float64))
    return Estimate(float(logs.mean()), _error(logs, within, seed), len(logs) - 1)


def unpaired(
    own: Sequence[float], baseline: Sequence[float], within: tuple[float, float] = (0.0, 0.0), seed: int = 0
) -> Estimate:
    """Of processes that did not take turns, at least two of each; spreads need not be alike.

    Degrees of freedom: B. L. Welch (1947), Biometrika 34, 28-35. `within` as for pairs, of one process.
    """
    sides = [np.log(np.asarray(values, dtype=np.float64)) for values in (own, baseline)]
    errors2 = [
        _error(sides[at], within[at], seed + at) ** 2 * (1 + len(sides[at]) * SITTING**2) for at in (0, 1)
    ]
    below = sum(error2**2 / (len(side) - 1) for error2, side in zip(errors2, sides, strict=True))
    whole = sum(errors2) + 2 * LEAST_SITTING**2
    freedom = _rounded(whole**2 / below) if below else math.inf
    return Estimate(float(sides[0].mean() - sides[1].mean()), math.sqrt(whole), freedom)


def _rounded(freedom: float) -> float:
    """Down, which is on the safe side, so that quantiles are looked up and not computed anew each time."""
    return math.floor(10 * freedom) / 10 if freedom < 10 else float(math.floor(freedom))


def _error(logs: Values, within: float, seed: int) -> float:
    """The bootstrap's standard error of the mean of logarithms.

    Values spread because processes differ and because each was measured for a while only; so as not to count
    the latter twice, what is drawn in the first stage is shrunk by what the second adds, and stretched by
    n / (n - 1) (Davison and Hinkley 1997, Bootstrap Methods, 3.8). Where values agree by chance more closely
    than blocks within them allow, the latter decide.
    """
    count, spread2 = len(logs), float(logs.var(ddof=1))
    between = max(0.0, spread2 - within**2)
    shrunk = (
        (logs - logs.mean()) * math.sqrt(between / spread2 * count / (count - 1)) if spread2 else 0 * logs
    )
    generator = np.random.default_rng(seed)
    drawn = shrunk[generator.integers(count, size=(RESAMPLES, count))].mean(axis=1)
    if within:
        drawn += within / math.sqrt(count) * generator.standard_normal(RESAMPLES)
    return float(drawn.std())
