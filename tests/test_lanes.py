"""Several lanes: all begin together, each keeps its own time, and their samples come in order of time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from profiler.errors import ErrorInfo
from profiler.heard import Heard
from profiler.outcome import Outcome, read
from profiler.plan import Concurrency, MultiStream, RunPlan, Server, Stopping
from profiler.result import Model, Status
from profiler.sample_file import Contents, Writer, create, lane_path, read_all
from profiler.scenarios import ClosedLoop, query_of
from profiler.senders import Crew, Job, Lane, ManyLanes
from tests.fake_clock import FakeClock

MS = 1_000_000
MODEL = Model("m.onnx", "onnx", "ab" * 32, 1)


def _in_turn(jobs: list[Job]) -> None:
    for job in jobs:
        job()


def _lanes(folder: Path, *latencies: int) -> tuple[list[Lane], list[Writer]]:
    """Each lane on a clock of its own, as if it had a core of its own."""
    writers = []
    for number in range(len(latencies)):
        path = lane_path(folder / "samples.bin", number)
        create(path)
        writers.append(Writer(path))
    lanes = []
    for writer, latency in zip(writers, latencies, strict=True):
        clock = FakeClock()
        lanes.append(Lane([clock.call_lasting(latency)], writer, clock))
    return lanes, writers


def test_lanes_of_different_speed_add_up_each_by_its_own_time(tmp_path: Path) -> None:
    lanes, writers = _lanes(tmp_path, 2 * MS, 5 * MS)
    loop = ClosedLoop(ManyLanes(lanes, _in_turn), FakeClock(), lambda: False)
    steady = loop.measure(Stopping(4.0, 1, 4.0), lambda _: None)
    assert [writer.count for writer in writers] == [2_000, 800]
    assert [lane.elapsed_ns for lane in lanes] == [4_000 * MS, 4_000 * MS]
    assert steady.elapsed_ns == 4_000 * MS
    for writer in writers:
        writer.close()
    outcome = read(Heard(RunPlan("m", "r", scenario=Concurrency(2)), MODEL), tmp_path)
    assert outcome.calls == 2_800
    assert outcome.calls_per_s == pytest.approx(700.0)


def test_a_lane_that_ends_a_block_late_does_not_hold_down_the_others(tmp_path: Path) -> None:
    """A call of 700 ms overruns a block of 1 s; the fast lane's speed is its own."""
    lanes, writers = _lanes(tmp_path, MS, 700 * MS)
    loop = ClosedLoop(ManyLanes(lanes, _in_turn), FakeClock(), lambda: False)
    loop.measure(Stopping(1.0, 1, 1.0), lambda _: None)
    assert [lane.elapsed_ns for lane in lanes] == [1_000 * MS, 1_400 * MS]
    for writer in writers:
        writer.close()
    outcome = read(Heard(RunPlan("m", "r", scenario=Concurrency(2)), MODEL), tmp_path)
    assert outcome.calls_per_s == pytest.approx(1_000 + 1 / 0.7)


def test_practice_makes_every_lane_warm(tmp_path: Path) -> None:
    lanes, writers = _lanes(tmp_path, 5 * MS, 5 * MS)
    loop = ClosedLoop(ManyLanes(lanes, _in_turn), FakeClock(), lambda: False)
    loop.cold_call()
    assert [writer.count for writer in writers] == [1, 0]
    warm = loop.warm_up("auto", lambda _: None)
    assert warm.status == "steady"
    assert [writer.count for writer in writers] == [251, 250]
    assert loop.warm_up(3, lambda _: None).calls == 6
    for writer in writers:
        writer.close()
    assert [read_all(lane_path(tmp_path / "samples.bin", lane)).cold_count for lane in (0, 1)] == [1, 0]


def test_samples_of_lanes_come_in_the_order_in_which_they_ended() -> None:
    def contents(values: list[int], starts: tuple[int, ...], clocks: tuple[int, ...]) -> Contents:
        return Contents(np.array(values, dtype=np.int64), 0, 0, starts, clocks)

    slow = contents([30, 30, 30], (0, 2), (0, 100))
    fast = contents([10, 11, 12], (0, 1), (5, 101))
    outcome = Outcome(Heard(RunPlan("m", "r"), MODEL), (slow, fast))
    assert outcome.steady.tolist() == [10, 30, 30, 11, 12, 30]


def test_a_query_of_several_samples_counts_every_call() -> None:
    plan = RunPlan("m", "r", scenario=MultiStream(8), batch=3)
    assert plan.calls_per_query(3) == 3
    heard = Heard(plan, MODEL)
    lane = Contents(np.full(10, 6 * MS, dtype=np.int64), 0, 0, (0,), (0,))
    outcome = Outcome(heard, (lane,))
    assert outcome.calls == 30
    assert outcome.calls_per_s == pytest.approx(500)
    assert outcome.samples_per_call == pytest.approx(8 / 3)


def test_queries_rotate_over_the_inputs() -> None:
    made: list[int] = []
    calls = [lambda number=number: made.append(number) for number in range(3)]
    for query in query_of(calls, 2):
        query()
    assert made == [0, 1, 2, 0, 1, 2]
    assert query_of(calls, 1) == calls


def test_a_crew_runs_its_jobs_at_once_and_raises_what_they_raise() -> None:
    crew = Crew(2)
    met: list[int] = []
    crew.run([lambda: met.append(1), lambda: met.append(2)])
    assert sorted(met) == [1, 2]

    def broken() -> None:
        raise ValueError("no memory")

    with pytest.raises(ValueError, match="no memory"):
        crew.run([broken, lambda: met.append(3)])
    assert 3 in met
    crew.close()


def test_a_child_says_how_it_ended() -> None:
    heard = Heard(RunPlan("m", "r", scenario=Server(5.0)), MODEL)
    assert heard.status is Status.INTERRUPTED
    heard.error = ErrorInfo("out_of_memory")
    assert heard.status is Status.FAILED
    heard.error = ErrorInfo("cancelled")
    heard.cancelled = True
    assert heard.status is Status.STOPPED
