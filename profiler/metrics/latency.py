"""Statistics of latencies: nearest-rank percentiles, block-bootstrap intervals, and when to show neither."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from profiler.metrics import binomial
from profiler.result import Interval, Latency

Samples = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float64]

# Smallest count at which a one-sided 95 % bound of the percentile exists: p**n <= 0.05 (MEASURING.md, 1.3).
MINIMUM_COUNT = {0.50: 1, 0.90: 29, 0.95: 59, 0.99: 299, 0.999: 2_995}

BLOCK_NS = 500_000_000
BLOCK_RUNS = 50
MINIMUM_BLOCKS = 6
MOST_BLOCKS = 2_000
RESAMPLES = 2_000
_GRID = 2_048
_STRIDE = 32


def percentile(ordered: Samples, p: float) -> int:
    """The value at rank ceil(p*n) of ascending samples: always a latency that was observed."""
    rank = max(1, math.ceil(p * len(ordered) - 1e-9))
    return int(ordered[rank - 1])


def shown(ordered: Samples, p: float) -> int | None:
    """The percentile, or None where the count cannot support it."""
    return percentile(ordered, p) if len(ordered) >= MINIMUM_COUNT[p] else None


def blocks_of(samples: Samples) -> npt.NDArray[np.int64]:
    """The block of each sample: blocks last 0.5 s or 50 runs, the longer (MEASURING.md, 1.3).

    Where that makes more than 2,000 blocks, neighbours are joined.
    """
    marks = np.zeros(len(samples), dtype=np.int64)
    marks[block_firsts(samples)[1:]] = 1
    return np.cumsum(marks, out=marks)


def block_firsts(samples: Samples, most: int = MOST_BLOCKS, at_once: float = 1.0) -> list[int]:
    """Where each block begins; neighbours are joined where there would be more than `most`.

    `at_once`: how many calls were under way at a time on average, so that their sum is not taken for time.
    """
    by_time = np.cumsum(samples, dtype=np.int64)
    by_time //= max(1, round(BLOCK_NS * at_once))
    edges = np.flatnonzero(by_time[1:] != by_time[:-1]) + 1
    firsts = [0]
    for edge in edges.tolist():
        if edge - firsts[-1] >= BLOCK_RUNS:
            firsts.append(edge)
    if len(firsts) > 1 and len(samples) - firsts[-1] < BLOCK_RUNS:
        firsts.pop()
    return firsts[:: math.ceil(len(firsts) / most)]


def sorted_blocks(samples: Samples, firsts: Sequence[int]) -> list[Samples]:
    """A copy of the samples, cut into blocks that begin at `firsts`, each ascending."""
    parts = np.split(samples.copy(), list(firsts)[1:])
    for part in parts:
        part.sort()
    return parts


def drawn_blocks(count: int, resamples: int, generator: np.random.Generator) -> Weights:
    """How often each of `count` blocks is drawn in each resample: (resamples, count) whole numbers."""
    return generator.multinomial(count, np.full(count, 1 / count), size=resamples).astype(np.float64)


def bootstrap_intervals(
    samples: Samples,
    percentiles: Sequence[float],
    seed: int,
    blocks: npt.NDArray[np.int64] | None = None,
    at_once: float = 1.0,
) -> list[Interval | None]:
    """95 % block-bootstrap intervals of percentiles; None where there are fewer than six blocks.

    Blocks, not single samples, are drawn with replacement, because samples are not independent
    (MEASURING.md, 1.2). `blocks`: the block of each sample, ascending. The values looked at are observed
    latencies at up to 2,048 ranks, dense around each percentile: the cost hardly grows with the count.
    """
    if blocks is None:
        firsts = block_firsts(samples, at_once=at_once)
    else:
        firsts = [0, *(np.flatnonzero(np.diff(blocks)) + 1).tolist()]
    parts = sorted_blocks(samples, firsts)
    if len(parts) < MINIMUM_BLOCKS:
        return [None for _ in percentiles]
    ordered, draws = np.sort(samples), drawn_blocks(len(parts), RESAMPLES, np.random.default_rng(seed))
    return [interval_of(drawn_percentiles(parts, draws, ordered, p)) for p in percentiles]


def interval_of(values: Samples) -> Interval:
    """The middle 95 % of resampled values."""
    ordered = np.sort(values)
    return percentile(ordered, 0.025), percentile(ordered, 0.975)


def drawn_percentiles(parts: Sequence[Samples], draws: Weights, ordered: Samples, p: float) -> Samples:
    """The percentile of each resample; `parts` are blocks, ascending, `ordered` all their samples."""
    totals = draws @ np.array([len(part) for part in parts], dtype=np.float64)
    return first_reaching(candidates(ordered, p), p * totals, lambda values: draws @ counts(parts, values))


def counts(parts: Sequence[Samples], values: Samples) -> Weights:
    """How many samples of each block are at or below each value: (blocks, values)."""
    return np.stack([np.searchsorted(part, values, side="right") for part in parts]).astype(np.float64)


def first_reaching(values: Samples, targets: Weights, below: Callable[[Samples], Weights]) -> Samples:
    """For each target the first of the ascending values with `below` it at least the target.

    `below` gives, for some values, an array (targets, values) that ascends along each row. It is asked for
    every 32nd value first, then only for those in between that still matter.
    """
    marks = np.unique(np.append(np.arange(0, len(values), _STRIDE), len(values) - 1))
    cells = _first_true(below(values[marks]) >= targets[:, None] - 1e-9)
    low, high = marks[max(0, int(cells.min()) - 1)], marks[int(cells.max())] + 1
    near = values[low:high]
    found: Samples = near[_first_true(below(near) >= targets[:, None] - 1e-9)]
    return found


def _first_true(reached: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    places = np.where(reached.any(axis=1), reached.argmax(axis=1), reached.shape[1] - 1)
    return np.asarray(places, dtype=np.int64)


def candidates(ordered: Samples, p: float) -> Samples:
    """Ascending observed values to look for a percentile among: all, or up to 2,048, dense around it."""
    count = len(ordered)
    if count <= 2 * _GRID:
        return ordered
    whole = np.linspace(0, count - 1, _GRID // 2)
    spread = 40 * math.sqrt(p * (1 - p) / count) * count
    near = np.linspace(p * count - spread, p * count + spread, _GRID // 2)
    ranks = np.unique(np.clip(np.concatenate([whole, near]), 0, count - 1).astype(np.int64))
    values: Samples = ordered[ranks]
    return values


def summarise(samples: Samples, seed: int = 0, at_once: float = 1.0) -> Latency:
    """The latency block of steady samples (int64 ns, in order); `at_once` as for `block_firsts`.

    A percentile below its sample count, and an interval below six blocks, is None.
    """
    block = describe(samples)
    if not block.count:
        return block
    p50_ci, p99_ci = bootstrap_intervals(samples, (0.50, 0.99), seed, at_once=at_once)
    return msgspec.structs.replace(
        block,
        p50_ci_ns=p50_ci,
        p99_ci_ns=p99_ci if block.p99_ns is not None else None,
        interval_method="block_bootstrap" if p50_ci is not None else None,
    )


def describe(samples: Samples) -> Latency:
    """The same without intervals, for which the order of the samples does not matter."""
    if not len(samples):
        return Latency()
    mean, std = float(samples.mean()), float(samples.std(ddof=1)) if len(samples) > 1 else None
    ordered = np.sort(samples)
    return Latency(
        count=len(samples),
        mean_ns=mean,
        std_ns=std,
        cv=std / mean if std is not None and mean else None,
        min_ns=int(ordered[0]),
        p50_ns=shown(ordered, 0.50),
        p90_ns=shown(ordered, 0.90),
        p95_ns=shown(ordered, 0.95),
        p99_ns=shown(ordered, 0.99),
        p999_ns=shown(ordered, 0.999),
        max_ns=int(ordered[-1]),
    )


def upper_bound_rank(count: int, p: float, confidence: float = 0.95) -> int | None:
    """The 1-based rank whose value is an upper confidence bound of the percentile, or None.

    The smallest r with P(Binomial(n, p) >= r) <= 1 - confidence: the order statistic x(r) exceeds the
    true percentile with that confidence (David and Nagaraja, Order Statistics, 7.1).
    """
    low, high = 0, count + 1
    while high - low > 1:
        middle = (low + high) // 2
        held = binomial.more_than(middle - 1, count, p) <= 1 - confidence
        low, high = (low, middle) if held else (middle, high)
    return high if high <= count else None
