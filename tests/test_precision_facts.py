"""What a runtime says of its precision, against the graph and the card."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from onnx import helper

from profiler import inspection_onnx, messages, precision_facts
from profiler.messages import Node
from tests import onnx_graphs

T4, A100 = {"compute_capability": "7.5"}, {"compute_capability": "8.0"}


IN_FLOATS = Node("f", "Conv", dtype="float32", flops=40)
IN_INTEGERS = Node("i", "Conv", dtype="float32", flops=0, integer_operations=60)
UNFUSED = Node("u", "ConvTranspose", dtype="float32", flops=0, integer_operations=60)
UNKNOWN = Node("l", "Loop")


def _effective(
    said: str | None, device: str = "cpu", runtime: str = "onnxruntime", *nodes: Node, **more: Any
) -> str | None:
    machine = {"gpus": more.get("gpus", [])}
    return precision_facts.effective(said, runtime, device, machine, nodes, more.get("weights", {}))


@pytest.mark.parametrize(
    ("device", "gpus", "found"),
    [("cuda:0", [T4, A100], "fp32"), ("cuda:1", [T4, A100], "tf32"), ("cuda:2", [T4], "tf32"),
     ("cuda:0", [{}], "tf32"), ("cuda:0", [{"compute_capability": "?"}], "tf32")],
)  # fmt: skip
def test_a_card_older_than_tf32_computes_in_fp32(device: str, gpus: list[dict[str, str]], found: str) -> None:
    assert _effective("tf32", device, "torchscript", gpus=gpus) == found


@pytest.mark.parametrize(
    ("said", "nodes", "found"),
    [
        ("int8", [IN_INTEGERS], "int8"),
        ("fp32", [IN_INTEGERS], "int8"),
        ("mixed", [IN_INTEGERS], "int8"),
        ("int8", [IN_INTEGERS, IN_FLOATS], "mixed"),
        ("fp32", [IN_INTEGERS, IN_FLOATS], "mixed"),
        ("int8", [IN_FLOATS], "fp32"),
        ("fp32", [IN_FLOATS], "fp32"),
        ("mixed", [IN_FLOATS], "mixed"),
        ("int8", [UNFUSED, IN_INTEGERS], "mixed"),
        ("mixed", [UNFUSED], "fp32"),
        ("int8", [IN_FLOATS, UNKNOWN], "int8"),
        ("int8", [], "int8"),
        (None, [IN_INTEGERS], None),
    ],
)
def test_on_the_cpu_the_products_of_the_graph_decide(
    said: str | None, nodes: list[Node], found: str | None
) -> None:
    assert _effective(said, "cpu", "onnxruntime", *nodes) == found


def _quantised(**ends: Any) -> list[Node]:
    """A convolution of floats with numbers rounded on one side only, as inspect lists its nodes."""
    image = onnx_graphs.value("x", [1, 4, 8, 8])
    weights = onnx_graphs.constant("w", np.ones((4, 4, 3, 3), np.int8 if ends["weights"] else np.float32))
    scale = [onnx_graphs.constant("s", np.float32(0.1)), onnx_graphs.constant("z", np.int8(0))]
    nodes = [
        helper.make_node("Conv", ["a" if ends["input"] else "x", "b" if ends["weights"] else "w"], ["y"])
    ]
    if ends["weights"]:
        nodes.insert(0, helper.make_node("DequantizeLinear", ["w", "s", "z"], ["b"]))
    if ends["input"]:
        nodes.insert(0, helper.make_node("DequantizeLinear", ["q", "s", "z"], ["a"]))
        nodes.insert(0, helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"]))
    model = onnx_graphs.build(nodes, [image], [weights, *scale])
    return list(inspection_onnx.describe(messages.Inspect("m.onnx", "onnx"), model).nodes)


@pytest.mark.parametrize(
    ("weights", "given", "found"), [(False, True, "fp32"), (True, False, "fp32"), (True, True, "int8")]
)
def test_numbers_rounded_on_one_side_only_are_multiplied_in_floats(
    weights: bool, given: bool, found: str
) -> None:
    nodes = _quantised(weights=weights, input=given)
    assert _effective("int8", "cpu", "onnxruntime", *nodes) == found


def test_weights_in_half_floats_behind_inputs_in_fp32_are_mixed_on_a_card() -> None:
    halves = {"float16": 90, "float32": 10}
    assert _effective("fp32", "cuda:0", weights=halves) == "mixed"
    assert _effective("fp32", "cpu", weights=halves) == "fp32"
    assert _effective("fp32", "cuda:0", weights={"float32": 90, "float16": 10}) == "fp32"


def test_other_runtimes_know_for_themselves() -> None:
    assert _effective("bf16", "cpu", "openvino", IN_INTEGERS) == "bf16"


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
