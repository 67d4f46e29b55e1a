"""FLOPs of OpenVINO IR against those of the ONNX file that it comes from, operator by operator."""

from pathlib import Path

import numpy as np
import onnx
import openvino
import pytest
from onnx import helper
from openvino import opset13

from profiler import inspection, messages
from profiler.backends import openvino_flops
from profiler.result import Flops
from tests import networks_formats
from tests.onnx_graphs import BOOL, FLOAT, INT64, build, constant, value

RANDOM = np.random.default_rng(0)


def _weight(name, *shape):
    return constant(name, RANDOM.random(shape, dtype=np.float32))


def _both(model: onnx.ModelProto, folder: Path, batch: int = 3) -> tuple[Flops, Flops]:
    path = folder / "model.onnx"
    onnx.save(model, path)
    files = ((path, "onnx"), (networks_formats.converted(path, folder), "openvino_ir"))
    told = [inspection.describe(messages.Inspect(str(file), form, batch)) for file, form in files]
    return told[0].flops, told[1].flops


IMAGE, DOUBLED = {"x": ["n", 2, 6, 6]}, constant("w", np.array([1, 1, 2, 2], np.float32))


@pytest.mark.parametrize(
    ("kind", "names", "options", "shapes", "weights", "macs"),
    [
        ("Einsum", "xw", {"equation": "bij,jk->bik"}, {"x": ["n", 4, 6]}, [_weight("w", 6, 5)], 3 * 120),
        ("Resize", ["x", "", "w"], {"mode": "linear"}, IMAGE, [DOUBLED], 0),
        ("Resize", ["x", "", "w"], {"mode": "cubic"}, IMAGE, [DOUBLED], 0),
        ("Resize", ["x", "", "w"], {}, IMAGE, [DOUBLED], 0),
        ("LRN", "x", {"size": 3}, IMAGE, [], 0),
        ("GridSample", "xg", {}, {**IMAGE, "g": ["n", 5, 5, 2]}, [], 0),
    ],
)
def test_operator_counts_as_in_onnx(kind, names, options, shapes, weights, macs, tmp_path):
    node = helper.make_node(kind, list(names), ["y"], **options)
    inputs = [value(name, shape) for name, shape in shapes.items()]
    there, here = _both(build([node], inputs, weights), tmp_path)
    assert here.macs_per_inference == there.macs_per_inference == macs
    assert here.other_per_inference == there.other_per_inference
    assert here.counted_fraction == 1.0


def _loop(trips, weights=()):
    body = helper.make_graph(
        [helper.make_node("MatMul", ["s", "w"], ["t"]), helper.make_node("Identity", ["c"], ["d"])],
        "body",
        [value("i", [], INT64), value("c", [], BOOL), value("s", [None, 6])],
        [value("d", [], BOOL), value("t", [None, 6])],
    )
    node = helper.make_node("Loop", [trips, "true", "x"], ["y"], body=body)
    return [node], [_weight("w", 6, 6), constant("true", np.array(True)), *weights]


def test_loop_counts_its_body_as_often_as_it_runs(tmp_path):
    nodes, weights = _loop("trips", [constant("trips", np.int64(5))])
    there, here = _both(build(nodes, [value("x", ["n", 6])], weights), tmp_path)
    assert here.macs_per_inference == there.macs_per_inference == 5 * 3 * 36
    assert here.counted_fraction == 1.0


def test_loop_whose_trips_are_not_known_is_uncounted(tmp_path):
    nodes, weights = _loop("trips")
    inputs = [value("x", ["n", 6]), value("trips", [], INT64)]
    _, here = _both(build(nodes, inputs, weights), tmp_path)
    assert (here.per_inference, here.uncounted_operators) == (None, {"MatMul": 1})


def test_scan_counts_its_body_for_every_slice(tmp_path):
    body = helper.make_graph(
        [helper.make_node("MatMul", ["s", "w"], ["t"]), helper.make_node("Add", ["t", "e"], ["o"])],
        "body",
        [value("s", [1, 6]), value("e", [1, 6])],
        [value("o", [1, 6]), value("p", [1, 6])],
    )
    body.node.append(helper.make_node("Identity", ["o"], ["p"]))
    node = helper.make_node("Scan", ["start", "x"], ["last", "y"], num_scan_inputs=1, body=body)
    weights = [_weight("w", 6, 6), _weight("start", 1, 6)]
    there, here = _both(build([node], [value("x", [7, 1, 6])], weights), tmp_path, batch=7)
    assert here.macs_per_inference == there.macs_per_inference == 7 * 36


def test_larger_branch_counts(tmp_path):
    branches = {
        f"{name}_branch": helper.make_graph(
            [helper.make_node("MatMul", ["x", name], [f"{name}_y"])], name, [], [value(f"{name}_y", None)]
        )
        for name in ("then", "else")
    }
    nodes = [
        helper.make_node("ReduceSum", ["x"], ["r"], keepdims=0),
        helper.make_node("Greater", ["r", "zero"], ["c"]),
        helper.make_node("If", ["c"], ["y"], **branches),
    ]
    weights = [_weight("then", 6, 5), _weight("else", 6, 9), constant("zero", np.float32(0))]
    there, here = _both(build(nodes, [value("x", ["n", 6], FLOAT)], weights), tmp_path)
    assert here.macs_per_inference == there.macs_per_inference == 3 * 6 * 9
    assert here.counted_fraction == 1.0


@pytest.mark.parametrize(
    ("query", "key"),
    [((1, 4, 5, 8), (3, 4, 9, 8)), ((3, 4, 5, 8), (1, 4, 9, 8)), ((4, 5, 8), (3, 4, 9, 8))],
)
def test_attention_of_one_batch_that_serves_many(query, key):
    inputs = [opset13.parameter(shape, np.float32) for shape in (query, key, (*key[:-1], 6))]
    node = opset13.scaled_dot_product_attention(*inputs)
    tally = openvino_flops.survey(openvino.Model([node], inputs), 0).tally
    assert tally.macs == 3 * 4 * 5 * 9 * (8 + 6)
