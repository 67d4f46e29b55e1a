"""Operators that ONNX Runtime lays out anew: channels last, or in blocks that are filled up with zeros."""

import math

import numpy as np
import pytest
from onnx import TensorProto, helper

from profiler.backends import onnx_flops, ort_blocked_weights
from profiler.backends.onnx_layouts import BLOCKED, UNFILLED
from tests.onnx_graphs import build, constant, count, one, value, weight

MICROSOFT = "com.microsoft"
SCALE, ZERO = constant("s", np.float32(0.1)), constant("z", np.uint8(3))
WEIGHT = weight("w", 6, 4, 3, 3, kind=TensorProto.UINT8)


@pytest.mark.parametrize(
    ("attributes", "positions"),
    [
        ({}, 7 * 8),
        ({"pads": [1, 1, 1, 1], "strides": [2, 2]}, 5 * 5),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, 5 * 5),
        ({"auto_pad": "VALID", "dilations": [2, 2]}, 5 * 6),
    ],
)
def test_integer_convolution_with_channels_last_counts_as_with_channels_first(attributes, positions):
    names = ["x", "s", "z", "w", "s", "z", "s", "z"]
    node = helper.make_node("QLinearConv", names, ["y"], domain=MICROSOFT, channels_last=1, **attributes)
    tally = count([node], {"x": (2, 9, 10, 4)}, [SCALE, ZERO, WEIGHT], kinds={"x": TensorProto.UINT8})
    assert tally.macs == tally.integer_macs == 2 * positions * 6 * 4 * 9
    assert tally.counted_fraction == 1.0


@pytest.mark.parametrize(("ceil", "made"), [(0, 4 * 5), (1, 5 * 5)])
def test_pool_with_channels_last_knows_what_it_makes(ceil, made):
    tally = one(
        "NhwcMaxPool",
        {"x": (2, 9, 10, 4)},
        domain=MICROSOFT,
        kernel_shape=[2, 2],
        strides=[2, 2],
        ceil_mode=ceil,
    )
    assert (tally.other, tally.counted_fraction) == (2 * made * 4 * 4, 1.0)


def test_quantised_average_pool_knows_what_it_makes_in_either_order():
    for shape, last in (((2, 4, 9, 10), 0), ((2, 9, 10, 4), 1)):
        attributes = {"kernel_shape": [3, 3], "strides": [3, 3], "channels_last": last}
        names = ["x", "s", "z", "s", "z"]
        node = helper.make_node("QLinearAveragePool", names, ["y"], domain=MICROSOFT, **attributes)
        assert count([node], {"x": shape}, [SCALE, ZERO]).other == 2 * 4 * 9 * 9


def test_recurrent_layer_of_integers_counts_as_the_one_of_floats():
    weights = [weight("w", 2, 12, 64, kind=TensorProto.INT8), weight("r", 2, 16, 64, kind=TensorProto.INT8)]
    names = ["x", "w", "r"]
    attributes = {"hidden_size": 16, "direction": "bidirectional"}
    nodes = [
        helper.make_node("DynamicQuantizeLSTM", names, ["y", "h"], domain=MICROSOFT, **attributes),
        helper.make_node("Relu", ["h"], ["last"]),
    ]
    tally = count(nodes, {"x": (7, 3, 12)}, weights)
    assert tally.macs == tally.integer_macs == 2 * 7 * 3 * 64 * (12 + 16)
    assert not tally.uncounted


def _blocks(filters, block):
    """Weights (out, in, h, w) in blocks of outputs and inputs, filled up with zeros."""
    made, read, *kernel = filters.shape
    full = np.zeros((-(-made // block) * block, -(-read // block) * block, *kernel), np.float32)
    full[:made, :read] = filters
    split = full.reshape(full.shape[0] // block, block, full.shape[1] // block, block, -1)
    return full.shape, split.transpose(0, 2, 4, 3, 1)


def _plain_inputs(filters, block):
    """As `_blocks`, of outputs alone: first convolutions and depthwise ones."""
    made, read, *kernel = filters.shape
    full = np.zeros((-(-made // block) * block, read, *kernel), np.float32)
    full[:made] = filters
    return full.shape, full.reshape(full.shape[0] // block, block, -1).transpose(0, 2, 1)


def _network(block, made):
    """Three convolutions of 3x3: 3 to `made` channels, one for each channel, and back to 4 of a block."""
    values = np.random.default_rng(0).random
    stored = {
        "first": _plain_inputs(values((made, 3, 3, 3)), block),
        "each": _plain_inputs(values((made, 1, 3, 3)), block),
        "last": _blocks(values((4, made, 3, 3)), block),
    }
    nodes = [
        helper.make_node("Conv", ["x", "first"], ["a"], domain=BLOCKED, pads=[1, 1, 1, 1]),
        helper.make_node(
            "Conv", ["a", "each"], ["b"], domain=BLOCKED, pads=[1] * 4, group=stored["each"][0][0]
        ),
        helper.make_node("Conv", ["b", "last"], ["c"], domain=BLOCKED, pads=[1, 1, 1, 1]),
        helper.make_node("ReorderOutput", ["c"], ["d"], domain=BLOCKED, channels=4),
        helper.make_node("Flatten", ["d"], ["f"]),
        helper.make_node("MatMul", ["f", "m"], ["y"]),
    ]
    weights = [weight(name, *shape) for name, (shape, _) in stored.items()]
    model = build(nodes, [value("x", [None, 3, 5, 6])], [*weights, weight("m", 4 * 30, 2)])
    return model, {name: data.tobytes() for name, (_, data) in stored.items()}


@pytest.mark.parametrize("block", [8, 16])
@pytest.mark.parametrize("made", [12, 16, 28, 32, 60, 72])
def test_channels_that_only_fill_a_block_are_not_the_networks_work(block, made):
    model, octets = _network(block, made)
    ort_blocked_weights.mark(model.graph, octets.get)
    tally = onnx_flops.count(model, {"x": (2, 3, 5, 6)})
    expected = 2 * 30 * 9 * (3 * made + made + made * 4) + 2 * 120 * 2
    assert (tally.macs, tally.counted_fraction) == (expected, 1.0)


def test_without_weights_the_filling_counts_too():
    model, _ = _network(16, 12)
    ort_blocked_weights.mark(model.graph, lambda name: None)
    tally = onnx_flops.count(model, {"x": (2, 3, 5, 6)})
    assert tally.macs == 2 * 30 * 9 * (3 * 16 + 16 + 16 * 16) + 2 * 120 * 2


def test_weights_that_are_not_as_declared_are_left_alone():
    model, octets = _network(16, 12)
    short = {name: data[: math.prod((2, 3))] for name, data in octets.items()}
    ort_blocked_weights.mark(model.graph, short.get)
    assert not any(entry.name == UNFILLED for node in model.graph.node for entry in node.attribute)


def test_blocked_pools_and_enlarged_images_are_counted():
    nodes = [
        helper.make_node("ReorderInput", ["x"], ["a"], domain=BLOCKED, channels_last=1),
        helper.make_node("MaxPool", ["a"], ["b"], domain=BLOCKED, kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Upsample", ["b"], ["c"], domain=BLOCKED, scales=[1, 1, 2, 2], mode="linear"),
        helper.make_node("GlobalAveragePool", ["c"], ["y"], domain=BLOCKED),
    ]
    tally = count(nodes, {"x": (1, 8, 6, 16)})
    assert tally.other == 16 * 12 * 4 + 8 * 16 * 48 + 16 * 48
    assert (tally.macs, tally.movement, tally.counted_fraction) == (0, 1, 1.0)
