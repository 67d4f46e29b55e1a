"""The arithmetic behind the figures that the benchmarks print."""

from __future__ import annotations

import numpy as np
import pytest

from profiler.sample_file import Contents
from tests.benchmarks.alternation import Period, orders, p50_of, pairs, periods
from tests.benchmarks.interval import paired_ratio


def test_ratio_of_equal_pairs_is_exact() -> None:
    ratio = paired_ratio([2.0, 4.0, 8.0], [1.0, 2.0, 4.0])
    assert ratio[:3] == pytest.approx((2.0, 2.0, 2.0))


def test_interval_covers_no_difference_where_pairs_disagree() -> None:
    ratio = paired_ratio([1.1, 0.9, 1.05, 0.95, 1.1, 0.9], [1.0] * 6)
    assert ratio.low < 1.0 < ratio.high


def test_one_pair_has_no_interval() -> None:
    with pytest.raises(ValueError, match="two pairs"):
        paired_ratio([1.0], [1.0])


def test_periods_end_where_the_next_begins() -> None:
    assert periods([(10, True), (20, False), (30, True)]) == [Period(10, 20, True), Period(20, 30, False)]


def _run() -> Contents:
    """Eight blocks of 10 ns with two samples each; block k holds the value k."""
    samples = np.repeat(np.arange(8, dtype=np.int64), 2)
    return Contents(samples, 0, 0, tuple(range(0, 16, 2)), tuple(range(100, 180, 10)))


def test_only_whole_blocks_within_a_period_count() -> None:
    assert p50_of(Period(105, 145, True), _run()) == 2.0
    assert p50_of(Period(101, 109, True), _run()) is None


def test_last_block_is_left_out_because_its_end_is_unknown() -> None:
    assert p50_of(Period(170, 200, True), _run()) is None


def test_pairs_are_neighbours_and_share_no_period() -> None:
    toggled = periods([(100, True), (120, False), (140, True), (160, False), (180, True)])
    assert pairs(toggled, _run()) == ([0.5, 4.5], [2.5, 6.0])


def test_a_steady_drift_favours_neither_side() -> None:
    count = 9
    toggled = periods([(100 + 20 * at, on) for at, on in enumerate(orders(count))])
    samples = np.repeat(np.arange(1_000, 1_020, dtype=np.int64), 2)
    rising = Contents(samples, 0, 0, tuple(range(0, 40, 2)), tuple(range(100, 300, 10)))
    on_p50, off_p50 = pairs(toggled, rising)
    assert len(on_p50) == 4
    assert sum(on_p50) == sum(off_p50)


def test_period_without_samples_leaves_no_false_pair() -> None:
    toggled = [
        Period(100, 120, True),
        Period(121, 122, False),
        Period(140, 160, True),
        Period(160, 170, False),
    ]
    assert pairs(toggled, _run()) == ([4.5], [6.0])
