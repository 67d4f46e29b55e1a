"""Percentiles, intervals, and when neither is shown."""

from __future__ import annotations

import numpy as np
import pytest

from profiler.metrics import latency


def _lognormal(count: int, seed: int = 1) -> latency.Samples:
    return (1e6 * np.random.default_rng(seed).lognormal(0, 0.2, count)).astype(np.int64)


@pytest.mark.parametrize("p", [0.5, 0.9, 0.95, 0.99, 0.999])
@pytest.mark.parametrize("count", [3000, 3001, 4567, 10_000])
def test_percentile_is_numpys_inverted_cdf(p: float, count: int) -> None:
    ordered = np.unique(_lognormal(count + 100))[:count]
    shown = latency.percentile(ordered, p)
    assert shown == np.quantile(ordered, p, method="inverted_cdf")
    nearest = np.quantile(ordered, p, method="nearest")
    assert abs(int(np.searchsorted(ordered, nearest)) - int(np.searchsorted(ordered, shown))) <= 1


@pytest.mark.parametrize(("p", "needed"), [(0.9, 29), (0.95, 59), (0.99, 299), (0.999, 2995)])
def test_percentile_is_withheld_below_its_sample_count(p: float, needed: int) -> None:
    assert p**needed <= 0.05 < p ** (needed - 1)
    assert latency.shown(np.arange(needed - 1), p) is None
    assert latency.shown(np.arange(needed), p) is not None


def test_blocks_last_half_a_second_or_fifty_runs() -> None:
    fast = latency.blocks_of(np.full(5_000, 1_000_000, dtype=np.int64))
    assert int(fast[-1]) + 1 == 10
    slow = latency.blocks_of(np.full(170, 100_000_000, dtype=np.int64))
    assert np.bincount(slow).tolist() == [54, 50, 66]


def test_interval_of_steady_samples_holds_the_true_median() -> None:
    held = 0
    for seed in range(40):
        samples = _lognormal(8_000, seed)
        interval = latency.bootstrap_intervals(samples, (0.5,), seed)[0]
        assert interval is not None
        held += interval[0] <= 1_000_000 <= interval[1]
    assert held >= 34


def test_interval_of_dependent_samples_is_wider_than_that_of_shuffled_ones() -> None:
    random = np.random.default_rng(0)
    walk = np.repeat(1 + 0.2 * random.standard_normal(40), 250)
    samples = (1e6 * walk * (1 + 0.01 * random.standard_normal(10_000))).astype(np.int64)
    shuffled = random.permutation(samples)
    (blocked,) = latency.bootstrap_intervals(samples, (0.5,), 0)
    (mixed,) = latency.bootstrap_intervals(shuffled, (0.5,), 0)
    assert blocked is not None
    assert mixed is not None
    assert blocked[1] - blocked[0] > 2 * (mixed[1] - mixed[0])


def test_interval_on_a_grid_agrees_with_the_exact_one() -> None:
    samples = _lognormal(60_000)
    blocks = latency.blocks_of(samples)
    (gridded,) = latency.bootstrap_intervals(samples, (0.99,), 7)
    count = int(blocks[-1]) + 1
    draws = np.random.default_rng(7).multinomial(count, np.full(count, 1 / count), size=200)
    parts = [samples[blocks == block] for block in range(count)]
    exact = [
        latency.percentile(
            np.sort(np.concatenate([np.tile(parts[b], w) for b, w in enumerate(row) if w])), 0.99
        )
        for row in draws
    ]
    assert gridded is not None
    assert gridded[0] == pytest.approx(np.quantile(exact, 0.025), rel=0.01)
    assert gridded[1] == pytest.approx(np.quantile(exact, 0.975), rel=0.01)


def test_interval_needs_six_blocks() -> None:
    assert latency.bootstrap_intervals(_lognormal(2_000), (0.5,), 0) == [None]


def test_summary_of_known_samples_is_exact() -> None:
    samples = np.arange(1, 1_001, dtype=np.int64)[::-1].copy()
    block = latency.summarise(samples)
    assert (block.count, block.min_ns, block.max_ns) == (1_000, 1, 1_000)
    assert (block.p50_ns, block.p90_ns, block.p95_ns, block.p99_ns, block.p999_ns) == (
        500,
        900,
        950,
        990,
        None,
    )
    assert block.mean_ns == pytest.approx(500.5)
    assert block.std_ns == pytest.approx(np.std(samples, ddof=1))


def test_summary_of_nothing_is_empty_and_of_one_has_no_spread() -> None:
    assert latency.summarise(np.empty(0, dtype=np.int64)).count == 0
    one = latency.summarise(np.array([7], dtype=np.int64))
    assert (one.p50_ns, one.std_ns, one.p90_ns) == (7, None, None)


@pytest.mark.parametrize(("count", "rank"), [(298, None), (299, 299), (1_000, 996), (10_000, 9_917)])
def test_upper_bound_of_p99_takes_the_rank_of_the_binomial(count: int, rank: int | None) -> None:
    assert latency.upper_bound_rank(count, 0.99) == rank
