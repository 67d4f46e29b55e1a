"""The loop on a fake clock: every figure exact."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from profiler import scenarios
from profiler.plan import Stopping
from profiler.sample_file import Writer, create, read_all
from profiler.scenarios import BlockReport, ClosedLoop, WarmUp, single_stream
from tests.fake_clock import FakeClock

MS = 1_000_000
S = 1_000 * MS


@pytest.fixture
def writer(tmp_path: Path) -> Writer:
    create(tmp_path / "samples.bin")
    return Writer(tmp_path / "samples.bin")


def _ignore(report: BlockReport) -> None:
    assert report.calls > 0


def _loop(writer: Writer, clock: FakeClock, *latencies: int, stop_at: int | None = None) -> ClosedLoop:
    calls = [clock.call_lasting(latency) for latency in latencies]
    return single_stream(calls, writer, clock, lambda: stop_at is not None and clock.now >= stop_at)


def test_a_sample_holds_exactly_the_call(writer: Writer) -> None:
    clock = FakeClock(tick_ns=0)
    loop = _loop(writer, clock, 5 * MS, 7 * MS)
    assert [loop.cold_call(), loop.cold_call(), loop.cold_call()] == [5 * MS, 7 * MS, 5 * MS]
    assert writer.array().tolist() == [5 * MS, 7 * MS, 5 * MS]


def test_reading_the_clock_adds_one_reading_to_a_sample(writer: Writer) -> None:
    clock = FakeClock(tick_ns=70)
    assert _loop(writer, clock, 1_000).cold_call() == 1_070


def test_inputs_rotate_across_blocks(writer: Writer) -> None:
    clock = FakeClock(tick_ns=0)
    loop = _loop(writer, clock, 100 * MS, 101 * MS, 102 * MS, 103 * MS)
    loop.measure(Stopping(1.0, 1, 1.0), _ignore)
    values = (writer.array() // MS).tolist()
    assert values == [100 + index % 4 for index in range(len(values))]


def test_a_steady_model_is_warm_after_five_windows(writer: Writer) -> None:
    clock = FakeClock(tick_ns=0)
    warm = _loop(writer, clock, 5 * MS).warm_up("auto", _ignore)
    assert (warm.status, warm.calls, warm.elapsed_ns) == ("steady", 250, 1_250 * MS)


def test_the_plateau_of_a_late_optimiser_is_not_taken_for_steady(writer: Writer) -> None:
    """TorchScript, pytorch issue 52286: 17 runs of 0.12 s, one of 0.78 s, then 0.052 s."""
    clock = FakeClock(tick_ns=0)
    trace = [120 * MS] * 20 + [780 * MS] + [52 * MS] * 2_000
    calls = iter(trace)
    loop = single_stream([lambda: clock.advance(next(calls))], writer, clock, lambda: False)
    warm = loop.warm_up("auto", _ignore)
    assert warm.status == "steady"
    assert warm.calls > 21
    assert int(writer.array()[-1]) == 52 * MS


def test_a_model_that_never_settles_is_measured_at_the_cap(writer: Writer) -> None:
    clock = FakeClock(tick_ns=0)
    growing = iter(range(10, 10_000, 5))
    loop = single_stream([lambda: clock.advance(next(growing) * MS)], writer, clock, lambda: False)
    warm = loop.warm_up("auto", _ignore)
    assert warm.status == "not_stabilised"
    assert warm.elapsed_ns >= 30 * S


def test_a_shorter_cap_holds_once_there_were_calls_enough(writer: Writer) -> None:
    def practised(first_ms: int) -> WarmUp:
        clock = FakeClock(tick_ns=0)
        growing = iter(range(first_ms, 100_000, 5))
        loop = single_stream([lambda: clock.advance(next(growing) * MS)], writer, clock, lambda: False)
        return loop.warm_up("auto", _ignore, 6 * S)

    quick = practised(10)
    assert quick.status == "not_stabilised"
    assert 6 * S <= quick.elapsed_ns < 7 * S
    slow = practised(1_000)
    assert slow.calls >= 30 or slow.elapsed_ns >= 30 * S


def test_a_fixed_warm_up_makes_exactly_that_many_calls(writer: Writer) -> None:
    warm = _loop(writer, FakeClock(tick_ns=0), 100 * MS).warm_up(7, _ignore)
    assert (warm.calls, warm.status, writer.count) == (7, "fixed", 7)
    assert _loop(writer, FakeClock(tick_ns=0), 100 * MS).warm_up(0, _ignore).calls == 0


def test_measuring_stops_when_the_rule_holds(writer: Writer) -> None:
    steady = _loop(writer, FakeClock(tick_ns=0), 5 * MS).measure(Stopping(3.0, 30, 10.0), _ignore)
    assert (steady.rule_held, steady.stopped, steady.elapsed_ns) == (True, False, 3 * S)
    assert writer.count == 600


def test_measuring_ends_at_its_cap_and_says_that_the_rule_did_not_hold(writer: Writer) -> None:
    steady = _loop(writer, FakeClock(tick_ns=0), 5 * MS).measure(Stopping(1.0, 10_000, 2.0), _ignore)
    assert (steady.rule_held, steady.elapsed_ns) == (False, 2 * S)


def test_a_slow_model_makes_at_least_one_call_a_block(writer: Writer) -> None:
    steady = _loop(writer, FakeClock(tick_ns=0), 3 * S).measure(Stopping(5.0, 2, 10.0), _ignore)
    assert (writer.count, steady.rule_held) == (2, True)


def test_stopping_is_heard_between_blocks_and_keeps_what_was_measured(writer: Writer, tmp_path: Path) -> None:
    clock = FakeClock(tick_ns=0)
    loop = _loop(writer, clock, 10 * MS, stop_at=2 * S)
    loop.cold_call()
    writer.mark_cold(1)
    steady = loop.measure(Stopping(30.0, 10, 60.0), _ignore)
    assert steady.stopped
    contents = read_all(tmp_path / "samples.bin")
    assert contents.cold_count == 1
    assert contents.steady.tolist() == [10 * MS] * (steady.elapsed_ns // (10 * MS))
    assert contents.block_starts[:3] == (0, 25, 50)


def test_the_null_call_records_the_clock_alone() -> None:
    assert set(scenarios.null_call_ns(FakeClock(tick_ns=70), 100).tolist()) == {70}


def test_reports_count_up_to_the_whole(writer: Writer) -> None:
    reports: list[BlockReport] = []
    _loop(writer, FakeClock(tick_ns=0), 5 * MS).measure(Stopping(2.0, 1, 2.0), reports.append)
    assert [report.calls for report in reports] == sorted(report.calls for report in reports)
    assert np.allclose([report.share for report in reports], np.arange(1, 8) / 8)
