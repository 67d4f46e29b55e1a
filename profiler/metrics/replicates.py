"""One latency block from the steady samples of several fresh processes that measured the same thing."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from profiler.metrics import latency
from profiler.result import Interval, Latency

Samples = npt.NDArray[np.int64]
Picks = npt.NDArray[np.int64]

# With fewer processes a bootstrap over them knows too few values: their whole range is shown instead.
BOOTSTRAP_FROM = 5


def summarise(processes: Sequence[Samples], seed: int = 0, at_once: Sequence[float] = ()) -> Latency:
    """The latency block of R processes; `processes` hold int64 ns in order of time, empty ones do not count.

    P50 is the median of the processes' medians (nearest rank: of an even number the lower middle one),
    all else comes from all samples together, with percentiles withheld by their common count. Intervals:
    of one process as latency.summarise has them; of 2 to 4 the whole range of the processes' percentiles;
    from 5 on a hierarchical block bootstrap: processes, then blocks within each (MEASURING.md, 1.2).
    """
    shares = at_once or [1.0] * len(processes)
    known = [(process, share) for process, share in zip(processes, shares, strict=True) if len(process)]
    measured, shares = [process for process, _ in known], [share for _, share in known]
    if len(measured) < 2:
        return latency.summarise(measured[0], seed, shares[0]) if measured else Latency()
    pooled = np.concatenate(measured)
    block = latency.describe(pooled)
    pooled.sort()
    p50, p99 = _intervals(measured, pooled, seed, shares)
    many = len(measured) >= BOOTSTRAP_FROM
    return msgspec.structs.replace(
        block,
        p50_ns=_middle(_percentiles(measured, 0.50)),
        p50_ci_ns=p50,
        p99_ci_ns=p99 if block.p99_ns is not None else None,
        method=f"{block.method}; P50: lower middle of the medians of {len(measured)} processes, else pooled",
        interval_method="hierarchical_bootstrap" if many else "range_of_processes",
    )


def _intervals(
    processes: Sequence[Samples], ordered: Samples, seed: int, at_once: Sequence[float]
) -> tuple[Interval | None, Interval | None]:
    if len(processes) < BOOTSTRAP_FROM:
        return _range(processes, 0.50), _range(processes, 0.99)
    return hierarchical_intervals(processes, ordered, seed, at_once)


def _middle(values: Sequence[int]) -> int:
    return sorted(values)[(len(values) - 1) // 2]


def _percentiles(processes: Sequence[Samples], p: float) -> list[int]:
    """The percentile of each process that has the samples for it."""
    found = [latency.shown(np.sort(process), p) for process in processes]
    return [value for value in found if value is not None]


def _range(processes: Sequence[Samples], p: float) -> Interval | None:
    """Least and most of the processes' percentiles; None where one has too few samples for it."""
    found = _percentiles(processes, p)
    return (min(found), max(found)) if len(found) == len(processes) else None


def hierarchical_intervals(
    processes: Sequence[Samples], ordered: Samples, seed: int, at_once: Sequence[float] = ()
) -> tuple[Interval, Interval]:
    """95 % intervals of the median of process medians and of the pooled P99; `ordered` is all samples.

    2,000 resamples: as many processes as there are, drawn with replacement, and anew in each of them its
    blocks, drawn with replacement (Davison and Hinkley, Bootstrap Methods, 3.8).
    """
    generator, rounds, most = np.random.default_rng(seed), latency.RESAMPLES, latency.MOST_BLOCKS
    picks = generator.integers(len(processes), size=(rounds, len(processes)))
    medians = np.empty(picks.shape, dtype=np.int64)
    blocks: list[Samples] = []
    weights: list[latency.Weights] = []
    for at, process in enumerate(processes):
        share = at_once[at] if at_once else 1.0
        firsts = latency.block_firsts(process, most // len(processes), share)
        parts = latency.sorted_blocks(process, firsts)
        resamples, places = np.nonzero(picks == at)
        draws = latency.drawn_blocks(len(parts), len(resamples), generator)
        medians[resamples, places] = latency.drawn_percentiles(parts, draws, np.sort(process), 0.50)
        blocks += parts
        weights.append(_summed(draws, resamples, rounds))
    medians.sort(axis=1)
    pooled = latency.drawn_percentiles(blocks, np.hstack(weights), ordered, 0.99)
    return latency.interval_of(medians[:, (len(processes) - 1) // 2]), latency.interval_of(pooled)


def _summed(draws: latency.Weights, resamples: Picks, rounds: int) -> latency.Weights:
    """How often each block was drawn in each of the resamples; one may hold the process twice."""
    total = np.zeros((rounds, draws.shape[1]))
    np.add.at(total, resamples, draws)
    return total
