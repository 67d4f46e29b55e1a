"""Schedules, the queue that forms behind them, and what counts as late."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from profiler.metrics import latency, open_loop

MS = 1_000_000
S = 1_000_000_000


def _p99_ms(samples: open_loop.Times) -> float:
    return latency.percentile(np.sort(samples), 0.99) / MS


def _stalled(due: open_loop.Times) -> open_loop.Times:
    """Service times of a 1 ms server that answers nothing from 10.0 s to 10.5 s."""
    service = np.full(len(due), MS, dtype=np.int64)
    first = int(np.searchsorted(due, 10 * S))
    service[first] += 10_500 * MS - int(due[first])
    return service


def test_closed_loop_hides_a_stall() -> None:
    service = np.full(19_501, MS, dtype=np.int64)
    service[10_000] = 501 * MS
    begins = np.cumsum(service) - service
    assert begins[-1] + service[-1] == 20_001 * MS
    assert _p99_ms(service) == 1.0


def test_open_loop_shows_the_stall_only_from_the_due_time() -> None:
    due = open_loop.schedule_ns(300, 0, duration_s=20)
    begin, end = open_loop.simulate(due, _stalled(due))
    assert _p99_ms(end - due) == pytest.approx(413, abs=4)
    assert _p99_ms(end - begin) == 1.0


def test_stall_weighs_on_average_what_theory_says() -> None:
    # The 60th of 6,000 requests comes 200 ms into the stall and waits 300 ms + 60 requests of 1 ms.
    found = []
    for seed in range(100):
        due = open_loop.schedule_ns(300, seed, duration_s=20)
        found.append(_p99_ms(open_loop.simulate(due, _stalled(due))[1] - due))
    assert np.mean(found) == pytest.approx(360, abs=9)


@pytest.mark.parametrize(("load", "share"), [(0.5, 0.02), (0.8, 0.04), (0.9, 0.06)])
def test_wait_in_an_md1_queue_is_what_theory_says(load: float, share: float) -> None:
    due = open_loop.schedule_ns(1_000 * load, 0, count=400_000)
    begin, _ = open_loop.simulate(due, MS)
    assert (begin - due).mean() == pytest.approx(load * MS / (2 * (1 - load)), rel=share)


def test_p99_grows_with_the_length_of_an_overloaded_run() -> None:
    found = []
    for seconds in (5, 10, 20, 40):
        due = open_loop.schedule_ns(1_200, 3, duration_s=seconds)
        found.append(_p99_ms(open_loop.simulate(due, MS)[1] - due))
    assert all(later > 1.7 * earlier for earlier, later in itertools.pairwise(found))


def test_several_servers_take_the_oldest_request_first() -> None:
    due = np.array([0, 1, 2, 3, 50], dtype=np.int64)
    begin, end = open_loop.simulate(due, np.array([10, 4, 4, 4, 1], dtype=np.int64), servers=2)
    assert begin.tolist() == [0, 1, 5, 9, 50]
    assert end.tolist() == [10, 5, 9, 13, 51]


def test_one_server_by_formula_agrees_with_the_loop() -> None:
    due = open_loop.schedule_ns(900, 5, count=5_000)
    service = np.random.default_rng(1).integers(1, 2 * MS, 5_000)
    looped = open_loop._several_servers(due, service, 1)
    assert np.array_equal(open_loop.simulate(due, service)[0], looped)


def test_schedule_is_poisson_and_ascends() -> None:
    due = open_loop.schedule_ns(1_000, 1, count=100_000)
    gaps = np.diff(due) / MS
    assert due.dtype == np.int64
    assert (gaps >= 0).all()
    assert gaps.mean() == pytest.approx(1.0, rel=0.01)
    assert gaps.std() == pytest.approx(1.0, rel=0.02)


def test_same_seed_at_another_rate_is_the_same_schedule_stretched() -> None:
    slow = open_loop.schedule_ns(100, 7, count=1_000)
    fast = open_loop.schedule_ns(400, 7, count=1_000)
    assert np.abs(slow - 4 * fast).max() <= 4
    assert not np.array_equal(slow, open_loop.schedule_ns(100, 8, count=1_000))


def test_schedule_by_duration_is_the_beginning_of_a_longer_one() -> None:
    whole = open_loop.schedule_ns(300, 2, count=20_000)
    part = open_loop.schedule_ns(300, 2, duration_s=20)
    assert part[-1] <= 20 * S < whole[len(part)]
    assert np.array_equal(part, whole[: len(part)])


def test_schedule_is_never_empty() -> None:
    assert len(open_loop.schedule_ns(0.001, 0, duration_s=0.001)) == 1


@pytest.mark.parametrize("wrong", [{}, {"duration_s": 1.0, "count": 5}])
def test_schedule_needs_one_length(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="a duration or a count"):
        open_loop.schedule_ns(10, 0, **wrong)  # type: ignore[arg-type]


def test_lateness_counts_only_requests_that_found_a_worker_free() -> None:
    due = np.array([0, 100, 150, 1_000], dtype=np.int64)
    begin = np.array([5, 103, 305, 1_020], dtype=np.int64)
    duration = np.array([200, 200, 10, 10], dtype=np.int64)
    found = open_loop.lateness(due, begin, duration, workers=2)
    assert found.all_busy_share == 0.25
    assert found.p50_ns == 5
    assert found.over_1ms_share == 0.0
    assert found.unanswered == 0


def test_a_stall_of_the_generator_does_not_pass_for_load() -> None:
    due = np.arange(0, 50 * MS, MS, dtype=np.int64)
    begin, _ = open_loop.simulate(np.maximum(due, 20 * MS), 1_000)
    found = open_loop.lateness(due, begin, np.full(50, 1_000, dtype=np.int64), workers=1)
    assert found.all_busy_share == 0.0
    assert found.over_1ms_share == pytest.approx(20 / 50)


def test_a_queue_behind_a_busy_worker_is_not_lateness_even_in_the_gap_between_two_calls() -> None:
    due = np.array([0, 10, 1_001], dtype=np.int64)
    begin = np.array([0, 1_002, 2_004], dtype=np.int64)
    found = open_loop.lateness(due, begin, np.full(3, 1_000, dtype=np.int64), workers=1)
    assert found.all_busy_share == pytest.approx(2 / 3)
    assert found.p50_ns == 0


def test_requests_kept_to_the_schedule_have_its_rate() -> None:
    due = open_loop.schedule_ns(500, 4, duration_s=10)
    begin, end = open_loop.simulate(due, 100_000, servers=4)
    found = open_loop.lateness(due, begin, end - begin, workers=4)
    assert found.achieved_per_s == pytest.approx(found.target_per_s, rel=1e-3)
    assert (found.p99_ns, found.backlog_grows) == (0, False)


def test_all_busy_share_of_one_server_is_its_load() -> None:
    # Poisson arrivals see time averages (Wolff 1982): the share that waits is rho.
    due = open_loop.schedule_ns(700, 4, count=50_000)
    begin, end = open_loop.simulate(due, MS)
    assert open_loop.lateness(due, begin, end - begin, 1).all_busy_share == pytest.approx(0.7, abs=0.01)


def test_overload_falls_behind_its_rate_and_its_backlog_grows() -> None:
    due = open_loop.schedule_ns(1_200, 4, duration_s=10)
    begin, end = open_loop.simulate(due, MS)
    found = open_loop.lateness(due, begin, end - begin, workers=1)
    assert found.achieved_per_s == pytest.approx(1_000, rel=0.01)
    assert found.backlog_grows


def test_backlog_of_a_busy_but_stable_server_seldom_seems_to_grow() -> None:
    alarms = 0
    for seed in range(200):
        due = open_loop.schedule_ns(950, seed, count=3_000)
        alarms += bool(open_loop.backlog_grows(due, open_loop.simulate(due, MS)[1]))
    assert alarms <= 4


def test_requests_that_were_never_answered_stay_in_the_backlog() -> None:
    due = np.arange(0, 300 * MS, MS, dtype=np.int64)
    duration = np.where(np.arange(300) < 3, 100 * MS, 0)
    begin = np.where(np.arange(300) < 3, 100 * MS * np.arange(300), 0)
    found = open_loop.lateness(due, begin, duration, workers=1)
    assert found.unanswered == 297
    assert found.backlog_grows


def test_lateness_of_no_request_says_nothing() -> None:
    none = np.empty(0, dtype=np.int64)
    assert open_loop.lateness(none, none, none, 2).all_busy_share is None
