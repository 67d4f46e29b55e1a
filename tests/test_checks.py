"""Every check of the verdict: what provokes it, and what just does not."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from profiler import wording
from profiler.metrics import verdict
from profiler.metrics.evidence import Evidence
from profiler.result import (
    Boundary,
    Check,
    Disturbance,
    Latency,
    Lateness,
    Level,
    Phases,
    Reason,
    Steadiness,
)

MS = 1_000_000
LATENCY = Latency(count=1_000, p50_ns=10 * MS, p99_ns=12 * MS)
STABLE = Steadiness("stable", stop_rule_held=True)


def _judged(evidence: Evidence, latency: Latency = LATENCY) -> dict[str, Reason]:
    found = verdict.judge(latency, STABLE, Boundary(), (), evidence)
    return {reason.code: reason for reason in found.reasons}


def _child(**fields: Any) -> Evidence:
    return Evidence(disturbances=(Disturbance(wall_s=10.0, **fields),))


def _machine(**fields: Any) -> Evidence:
    return Evidence(machine=fields, usable_cpus=4.0)


def _card(**fields: Any) -> Evidence:
    return Evidence(machine={"gpus": [{"index": 0, **fields}]}, device="cuda:0")


def _late(**fields: Any) -> Evidence:
    whole = {"target_per_s": 100.0, "achieved_per_s": 100.0, "workers": 2, **fields}
    return Evidence(lateness=Lateness(**whole))


def _warned(code: str, state: str = "warning") -> Evidence:
    return Evidence(readiness=(Check(code, state, {"percent": "50", "setting": "powersave"}),))


def _phases(first: int, second: int) -> Evidence:
    return Evidence(phases=Phases(first_inference_ns=first, second_inference_ns=second))


CASES: list[tuple[str, Evidence, Evidence]] = [
    ("first_call_slow", _phases(16 * MS, 10 * MS), _phases(15 * MS, 10 * MS)),
    ("new_shape_pays", _phases(40 * MS, 13 * MS), _phases(39 * MS, 13 * MS)),
    ("traced", _child(traced=True), _child(traced=False)),
    ("spinning", _child(spinning_cpu_s=0.021), _child(spinning_cpu_s=0.02)),
    ("idle_gaps", _child(gap_p50_ns=13 * MS), _child(gap_p50_ns=12 * MS)),
    ("data_dependent", _child(input_p50_ns=(100, 111)), _child(input_p50_ns=(100, 109))),
    ("preempted", _child(preempted_share=0.02, p99_undisturbed_ns=11 * MS), _child(preempted_share=0.01)),
    ("preempted_share", _child(preempted_share=0.02), _child(preempted_share=0.01)),
    ("switched", _child(involuntary_switches=1_001), _child(involuntary_switches=1_000)),
    ("migrated", _child(migrations=101), _child(migrations=100)),
    ("major_faults", _child(major_faults=11), _child(major_faults=10)),
    ("cpu_throttled", _child(throttled_count=1, throttled_s=0.2), _child(throttled_count=0)),
    ("clock_off", _child(clock_ratio=1.002), _child(clock_ratio=1.0009)),
    ("clock_wrong", _child(clock_ratio=0.98), _child(clock_ratio=0.995)),
    ("disturbed", _machine(other_cpus=0.21), _machine(other_cpus=0.2)),
    ("disturbed", _machine(steal_share=0.02), _machine(steal_share=0.01)),
    (
        "disturbed",
        _machine(pressure_share=0.02, other_cpus=0.05),
        _machine(pressure_share=0.02, other_cpus=0.04),
    ),
    ("swapped", _machine(swapped_pages=1), _machine(swapped_pages=0)),
    ("cpu_overheated", _machine(cpu_throttles=1), _machine(cpu_throttles=0)),
    ("frequency_changed", _machine(clock_ratio=0.94), _machine(clock_ratio=0.96)),
    ("frequency_changed", _machine(clock_ratio=1.06), _machine(clock_ratio=1.05)),
    ("on_battery", _machine(on_battery=True), _machine(on_battery=False)),
    ("gpu_throttled", _card(throttled_share=0.02), _card(throttled_share=0.01)),
    ("gpu_throttled", _card(clock_ratio=0.94), _card(clock_ratio=0.95)),
    ("gpu_shared", _card(foreign_pids=[7]), _card(foreign_pids=[])),
    ("on_battery", _warned("power_source"), _warned("power_source", "ok")),
    ("power_save", _warned("power_profile"), _warned("power_profile", "note")),
    ("cpu_limited", _warned("cgroup_cpu"), _warned("cgroup_cpu", "ok")),
    (
        "hybrid_cpu",
        _warned("hybrid_cpu", "note"),
        msgspec.structs.replace(_warned("hybrid_cpu", "note"), is_pinned=True),
    ),
    (
        "oversubscribed",
        Evidence(at_once=3, threads=2, usable_cpus=4),
        Evidence(at_once=2, threads=2, usable_cpus=4),
    ),
    ("schedule_missed", _late(achieved_per_s=97.0, over_1ms_share=0.02), _late(achieved_per_s=97.0)),
    (
        "schedule_missed",
        _late(achieved_per_s=97.0, over_1ms_share=0.02),
        _late(achieved_per_s=98.5, over_1ms_share=0.02),
    ),
    ("late_generator", _late(over_1ms_share=0.011), _late(over_1ms_share=0.01)),
    ("all_busy", _late(all_busy_share=0.011), _late(all_busy_share=0.01)),
    ("backlog_grows", _late(backlog_grows=True), _late(backlog_grows=False)),
    ("unanswered", _late(unanswered=1), _late(unanswered=0)),
    ("processes_differ", Evidence(process_p50_ns=(100, 111)), Evidence(process_p50_ns=(100, 109))),
    ("one_process", Evidence(process_p50_ns=(100,)), Evidence(process_p50_ns=(100, 101))),
    ("above_peak", Evidence(percent_of_peak=101.0), Evidence(percent_of_peak=99.0)),
    (
        "not_synchronised",
        Evidence(device="cuda:0", device_ns=12 * MS),
        Evidence(device="cuda:0", device_ns=11 * MS),
    ),
    (
        "batch_is_free",
        Evidence(device="cuda:0", batch_p50_ns={1: 100, 8: 104}),
        Evidence(device="cuda:0", batch_p50_ns={1: 100, 8: 106}),
    ),
    ("denormals", Evidence(denormal_fraction=0.002), Evidence(denormal_fraction=0.001)),
    ("denormals_slow", Evidence(denormal_speedup=1.2, denormal_fraction=0.5), Evidence(denormal_speedup=1.1)),
    (
        "memory_grows",
        Evidence(disturbances=(Disturbance(resident_growth_bytes=6_000_000),), resident_bytes=100_000_000),
        Evidence(disturbances=(Disturbance(resident_growth_bytes=5_000_000),), resident_bytes=100_000_000),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("code", "provoking", "harmless"), CASES, ids=[case[0] for case in CASES])
def test_each_check_is_provoked_and_spares_what_lies_just_below(
    code: str, provoking: Evidence, harmless: Evidence
) -> None:
    assert code in _judged(provoking)
    assert code not in _judged(harmless)


@pytest.mark.parametrize(("code", "provoking", "harmless"), CASES, ids=[case[0] for case in CASES])
def test_each_sentence_is_filled_in_both_languages(
    code: str, provoking: Evidence, harmless: Evidence
) -> None:
    reason = _judged(provoking)[code]
    for language in wording.LANGUAGES:
        sentence = wording.reason_sentence(reason, language)
        assert "{" not in sentence
        assert sentence != code


def test_interruptions_that_explain_nothing_are_not_blamed() -> None:
    assert "preempted" not in _judged(_child(preempted_share=0.5, p99_undisturbed_ns=13 * MS))
    unknown = _judged(_child(preempted_share=0.5, p99_undisturbed_ns=None))
    assert "preempted_share" in unknown
    assert "preempted" not in unknown


def test_a_scenario_that_asks_for_p99_needs_enough_for_it() -> None:
    few = Latency(count=200, p50_ns=10 * MS)
    assert "too_few_for_p99" in _judged(Evidence(wants_p99=True), few)
    assert "too_few_for_p99" not in _judged(Evidence(wants_p99=False), few)
    assert "too_few_for_p99" not in _judged(Evidence(wants_p99=True))


def test_a_queue_that_grows_is_the_models_fault_and_not_the_generators() -> None:
    found = _judged(_late(backlog_grows=True, achieved_per_s=80.0))
    assert "backlog_grows" in found
    assert "schedule_missed" not in found


def test_whatever_is_wrong_the_number_stays_and_the_worst_reason_comes_first() -> None:
    late = _late(unanswered=3, achieved_per_s=50.0, over_1ms_share=0.5)
    evidence = msgspec.structs.replace(late, denormal_fraction=0.5)
    judged = verdict.judge(LATENCY, STABLE, Boundary(), (), evidence)
    assert judged.level is Level.INVALID
    assert judged.reasons[0].code == "schedule_missed"
    assert LATENCY.p50_ns == 10 * MS


def test_a_run_without_anything_wrong_in_several_processes_has_no_reason() -> None:
    evidence = Evidence(process_p50_ns=(100, 101, 102), usable_cpus=2.0, threads=2)
    assert verdict.judge(LATENCY, STABLE, Boundary(), (), evidence) == verdict.Verdict(Level.TRUSTED)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("gpu_throttled", "throttled"),
        ("cpu_throttled", "throttled"),
        ("disturbed", "disturbed"),
        ("swapped", "disturbed"),
        ("spinning", "drifting"),
    ],
)
def test_the_status_names_the_machine_where_it_was_the_machine(code: str, status: str) -> None:
    assert verdict.status_with("drifting", [Reason(code)]) == status
    assert verdict.status_with("too_few_samples", [Reason(code)]) == "too_few_samples"
