"""Counters, rests and pre-emption, with clocks and counters that the test moves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from profiler import disturbance
from profiler.disturbance import Counters, Counts
from profiler.metrics import by_input
from tests.fake_clock import FakeClock

BEFORE = Counts(1_000_000_000, 50.0, 2.0, 5, 7, 1, 3, 0.5, 1_000)
AFTER = Counts(3_000_000_000, 52.0, 5.0, 9, 8, 1, 4, 0.75, 4_000)


def test_the_window_is_what_the_counters_grew_by() -> None:
    readings = iter((BEFORE, AFTER))
    found = Counters(lambda: next(readings)).since()
    assert (found.wall_s, found.cpu_s, found.clock_ratio) == (2.0, 3.0, 1.0)
    assert (found.involuntary_switches, found.migrations, found.major_faults) == (4, 1, 0)
    assert (found.throttled_count, found.throttled_s, found.resident_growth_bytes) == (1, 0.25, 3_000)


def test_what_the_system_does_not_count_is_not_zero() -> None:
    blind = Counts(0, 0.0, 0.0, None, None, None, None, None, 0)
    readings = iter((blind, blind._replace(wall_ns=10, clock_s=0.0)))
    found = Counters(lambda: next(readings)).since()
    assert found.involuntary_switches is None
    assert found.migrations is None
    assert found.throttled_s is None
    assert found.clock_ratio is None


def test_this_system_counts_something() -> None:
    counters = Counters()
    sum(range(200_000))
    found = counters.since()
    assert found.wall_s
    assert found.cpu_s is not None
    assert found.clock_ratio == pytest.approx(1, abs=0.2)
    assert found.usable_cpus


def test_throttling_is_read_in_both_versions_of_control_groups(tmp_path: Path) -> None:
    assert disturbance.throttling(tmp_path) == (None, None)
    newer = tmp_path / "sys/fs/cgroup"
    newer.mkdir(parents=True)
    (newer / "cpu.stat").write_text("usage_usec 5\nnr_periods 9\nnr_throttled 2\nthrottled_usec 1500000\n")
    assert disturbance.throttling(tmp_path) == (2, 1.5)
    older = newer / "cpu"
    older.mkdir()
    (older / "cpu.stat").write_text("nr_periods 9\nnr_throttled 4\nthrottled_time 2000000000\n")
    assert disturbance.throttling(tmp_path) == (4, 2.0)


def test_a_quota_below_the_cpus_counts(tmp_path: Path) -> None:
    whole = disturbance.usable_cpus(tmp_path)
    assert whole is not None
    group = tmp_path / "sys/fs/cgroup"
    group.mkdir(parents=True)
    (group / "cpu.max").write_text("50000 100000\n")
    assert disturbance.usable_cpus(tmp_path) == 0.5


def test_spinning_is_the_time_used_while_resting() -> None:
    used = [10.0]

    def rest(seconds: float) -> None:
        used[0] += 0.4 * seconds

    assert disturbance.spinning_cpu_s(rest, lambda: used[0], 1.0) == pytest.approx(0.4)


def test_calls_after_a_rest_are_timed_without_it() -> None:
    clock = FakeClock()
    calls = [clock.call_lasting(3_000), clock.call_lasting(5_000)]
    p50 = disturbance.gap_p50_ns(calls, clock, lambda seconds: clock.advance(round(seconds * 1e9)), 20)
    assert p50 == 3_000


def test_each_input_has_its_median_wherever_the_rotation_stood() -> None:
    samples = np.tile(np.array([10, 20, 30], dtype=np.int64), 40)
    assert by_input.medians(samples, 3) == (10, 20, 30)
    assert by_input.medians(samples[1:], 3, first=1) == (10, 20, 30)
    assert by_input.medians(samples[:50], 3) == ()
    assert by_input.medians(samples, 1) == ()
    assert by_input.spread((10, 20, 30)) == 2.0
    assert by_input.spread(()) is None


def test_calls_that_were_put_aside_are_left_out_of_their_own_p99_only() -> None:
    clock, switches, made = FakeClock(), [0], [0]

    def call() -> None:
        made[0] += 1
        is_put_aside = made[0] % 10 == 0
        switches[0] += is_put_aside
        clock.advance(5_000_000 if is_put_aside else 1_000_000)

    seen = disturbance.preempted([call], clock, lambda: switches[0], 10**12, 1_000)
    assert seen is not None
    assert seen.share == pytest.approx(0.1)
    assert seen.p99_undisturbed_ns == 1_000_000
    few = disturbance.preempted([call], clock, lambda: switches[0], 10**12, 100)
    assert few is not None
    assert few.p99_undisturbed_ns is None
    assert disturbance.preempted([call], clock, lambda: None) is None


def test_a_pass_ends_with_its_budget() -> None:
    clock = FakeClock()
    disturbance.preempted([clock.call_lasting(1_000_000)], clock, lambda: 0, 50_000_000)
    assert clock.now == 50_000_000


def test_a_tracer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.gettrace", lambda: None)
    monkeypatch.setattr("sys.getprofile", lambda: None)
    assert not disturbance.is_traced({})
    assert disturbance.is_traced({"COVERAGE_RUN": "1"})
    monkeypatch.setattr("sys.gettrace", lambda: print)
    assert disturbance.is_traced({})
