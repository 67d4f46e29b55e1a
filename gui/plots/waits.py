"""What the charts of waits draw, as arrays: log-spaced bins, the share below, the ends of a run order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_FEWEST_BINS, _MOST_BINS = 20, 100
_MOST_SHARES = 2_000


class Bins(NamedTuple):
    """Edges in ns (n + 1, ascending), how many samples lie between them (n), and how many lie beyond."""

    edges_ns: Floats
    counts: npt.NDArray[np.int64]
    beyond: int


def log_bins(samples: Samples) -> Bins:
    """Log-spaced bins over samples (int64 ns, not empty); what lies beyond the last edge is counted too.

    A single slow call would squeeze all others into one bar: the last edge is 1.25 times P99.9 (P99 below
    1,000 samples) where the slowest lies further out. The number of bins follows the square root of the
    samples, within 20 to 100; bins are never narrower than 1 ns, which is the clock's own step.
    """
    low, high = max(1, int(samples.min())), _last_edge(samples)
    if low >= high - 1:
        edges = np.array([low * 0.98, max(high, low * 1.02)])
    else:
        wanted = int(np.clip(2 * np.sqrt(len(samples)), _FEWEST_BINS, _MOST_BINS))
        edges = np.geomspace(low, high, min(wanted, high - low) + 1)
    counts, _ = np.histogram(np.maximum(samples, 1), bins=edges)
    return Bins(edges, counts.astype(np.int64), len(samples) - int(counts.sum()))


def _last_edge(samples: Samples) -> int:
    return max(2, min(int(samples.max()) + 1, round(1.25 * _usual_slowest(samples))))


def _usual_slowest(samples: Samples) -> int:
    """P99.9, or P99 below 1,000 samples: what lies far beyond it is rare."""
    share = 0.999 if len(samples) >= 1_000 else 0.99
    rank = max(0, int(np.ceil(share * len(samples) - 1e-9)) - 1)
    return int(np.partition(samples, rank)[rank])


def shares_below(samples: Samples) -> tuple[Floats, Floats]:
    """The empirical distribution: waits in ns and the share of samples at or below each.

    Thinned to at most 2,000 ranks; the smallest and the largest sample are always among them.
    """
    ordered = np.sort(samples).astype(np.float64)
    ranks = np.unique(np.linspace(1, len(ordered), min(len(ordered), _MOST_SHARES)).astype(np.int64))
    return np.maximum(ordered[ranks - 1], 1.0), ranks / len(ordered)


class Segment(NamedTuple):
    """A stretch of consecutive runs; runs count from 1, waits in ns."""

    first: int
    last: int
    smallest_ns: int
    p50_ns: int
    largest_ns: int


def segments(samples: Samples, first: int, most: int = 10) -> list[Segment]:
    """At most `most` stretches of equal count; the first sample is run number `first`."""
    parts = [part for part in np.array_split(samples, min(most, max(1, len(samples)))) if len(part)]
    rows = []
    for part in parts:
        middle = int(np.partition(part, (len(part) - 1) // 2)[(len(part) - 1) // 2])
        rows.append(Segment(first, first + len(part) - 1, int(part.min()), middle, int(part.max())))
        first += len(part)
    return rows


def shown_range(samples: Samples, cold_count: int, warmup_count: int) -> tuple[float, float]:
    """The bottom and top of a run-order axis in ns, for samples in order (int64 ns, not empty).

    At least 10 % around the median of what counts, so that noise looks like noise; at most two medians or
    1.25 times P99.9, whichever is more, so that a few slow calls do not squeeze the rest. Before anything
    counts, warm-up is taken in its place, and before that the cold calls.
    """
    warmup, counted = np.split(samples[cold_count:], [min(warmup_count, max(0, len(samples) - cold_count))])
    judged = next(part for part in (counted, warmup, samples) if len(part))
    # An even choice of 20,000 is near enough, and keeps a live chart of 1e6 samples quick.
    chosen = judged[:: max(1, len(judged) // 20_000)]
    middle = float(np.median(chosen))
    most = max(2 * middle, 1.25 * _usual_slowest(chosen))
    top = max(min(float(judged.max()), most), 1.1 * middle)
    if len(warmup):
        top = max(top, min(float(warmup.max()), 2 * middle))
    return min(float(judged.min()), 0.9 * middle), top
