"""Which child comes next: replicates alternate, a failed point is not tried again, conditions in order."""

from __future__ import annotations

import threading

import msgspec
import pytest

from profiler import batch_search, campaign, cores, lock_holders, steps
from profiler.alternation import Alternation
from profiler.errors import ErrorInfo
from profiler.gate import LEAD_NS, LocalGate, window_s
from profiler.plan import (
    Companion,
    Concurrency,
    Offline,
    Preset,
    RunPlan,
    Server,
    Stopping,
    Sweep,
    share_of,
    stopping_for,
)
from profiler.result import Memory, Point, Status
from profiler.steps import Step


def _all(plan: RunPlan, *failing: int) -> list[Step]:
    made, going = [], campaign.steps(plan)
    step = next(going)
    while True:
        made.append(step)
        status = Status.FAILED if step.index in failing else Status.FINISHED
        error = ErrorInfo("out_of_memory") if step.index in failing else None
        try:
            step = going.send(msgspec.structs.replace(step.point, status=status, error=error))
        except StopIteration:
            return made


def test_replicates_of_a_sweep_alternate() -> None:
    plan = RunPlan("m", "r", sweep=Sweep(batch=(1, 4)), replicates=2)
    assert [(step.replicate, step.point.batch) for step in _all(plan)] == [(0, 1), (0, 4), (1, 1), (1, 4)]


def test_a_point_that_failed_is_not_tried_again_and_the_others_go_on() -> None:
    plan = RunPlan("m", "r", sweep=Sweep(batch=(1, 64)), replicates=3)
    assert [(step.replicate, step.index) for step in _all(plan, 1)] == [(0, 0), (0, 1), (1, 0), (2, 0)]


def test_every_combination_is_a_point() -> None:
    plan = RunPlan("m", "r", sweep=Sweep(batch=(1, 2), concurrency=(1, 3), threads=(1,)), replicates=1)
    scenarios = [(step.plan.batch, step.plan.threads, step.plan.scenario) for step in _all(plan)]
    assert scenarios == [
        (1, 1, Concurrency(1)),
        (1, 1, Concurrency(3)),
        (2, 1, Concurrency(1)),
        (2, 1, Concurrency(3)),
    ]
    offline = RunPlan("m", "r", scenario=Offline(), sweep=Sweep(concurrency=(2,)), replicates=1)
    assert [step.plan.scenario for step in _all(offline)] == [Offline(2)]


def test_rates_are_points_of_a_server_and_each_process_draws_its_own_arrivals() -> None:
    plan = RunPlan("m", "r", scenario=Server(), sweep=Sweep(rate_per_s=(10.0, 20.0)), replicates=2, seed=5)
    found = [step.plan.scenario for step in _all(plan)]
    assert found == [Server(10.0, 0, 5), Server(20.0, 0, 5), Server(10.0, 0, 6), Server(20.0, 0, 6)]
    assert {step.plan.seed for step in _all(plan)} == {5}
    assert not steps.is_search(plan)


def test_time_and_count_are_shared_among_the_processes_of_a_point() -> None:
    assert share_of(stopping_for(Preset.STANDARD), 3) == Stopping(10 / 3, 334, 20.0, 0.01, 1.10)
    plan = RunPlan("m", "r", preset=Preset.STANDARD, stopping=stopping_for(Preset.STANDARD, 6.0))
    assert [step.plan.stopping.maximum_s for step in _all(plan)] == [2.0, 2.0, 2.0]
    quick = RunPlan("m", "r", preset=Preset.QUICK)
    assert len(_all(quick)) == 1


def test_models_that_live_together_are_measured_alone_idle_and_busy() -> None:
    plan = RunPlan("m", "r", companions=(Companion("o", "r"),), replicates=1)
    found = [(step.point.together, len(step.plan.companions)) for step in _all(plan)]
    assert found == [("alone", 0), ("idle", 1), ("busy", 1)]
    assert campaign.has_points(plan)


