"""Warm enough, long enough, and steady after the fact."""

from __future__ import annotations

import numpy as np
import pytest

from profiler.metrics import steadiness
from profiler.plan import STOPPING, Preset, Stopping

S = 1_000_000_000
MS = 1_000_000


def _noise(count: int, share: float = 0.02, seed: int = 0, centre: float = 5 * MS) -> steadiness.Samples:
    return (centre * (1 + share * np.random.default_rng(seed).standard_normal(count))).astype(np.int64)


def test_five_equal_windows_are_warm_once_a_second_and_thirty_runs_passed() -> None:
    windows = [_noise(50, seed=seed) for seed in range(5)]
    assert steadiness.is_warm(windows, S, 250)
    assert not steadiness.is_warm(windows[:4], S, 250)
    assert not steadiness.is_warm(windows, S - 1, 250)
    assert not steadiness.is_warm(windows, 9 * S, 29)
    assert steadiness.is_warm(windows, 10 * S, 15)


def test_a_window_that_differs_is_not_warm() -> None:
    windows = [_noise(50, seed=seed) for seed in range(4)]
    assert not steadiness.is_warm([_noise(50, centre=6 * MS), *windows], 5 * S, 250)


def test_noisy_windows_get_a_wider_tolerance_up_to_its_cap() -> None:
    noisy = [_noise(9, 0.08, seed) for seed in range(5)]
    medians = [float(np.median(window)) for window in noisy]
    assert 1.05 < max(medians) / min(medians) < 1.15
    assert steadiness.is_warm(noisy, 2 * S, 45)


def test_stop_rule_waits_for_time_count_and_precision() -> None:
    rule = Stopping(10.0, 1_000, 60.0, 0.01, 1.10)
    steady, p50s = _noise(2_000), [5.0 * MS] * 40
    assert steadiness.is_enough(rule, steady, p50s, 10 * S)
    assert not steadiness.is_enough(rule, steady, p50s, 10 * S - 1)
    assert not steadiness.is_enough(rule, steady[:999], p50s, 10 * S)
    assert not steadiness.is_enough(rule, steady, [4.0 * MS, 6.0 * MS] * 20, 10 * S)
    heavy = steady.copy()
    heavy[:25] *= np.arange(2, 27)
    assert not steadiness.is_enough(rule, heavy, p50s, 10 * S)


def test_quick_asks_for_no_precision() -> None:
    assert steadiness.is_enough(STOPPING[Preset.QUICK], _noise(30), [], 3 * S)


def test_steady_noise_is_stable_and_a_drift_is_not() -> None:
    assert steadiness.judge(_noise(3_000), "steady", True).status == "stable"
    ramp = (_noise(3_000) * np.linspace(1, 1.1, 3_000)).astype(np.int64)
    judged = steadiness.judge(ramp, "steady", True)
    assert judged.status == "drifting"
    assert judged.segment_spread == pytest.approx(0.09, abs=0.02)


def test_two_groups_with_a_gap_are_bimodal() -> None:
    mixed = np.random.default_rng(1).permutation(np.concatenate([_noise(900), _noise(100, centre=9 * MS)]))
    assert steadiness.judge(mixed, "steady", True).status == "bimodal"


def test_a_few_outliers_are_no_second_mode() -> None:
    mixed = np.concatenate([_noise(1_000), _noise(20, centre=50 * MS)])
    assert not steadiness.is_bimodal(mixed)


def test_few_samples_and_an_unfinished_warm_up_are_said() -> None:
    assert steadiness.judge(_noise(29), "steady", True).status == "too_few_samples"
    assert steadiness.judge(_noise(300), "not_stabilised", True).status == "not_stabilised"


def test_false_alarms_of_drift_are_rare() -> None:
    alarms = sum(
        steadiness.judge(_noise(300, 0.10, seed), "steady", True).status == "drifting" for seed in range(300)
    )
    assert alarms <= 3


@pytest.mark.parametrize(
    ("x", "degrees", "p"),
    [(27.877, 9, 0.001), (16.919, 9, 0.05), (3.841, 1, 0.05), (5.991, 2, 0.05), (0.0, 9, 1.0)],
)
def test_chi_square_tail_agrees_with_the_tables(x: float, degrees: int, p: float) -> None:
    assert steadiness.chi_square_tail(x, degrees) == pytest.approx(p, rel=1e-3)


def test_kruskal_wallis_with_ties_agrees_with_a_worked_example() -> None:
    groups = [np.array(values) for values in ([1, 2, 2, 3], [4, 4, 5, 6], [7, 8, 8, 9])]
    # ranks 1, 2.5, 2.5, 4 | 5.5, 5.5, 7, 8 | 9, 10.5, 10.5, 12: H = 9.8462, ties correct it by 1 - 18/1716
    assert steadiness.kruskal_p(groups) == pytest.approx(
        steadiness.chi_square_tail(9.8462 / (1 - 18 / 1716), 2), rel=1e-3
    )
