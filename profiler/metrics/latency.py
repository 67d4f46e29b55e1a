"""Statistics of latencies: nearest-rank percentiles, block-bootstrap intervals, and when to show neither."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from profiler.result import Interval, Latency

Samples = npt.NDArray[np.int64]

# Smallest count at which a one-sided 95 % bound of the percentile exists: p**n <= 0.05 (MEASURING.md, 1.3).
MINIMUM_COUNT = {0.50: 1, 0.90: 29, 0.95: 59, 0.99: 299, 0.999: 2_995}

BLOCK_NS = 500_000_000
BLOCK_RUNS = 50
MINIMUM_BLOCKS = 6
RESAMPLES = 2_000
_GRID = 2_048


def percentile(ordered: Samples, p: float) -> int:
    """The value at rank ceil(p*n) of ascending samples: always a latency that was observed."""
    rank = max(1, math.ceil(p * len(ordered) - 1e-9))
    return int(ordered[rank - 1])


def shown(ordered: Samples, p: float) -> int | None:
    """The percentile, or None where the count cannot support it."""
    return percentile(ordered, p) if len(ordered) >= MINIMUM_COUNT[p] else None


def blocks_of(samples: Samples) -> npt.NDArray[np.int64]:
    """The block of each sample: blocks last 0.5 s or 50 runs, the longer (MEASURING.md, 1.3)."""
    if not len(samples):
        return np.empty(0, dtype=np.int64)
    by_time = np.cumsum(samples, dtype=np.int64) // BLOCK_NS
    edges = np.flatnonzero(np.diff(by_time)) + 1
    firsts = [0]
    for edge in edges.tolist():
        if edge - firsts[-1] >= BLOCK_RUNS:
            firsts.append(edge)
    if len(firsts) > 1 and len(samples) - firsts[-1] < BLOCK_RUNS:
        firsts.pop()
    marks = np.zeros(len(samples), dtype=np.int64)
    marks[firsts[1:]] = 1
    return np.cumsum(marks, dtype=np.int64)


def bootstrap_intervals(
    samples: Samples, percentiles: Sequence[float], seed: int, blocks: npt.NDArray[np.int64] | None = None
) -> list[Interval | None]:
    """95 % block-bootstrap intervals of percentiles; None where there are fewer than six blocks.

    Blocks, not single samples, are drawn with replacement, because samples are not independent
    (MEASURING.md, 1.2). Candidate values are observed latencies at up to 2,048 ranks, dense around each
    percentile, so that the cost does not grow with the count.
    """
    labels = blocks_of(samples) if blocks is None else blocks
    count = int(labels[-1]) + 1 if len(labels) else 0
    if count < MINIMUM_BLOCKS:
        return [None for _ in percentiles]
    order = np.argsort(samples, kind="stable")
    ordered, owners = samples[order], labels[order]
    draws = np.random.default_rng(seed).multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    return [_interval(ordered, owners, draws, p) for p in percentiles]


def _interval(
    ordered: Samples, owners: npt.NDArray[np.int64], draws: npt.NDArray[np.int64], p: float
) -> Interval:
    ranks = _candidate_ranks(len(ordered), p)
    blocks = draws.shape[1]
    bins = np.searchsorted(ranks, np.arange(ranks[-1] + 1))
    cells = owners[: len(bins)] * len(ranks) + bins
    below = np.bincount(cells, minlength=blocks * len(ranks)).reshape(blocks, len(ranks))
    cumulative = np.cumsum(below, axis=1, dtype=np.float64)
    totals = draws @ np.bincount(owners, minlength=blocks)
    reached = (draws @ cumulative) >= (p * totals)[:, None] - 1e-9
    first = np.where(reached.any(axis=1), reached.argmax(axis=1), len(ranks) - 1)
    values = np.sort(ordered[ranks[first]])
    return percentile(values, 0.025), percentile(values, 0.975)


def _candidate_ranks(count: int, p: float) -> npt.NDArray[np.int64]:
    if count <= 2 * _GRID:
        return np.arange(count)
    whole = np.linspace(0, count - 1, _GRID // 2)
    spread = 40 * math.sqrt(p * (1 - p) / count) * count
    near = np.linspace(p * count - spread, p * count + spread, _GRID // 2)
    return np.unique(np.clip(np.concatenate([whole, near]), 0, count - 1).astype(np.int64))


def summarise(samples: Samples, block_starts: Sequence[int] | None = None, seed: int = 0) -> Latency:
    """The latency block of steady samples (int64 ns, in order); `block_starts` is kept for callers' records.

    A percentile below its sample count, and an interval below six blocks, is None.
    """
    if not len(samples):
        return Latency()
    ordered = np.sort(samples)
    mean, std = float(samples.mean()), float(samples.std(ddof=1)) if len(samples) > 1 else None
    p99 = shown(ordered, 0.99)
    p50_ci, p99_ci = bootstrap_intervals(samples, (0.50, 0.99), seed)
    return Latency(
        count=len(samples),
        mean_ns=mean,
        std_ns=std,
        cv=std / mean if std is not None and mean else None,
        min_ns=int(ordered[0]),
        p50_ns=shown(ordered, 0.50),
        p90_ns=shown(ordered, 0.90),
        p95_ns=shown(ordered, 0.95),
        p99_ns=p99,
        p999_ns=shown(ordered, 0.999),
        max_ns=int(ordered[-1]),
        p50_ci_ns=p50_ci,
        p99_ci_ns=p99_ci if p99 is not None else None,
    )


def upper_bound_rank(count: int, p: float, confidence: float = 0.95) -> int | None:
    """The 1-based rank whose value is an upper confidence bound of the percentile, or None.

    The smallest r with P(Binomial(n, p) >= r) <= 1 - confidence: the order statistic x(r) exceeds the
    true percentile with that confidence (David and Nagaraja, Order Statistics, 7.1).
    """
    log_p, log_q = math.log(p), math.log1p(-p)
    tail = 0.0
    for rank in range(count, 0, -1):
        log_term = (
            math.lgamma(count + 1) - math.lgamma(rank + 1) - math.lgamma(count - rank + 1)
            + rank * log_p + (count - rank) * log_q
        )  # fmt: skip
        tail += math.exp(log_term)
        if tail > 1 - confidence:
            return rank + 1 if rank < count else None
    return 1
