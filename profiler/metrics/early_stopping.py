"""How many queries it takes to claim a percentile: the binomial rule of MLPerf's load generator."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from profiler.metrics import binomial

Samples = npt.NDArray[np.int64]

CONFIDENCE = 0.95


def least_good(over: int, p: float, confidence: float = CONFIDENCE, d: float = 0.0) -> int:
    """The fewest queries within a limit that, beside `over` beyond it, prove that a share `p` keeps it.

    The smallest h with P(Binomial(h + t, 1 - p + d) <= t) <= 1 - confidence (loadgen's early stopping,
    MEASURING.md 1.3); `d` is loadgen's tolerance, a share. Probabilities lie between 0 and 1.
    """
    if over < 0 or not 0 < p - d < 1 or not 0 < confidence < 1:
        raise ValueError("a count of at least 0 and probabilities between 0 and 1 are needed")
    high = 1
    while not _proves(high, over, p - d, confidence):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _proves(middle, over, p - d, confidence) else (middle, high)
    return high


def _proves(good: int, over: int, p: float, confidence: float) -> bool:
    return binomial.at_most(over, good + over, 1 - p) <= 1 - confidence


def passes(count: int, over: int, p: float, confidence: float = CONFIDENCE) -> bool:
    """Whether `over` of `count` queries beyond the limit still prove that a share `p` keeps it."""
    return _proves(count - over, over, p, confidence) if count > over else False


def fails(count: int, over: int, p: float, confidence: float = CONFIDENCE) -> bool:
    """Whether it is proved that fewer than a share `p` keep the limit: P(X >= over) < 1 - confidence."""
    return over > 0 and binomial.more_than(over - 1, count, 1 - p) < 1 - confidence


def further_queries_needed(count: int, over: int, p: float, confidence: float = CONFIDENCE) -> int:
    """How many more queries within the limit would prove it, 0 where it is proved."""
    return max(0, least_good(over, p, confidence) - (count - over))


def discarded(count: int, p: float, confidence: float = CONFIDENCE) -> int | None:
    """How many of the highest may be left out of an upper bound of the percentile; None: too few samples.

    With t the most that `count` queries may have beyond a limit that they prove, the bound is the t-th
    highest; loadgen wants t of at least 1, so that the bound is a latency that may be exceeded.
    """
    if not passes(count, 1, p, confidence):
        return None
    low, high = 1, count
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passes(count, middle, p, confidence) else (low, middle)
    return low - 1


def percentile_bound(samples: Samples, p: float, confidence: float = CONFIDENCE) -> int | None:
    """An upper confidence bound of the percentile of samples (int64 ns, any order); None: too few of them.

    What loadgen reports for SingleStream and MultiStream in place of the percentile itself.
    """
    leave = discarded(len(samples), p, confidence)
    if leave is None:
        return None
    at = len(samples) - 1 - leave
    return int(np.partition(samples, at)[at])
