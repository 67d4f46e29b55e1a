"""Tails of the binomial distribution, by the incomplete beta function: any count, no table, no library."""

from __future__ import annotations

import math

_TINY = 1e-300
_EXACT = 1e-15


def at_most(k: int, n: int, p: float) -> float:
    """P(X <= k) of a binomial with `n` trials of probability `p` (0 to 1), as scipy's binom.cdf."""
    if k < 0:
        return 0.0
    return 1.0 if k >= n else incomplete_beta(n - k, k + 1, 1 - p, p)


def more_than(k: int, n: int, p: float) -> float:
    """P(X > k), as scipy's binom.sf: exact where it is tiny, too."""
    if k < 0:
        return 1.0
    return 0.0 if k >= n else incomplete_beta(k + 1, n - k, p, 1 - p)


def incomplete_beta(a: float, b: float, x: float, complement: float) -> float:
    """The regularised I_x(a, b) for a, b > 0; `complement` is 1 - x, given so that a tiny one stays exact.

    Continued fraction of DLMF 8.17.22, turned round where it converges slowly (8.17.4).
    """
    if x <= 0.0 or complement <= 0.0:
        return 0.0 if x <= 0.0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1.0 - incomplete_beta(b, a, complement, x)
    log_front = (
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(complement)
    )
    return math.exp(log_front) / a * _fraction(a, b, x)


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction by Lentz's method as Thompson and Barnett (1986) give it."""
    c, d = 1.0, 1.0 / _apart(1.0 - (a + b) * x / (a + 1))
    value, m, change = d, 1, 0.0
    while abs(change - 1.0) > _EXACT and m < 10_000_000:
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        change = 1.0
        for term in (even, odd):
            d, c = 1.0 / _apart(1.0 + term * d), _apart(1.0 + term / c)
            change *= c * d
        value, m = value * change, m + 1
    return value


def _apart(value: float) -> float:
    """Never zero, so that it can be divided by."""
    return value if abs(value) > _TINY else _TINY
