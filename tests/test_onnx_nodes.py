"""Rows of an ONNX graph: they add up to the count, and say what moves and what stays in memory."""

import itertools
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from profiler import inspect_client
from profiler.backends import onnx_flops, onnx_tensors
from tests import onnx_graphs

SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "samples" / "digits.onnx"


def _model(
    nodes: list[onnx.NodeProto], weights: dict[str, np.ndarray], outputs: list[str]
) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 8])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def test_a_product_reads_its_weights_and_writes_its_answer() -> None:
    weight = np.ones((8, 4), dtype=np.float32)
    model = _model(
        [
            helper.make_node("MatMul", ["x", "w"], ["h"], name="product"),
            helper.make_node("Relu", ["h"], ["y"]),
        ],
        {"w": weight},
        ["y"],
    )
    product, relu = onnx_flops.survey(model, {"x": (2, 8)}).nodes
    assert (product.name, product.type, product.shape, product.dtype) == (
        "product",
        "MatMul",
        (2, 4),
        "float32",
    )
    assert (product.flops, product.other_flops, product.integer_operations) == (2 * 2 * 8 * 4, 0, 0)
    assert (product.weights_bytes, product.bytes_read, product.bytes_written) == (128, 2 * 8 * 4 + 128, 32)
    assert (relu.name, relu.flops, relu.other_flops, relu.weights_bytes) == ("y", 0, 8, 0)


def test_the_peak_holds_what_is_alive_and_no_weights() -> None:
    model = _model(
        [
            helper.make_node("MatMul", ["x", "w"], ["h"], name="widen"),
            helper.make_node("MatMul", ["h", "v"], ["y"], name="narrow"),
        ],
        {"w": np.ones((8, 100), dtype=np.float32), "v": np.ones((100, 2), dtype=np.float32)},
        ["y"],
    )
    memory = onnx_flops.survey(model, {"x": (1, 8)}).memory
    assert (memory.peak_activations_bytes, memory.peak_node) == (32 + 400, "widen")
    assert (memory.inputs_bytes, memory.outputs_bytes, memory.weights_bytes) == (32, 8, 4 * (800 + 200))


def test_what_is_computed_from_weights_alone_is_no_activation() -> None:
    model = _model(
        [
            helper.make_node("DequantizeLinear", ["q", "scale"], ["w"], name="widen"),
            helper.make_node("MatMul", ["x", "w"], ["y"], name="product"),
        ],
        {"q": np.ones((8, 4), dtype=np.int8), "scale": np.array(0.5, dtype=np.float32)},
        ["y"],
    )
    survey = onnx_flops.survey(model, {"x": (1, 8)})
    assert survey.memory.peak_activations_bytes == 32 + 16
    assert survey.nodes[0].weights_bytes == 32 + 4


def test_a_tensor_lives_until_the_branch_that_reads_it() -> None:
    """`kept` is read inside the If alone; beside it the chain holds two tensors at a time."""
    size, first = [4, 8], [helper.make_node("Relu", ["x"], ["kept"], name="first")]
    chain = [helper.make_node("Neg", [f"t{at}"], [f"t{at + 1}"], name=f"t{at + 1}") for at in range(3)]
    start = helper.make_node("Neg", ["x"], ["t0"], name="t0")
    branches = [
        helper.make_graph(
            [helper.make_node("Relu", ["kept"], [f"{name}_end"])], name, [],
            [onnx_graphs.value(f"{name}_end", size)],
        )
        for name in ("then", "else")
    ]  # fmt: skip
    last = [
        helper.make_node("ReduceSum", ["t3"], ["sum"], name="sum", keepdims=0),
        helper.make_node("Greater", ["sum", "zero"], ["positive"], name="compare"),
        helper.make_node(
            "If", ["positive"], ["y"], name="if", then_branch=branches[0], else_branch=branches[1]
        ),
    ]
    model = _model([*first, start, *chain, *last], {"zero": np.array(0, dtype=np.float32)}, ["y"])
    memory = onnx_flops.survey(model, {"x": (4, 8)}).memory
    assert (memory.peak_activations_bytes, memory.peak_node) == (3 * 4 * 8 * 4, "t0")


