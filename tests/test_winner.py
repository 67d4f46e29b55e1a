"""Which run to ship: limits, right answers, what cannot be judged, ties, the nearest; trade-offs, names."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
import pytest

from profiler.comparison.compare import compare
from profiler.comparison.names import names_apart
from profiler.comparison.records import Comparison, Kept, Standing
from profiler.metrics import accuracy
from profiler.result import (
    Accuracy,
    Agreement,
    Energy,
    Latency,
    Level,
    Memory,
    Paired,
    Reason,
    Replicate,
    RunResult,
    Status,
    Verdict,
)
from tests import builders, builders_comparison

SAMPLES = builders.samples(steady=300)


def run(
    p50_ns: float = 1e6, memory: float = 1e8, size: int = 100, name: str = "a.onnx", **changes: Any
) -> RunResult:
    """Five processes that differ by some 1 %, in turns with all others."""
    noise = np.random.default_rng(round(p50_ns)).normal(0, 0.01, 5)
    noise -= noise.mean()
    latency = Latency(
        5_000, mean_ns=p50_ns, p50_ns=round(p50_ns), p90_ns=round(p50_ns * 1.2), p99_ns=round(p50_ns * 2)
    )
    processes = tuple(
        Replicate(
            msgspec.structs.replace(latency, p50_ns=round(p50_ns * (1 + noise[at]))),
            "finished",
            replicate=at,
            memory=Memory(peak_rss_bytes=round(memory)),
        )
        for at in range(5)
    )
    own: dict[str, Any] = {
        "model": msgspec.structs.replace(builders.model(name), size_bytes=size),
        "latency": latency,
        "memory": Memory(peak_rss_bytes=round(memory)),
        "replicates": processes,
        "group": "ab12",
    }
    return builders.result(SAMPLES, **(own | changes))


def agreeing(state: str) -> Accuracy:
    return Accuracy(reference="a.onnx", agreement=Agreement(state))


def labelled(wrong: int, **changes: Any) -> Accuracy:
    found = builders_comparison.labelled(
        count=200, planned=200, top1=1 - wrong / 200, right_bits=accuracy.packed(np.arange(200) >= wrong)
    )
    return Accuracy(labelled=found, **changes)


def compared(*runs: RunResult, **limits: float) -> Comparison:
    return compare([(one, None) for one in runs], limits=limits)


def _kept(found: Comparison, index: int = 0) -> Kept:
    return found.standings[index].kept[0]


@pytest.mark.parametrize(
    ("quantity", "value"),
    [("p50", 1e6), ("p90", 1.2e6), ("p99", 2e6), ("mean", 1e6), ("memory", 1e8), ("size", 100.0)],
)
def test_a_limit_is_kept_up_to_its_very_value(quantity: str, value: float) -> None:
    assert _kept(compared(run(), **{quantity: value})) == Kept(quantity, value, value, True, 1.0)
    broken = _kept(compared(run(), **{quantity: value / 2}))
    assert (broken.kept, broken.excess) == (False, 2.0)


def test_a_percentile_that_was_withheld_cannot_be_judged_and_does_not_win() -> None:
    few = builders.result(builders.samples(steady=50))
    found = compared(few, p99=1e9)
    kept = _kept(found)
    assert (kept.value, kept.kept, kept.excess) == (None, None, None)
    assert kept.reason == few.unavailable["latency.p99_ns"]
    assert found.winner.index is None


def test_energy_that_nobody_measured_cannot_be_judged() -> None:
    kept = _kept(compared(run(), energy=1.0))
    assert (kept.kept, kept.reason) == (None, run().unavailable["energy.per_inference_j"])
    assert _kept(compared(run(energy=Energy(per_inference_j=0.5)), energy=1.0)).kept is True


def test_accuracy_loss_is_counted_on_the_same_samples_beside_the_reference() -> None:
    own = labelled(6, beside_reference=Paired(0.02, (0.0, 0.05), 4, 0, 0.125, False))
    kept = _kept(compared(run(accuracy=own), accuracy_loss=0.01))
    assert (kept.value, kept.kept, kept.excess) == (0.02, False, 2.0)
    assert kept.reason == Reason("loss_not_clear")
    assert _kept(compared(run(accuracy=own), accuracy_loss=0.02)).kept is True


def test_without_a_reference_accuracy_is_held_against_the_baseline() -> None:
    found = compared(run(accuracy=labelled(2)), run(accuracy=labelled(8)), accuracy_loss=0.01)
    assert _kept(found, 1).value == pytest.approx(0.03)
    assert found.standings[1].qualifies is False
    assert [one.other for one in found.tradeoffs["accuracy_loss"]] == [0.0, pytest.approx(0.03)]


@pytest.mark.parametrize(
    ("state", "kept", "reason"),
    [
        ("exact", True, "loss_answers_agree"),
        ("within", True, "loss_answers_agree"),
        ("is_reference", True, "loss_answers_agree"),
        ("beyond", False, "loss_answers_differ"),
        ("unknown", None, "loss_not_looked_at"),
    ],
)
def test_without_labelled_data_agreement_stands_in_for_accuracy(
    state: str, kept: bool | None, reason: str
) -> None:
    found = _kept(compared(run(accuracy=agreeing(state)), accuracy_loss=0.01))
    assert (found.value, found.kept, found.reason) == (None, kept, Reason(reason))


def test_no_loss_at_all_may_be_allowed() -> None:
    none = labelled(2, beside_reference=Paired(0.0, (0.0, 0.0), 0, 0, 1.0, False))
    some = labelled(3, beside_reference=Paired(0.005, (0.0, 0.01), 1, 0, 1.0, False))
    assert (_kept(compared(run(accuracy=none), accuracy_loss=0.0)).excess) == 0.0
    assert _kept(compared(run(accuracy=some), accuracy_loss=0.0)).excess == math.inf


@pytest.mark.parametrize(
    ("changes", "is_right", "against"),
    [
        ({}, None, ()),
        ({"accuracy": agreeing("exact")}, True, ()),
        ({"accuracy": agreeing("unknown")}, None, ()),
        ({"accuracy": agreeing("beyond")}, False, ("answers_beyond_tolerance",)),
        (
            {"verdict": Verdict(Level.INVALID, (Reason("answers_not_finite"), Reason("disturbed")))},
            False,
            ("answers_not_finite",),
        ),
        ({"verdict": Verdict(Level.INVALID, (Reason("answers_nan"),))}, False, ("answers_nan",)),
        ({"verdict": Verdict(Level.INVALID, (Reason("answers_unlike"),))}, False, ("answers_unlike",)),
        ({"verdict": Verdict(Level.INVALID, (Reason("clock_wrong"),))}, None, ("clock_wrong",)),
        ({"verdict": Verdict(Level.CAUTION, (Reason("disturbed"),))}, None, ()),
        (
            {"accuracy": labelled(30, beside_reference=Paired(0.14, (0.1, 0.2), 28, 0, 1e-8, True))},
            False,
            ("accuracy_clearly_lost",),
        ),
        (
            {"accuracy": labelled(3, beside_reference=Paired(0.005, (0.0, 0.02), 1, 0, 1.0, False))},
            True,
            (),
        ),
        ({"status": Status.FAILED}, None, ("run_failed",)),
        ({"latency": Latency()}, None, ("run_measured_nothing",)),
    ],
)
def test_what_speaks_against_a_run(changes: Any, is_right: bool | None, against: tuple[str, ...]) -> None:
    found: Standing = compared(run(**changes)).standings[0]
    assert (found.is_right, tuple(one.code for one in found.against)) == (is_right, against)
    assert found.qualifies is not bool(against)


def test_a_limit_on_the_loss_of_accuracy_stands_in_for_tolerances() -> None:
    own = labelled(
        30, agreement=Agreement("beyond"), beside_reference=Paired(0.14, (0.1, 0.2), 28, 0, 1e-8, True)
    )
    assert compared(run(accuracy=own), accuracy_loss=0.2).standings[0].qualifies
    assert not compared(run(accuracy=own), accuracy_loss=0.1).standings[0].qualifies
    assert not compared(run(accuracy=own)).standings[0].qualifies


def test_the_fastest_that_qualifies_wins() -> None:
    found = compared(run(3e6), run(1e6, accuracy=agreeing("beyond")), run(2e6))
    assert (found.winner.index, found.winner.tied, found.winner.decided_by) == (2, (2,), "speed")
    alone = compared(run(3e6), run(1e6, accuracy=agreeing("beyond")))
    assert (alone.winner.index, alone.winner.decided_by) == (0, "only_one")
    assert not found.winner.is_withheld


def test_of_those_with_no_clear_difference_less_memory_decides_then_the_smaller_file() -> None:
    found = compared(run(1e6), run(1.0005e6, memory=0.5e8), run(9e6, memory=1e7))
    assert (found.winner.index, found.winner.tied, found.winner.decided_by) == (1, (0, 1), "memory")
    found = compared(run(1e6), run(1.0005e6, size=50))
    assert (found.winner.index, found.winner.decided_by) == (1, "size")
    # A little less memory is no less memory, and the file decides.
    found = compared(run(1e6, memory=0.99e8), run(1.0005e6, size=50))
    assert (found.winner.index, found.winner.decided_by) == (1, "size")
    found = compared(run(1.0005e6), run(1e6))
    assert (found.winner.index, found.winner.tied, found.winner.decided_by) == (1, (0, 1), "nothing")


def test_memory_that_is_not_known_decides_nothing() -> None:
    found = compared(run(1e6, memory=5e8, size=50), run(1.0005e6, memory=0.0, size=100))
    unknown = msgspec.structs.replace(found.runs[1], memory=Memory(), replicates=found.runs[0].replicates)
    found = compared(found.runs[0], unknown)
    assert (found.winner.index, found.winner.decided_by) == (0, "size")


def test_where_none_keeps_all_limits_the_nearest_is_named() -> None:
    found = compared(
        run(3e6), run(2e6), run(1.9e6, memory=9e8), run(1e6, accuracy=agreeing("beyond")), p50=1e6, memory=1e8
    )
    assert (found.winner.index, found.winner.nearest) == (None, 1)
    unjudged = msgspec.structs.replace(run(3e6).latency, p99_ns=None)
    found = compared(run(3e6, latency=unjudged), run(9e6), p50=1e6, p99=1e6)
    assert found.winner.nearest == 1
    nothing = compared(run(accuracy=agreeing("beyond")), run(status=Status.FAILED), p50=1.0)
    assert (nothing.winner.index, nothing.winner.nearest) == (None, None)


def test_the_winner_is_withheld_until_what_differs_is_accepted() -> None:
    pairs = [(run(2e6), None), (run(1e6, plan=builders.plan(threads=4)), None)]
    withheld, open_ = compare(pairs), compare(pairs, accepted=["threads"])
    assert (withheld.winner.is_withheld, open_.winner.is_withheld) == (True, False)
    assert open_.winner.index == 1


def test_a_sweep_stands_by_its_chosen_point() -> None:
    assert compared(run(1e6, chosen_point=0), p50=1e6).winner.index == 0


def test_a_run_that_another_beats_in_both_is_dominated_and_a_wrong_one_beats_nobody() -> None:
    found = compared(
        run(3e6, size=100),
        run(2e6, size=200),
        run(4e6, size=300),
        run(1e6, size=1, accuracy=agreeing("beyond")),
    )
    assert [one.is_dominated for one in found.tradeoffs["size"]] == [False, False, True, False]
    assert "energy" not in found.tradeoffs
    assert "accuracy_loss" not in found.tradeoffs
    twice = compared(run(), run())
    assert [one.is_dominated for one in twice.tradeoffs["memory"]] == [False, False]


def test_names_say_as_much_as_tells_runs_apart() -> None:
    def named(*runs: RunResult) -> list[str]:
        return names_apart(runs)

    openvino = builders.plan(runtime="openvino")
    assert named(run(), run(name="b.onnx")) == ["a.onnx", "b.onnx"]
    assert named(run(), run(plan=openvino), run(name="b.onnx")) == [
        "a.onnx (onnxruntime)", "a.onnx (openvino)", "b.onnx",
    ]  # fmt: skip
    int8 = msgspec.structs.replace(builders.environment(), precision_effective="int8")
    assert named(run(), run(environment=int8)) == ["a.onnx (float32)", "a.onnx (int8)"]
    assert named(run(), run(plan=builders.plan(batch=4))) == ["a.onnx (batch 1)", "a.onnx (batch 4)"]
    later = "2026-01-03T03:04:05+00:00"
    assert named(run(), run(created=later)) == ["a.onnx (2026-01-02)", "a.onnx (2026-01-03)"]
    both = [run(), run(plan=openvino), run(plan=builders.plan(batch=4))]
    assert named(*both) == [
        "a.onnx (onnxruntime, batch 1)", "a.onnx (openvino, batch 1)", "a.onnx (onnxruntime, batch 4)",
    ]  # fmt: skip
    assert named(run(), run(id="other"))[1] == "a.onnx (other)"
    assert named(run(), run()) == ["a.onnx", "a.onnx"]
