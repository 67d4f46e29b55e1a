"""Multiples of the baseline: paired, unpaired and assumed intervals, calls, and what has rules of its own."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from profiler.comparison import ratios
from profiler.comparison.compare import compare
from profiler.comparison.ratios import Measured
from profiler.comparison.records import Ratio
from profiler.metrics import accuracy, ratio
from profiler.result import (
    Accuracy,
    Energy,
    Latency,
    Level,
    Memory,
    Phases,
    Reason,
    Replicate,
    RunResult,
    SamplesPart,
    SamplesRef,
    Steadiness,
    Throughput,
    Verdict,
)
from tests import builders, builders_comparison

SAMPLES = builders.samples(steady=300)


def _process(p50_ns: float, turn: int, **changes: Any) -> Replicate:
    known = {"count": 1_000, "p50_ns": round(p50_ns), "mean_ns": p50_ns * 1.1, "p99_ns": round(2 * p50_ns)}
    latency = Latency(**known, **changes)  # type: ignore[arg-type]
    per_s = Throughput(1e9 / p50_ns, 1e9 / p50_ns)
    memory = Memory(peak_rss_bytes=round(1e8 + p50_ns))
    phases = Phases(load_ns=round(10 * p50_ns), first_inference_ns=round(3 * p50_ns))
    return Replicate(latency, "finished", replicate=turn, throughput=per_s, memory=memory, phases=phases)


def _run(*p50_ns: float, group: str = "ab12", **changes: Any) -> RunResult:
    processes = tuple(_process(value, turn) for turn, value in enumerate(p50_ns))
    middle = sorted(p50_ns)[(len(p50_ns) - 1) // 2]
    whole = _process(middle, 0)
    own: dict[str, Any] = {
        "replicates": processes,
        "group": group,
        "latency": whole.latency,
        "throughput": whole.throughput,
        "memory": whole.memory,
    }
    return builders.result(SAMPLES, **(own | changes))


def _ratio(own: RunResult, baseline: RunResult, quantity: str = "p50") -> Ratio:
    found = ratios.ratio_of(quantity, Measured(own), Measured(baseline))
    assert found is not None
    return found


def test_pairs_of_turns_take_the_drift_of_the_machine_out() -> None:
    drift = np.exp(np.linspace(0, 0.5, 5))
    slower, baseline = _run(*(1.1e6 * drift)), _run(*(1e6 * drift))
    found = _ratio(slower, baseline)
    assert (found.method, found.pairs, found.call) == ("paired_bootstrap", 5, "worse")
    assert found.value == pytest.approx(1.1, rel=1e-4)
    alone = msgspec.structs.replace(slower, group="")
    assert _ratio(alone, msgspec.structs.replace(baseline, group="")).call == "no_clear_difference"


def test_the_interval_is_the_bootstraps_error_by_students_t() -> None:
    own, baseline = [1.02, 1.1, 1.05, 0.99, 1.2], [1.0, 1.01, 1.02, 0.98, 1.03]
    logs = np.log(own) - np.log(baseline)
    found = ratio.paired(own, baseline)
    assert found.freedom == 4
    assert found.log == pytest.approx(logs.mean())
    assert found.error == pytest.approx(logs.std(ddof=1) / math.sqrt(5), rel=0.05)
    assert found.half_width == pytest.approx(2.776445 * found.error)
    assert found.detectable == pytest.approx(math.exp(4.928 * found.error), rel=1e-3)
    assert ratio.paired(own, baseline, seed=0) == found
    assert ratio.paired(own, baseline, seed=1) != found


def test_pairs_that_agree_by_chance_are_no_surer_than_their_blocks() -> None:
    same = [1e6, 1e6, 1e6]
    assert ratio.paired(same, same).error == 0.0
    assert ratio.paired(same, same, within=0.03).error == pytest.approx(0.03 / math.sqrt(3), rel=0.05)


def test_blocks_within_processes_are_not_counted_twice() -> None:
    own, baseline = [1.1, 1.0, 1.2, 1.15], [1.0, 1.0, 1.0, 1.0]
    alone = ratio.paired(own, baseline).error
    assert ratio.paired(own, baseline, within=0.04).error == pytest.approx(alone, rel=0.05)


def test_processes_that_did_not_take_turns_are_judged_by_welch_and_by_sittings() -> None:
    own, baseline = [1.1e6, 1.12e6, 1.08e6], [1.0e6, 1.3e6, 0.8e6, 1.1e6]
    found = ratio.unpaired(own, baseline)
    shares = [np.log(side).var(ddof=1) * (1 / len(side) + ratio.SITTING**2) for side in (own, baseline)]
    assert found.error == pytest.approx(math.sqrt(sum(shares) + 2 * ratio.LEAST_SITTING**2), rel=0.05)
    assert 3 <= found.freedom < 6
    told = _ratio(_run(*own, group=""), _run(*baseline, group=""))
    assert (told.method, told.pairs) == ("unpaired_bootstrap", 0)
    steady = ratio.unpaired([1e6] * 3, [1e6] * 3)
    assert steady.half_width == pytest.approx(1.96 * math.sqrt(2) * ratio.LEAST_SITTING, rel=1e-3)


def test_runs_of_different_groups_are_no_pairs() -> None:
    found = _ratio(_run(1e6, 1e6, 1e6, group="a"), _run(1e6, 1e6, 1e6, group="b"))
    assert found.method == "unpaired_bootstrap"


def test_of_few_processes_only_a_large_difference_is_called() -> None:
    for own, call in ((1.2e6, "no_clear_difference"), (2e6, "worse"), (0.5e6, "better")):
        found = _ratio(_run(own), _run(1e6))
        assert (found.method, found.call) == ("assumed_spread", call)
    half = 1.96 * ratios.ASSUMED_SPREAD["p50"] * math.sqrt(2)
    assert found.low == pytest.approx(0.5 * math.exp(-half), rel=1e-3)
    two = _ratio(_run(0.5e6, 0.5e6), _run(1e6, 1e6))
    assert two.low is not None
    assert found.low < two.low < two.value == 0.5  # type: ignore[operator]


def test_what_blocks_tell_widens_an_assumed_spread() -> None:
    def told(low: int, high: int) -> RunResult:
        process = _process(1e6, 0, p50_ci_ns=(low, high))
        return _run(1e6, replicates=(process,))

    exact, vague = _ratio(told(999_000, 1_001_000), _run(1e6)), _ratio(told(700_000, 1_400_000), _run(1e6))
    assert exact.high is not None
    assert vague.high is not None
    assert vague.high > exact.high * 1.05


@pytest.mark.parametrize(
    ("status", "codes", "call"),
    [
        ("stable", (), "worse"),
        ("drifting", (), "no_clear_difference"),
        ("stable", ("disturbed",), "no_clear_difference"),
        ("stable", ("first_call_slow",), "worse"),
    ],
)
def test_one_unsteady_process_is_not_told_from_what_it_wandered_over(
    status: str, codes: tuple[str, ...], call: str
) -> None:
    steadiness = Steadiness(status, segment_p50_ns=(1_000_000, 2_100_000, 1_900_000))
    verdict = Verdict(Level.CAUTION, tuple(Reason(code) for code in codes))
    found = _ratio(_run(2e6, steadiness=steadiness, verdict=verdict), _run(1e6))
    assert found.call == call
    if call != "worse":
        assert found.low == pytest.approx(2 / 2.1)
        assert found.detectable == pytest.approx(2.1)


def test_means_are_as_sure_as_their_blocks_where_samples_are_there() -> None:
    steady = np.tile(np.repeat([900_000, 1_100_000], 600), 10).astype(np.int64)
    ref = SamplesRef("x.npz", len(steady), 0, 0, parts=(SamplesPart(0, 0, 0, len(steady), 0, 0),))
    own = _run(1e6, samples=ref)
    with_samples = ratios.ratio_of("mean", Measured(own, steady), Measured(_run(1e6)))
    without = ratios.ratio_of("mean", Measured(own), Measured(_run(1e6)))
    assert with_samples is not None
    assert without is not None
    assert with_samples.high > without.high  # type: ignore[operator]


def test_better_is_less_but_for_answers_a_second_and_answers_right() -> None:
    quick, slow = _run(1e6, 1.01e6, 0.99e6), _run(2e6, 2.02e6, 1.98e6)
    calls = {name: _ratio(quick, slow, name).call for name in ("p50", "p99", "mean", "load", "throughput")}
    assert set(calls.values()) == {"better"}
    assert _ratio(slow, quick, "throughput").call == "worse"
    assert _ratio(slow, quick, "throughput").value == pytest.approx(0.5, rel=1e-3)


def test_memory_within_two_percent_is_the_same() -> None:
    def with_memory(*peaks: float) -> RunResult:
        processes = tuple(
            Replicate(
                Latency(1, p50_ns=1), "finished", replicate=at, memory=Memory(peak_rss_bytes=round(peak))
            )
            for at, peak in enumerate(peaks)
        )
        return _run(1e6, replicates=processes, memory=Memory(peak_rss_bytes=round(max(peaks))))

    base = with_memory(1e8, 1e8, 1e8)
    assert _ratio(with_memory(1.015e8, 1.015e8, 1.015e8), base, "memory").call == "no_clear_difference"
    assert _ratio(with_memory(1.05e8, 1.05e8, 1.05e8), base, "memory").call == "worse"
    assert _ratio(with_memory(0.8e8), with_memory(1e8), "memory").call == "better"


def test_a_file_is_exactly_as_large_as_it_is() -> None:
    small, large = (
        _run(1e6, model=msgspec.structs.replace(builders.model(), size_bytes=size)) for size in (50, 100)
    )
    assert _ratio(small, large, "size") == Ratio(0.5, 0.5, 0.5, "exact", call="better")
    assert _ratio(small, small, "size").call == "no_clear_difference"


def test_energy_is_judged_by_its_stated_uncertainty_or_not_at_all() -> None:
    def with_energy(joules: float, uncertainty: float | None) -> RunResult:
        return _run(1e6, energy=Energy("nvml", per_inference_j=joules, uncertainty=uncertainty))

    assert _ratio(with_energy(0.5, 0.05), with_energy(1.0, 0.05), "energy").call == "better"
    assert _ratio(with_energy(0.95, 0.05), with_energy(1.0, 0.05), "energy").call == "no_clear_difference"
    assert _ratio(with_energy(0.5, None), with_energy(1.0, 0.05), "energy").call == "not_known"
    assert ratios.ratio_of("energy", Measured(_run(1e6)), Measured(with_energy(1.0, 0.1))) is None


def _labelled(wrong: int, count: int = 200) -> RunResult:
    right = np.arange(count) >= wrong
    found = builders_comparison.labelled(
        count=count, planned=count, top1=1 - wrong / count, right_bits=accuracy.packed(right)
    )
    return _run(1e6, accuracy=Accuracy(labelled=found))


def test_one_answer_more_or_less_is_no_difference_in_accuracy() -> None:
    found = _ratio(_labelled(3), _labelled(2), "top1")
    assert (found.method, found.call) == ("mcnemar", "no_clear_difference")
    assert found.low is not None
    assert found.high is not None
    assert found.low < found.value < found.high
    assert _ratio(_labelled(30), _labelled(2), "top1").call == "worse"
    assert _ratio(_labelled(2), _labelled(30), "top1").call == "better"


def test_accuracy_on_other_samples_is_not_judged() -> None:
    other = _run(1e6, accuracy=Accuracy(labelled=builders_comparison.labelled(top1=0.5)))
    assert _ratio(_labelled(2), other, "top1").call == "not_known"


def test_what_was_not_measured_has_no_ratio() -> None:
    few = _run(1e6, latency=Latency(10, p50_ns=1_000_000))
    found = compare([(_run(1e6), None), (few, None)])
    assert found.ratios["p99"] == (None, None)
    assert found.ratios["p50"][0] is None
    assert found.ratios["p50"][1] is not None
    with pytest.raises(IndexError):
        compare([(few, None)], baseline=1)


def test_a_percentile_that_no_single_process_supports_is_told_without_an_interval() -> None:
    own = _run(
        1e6, replicates=tuple(Replicate(Latency(100, p50_ns=1), "finished", replicate=at) for at in range(3))
    )
    found = _ratio(own, _run(1e6, 1e6, 1e6), "p99")
    assert (found.low, found.call) == (None, "not_known")


def test_a_sweep_is_judged_by_the_processes_of_its_chosen_point() -> None:
    processes = tuple(
        msgspec.structs.replace(_process(value, turn), point=point)
        for point, value in ((0, 9e6), (1, 1e6))
        for turn in range(3)
    )
    own = _run(1e6, replicates=processes, chosen_point=1)
    assert ratios.by_turn(own, "p50") == pytest.approx({0: 1e6, 1: 1e6, 2: 1e6})


def test_ranks_that_measured_at_once_are_one_process() -> None:
    ranks = tuple(msgspec.structs.replace(_process(value, 0), rank=at) for at, value in enumerate((1e6, 4e6)))
    assert ratios.by_turn(_run(1e6, replicates=ranks), "p50") == pytest.approx({0: 2e6})
