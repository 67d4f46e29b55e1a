"""FLOPs of If, Loop and Scan in ONNX graphs against hand counts."""

import numpy as np
import pytest
from onnx import helper

from profiler.backends import onnx_flops
from tests.onnx_graphs import BOOL, INT64, build, constant, count, value, weight


def _branch(name, weight):
    node = helper.make_node("MatMul", ["x", weight], [name])
    return helper.make_graph([node], name, [], [value(name, None)])


def _if(condition_weights, inputs):
    branches = {"then_branch": _branch("t", "w"), "else_branch": _branch("e", "v")}
    nodes = [
        helper.make_node("If", ["c"], ["a"], **branches),
        helper.make_node("Relu", ["a"], ["y"]),
    ]
    weights = [weight("w", 3, 5), weight("v", 3, 5), *condition_weights]
    return onnx_flops.count(build(nodes, inputs, weights), {"x": (2, 3)})


def test_if_with_an_open_condition_counts_one_branch_and_names_both():
    tally = _if([], [value("x", [None, 3]), value("c", [], BOOL)])
    assert (tally.macs, tally.other, tally.counted["MatMul"]) == (30, 10, 2)


def test_if_counts_the_larger_branch():
    branches = {"then_branch": _branch("t", "w"), "else_branch": _branch("e", "v")}
    nodes = [helper.make_node("If", ["c"], ["y"], **branches)]
    model = build(nodes, [value("x", [2, 3]), value("c", [], BOOL)], [weight("w", 3, 5), weight("v", 3, 50)])
    assert onnx_flops.count(model, {"x": (2, 3)}).macs == 300


@pytest.mark.parametrize(("condition", "macs"), [(True, 30), (False, 300)])
def test_if_with_a_constant_condition_counts_that_branch(condition, macs):
    branches = {"then_branch": _branch("t", "w"), "else_branch": _branch("e", "v")}
    nodes = [helper.make_node("If", ["c"], ["a"], **branches), helper.make_node("MatMul", ["u", "a"], ["y"])]
    weights = [weight("w", 3, 5), weight("v", 3, 50), weight("u", 7, 2), constant("c", condition)]
    tally = onnx_flops.count(build(nodes, [value("x", [2, 3])], weights), {"x": (2, 3)})
    assert tally.macs == macs + 7 * 2 * (5 if condition else 50)


def _loop_body(step, keep_going="Identity"):
    nodes = [helper.make_node(keep_going, ["go"], ["on"]), *step]
    inputs = [value("i", [], INT64), value("go", [], BOOL), value("s", None)]
    outputs = [value("on", [], BOOL), value("t", None), value("slice", None)]
    return helper.make_graph(nodes, "body", inputs, outputs)


_STEP = (helper.make_node("MatMul", ["s", "w"], ["t"]), helper.make_node("Relu", ["t"], ["slice"]))


def _loop(trips, step=_STEP, condition="", keep_going="Identity", extra=()):
    nodes = [
        helper.make_node("Loop", ["m", condition, "x"], ["a", "all"], body=_loop_body(step, keep_going)),
        helper.make_node("MatMul", ["all", "v"], ["y"]),
    ]
    weights = [weight("w", 3, 3), weight("v", 3, 2), *trips, *extra]
    inputs = [value("x", [None, 3])]
    inputs += [] if trips else [value("m", [], INT64)]
    return onnx_flops.count(build(nodes, inputs, weights), {"x": (2, 3)})


def test_loop_counts_its_body_once_per_trip_and_hands_on_its_shapes():
    tally = _loop([constant("m", np.int64(5))])
    assert tally.macs == 5 * 18 + 5 * 2 * 3 * 2
    assert (tally.other, tally.counted["MatMul"], tally.counted_fraction) == (5 * 6, 2, 1.0)


def test_loop_with_an_unknown_trip_count_is_uncounted():
    tally = _loop([])
    assert dict(tally.uncounted) == {"Loop": 1, "MatMul": 2, "Relu": 1}
    assert tally.to_flops(1).per_inference is None


def test_loop_that_a_condition_may_end_is_uncounted():
    step = (
        *_STEP,
        helper.make_node("ReduceSum", ["t"], ["total"], keepdims=0),
        helper.make_node("Cast", ["total"], ["on"], to=BOOL),
    )
    nodes = [
        helper.make_node(
            "Loop",
            ["m", "", "x"],
            ["y", "all"],
            body=helper.make_graph(
                list(step),
                "body",
                [value("i", [], INT64), value("go", [], BOOL), value("s", None)],
                [value("on", [], BOOL), value("t", None), value("slice", None)],
            ),
        )
    ]
    weights = [weight("w", 3, 3), constant("m", np.int64(5))]
    tally = onnx_flops.count(build(nodes, [value("x", [2, 3])], weights), {"x": (2, 3)})
    assert tally.uncounted["Loop"] == 1
    assert tally.macs == 0


def test_loop_that_never_starts_does_nothing():
    tally = _loop([constant("m", np.int64(5))], condition="c", extra=[constant("c", False)])
    assert tally.macs == 0
    assert tally.counted_fraction == 1.0


def test_loop_whose_state_grows_is_walked_trip_by_trip():
    step = (
        helper.make_node("Concat", ["s", "row"], ["t"], axis=0),
        helper.make_node("MatMul", ["t", "w"], ["p"]),
        helper.make_node("ReduceMax", ["p"], ["slice"], axes=[0], keepdims=0),
    )
    tally = _loop([constant("m", np.int64(3))], step, extra=[weight("row", 1, 3)])
    assert tally.macs == (3 + 4 + 5) * 9 + 3 * 3 * 2
    assert (tally.counted["MatMul"], tally.counted_fraction) == (2, 1.0)


def test_scan_counts_its_body_once_per_slice():
    body = helper.make_graph(
        [
            helper.make_node("MatMul", ["s", "w"], ["p"]),
            helper.make_node("Add", ["p", "e"], ["t"]),
            helper.make_node("Identity", ["t"], ["o"]),
        ],
        "body",
        [value("s", None), value("e", None)],
        [value("t", None), value("o", None)],
    )
    nodes = [
        helper.make_node(
            "Scan", ["h", "x"], ["last", "all"], body=body, num_scan_inputs=1, scan_input_axes=[1]
        ),
        helper.make_node("MatMul", ["all", "v"], ["y"]),
    ]
    shapes = {"h": (2, 3), "x": (2, 7, 3)}
    tally = count(nodes, shapes, [weight("w", 3, 3), weight("v", 3, 4)])
    assert (tally.macs, tally.other) == (7 * 2 * 9 + 7 * 2 * 3 * 4, 7 * 6)
    assert tally.counted_fraction == 1.0


def test_loop_without_an_end_is_uncounted():
    tally = _loop([constant("m", np.int64(2**63 - 1))])
    assert tally.uncounted["Loop"] == 1
    assert tally.macs == 0
