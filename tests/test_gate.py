"""What makes runs less than comparable: every rule, what counts as asked for, and what was accepted."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from profiler import wording
from profiler.comparison import conditions, gate
from profiler.comparison.compare import compare
from profiler.comparison.records import Difference
from profiler.comparison.values import value_words
from profiler.result import Check, Level, Reason, Replicate, RunResult, Status, Verdict
from tests import builders

SAMPLES = builders.samples(steady=300)


def _run(**changes: Any) -> RunResult:
    return builders.result(SAMPLES, **changes)


def _plan(**changes: Any) -> RunResult:
    return _run(plan=builders.plan(**changes))


def _environment(**changes: Any) -> RunResult:
    return _run(environment=msgspec.structs.replace(builders.environment(), **changes))


def _machine(**changes: Any) -> RunResult:
    return _environment(machine={**builders.environment().machine, **changes})


def _invalid(code: str) -> RunResult:
    return _run(verdict=Verdict(Level.INVALID, (Reason(code),)))


def _grouped(*runs: RunResult) -> tuple[RunResult, ...]:
    return tuple(msgspec.structs.replace(run, group="ab12") for run in runs)


def _hot(celsius: str) -> RunResult:
    return _run(readiness=(Check("temperature", "ok", {"celsius": celsius, "limit": "95"}),))


def _only(*runs: RunResult, accepted: tuple[str, ...] = ()) -> Difference:
    found = gate.differences(runs, accepted)
    assert len(found) == 1, found
    return found[0]


def test_runs_that_were_made_alike_differ_in_nothing() -> None:
    assert gate.differences([_run(), _run(), _run(id="other")]) == ()
    assert compare([(_run(), None), (_run(), None)]).may_judge


BLOCKING: tuple[tuple[str, RunResult], ...] = (
    ("machine", _machine(cpu={"name": "Other CPU", "physical_cores": 16})),
    ("machine", _machine(cpu={"name": "Example CPU 9000", "physical_cores": 8})),
    ("machine", _machine(memory_total_bytes=68_719_476_736)),
    ("machine", _machine(gpus=[{"name": "Tesla V100"}])),
    ("driver", _environment(os="Linux 6.8")),
    ("driver", _environment(driver="550.54")),
    ("runtime_version", _environment(runtime_version="1.30.0")),
    ("precision", _environment(precision_effective="int8")),
    ("precision", _environment(precision_effective=None)),
    ("device", _plan(device="cuda:0")),
    ("threads", _plan(threads=4)),
    ("shapes", _plan(shapes={"input": (1, 3, 192, 192)})),
    ("shapes", _plan(shapes={"input": (4, 3, 224, 224)})),
    ("inputs", _plan(inputs={"input": "made:normal"})),
    ("inputs", _plan(inputs={"input": "file:x.npy"}, seed=3)),
    ("scenario", _plan(scenario="Offline")),
    ("scenario", _plan(batch=4)),
    ("scenario", _plan(concurrency=2)),
    ("scenario", _plan(rate_per_s=100.0)),
    ("scenario", _plan(companions=("b.onnx",))),
    ("boundary", _plan(warmup="3")),
    ("boundary", _run(boundary=msgspec.structs.replace(_run().boundary, null_call_ns=300_000))),
    ("clocks", _run(readiness=(Check("turbo", "note"),))),
    ("clocks", _run(disturbances={"on_battery": True})),
    ("clocks", _run(verdict=Verdict(Level.TRUSTED, (Reason("cpu_throttled"),)))),
    ("verdict", _invalid("not_synchronised")),
    ("python", _environment(python="3.12.1")),
    ("python", _environment(python_interpreter="other")),
)


def _base_for(aspect: str, other: RunResult) -> RunResult:
    """A run to hold it against: what old results do not tell is told."""
    if aspect == "inputs":
        return _plan(inputs={"input": "file:x.npy"})
    if aspect == "clocks" and other.readiness:
        return _run(readiness=(Check("turbo", "ok"),))
    return _run()


@pytest.mark.parametrize(("aspect", "other"), BLOCKING)
def test_what_differs_withholds_judgement_until_it_is_accepted(aspect: str, other: RunResult) -> None:
    base = _base_for(aspect, other)
    found = _only(base, other)
    assert (found.aspect, found.blocks, found.is_open) == (aspect, True, True)
    assert found.values[0] != found.values[1]
    assert not compare([(base, None), (other, None)]).may_judge
    accepted = _only(base, other, accepted=(aspect,))
    assert (accepted.is_accepted, accepted.is_open) == (True, False)
    assert compare([(base, None), (other, None)], accepted=[aspect]).may_judge
    assert not compare([(base, None), (other, None)], accepted=["date"]).may_judge


@pytest.mark.parametrize(
    ("aspect", "other"),
    [
        ("verdict", _run(verdict=Verdict(Level.CAUTION, (Reason("disturbed"),)))),
        ("verdict", _invalid("answers_not_finite")),
        ("verdict", _invalid("answers_unlike")),
        ("status", _run(status=Status.STOPPED)),
        ("processes", _run(replicates=())),
        ("group", _run(group="ab12")),
        ("date", _run(created="2026-01-03T00:00:00+00:00")),
    ],
)
def test_what_is_for_the_reader_to_weigh_is_listed_and_blocks_nothing(aspect: str, other: RunResult) -> None:
    base = _run()
    if aspect == "processes":
        base = _run(replicates=(_replicate(0), _replicate(1)))
    found = _only(base, other)
    assert (found.aspect, found.blocks, found.is_open) == (aspect, False, False)


def _replicate(turn: int) -> Replicate:
    return Replicate(_run().latency, "finished", replicate=turn)


def test_other_runtimes_are_what_formats_are_compared_for() -> None:
    other = _run(
        plan=builders.plan(runtime="openvino"),
        environment=msgspec.structs.replace(builders.environment(), runtime_version="2026.4"),
    )
    found = _only(_run(), other)
    assert (found.aspect, found.is_open, found.is_asked_for) == ("runtime", False, False)
    assert _only(*_grouped(_run(), other)).is_asked_for


def test_precision_and_device_are_asked_for_where_runs_took_turns() -> None:
    for aspect, other in (
        ("precision", _environment(precision_effective="int8")),
        ("device", _plan(device="cuda:0")),
    ):
        found = _only(*_grouped(_run(), other))
        assert (found.aspect, found.is_asked_for, found.is_open) == (aspect, True, False)
        # Half of them in turns is not all of them.
        assert any(one.is_open for one in gate.differences([*_grouped(_run(), other), _run()]))


def test_in_turns_the_state_of_the_machine_falls_on_all_alike() -> None:
    found = _only(*_grouped(_hot("40"), _hot("60")))
    assert (found.aspect, found.is_open) == ("temperature", False)
    assert _only(_hot("40"), _hot("60")).is_open
    for aspect, other in (("threads", _plan(threads=4)), ("shapes", _plan(shapes={"input": (1, 3, 8, 8)}))):
        found = _only(*_grouped(_run(), other))
        assert (found.aspect, found.is_open) == (aspect, True)


def test_sensors_that_are_silent_or_close_to_each_other_do_not_differ() -> None:
    assert gate.differences([_hot("40"), _hot("49"), _run()]) == ()
    clocks = [_run(disturbances={"frequency_median_mhz": clock}) for clock in (3000.0, 3100.0, None)]
    assert gate.differences(clocks) == ()
    during = [_run(disturbances={"max_temperature_c": most}) for most in (50.0, 70.0)]
    assert _only(*during).aspect == "temperature"
    stepped = [_run(disturbances={"frequency_median_mhz": clock}) for clock in (3000.0, 2000.0)]
    assert _only(*stepped).values == ("clock=3000 MHz", "clock=2000 MHz")


def test_the_setting_of_the_processor_is_held_against_others() -> None:
    runs = [
        _run(readiness=(Check("power_profile", "ok", {"setting": setting}),))
        for setting in ("performance", "schedutil")
    ]
    assert _only(*runs).values == ("governor=performance", "governor=schedutil")


def test_a_card_that_got_hot_differs_from_one_that_did_not() -> None:
    cards = [_run(disturbances={"gpus": [{"max_temperature_c": most}]}) for most in (50.0, 83.0)]
    assert _only(*cards).aspect == "temperature"


def test_the_loop_is_held_against_the_wait_and_not_against_nothing() -> None:
    slower = msgspec.structs.replace(_run().boundary, null_call_ns=20_000)
    assert gate.differences([_run(), _run(boundary=slower)]) == ()
    short = builders.result(builders.samples(steady=300, p50_ns=50_000))
    assert "boundary" in [one.aspect for one in gate.differences([short, _run(boundary=slower)])]


def test_names_and_layouts_of_inputs_do_not_matter() -> None:
    one = _plan(shapes={"x": (1, 3, 224, 224)}, inputs={"x": "images:a:b:NCHW"})
    other = _plan(shapes={"serving_x:0": (1, 224, 224, 3)}, inputs={"serving_x:0": "images:a:b:NHWC"})
    assert gate.differences([one, other]) == ()


def test_versions_of_one_runtime_differ_whatever_runs_beside_it() -> None:
    newer = _environment(runtime_version="1.30.0")
    other = _run(plan=builders.plan(runtime="openvino"))
    aspects = [one.aspect for one in gate.differences([_run(), other, newer])]
    assert aspects == ["runtime", "runtime_version"]


def test_a_patch_of_python_is_the_same_python() -> None:
    assert gate.differences([_environment(python="3.11.9"), _environment(python="3.11.2")]) == ()


def test_a_run_that_measured_nothing_is_held_against_none() -> None:
    failed = builders.failed(plan=builders.plan(threads=7))
    assert gate.differences([_run(), failed]) == ()
    found = gate.differences([_run(), failed, _plan(threads=4)])
    assert [(one.aspect, one.values) for one in found] == [("threads", ("2", "7", "4"))]


def test_every_aspect_can_be_accepted_by_its_name() -> None:
    assert {aspect for aspect, _ in BLOCKING} <= set(gate.ASPECTS)
    assert len(set(gate.ASPECTS)) == len(gate.ASPECTS)


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        ("processor=Example CPU 9000; cores=16; memory=137 GB",
         "Example CPU 9000; 16 cores; 137 GB of memory", "Example CPU 9000；16 个核心；内存 137 GB"),
        ("SingleStream; batch=4; in_flight=2", "SingleStream; batch size 4; 2 in flight",
         "SingleStream；批大小 4；2 个并发"),
        ("invalid; reason=clock_wrong", None, None),
        ("by_itself", "by itself", "单独测量"),
        ("governor=performance; throttled; clock=2000 MHz",
         "performance; slowed down by the system; 2000 MHz", "performance；被系统降频；2000 MHz"),
        ("int8", "int8", "int8"),
        ("", "", ""),
    ],
)  # fmt: skip
def test_values_are_put_into_words(value: str, en: str | None, zh: str | None) -> None:
    if en is None:
        assert value_words(value, "en").startswith("invalid; ")
        assert "clock_wrong" not in value_words(value, "en")
        return
    assert (value_words(value, "en"), value_words(value, "zh_CN")) == (en, zh)


def test_a_reason_of_a_verdict_keeps_its_figures() -> None:
    reason = Reason("above_peak", {"percent": "1,2; = 3 & 4"})
    told = conditions.verdict(_run(verdict=Verdict(Level.INVALID, (reason,))))
    assert value_words(told, "en") == "invalid; " + wording.reason_sentence(reason, "en")
    assert "1,2; = 3 & 4 %" in value_words(told, "en")


def test_conditions_never_hold_what_separates_them() -> None:
    run = _machine(cpu={"name": "Odd; name"})
    assert conditions.machine(run).startswith("processor=Odd, name; memory=")