def test_runs_take_turns_child_by_child_and_one_that_is_over_drops_out() -> None:
    turns, order = Alternation(3), list[str]()

    def work(place: int, children: int) -> None:
        for child in range(children):
            with turns.turn(place):
                order.append(f"{'ABC'[place]}{child}")
        turns.leave(place)

    threads = [threading.Thread(target=work, args=pair) for pair in ((2, 1), (1, 2), (0, 3))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert order == ["A0", "B0", "C0", "B1", "A1", "A2"]


def test_every_second_round_goes_backwards_so_that_nobody_always_comes_second() -> None:
    turns, order = Alternation(2), list[str]()

    def work(place: int) -> None:
        for _ in range(4):
            with turns.turn(place):
                order.append("AB"[place])
        turns.leave(place)

    threads = [threading.Thread(target=work, args=(place,)) for place in (1, 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert "".join(order) == "ABBAABBA"


def test_the_gate_opens_for_all_at_one_moment() -> None:
    gate = LocalGate(2, Stopping(3.0, 100, 20.0), lambda: 1_000)
    gate.arrive(5_000_000)
    assert gate.begin() is None
    gate.arrive(7_000_000)
    begin = gate.begin()
    assert begin is not None
    assert (begin.at_ns, begin.duration_s) == (1_000 + LEAD_NS, 3.0)
    gate.give_up()
    assert not gate.is_lost


def test_the_gate_lets_go_of_those_who_wait_for_a_lost_one() -> None:
    gate = LocalGate(2, Stopping(3.0, 1, 3.0), lambda: 0)
    gate.arrive(1)
    gate.give_up()
    assert gate.is_lost


@pytest.mark.parametrize(("p50_ns", "seconds"), [(1_000_000, 3.0), (100_000_000, 10.0), (10**9, 20.0)])
def test_the_window_holds_the_count_that_the_rule_asks_for(p50_ns: int, seconds: float) -> None:
    assert window_s(Stopping(3.0, 100, 20.0), p50_ns) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("rank", "ranks", "cpus", "expected"),
    [
        (0, 2, (0, 1, 2, 3), cores.Place((0, 1), 2, "cpu")),
        (1, 2, (4, 5, 7), cores.Place((5,), 1, "cpu")),
        (2, 3, (0, 1), cores.Place((), 1, "cpu")),
    ],
)
def test_each_process_gets_an_equal_share_of_the_cores(
    rank: int, ranks: int, cpus: tuple[int, ...], expected: cores.Place
) -> None:
    assert cores.place(rank, ranks, cpus) == expected


def test_each_process_gets_a_gpu_of_its_own_where_there_are_enough() -> None:
    assert cores.place(1, 2, (0, 1), 0, "cuda:0", 2).device == "cuda:1"
    assert cores.place(1, 2, (0, 1), 0, "cuda:0", 1).device == "cuda:0"


def test_a_point_starts_without_figures() -> None:
    point = steps.point_of(RunPlan("m", "r", scenario=Server(7.0, 3)))
    assert point == Point(1, 3, 0, rate_per_s=7.0, status=Status.INTERRUPTED)


def test_requests_at_once_are_processes_where_calls_hold_the_interpreter_lock() -> None:
    plan = RunPlan(
        "m", "aot_inductor", scenario=Concurrency(1), sweep=Sweep(concurrency=(1, 3)), replicates=1
    )
    one, three = _all(plan)
    assert (one.plan.world_size, one.plan.scenario) == (1, Concurrency(1))
    assert (three.plan.world_size, three.plan.scenario) == (3, Concurrency(1))
    assert (three.point.concurrency, three.point.world_size) == (3, 1)


def test_a_world_keeps_its_processes_and_says_that_requests_took_turns() -> None:
    plan = RunPlan("m", "aot_inductor", scenario=Offline(2), world_size=2, replicates=1)
    (step,) = _all(plan)
    assert (step.plan.world_size, step.plan.scenario) == (2, Offline(2))
    assert [reason.code for reason in lock_holders.reasons(plan, 2)] == ["lock_held"]
    apart = msgspec.structs.replace(plan, world_size=1)
    assert [reason.code for reason in lock_holders.reasons(apart, 2)] == ["lock_in_processes"]
    assert lock_holders.reasons(msgspec.structs.replace(apart, runtime="onnxruntime"), 2) == ()


def test_the_search_for_the_largest_batch_stops_where_a_batch_fails_for_another_reason_than_memory() -> None:
    plan = RunPlan(
        "m", "onnxruntime", finds_largest_batch=True, memory_limit_bytes=10**9, preset=Preset.STANDARD
    )
    going = campaign.steps(plan)
    first = next(going)
    assert (first.plan.batch, first.plan.distinct_inputs, first.plan.warmup, first.replicates) == (1, 1, 0, 1)
    second = going.send(_fitting(first, 10**8))
    assert second.plan.batch == 4
    refused = msgspec.structs.replace(
        second.point, status=Status.FAILED, error=ErrorInfo("shape_mismatch", {"name": "x"})
    )
    with pytest.raises(StopIteration) as end:
        going.send(refused)
    assert [reason.code for reason in end.value.value] == ["batch_is_fixed"]


def test_the_largest_batch_is_the_last_that_answered_below_the_first_that_ran_out_of_memory() -> None:
    plan = RunPlan("m", "onnxruntime", finds_largest_batch=True, memory_limit_bytes=10**9)
    going: campaign.Steps = campaign.steps(plan)
    seen: list[Point] = []
    step: Step | None = next(going)
    while step is not None:
        peak = 5 * 10**7 + 3 * 10**6 * step.plan.batch
        seen.append(_fitting(step, peak) if peak <= 10**9 else _full(step))
        step = _sent(going, seen[-1])
    found = batch_search.answer_of(seen, plan)
    assert found is not None
    assert found.smallest_failing is not None
    assert 310 <= found.batch <= 316 < found.smallest_failing <= 323
    assert (found.peak_bytes, found.limit_bytes) == (5 * 10**7 + 3 * 10**6 * found.batch, 10**9)
    assert batch_search.answer_of([], plan) is None


def _sent(going: campaign.Steps, point: Point) -> Step | None:
    try:
        return going.send(point)
    except StopIteration:
        return None


def _fitting(step: Step, peak_bytes: int) -> Point:
    return msgspec.structs.replace(
        step.point, status=Status.FINISHED, memory=Memory(peak_rss_bytes=peak_bytes)
    )


def _full(step: Step) -> Point:
    return msgspec.structs.replace(step.point, status=Status.FAILED, error=ErrorInfo("out_of_memory"))
