"""Comparisons and answers made by hand, for tests of what shows or reports them."""

from __future__ import annotations

from typing import Any

import msgspec

from profiler.checks_plan import Preprocessing, Tolerance
from profiler.comparison.records import (
    Comparison,
    Difference,
    Kept,
    Ratio,
    Standing,
    Tradeoff,
    Winner,
)
from profiler.result import (
    Accuracy,
    Agreement,
    Divergence,
    DivergentTensor,
    Idempotence,
    Labelled,
    OutputParity,
    Paired,
    Reason,
    Repeat,
    RunResult,
)
from tests import builders

NAMES = ("digits.onnx", "digits.torchscript.pt", "digits.int8.onnx", "digits.broken.onnx")
WAITS = (4_100_000, 8_200_000, 2_050_000, 4_150_000)
SIZES = (102_000_000, 103_000_000, 26_000_000, 102_000_000)


def accuracy(state: str = "within", **changes: Any) -> Accuracy:
    """Answers that were held against digits.onnx in two outputs, and labelled data of ten classes."""
    confusion = [(index, index, 88 + index) for index in range(10)] + [(3, 8, 4), (9, 4, 2)]
    whole = Accuracy(
        reference="digits.onnx",
        parity=(parity(state=state), parity("features", "feature_map", "order", "NCHW→NHWC", "exact")),
        agreement=Agreement(state, "fp16", Tolerance(0.01, 0.999, 40.0, 0.99), 8, 64, "made"),
        idempotence=Idempotence(
            Repeat("identical", 9, 0.0),
            Repeat("within", 8, 1e-7),
            Repeat("not_tried", reason=Reason("one_process")),
            batch=8,
            lanes=4,
        ),
        labelled=labelled(confusion=tuple(sorted(confusion, key=lambda one: -one[2]))),
        beside_reference=Paired(0.002, (-0.001, 0.005), 3, 1, 0.625, False),
        divergence=divergence() if state == "beyond" else None,
    )
    return msgspec.structs.replace(whole, **changes)


def parity(
    name: str = "logits",
    reference_name: str = "logits",
    matched_by: str = "name",
    transposed: str = "",
    state: str = "within",
) -> OutputParity:
    if state == "exact":
        return OutputParity(
            name, reference_name, matched_by, 640, transposed, True, 0.0, 0.0, 0.0, 0.0, cosine=1.0
        )
    broken = (Reason("answers_not_finite"),) if state == "beyond" else ()
    return OutputParity(
        name, reference_name, matched_by, 640, transposed,
        max_absolute=0.0123, mean_absolute=1.2e-5, max_relative=0.02, mean_relative=0.004, cosine=0.99912,
        snr_db=33.24, top1_agreement=0.984, rows=64, nan=3 if broken else 0, broken=broken,
    )  # fmt: skip


def labelled(**changes: Any) -> Labelled:
    whole = Labelled(
        "digits",
        "ab" * 32,
        "classification",
        count=931,
        planned=931,
        preprocessing=Preprocessing("imagenet", 256, 224, "rgb", "0_1", (0.485, 0.456), (0.229, 0.224)),
        output="logits",
        classes=10,
        class_names=("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        top1=0.972,
        top1_ci=(0.961, 0.98),
        top5=0.999,
        top5_ci=(0.99, 1.0),
        expected=0.975,
        keeps_expected=True,
    )
    return msgspec.structs.replace(whole, **changes)


def divergence() -> Divergence:
    before = DivergentTensor("relu_2", "/layer2/relu", "Relu", max_relative=1e-6, snr_db=110.0)
    first = DivergentTensor("add_3", "/layer3/add", "Add", max_relative=0.03, snr_db=28.0, is_beyond=True)
    return Divergence("found", "onnx_outputs", first=first, compared=17, trail=(before, first))


def runs(**changes: Any) -> tuple[RunResult, ...]:
    """Four exports of one network: the reference, a slower one, a smaller and quicker one, a broken one."""
    states = ("is_reference", "exact", "within", "beyond")
    found = []
    for index, (name, wait, size, state) in enumerate(zip(NAMES, WAITS, SIZES, states, strict=True)):
        model = msgspec.structs.replace(builders.model(name), size_bytes=size)
        run = builders.result(
            builders.samples(p50_ns=wait, seed=index),
            model=model,
            id=f"20260102T030405-000{index}",
            accuracy=accuracy(state),
            group="ab12",
        )
        found.append(msgspec.structs.replace(run, **changes))
    return tuple(found)


def ratio(value: float, call: Any = "better", spread: float = 0.03) -> Ratio:
    low, high = value * (1 - spread), value * (1 + spread)
    return Ratio(value, low, high, "paired_bootstrap", 5, 1.06, call)


def comparison(**changes: Any) -> Comparison:
    """Of `runs()`: the int8 one wins under a limit on P99, the broken one is hollow and out."""
    found = runs()
    limits = {"p99": 7_000_000.0, "accuracy_loss": 0.005}
    whole = Comparison(
        runs=found,
        names=NAMES,
        baseline=0,
        differences=(Difference("precision", ("fp32", "fp32", "int8", "fp32"), is_asked_for=True),),
        ratios={
            "p50": (None, ratio(2.0, "worse"), ratio(0.5), ratio(1.01, "no_clear_difference")),
            "p99": (None, ratio(1.9, "worse"), ratio(0.52), ratio(1.0, "no_clear_difference")),
            "memory": (None, ratio(1.3, "worse"), ratio(0.6), Ratio(1.0, call="no_clear_difference")),
            "throughput": (None, ratio(0.5, "worse"), ratio(2.0), None),
        },
        standings=tuple(_standing(index, limits) for index in range(4)),
        winner=Winner(2, tied=(2,), decided_by="speed"),
        tradeoffs={
            "size": tuple(
                Tradeoff(index, WAITS[index], SIZES[index], index in (0, 1, 3)) for index in range(4)
            ),
            "accuracy_loss": (Tradeoff(0, WAITS[0], 0.0, False), Tradeoff(2, WAITS[2], 0.002, False)),
        },
        limits=limits,
    )
    return msgspec.structs.replace(whole, **changes)


def _standing(index: int, limits: dict[str, float]) -> Standing:
    p99 = WAITS[index] * 1.25
    loss = 0.0 if index < 2 else 0.002
    kept = (
        Kept("p99", limits["p99"], p99, p99 <= limits["p99"], p99 / limits["p99"]),
        Kept("accuracy_loss", limits["accuracy_loss"], loss, True, loss / limits["accuracy_loss"]),
    )
    is_right = index != 3
    against = () if is_right else (Reason("answers_not_finite"),)
    return Standing(kept, is_right, is_right and kept[0].kept is True, against)
