"""What a runtime says of its precision, against the graph and the card."""

from __future__ import annotations

from typing import Any

import pytest

from profiler import precision_facts
from profiler.messages import Node
from profiler.result import Flops

T4, A100 = {"compute_capability": "7.5"}, {"compute_capability": "8.0"}


def _effective(
    said: str | None, device: str = "cpu", runtime: str = "onnxruntime", integer: int = 0, **more: Any
) -> str | None:
    flops = Flops(per_inference=100, integer_per_inference=integer)
    return precision_facts.effective(
        said,
        runtime,
        device,
        {"gpus": more.get("gpus", [])},
        flops,
        more.get("weights", {}),
        more.get("operators", ()),
    )


@pytest.mark.parametrize(
    ("device", "gpus", "found"),
    [("cuda:0", [T4, A100], "fp32"), ("cuda:1", [T4, A100], "tf32"), ("cuda:2", [T4], "tf32"),
     ("cuda:0", [{}], "tf32"), ("cuda:0", [{"compute_capability": "?"}], "tf32")],
)  # fmt: skip
def test_a_card_older_than_tf32_computes_in_fp32(device: str, gpus: list[dict[str, str]], found: str) -> None:
    assert _effective("tf32", device, "torchscript", gpus=gpus) == found


@pytest.mark.parametrize(
    ("said", "integer", "found"),
    [("int8", 100, "int8"), ("int8", 60, "mixed"), ("fp32", 100, "int8"), ("fp32", 60, "mixed"),
     ("fp32", 0, "fp32"), ("mixed", 100, "mixed"), (None, 100, None)],
)  # fmt: skip
def test_the_share_of_integer_products_decides_on_the_cpu(
    said: str | None, integer: int, found: str | None
) -> None:
    assert _effective(said, integer=integer) == found


def test_a_quantised_product_that_the_cpu_does_not_fuse_is_mixed() -> None:
    assert _effective("fp32", integer=100, operators=["Conv", "ConvTranspose"]) == "mixed"
    assert _effective("fp32", integer=100, operators=["Conv", "Relu"]) == "int8"


def test_weights_in_half_floats_behind_inputs_in_fp32_are_mixed_on_a_card() -> None:
    halves = {"float16": 90, "float32": 10}
    assert _effective("fp32", "cuda:0", weights=halves) == "mixed"
    assert _effective("fp32", "cpu", weights=halves) == "fp32"
    assert _effective("fp32", "cuda:0", weights={"float32": 90, "float16": 10}) == "fp32"


def test_other_runtimes_know_for_themselves() -> None:
    assert _effective("bf16", runtime="openvino", integer=100) == "bf16"


@pytest.mark.parametrize(
    ("nodes", "own"),
    [
        ([Node("a", "MatMul", dtype="float16", flops=8), Node("b", "Cast", dtype="float32")], "fp16"),
        ([Node("a", "Conv", dtype="float32", flops=8)], "fp32"),
        ([Node("a", "Conv", dtype="float32", flops=8), Node("b", "Conv", dtype="float16", flops=8)], None),
        ([Node("a", "MatMul", dtype="float32", integer_operations=8)], None),
        ([Node("a", "Relu", dtype="float16", flops=0)], None),
        ([Node("a", "Mine", dtype=None, flops=8)], None),
        ([], None),
    ],
)
def test_the_files_own_precision_is_that_of_its_products(nodes: list[Node], own: str | None) -> None:
    assert precision_facts.of_file(nodes) == own


@pytest.mark.parametrize(
    ("own", "ran", "differs"),
    [("fp16", "bf16", True), ("fp16", "fp32", True), ("fp32", "tf32", True), ("fp16", "mixed", True),
     ("fp16", "fp16", False),
     (None, "fp32", False), ("fp32", "int8", False), ("fp16", "unknown", False), ("fp16", None, False)],
)  # fmt: skip
def test_another_precision_than_the_files(own: str | None, ran: str | None, differs: bool) -> None:
    assert precision_facts.other_than_file(own, ran) is differs
