"""A change at once is told from a drift and from noise."""

from __future__ import annotations

import numpy as np
import pytest

from profiler import wording
from profiler.metrics import change_point, steadiness, verdict
from profiler.result import Boundary, Latency

MS = 1_000_000


def _noisy(levels: np.ndarray, share: float = 0.02, seed: int = 0) -> np.ndarray:
    noise = 1 + share * np.random.default_rng(seed).standard_normal(len(levels))
    return (levels * noise).astype(np.int64)


@pytest.mark.parametrize("at", [0.2, 0.5, 0.8])
@pytest.mark.parametrize("after", [1.12, 0.85])
def test_a_step_is_found_where_it_was(at: float, after: float) -> None:
    first = round(2_000 * at)
    levels = np.concatenate([np.full(first, 5.0 * MS), np.full(2_000 - first, 5.0 * MS * after)])
    found = change_point.find(_noisy(levels))
    assert found is not None
    assert found.at == pytest.approx(at, abs=0.03)
    assert found.before_ns == pytest.approx(5 * MS, rel=0.01)
    assert found.after_ns == pytest.approx(5 * MS * after, rel=0.01)


def test_noise_alone_has_no_step() -> None:
    found = [change_point.find(_noisy(np.full(1_000, 5.0 * MS), 0.1, seed)) for seed in range(100)]
    assert sum(step is not None for step in found) == 0


def test_a_drift_is_no_step() -> None:
    found = [change_point.find(_noisy(np.linspace(5.0, 6.0, 2_000) * MS, seed=seed)) for seed in range(20)]
    assert sum(step is not None for step in found) == 0


def test_a_step_that_is_small_or_a_run_that_is_short_is_left_alone() -> None:
    small = np.concatenate([np.full(1_000, 5.0 * MS), np.full(1_000, 5.2 * MS)])
    assert change_point.find(_noisy(small, 0.001)) is None
    assert change_point.find(np.full(49, MS, dtype=np.int64)) is None


def test_the_verdict_names_the_step() -> None:
    levels = np.concatenate([np.full(1_000, 5.0 * MS), np.full(1_000, 6.0 * MS)])
    judged = steadiness.judge(_noisy(levels), "steady", stop_rule_held=True)
    assert judged.status == "drifting"
    assert judged.step_at == pytest.approx(0.5, abs=0.02)
    reasons = verdict.judge(Latency(count=2_000), judged, Boundary()).reasons
    stepped = next(reason for reason in reasons if reason.code == "stepped")
    assert "drifting" not in {reason.code for reason in reasons}
    sentence = wording.reason_sentence(stepped, "en")
    assert "5.0" in sentence
    assert "6.0" in sentence
