"""The ratio of two models by their processes, with its interval, and the smallest one that would be found."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from profiler.metrics import binomial

CONFIDENCE = 0.95
FOUND = 0.95


class Estimate(NamedTuple):
    """The logarithm of a ratio, its standard error and the degrees of freedom of that error."""

    log: float
    error: float
    freedom: float

    @property
    def value(self) -> float:
        return math.exp(self.log)

    @property
    def half_width(self) -> float:
        """Of the 95 % interval of the logarithm."""
        return t_quantile(0.5 + CONFIDENCE / 2, self.freedom) * self.error

    @property
    def interval(self) -> tuple[float, float]:
        return math.exp(self.log - self.half_width), math.exp(self.log + self.half_width)

    @property
    def detectable(self) -> float:
        """The smallest ratio above 1 whose interval leaves out 1 in 95 of 100 comparisons with this error."""
        return math.exp(found_at(self.freedom) * self.error)


def paired(own: Sequence[float], baseline: Sequence[float], least_error: float = 0.0) -> Estimate:
    """Of processes that took turns, in order; at least two pairs. `least_error`: what blocks within say."""
    logs = np.log(np.asarray(own, dtype=np.float64) / np.asarray(baseline, dtype=np.float64))
    count = len(logs)
    error = float(logs.std(ddof=1)) / math.sqrt(count)
    return Estimate(float(logs.mean()), max(error, least_error), count - 1)


def unpaired(own: Sequence[float], baseline: Sequence[float], spread: float = 0.0) -> Estimate:
    """Of processes that did not take turns, at least two of each: Welch's test on logarithms."""
    parts = [np.log(np.asarray(values, dtype=np.float64)) for values in (own, baseline)]
    shares = [float(part.var(ddof=1)) / len(part) for part in parts]
    error2 = sum(shares)
    below = sum(share**2 / (len(part) - 1) for share, part in zip(shares, parts, strict=True))
    freedom = error2**2 / below if below else float(min(map(len, parts)) - 1)
    log = float(parts[0].mean() - parts[1].mean())
    return Estimate(log, math.sqrt(error2 + 2 * spread**2), freedom)


@functools.lru_cache(maxsize=256)
def t_quantile(p: float, freedom: float) -> float:
    """The value that Student's t with this freedom is below with probability `p` (0.5 to 1)."""
    return _rising(lambda t: t_below(t, freedom), p)


def t_below(t: float, freedom: float) -> float:
    """P(T <= t) for t >= 0: 1 - I_x(v/2, 1/2)/2 at x = v / (v + t^2) (DLMF 8.17, Abramowitz 26.7.1)."""
    if math.isinf(freedom):
        return 0.5 * math.erfc(-t / math.sqrt(2))
    x = freedom / (freedom + t * t)
    return 1 - 0.5 * binomial.incomplete_beta(freedom / 2, 0.5, x, t * t / (freedom + t * t))


@functools.lru_cache(maxsize=256)
def found_at(freedom: float) -> float:
    """How many true standard errors a difference needs to be called in 95 of 100 comparisons."""
    critical = t_quantile(0.5 + CONFIDENCE / 2, freedom)
    return _rising(lambda shift: _power(shift, critical, freedom), FOUND)


def _power(shift: float, critical: float, freedom: float) -> float:
    """P(T' > critical) of the non-central t: the normal tail, averaged over the error that is estimated."""
    if math.isinf(freedom):
        return 0.5 * math.erfc((critical - shift) / math.sqrt(2))
    # The density of s = sqrt(chi^2_v / v), on a grid that holds all of it but 1e-9.
    s = np.linspace(1e-6, 1 + 12 / math.sqrt(2 * freedom), 4_001)
    log_density = (freedom - 1) * np.log(s) - freedom * s * s / 2
    weights = np.exp(log_density - log_density.max())
    tails = np.array([0.5 * math.erfc((critical * one - shift) / math.sqrt(2)) for one in s])
    return float((weights * tails).sum() / weights.sum())


def _rising(function: object, target: float) -> float:
    """Where a function that rises from 0 on reaches the target, by bisection."""
    assert callable(function)
    low, high = 0.0, 1.0
    while function(high) < target and high < 1e6:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) < target else (low, middle)
    return high