def test_an_outer_tensor_that_a_branch_hands_out_as_it_is_lives_until_then() -> None:
    inner = helper.make_graph([], "g", [], [onnx_graphs.value("kept", [1])])
    assert list(onnx_tensors.reads(helper.make_node("If", ["c"], ["y"], then_branch=inner))) == ["c", "kept"]
    nested = helper.make_graph(
        [helper.make_node("If", ["own"], ["z"], then_branch=inner)], "h", [onnx_graphs.value("own", [])],
        [onnx_graphs.value("z", [1])],
    )  # fmt: skip
    assert list(onnx_tensors.reads(helper.make_node("Loop", [], ["y"], body=nested))) == ["kept"]


def test_a_node_that_nobody_knows_has_no_work_and_no_size() -> None:
    model = _model([helper.make_node("Mine", ["x"], ["y"], name="mine", domain="my.own")], {}, ["y"])
    survey = onnx_flops.survey(model, {"x": (1, 8)})
    (mine,) = survey.nodes
    assert (mine.type, mine.flops, mine.shape, mine.bytes_read, mine.bytes_written) == (
        "my.own.Mine", None, None, 32, None,
    )  # fmt: skip
    assert survey.memory.peak_activations_bytes is None
    assert survey.memory.unknown_tensors == 1


def test_the_rows_of_the_sample_add_up_to_its_count() -> None:
    found = inspect_client.describe(SAMPLE, "onnx", batch=4)
    assert found.flops.per_inference == sum(node.flops or 0 for node in found.nodes)
    assert found.flops.other_per_inference == sum(node.other_flops or 0 for node in found.nodes)
    assert found.flops.integer_per_inference == 0
    assert sum(node.weights_bytes for node in found.nodes) == found.weights_bytes
    assert found.memory is not None
    assert found.memory.peak_activations_bytes == 2 * 4 * 64 * 16 * 16 * 4


def test_a_loop_is_one_row_with_the_work_of_all_its_trips() -> None:
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["go"], ["on"]),
            helper.make_node("MatMul", ["s", "w"], ["t"]),
        ],
        "body",
        [
            onnx_graphs.value("i", [], TensorProto.INT64),
            onnx_graphs.value("go", [], TensorProto.BOOL),
            onnx_graphs.value("s", None),
        ],
        [onnx_graphs.value("on", [], TensorProto.BOOL), onnx_graphs.value("t", None)],
    )
    loop = helper.make_node("Loop", ["m", "", "x"], ["y"], name="loop", body=body)
    trips = onnx_graphs.constant("m", np.int64(5))
    weights = [onnx_graphs.weight("w", 8, 8), trips]
    model = onnx_graphs.build([loop], [onnx_graphs.value("x", [2, 8])], weights)
    survey = onnx_flops.survey(model, {"x": (2, 8)})
    assert [(node.name, node.flops) for node in survey.nodes] == [("loop", 5 * 2 * 2 * 8 * 8)]
    assert survey.tally.macs == 5 * 2 * 8 * 8


def test_a_graph_of_twenty_thousand_nodes_passes_the_line(tmp_path: Path) -> None:
    names = ["x", *(f"t{index}" for index in range(20_000))]
    nodes = [
        helper.make_node("Relu", [before], [after], name=f"a rather long name of an operator {after}")
        for before, after in itertools.pairwise(names)
    ]
    file = tmp_path / "long.onnx"
    file.write_bytes(_model(nodes, {}, [names[-1]]).SerializeToString())
    found = inspect_client.describe(file, "onnx")
    assert len(found.nodes) == 20_000
    assert found.nodes[-1].shape == (1, 8)
