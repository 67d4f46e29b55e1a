"""Quantiles of Student's t for any degrees of freedom, and the shift that a test by it finds: no library."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np

from profiler.metrics import binomial

_GRID = 201


@functools.lru_cache(maxsize=1_024)
def quantile(p: float, freedom: float) -> float:
    """The value that T is below with probability `p` (0.5 to below 1); `freedom` above 0, or infinite."""
    return _reached(lambda t: below(t, freedom), p)


def below(t: float, freedom: float) -> float:
    """P(T <= t) for t >= 0: 1 - I_x(v/2, 1/2) / 2 at x = v / (v + t^2) (Abramowitz and Stegun 26.7.1)."""
    if math.isinf(freedom):
        return normal_below(t)
    whole = freedom + t * t
    return 1 - 0.5 * binomial.incomplete_beta(freedom / 2, 0.5, freedom / whole, t * t / whole)


@functools.lru_cache(maxsize=1_024)
def shift_found(confidence: float, found: float, freedom: float) -> float:
    """How many standard errors a true difference has to be, so that the share `found` of two-sided tests at
    this confidence call it: P(T' > t) = found of the non-central t (Johnson, Kotz and Balakrishnan 1995,
    Continuous Univariate Distributions 2, chapter 31)."""
    critical = quantile(0.5 + confidence / 2, freedom)
    return _reached(lambda shift: _above(critical, shift, freedom), found, 1e-5)


def _above(critical: float, shift: float, freedom: float) -> float:
    """P(Z + shift > critical * s), over the error s = sqrt(chi^2_v / v) that a test has to estimate."""
    if math.isinf(freedom):
        return normal_below(shift - critical)
    s = np.linspace(1e-9, 1 + 12 / math.sqrt(2 * freedom), _GRID)
    log_density = (freedom - 1) * np.log(s) - freedom * s * s / 2
    density = np.exp(log_density - log_density.max())
    found = np.array([normal_below(shift - critical * one) for one in s.tolist()])
    return float(density @ found / density.sum())


def normal_below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2))


def _reached(rising: Callable[[float], float], target: float, tolerance: float = 1e-10) -> float:
    """Where a function that rises from 0 on reaches the target, by bisection."""
    low, high = 0.0, 1.0
    while rising(high) < target:
        low, high = high, 2 * high
    while high - low > tolerance * high:
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < target else (low, middle)
    return high
