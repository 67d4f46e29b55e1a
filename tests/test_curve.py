"""The knee, the best point under limits, and the points that no other beats."""

from __future__ import annotations

from profiler.errors import ErrorInfo
from profiler.metrics import curve
from profiler.result import Latency, Memory, Point, Status, Throughput

MS = 1_000_000


def _point(
    per_s: float, mean_ms: float, p99_ms: float | None = None, memory: Memory | None = None, lanes: int = 1
) -> Point:
    p99 = None if p99_ms is None else round(p99_ms * MS)
    latency = Latency(1_000, mean_ns=mean_ms * MS, p50_ns=round(mean_ms * MS), p99_ns=p99)
    return Point(1, lanes, 1, latency=latency, throughput=Throughput(per_s, per_s), memory=memory)


def _closed_loop(servers: int, most: int = 8) -> list[Point]:
    """N in flight on equal servers of 1 ms."""
    busy = [min(lanes, servers) for lanes in range(1, most + 1)]
    return [_point(1_000.0 * b, lanes / b, lanes / b + 1, lanes=lanes) for lanes, b in enumerate(busy, 1)]


def _failed(kind: str = "out_of_memory") -> Point:
    return Point(64, 1, 1, status=Status.FAILED, error=ErrorInfo(kind))


def test_knee_of_a_closed_loop_is_where_all_servers_are_busy() -> None:
    for servers in (2, 3, 4):
        assert curve.knee(_closed_loop(servers)) == servers - 1


def test_knee_does_not_move_when_the_sweep_goes_on() -> None:
    assert curve.knee(_closed_loop(3, most=64)) == curve.knee(_closed_loop(3, most=4)) == 2


def test_knee_of_batches_is_where_fixed_and_variable_cost_are_equal() -> None:
    # 8 ms a call and 1 ms a sample
    points = [_point(batch / (8 + batch) * 1_000, 8 + batch) for batch in (1, 2, 4, 8, 16, 32, 64)]
    assert curve.knee(points) == 3


def test_knee_of_an_mm1_queue_is_at_half_load() -> None:
    points = [_point(rate, 1_000 / (1_000 - rate)) for rate in range(100, 1_000, 100)]
    assert curve.knee(points) == 4


def test_no_knee_below_three_points_that_were_measured() -> None:
    assert curve.knee([]) is None
    assert curve.knee(_closed_loop(2, most=2)) is None
    assert curve.knee([*_closed_loop(2, most=2), _failed()]) is None


def test_failed_points_are_passed_over_but_keep_their_place() -> None:
    points = [_failed(), *_closed_loop(2, most=4)]
    assert curve.knee(points) == 2
    assert curve.best_under_limit(points, {"p99": 100 * MS}) is not None


def test_best_point_is_the_fastest_that_keeps_every_limit() -> None:
    small, large = Memory(peak_rss_bytes=10), Memory(peak_rss_bytes=100)
    points = [
        _point(100, 1, 2, small),
        _point(300, 2, 9, small),
        _point(400, 3, 9, large),
        _point(500, 4, 11, small),
    ]
    assert curve.best_under_limit(points, {"p99": 10 * MS}) == 2
    assert curve.best_under_limit(points, {"p99": 10 * MS, "memory": 50}) == 1
    assert curve.best_under_limit(points, {"p99": 9 * MS, "memory": 100}) == 2
    assert curve.best_under_limit(points, {"p99": 1 * MS}) is None


def test_what_was_not_measured_is_not_kept() -> None:
    points = [_point(100, 1, None)]
    assert curve.best_under_limit(points, {"p99": 10 * MS}) is None
    assert curve.best_under_limit(points, {"mean": 10 * MS}) == 0
    assert curve.best_under_limit(points, {"mean": 10 * MS, "memory": 1e12}) is None
    assert curve.best_under_limit(points, {"energy": 1.0}) is None
    assert curve.best_under_limit(points, {"energy": 1.0}, {"energy": 0.5}) == 0
    assert curve.best_under_limit(points, {"energy": 1.0}, {"energy": 1.5}) is None


def test_of_equally_fast_points_the_one_that_answers_sooner_is_best() -> None:
    assert curve.best_under_limit([_point(100, 3, 4), _point(100, 2, 4)], {"p99": 10 * MS}) == 1


def test_memory_is_that_of_the_device_where_it_was_seen() -> None:
    point = _point(100, 1, 2, Memory(peak_rss_bytes=100, device_peak_process_bytes=50))
    assert curve.value_of(point, "memory") == 50
    assert curve.value_of(point, "size") is None


def test_points_that_another_one_beats_are_not_on_the_front() -> None:
    points = [_point(300, 4), _point(100, 1), _failed(), _point(200, 5), _point(200, 2), _point(100, 1)]
    assert curve.pareto(points) == [1, 4, 0]
    assert curve.pareto(points, "p99") == []
