"""Peak memory of activations, on graphs small enough to add up by hand."""

import pytest

from profiler.metrics import liveness
from profiler.metrics.liveness import Step

CHAIN = [Step("first", ["x", "w"], ["a"]), Step("second", ["a"], ["b"]), Step("third", ["b"], ["y"])]


def test_a_chain_holds_two_tensors_at_a_time_and_its_inputs_and_outputs() -> None:
    found = liveness.estimate(CHAIN, {"x": 10, "a": 100, "b": 60, "y": 1}, ["x"], ["y"], weights_bytes=7)
    assert (found.peak_activations_bytes, found.peak_node) == (160, "second")
    assert (found.inputs_bytes, found.outputs_bytes, found.weights_bytes) == (10, 1, 7)
    assert found.unknown_tensors == 0


def test_a_branch_that_is_needed_later_stays_alive() -> None:
    steps = [Step("split", ["x"], ["a", "b"]), Step("long", ["a"], ["c"]), Step("join", ["c", "b"], ["y"])]
    found = liveness.estimate(steps, {"x": 1, "a": 10, "b": 100, "c": 1_000, "y": 5}, ["x"], ["y"])
    assert (found.peak_activations_bytes, found.peak_node) == (1_110, "long")


def test_an_output_lives_to_the_end_and_a_tensor_nobody_reads_for_its_own_step() -> None:
    steps = [Step("early", ["x"], ["y", "unused"]), Step("late", ["x"], ["z"])]
    found = liveness.estimate(steps, {"x": 1, "y": 10, "unused": 50, "z": 20}, ["x"], ["y", "z"])
    assert (found.peak_activations_bytes, found.peak_node) == (61, "early")


def test_inputs_alone_can_be_the_peak() -> None:
    found = liveness.estimate([], {"x": 4}, ["x"], [])
    assert (found.peak_activations_bytes, found.peak_node, found.outputs_bytes) == (4, None, 0)


def test_a_tensor_of_unknown_size_leaves_the_sum_open() -> None:
    found = liveness.estimate(CHAIN, {"x": 10, "a": None, "b": 60, "y": None}, ["x"], ["y"], weights_bytes=7)
    assert (found.peak_activations_bytes, found.peak_node, found.inputs_bytes) == (None, None, None)
    assert (found.unknown_tensors, found.weights_bytes) == (2, 7)


@pytest.mark.parametrize("names", [["x", "x"], ["x"]])
def test_an_input_named_twice_counts_once(names: list[str]) -> None:
    assert liveness.estimate([], {"x": 4}, names, []).inputs_bytes == 4
