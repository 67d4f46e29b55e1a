"""The search for the highest rate, on simulated servers whose true highest rate is known."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest

from profiler.metrics import latency, open_loop, search
from profiler.metrics.search import Answer, Decision, Found, Policy, Probe

MS = 1_000_000
LONG = Policy(most_s=600.0, most_count=100_000)
Server = Callable[[Probe], Answer]


def _run(answer: Server, policy: Policy = search.DEFAULT, seed: int = 0) -> tuple[Found, list[Probe]]:
    strategy = search.search(seed, policy)
    probes = [next(strategy)]
    while True:
        try:
            probes.append(strategy.send(answer(probes[-1])))
        except StopIteration as end:
            return end.value, probes


def _md1(limit_ns: int, capacity_per_s: float = 1_000.0) -> Server:
    """One server of 1 ms, responses from the due time, the first second left out."""

    def answer(probe: Probe) -> Answer:
        if probe.rate_per_s is None:
            return Answer(per_s=capacity_per_s)
        count = min(probe.most_count, int(probe.rate_per_s * probe.most_s))
        due = open_loop.schedule_ns(probe.rate_per_s, probe.seed, count=count)
        _, end = open_loop.simulate(due, MS)
        counted = due > due[0] + 1_000 * MS
        grows = open_loop.backlog_grows(due, end)
        return Answer(decision=search.decide((end - due)[counted], limit_ns, 0.99, grows))

    return answer


def _true_rate(limit_ns: int) -> float:
    """Bisection with a million arrivals a step."""
    low, high = 10.0, 999.0
    while high - low > 1:
        middle = (low + high) / 2
        due = open_loop.schedule_ns(middle, 99, count=1_000_000)
        held = latency.percentile(np.sort(open_loop.simulate(due, MS)[1] - due), 0.99) <= limit_ns
        low, high = (middle, high) if held else (low, middle)
    return low


def _threshold(rate: float, capacity_per_s: float = 1_000.0) -> Server:
    """Accepts exactly up to a rate."""

    def answer(probe: Probe) -> Answer:
        if probe.rate_per_s is None:
            return Answer(per_s=capacity_per_s)
        return Answer(decision=Decision.ACCEPT if probe.rate_per_s <= rate else Decision.REJECT)

    return answer


def _rates(probes: list[Probe], stage: str) -> list[float]:
    return [probe.rate_per_s or 0.0 for probe in probes if probe.stage == stage]


def _shares(limit_ns: int, policy: Policy, seeds: int) -> list[float]:
    """The rate found with each seed, as a share of the true one."""
    true = _true_rate(limit_ns)
    return [(_run(_md1(limit_ns), policy, 10 * seed)[0].rate_per_s or 0.0) / true for seed in range(seeds)]


@pytest.mark.parametrize("limit_ms", [10, 20])
def test_highest_rate_of_an_md1_server_is_found_within_three_percent(limit_ms: int) -> None:
    shares = _shares(limit_ms * MS, LONG, 10)
    assert float(np.median(shares)) == pytest.approx(1.0, abs=0.02)
    assert sum(abs(share - 1) <= 0.03 for share in shares) >= 8
    assert all(0.95 <= share <= 1.01 for share in shares)


def test_short_probes_find_less_than_the_true_rate_but_seldom_more() -> None:
    shares = _shares(10 * MS, search.DEFAULT, 20)
    assert float(np.median(shares)) == pytest.approx(0.98, abs=0.02)
    assert max(shares) < 1.05


def test_a_limit_that_nothing_keeps_ends_with_none() -> None:
    found, probes = _run(_md1(MS // 2))
    assert (found.rate_per_s, found.reason) == (None, "none_passes")
    assert _rates(probes, "bracket") == [500 / 2**step for step in range(7)]
    assert {probe.stage for probe in probes} == {"capacity", "bracket"}


def test_bisection_reaches_two_percent_in_at_most_seven_probes() -> None:
    for true in (501.0, 640.0, 777.0, 999.0):
        found, probes = _run(_threshold(true))
        assert len(_rates(probes, "bisect")) <= 7
        assert found.rate_per_s is not None
        assert found.rate_per_s <= true <= 1.02 * found.rate_per_s


def test_rate_far_below_capacity_is_bracketed_by_halving() -> None:
    found, probes = _run(_threshold(70.0))
    assert _rates(probes, "bracket") == [500.0, 250.0, 125.0, 62.5]
    assert found.rate_per_s == pytest.approx(70, rel=0.02)


def test_probes_share_one_seed_and_confirmation_has_a_fresh_one_and_three_times_the_length() -> None:
    _, probes = _run(_threshold(800.0), seed=11)
    assert {probe.seed for probe in probes if probe.stage in ("bracket", "bisect")} == {11}
    (confirm,) = [probe for probe in probes if probe.stage == "confirm"]
    assert confirm.seed != 11
    assert (confirm.most_count, confirm.most_s) == (18_000, 180.0)
    assert probes[-1] == confirm._replace(stage="recheck")


def test_an_undecided_probe_counts_as_fail() -> None:
    def answer(probe: Probe) -> Answer:
        decided = _threshold(600.0)(probe)
        undecided = decided.decision is Decision.REJECT
        return Answer(decision=Decision.UNDECIDED) if undecided else decided

    found, _ = _run(answer)
    assert found.rate_per_s == pytest.approx(600, rel=0.02)


def test_a_search_that_could_decide_nothing_says_so() -> None:
    found, _ = _run(lambda probe: Answer(1_000.0, Decision.UNDECIDED))
    assert (found.rate_per_s, found.reason) == (None, "undecided")


def test_a_rate_that_is_not_confirmed_is_lowered_step_by_step_with_fresh_seeds() -> None:
    def answer(probe: Probe) -> Answer:
        longer = probe.stage in ("confirm", "recheck")
        return _threshold(600 * 0.97 if longer else 600.0)(probe)

    found, probes = _run(answer)
    tried = [probe for probe in probes if probe.stage == "confirm"]
    rates = _rates(probes, "confirm")
    assert found.rate_per_s == rates[-1] <= 600 * 0.97
    assert 2 <= len(rates) <= 3
    assert all(later == pytest.approx(0.98 * sooner) for sooner, later in itertools.pairwise(rates))
    assert len({probe.seed for probe in tried}) == len(tried)


def test_a_rate_that_is_never_confirmed_is_none() -> None:
    found, probes = _run(lambda probe: _threshold(0.0 if probe.stage == "confirm" else 600.0)(probe))
    assert (found.rate_per_s, found.reason) == (None, "not_confirmed")
    assert len(_rates(probes, "confirm")) == 4


@pytest.mark.parametrize("last", [Decision.REJECT, Decision.UNDECIDED, None])
def test_a_rate_that_fails_at_the_end_has_drifted(last: Decision | None) -> None:
    found, _ = _run(
        lambda probe: Answer(decision=last) if probe.stage == "recheck" else _threshold(600.0)(probe)
    )
    assert found.drifted
    assert found.recheck is last
    assert found.rate_per_s == pytest.approx(600, rel=0.02)


def test_capacity_is_sought_with_ever_more_in_flight_until_it_gains_little() -> None:
    reached = {1: 1_000.0, 2: 1_900.0, 4: 2_000.0, 8: 2_050.0, 16: 9_000.0}

    def answer(probe: Probe) -> Answer:
        return Answer(per_s=reached[probe.in_flight]) if probe.in_flight else _threshold(1_500.0)(probe)

    found, probes = _run(answer)
    assert [probe.in_flight for probe in probes if probe.stage == "capacity"] == [1, 2, 4, 8]
    assert found.capacity_per_s == 2_050.0


def test_capacity_stands_where_more_in_flight_fails() -> None:
    found, _ = _run(
        lambda probe: (
            Answer(1_000.0 if probe.in_flight == 1 else None) if probe.in_flight else _threshold(700.0)(probe)
        )
    )
    assert found.capacity_per_s == 1_000.0
    assert _run(lambda probe: Answer())[0] == Found(None, None, "no_capacity")


def test_decision_needs_proof_on_either_side() -> None:
    response = np.full(1_000, MS, dtype=np.int64)
    for over, decision in ((0, "accept"), (4, "accept"), (5, "undecided"), (15, "undecided"), (16, "reject")):
        response[:over] = 11 * MS
        assert search.decide(response, 10 * MS, 0.99) == decision, over
    assert search.decide(response[500:], 10 * MS, 0.99) is Decision.ACCEPT
    assert search.decide(response[500:], 10 * MS, 0.99, backlog_grows=True) is Decision.REJECT
    assert search.decide(response[900:], 10 * MS, 0.99) is Decision.UNDECIDED
    assert search.decide(response[:0], 10 * MS, 0.99) is Decision.UNDECIDED


def test_a_response_of_exactly_the_limit_keeps_it() -> None:
    assert search.decide(np.full(299, 10 * MS), 10.0 * MS, 0.99) is Decision.ACCEPT


def test_bisection_halves_the_logarithm() -> None:
    _, probes = _run(_threshold(1e9))
    assert _rates(probes, "bisect")[0] == pytest.approx(math.sqrt(500 * 1_000))
