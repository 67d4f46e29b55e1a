"""FLOPs of ONNX graphs against hand counts, quantised and custom operators included."""

import time
import tracemalloc

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from profiler.backends import onnx_constants, onnx_flops
from profiler.backends.onnx_scope import Scope
from tests.onnx_graphs import BOOL, FLOAT, INT64, build, constant, count, one, value, weight


def test_batched_matmul_broadcasts_its_batches():
    tally = one("MatMul", {"a": (7, 1, 2, 3), "b": (4, 3, 5)})
    assert (tally.macs, tally.counted_fraction) == (7 * 4 * 30, 1.0)


@pytest.mark.parametrize(("turned_a", "turned_b"), [(0, 0), (1, 0), (0, 1), (1, 1)])
def test_gemm_counts_whichever_operand_is_transposed(turned_a, turned_b):
    a, b = ((3, 2) if turned_a else (2, 3)), ((5, 3) if turned_b else (3, 5))
    tally = one("Gemm", {"a": a}, [weight("b", *b), weight("c", 5)], transA=turned_a, transB=turned_b)
    assert (tally.macs, tally.other) == (30, 10)


def test_grouped_convolution_counts_the_channels_of_a_group():
    tally = one("Conv", {"x": (2, 8, 10, 10)}, [weight("w", 12, 2, 3, 3)], group=4, strides=[2, 2])
    assert tally.macs == 2 * 12 * 4 * 4 * 2 * 9


def test_depthwise_convolution_with_bias():
    weights = [weight("w", 8, 1, 3, 3), weight("b", 8)]
    tally = one("Conv", {"x": (1, 8, 6, 6)}, weights, group=8, pads=[1, 1, 1, 1])
    assert (tally.macs, tally.other) == (8 * 36 * 9, 8 * 36)


@pytest.mark.parametrize("spatial", [(9,), (9, 9), (9, 9, 9)])
def test_convolution_of_any_rank(spatial):
    tally = one("Conv", {"x": (1, 4, *spatial)}, [weight("w", 6, 4, *[3] * len(spatial))])
    assert tally.macs == 6 * 7 ** len(spatial) * 4 * 3 ** len(spatial)


def test_transposed_convolution_with_groups():
    tally = one("ConvTranspose", {"x": (1, 6, 5, 5)}, [weight("w", 6, 2, 4, 4)], group=3, strides=[2, 2])
    assert tally.macs == 6 * 25 * 2 * 16


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
@pytest.mark.parametrize("directions", [1, 2])
def test_recurrent_layer_counts_steps_and_directions(kind, gates, directions):
    steps, batch, size, hidden = 7, 2, 5, 6
    weights = [
        weight("w", directions, gates * hidden, size),
        weight("r", directions, gates * hidden, hidden),
    ]
    way = "bidirectional" if directions == 2 else "forward"
    tally = one(kind, {"x": (steps, batch, size)}, weights, hidden_size=hidden, direction=way)
    assert tally.macs == directions * steps * batch * gates * hidden * (size + hidden)


def test_recurrent_layer_with_batch_first_layout():
    weights = [weight("w", 1, 24, 5), weight("r", 1, 24, 6)]
    tally = one("LSTM", {"x": (2, 7, 5)}, weights, hidden_size=6, layout=1)
    assert tally.macs == 7 * 2 * 24 * 11


def test_einsum_of_attention_scores():
    tally = one("Einsum", {"q": (2, 4, 5, 8), "k": (2, 4, 7, 8)}, equation="bhqd,bhkd->bhqk")
    assert tally.macs == 2 * 4 * 5 * 7 * 8


def test_attention_operator_with_grouped_heads_and_three_dimensions():
    shapes = {"q": (2, 5, 8 * 16), "k": (2, 9, 2 * 16), "v": (2, 9, 2 * 10)}
    tally = one("Attention", shapes, opset=23, q_num_heads=8, kv_num_heads=2)
    assert tally.macs == 2 * 8 * 5 * 9 * (16 + 10)


def test_attention_operator_with_four_dimensions():
    tally = one("Attention", {"q": (2, 4, 5, 8), "k": (2, 4, 9, 8), "v": (2, 4, 9, 6)}, opset=23)
    assert tally.macs == 2 * 4 * 5 * 9 * (8 + 6)


@pytest.mark.parametrize(("queries", "keys"), [(1, 3), (3, 1)])
def test_attention_of_one_batch_that_serves_many(queries, keys):
    shapes = {"q": (queries, 4, 5, 8), "k": (keys, 4, 9, 8), "v": (keys, 4, 9, 6)}
    assert one("Attention", shapes, opset=23).macs == 3 * 4 * 5 * 9 * (8 + 6)
    flat = {"q": (queries, 5, 32), "k": (keys, 9, 32), "v": (keys, 9, 24)}
    tally = one("Attention", flat, opset=23, q_num_heads=4, kv_num_heads=4)
    assert tally.macs == 3 * 4 * 5 * 9 * (8 + 6)


def test_microsoft_attention_counts_its_projection_too():
    tally = one("Attention", {"x": (2, 5, 12)}, [weight("w", 12, 36)], domain="com.microsoft", num_heads=3)
    assert tally.macs == 2 * 5 * 12 * 36 + 2 * 3 * 5 * 5 * 8


def test_microsoft_multi_head_attention():
    shapes = {"q": (2, 5, 12), "k": (2, 9, 12), "v": (2, 9, 6)}
    tally = one("MultiHeadAttention", shapes, domain="com.microsoft", num_heads=3)
    assert tally.macs == 2 * 3 * 5 * 9 * (4 + 2)


@pytest.mark.parametrize("packed", [False, True])
def test_microsoft_group_query_attention_counts_every_query_head(packed):
    """Six heads of four in two groups, five tokens after three."""
    names = ["q", "", ""] if packed else ["q", "k", "v"]
    nodes = [
        helper.make_node(
            "GroupQueryAttention", [*names, "past", "past"], ["a"], domain="com.microsoft",
            num_heads=6, kv_num_heads=2),
        helper.make_node("MatMul", ["a", "w"], ["y"]),
    ]  # fmt: skip
    keys = {} if packed else {"k": (2, 5, 8), "v": (2, 5, 8)}
    shapes = {"q": (2, 5, 40 if packed else 24), **keys, "past": (2, 2, 3, 4)}
    tally = count(nodes, shapes, [weight("w", 24, 7)])
    assert tally.macs == 2 * 6 * 5 * 8 * (4 + 4) + 2 * 5 * 24 * 7
    assert tally.counted_fraction == 1.0


def test_shapes_flow_through_fused_embeddings():
    names = ["ids", "", "words", "places", "", "gamma", "beta"]
    nodes = [
        helper.make_node("EmbedLayerNormalization", names, ["a", "b"], domain="com.microsoft"),
        helper.make_node("MatMul", ["a", "w"], ["y"]),
    ]
    weights = [weight("words", 50, 12), weight("places", 9, 12), weight("gamma", 12), weight("beta", 12)]
    tally = count(nodes, {"ids": (2, 5)}, [*weights, weight("w", 12, 7)], kinds={"ids": TensorProto.INT32})
    assert (tally.macs, tally.counted_fraction) == (2 * 5 * 12 * 7, 1.0)


def test_shapes_flow_through_fused_operators():
    nodes = [
        helper.make_node("FusedConv", ["x", "w"], ["a"], domain="com.microsoft", activation="Relu"),
        helper.make_node("Flatten", ["a"], ["b"]),
        helper.make_node("FusedMatMul", ["b", "v"], ["c"], domain="com.microsoft", transB=1),
        helper.make_node("FastGelu", ["c"], ["d"], domain="com.microsoft"),
        helper.make_node("MatMul", ["d", "u"], ["y"]),
    ]
    weights = [weight("w", 4, 3, 3, 3), weight("v", 10, 4 * 36), weight("u", 10, 2)]
    tally = count(nodes, {"x": (1, 3, 8, 8)}, weights)
    assert tally.macs == 4 * 36 * 27 + 4 * 36 * 10 + 20
    assert tally.counted_fraction == 1.0


def test_quantised_operators_count_as_integer_macs():
    scale, zero = constant("s", np.float32(0.1)), constant("z", np.uint8(3))
    nodes = [
        helper.make_node("QLinearConv", ["x", "s", "z", "w", "s", "z", "s", "z"], ["a"]),
        helper.make_node("QLinearMatMul", ["a", "s", "z", "v", "s", "z", "s", "z"], ["b"]),
        helper.make_node("MatMulInteger", ["b", "u"], ["y"]),
    ]
    kind = TensorProto.UINT8
    weights = [
        weight("w", 2, 3, 3, 3, kind=kind),
        weight("v", 6, 5, kind=kind),
        weight("u", 5, 4, kind=kind),
        scale,
        zero,
    ]
    tally = count(nodes, {"x": (1, 3, 8, 8)}, weights, kinds={"x": kind})
    assert tally.macs == tally.integer_macs == 2 * 36 * 27 + 2 * 6 * 6 * 5 + 2 * 6 * 5 * 4


def test_convolution_between_dequantised_tensors_counts_as_integer():
    scale = constant("s", np.float32(0.1))
    nodes = [
        helper.make_node("DequantizeLinear", ["x", "s"], ["xf"]),
        helper.make_node("DequantizeLinear", ["w", "s"], ["wf"]),
        helper.make_node("Conv", ["xf", "wf"], ["y"]),
    ]
    weights = [weight("w", 2, 3, 3, 3, kind=TensorProto.INT8), scale]
    tally = count(nodes, {"x": (1, 3, 5, 5)}, weights, kinds={"x": TensorProto.INT8})
    assert tally.macs == tally.integer_macs == 2 * 9 * 27


def test_other_work_is_counted_apart():
    nodes = [
        helper.make_node("Relu", ["x"], ["a"]),
        helper.make_node("Softmax", ["a"], ["b"]),
        helper.make_node("MaxPool", ["b"], ["c"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("ReduceMean", ["c"], ["y"], axes=[2, 3]),
    ]
    tally = count(nodes, {"x": (1, 2, 4, 4)})
    assert (tally.macs, tally.other) == (0, 32 + 32 * 5 + 8 * 4 + 8)


def test_shapes_that_the_graph_computes_for_itself_are_known():
    nodes = [
        helper.make_node("Shape", ["x"], ["s"]),
        helper.make_node("Gather", ["s", "zero"], ["n"]),
        helper.make_node("Unsqueeze", ["n", "axes"], ["n1"]),
        helper.make_node("Concat", ["n1", "rest"], ["wanted"], axis=0),
        helper.make_node("Reshape", ["x", "wanted"], ["flat"]),
        helper.make_node("MatMul", ["flat", "w"], ["y"]),
    ]
    constants = [constant("zero", np.int64(0)), constant("axes", [0]), constant("rest", [2, -1])]
    tally = count(nodes, {"x": (3, 4, 6)}, [*constants, weight("w", 12, 5)])
    assert (tally.macs, tally.counted_fraction) == (3 * 2 * 12 * 5, 1.0)


def test_custom_operator_is_uncounted_and_so_is_what_depends_on_its_shape():
    nodes = [
        helper.make_node("Foo", ["x"], ["a"], domain="com.example"),
        helper.make_node("Relu", ["a"], ["b"]),
        helper.make_node("Reshape", ["b", "wanted"], ["c"]),
        helper.make_node("MatMul", ["c", "w"], ["y"]),
    ]
    tally = count(nodes, {"x": (2, 3)}, [constant("wanted", [2, 3]), weight("w", 3, 5)])
    assert dict(tally.uncounted) == {"com.example.Foo": 1, "Relu": 1}
    assert (tally.macs, tally.counted_fraction) == (30, 0.5)


def test_declared_shape_of_a_custom_operator_is_taken_with_its_symbols_replaced():
    nodes = [
        helper.make_node("Foo", ["x"], ["a"], domain="com.example"),
        helper.make_node("MatMul", ["a", "w"], ["y"]),
    ]
    model = build(nodes, [value("x", ["n", 3])], [weight("w", 3, 5)], value_info=[value("a", ["n", 3])])
    tally = onnx_flops.count(model, {"x": (4, 3)})
    assert (tally.macs, dict(tally.uncounted)) == (60, {"com.example.Foo": 1})


def test_stale_shapes_in_the_file_do_not_count():
    nodes = [helper.make_node("Relu", ["x"], ["a"]), helper.make_node("MatMul", ["a", "w"], ["y"])]
    model = build(nodes, [value("x", ["n", 3])], [weight("w", 3, 5)], value_info=[value("a", [1, 3])])
    assert onnx_flops.count(model, {"x": (8, 3)}).macs == 8 * 15


def test_shapes_that_depend_on_data_leave_their_nodes_uncounted():
    nodes = [
        helper.make_node("NonZero", ["x"], ["i"]),
        helper.make_node("Cast", ["i"], ["f"], to=FLOAT),
        helper.make_node("MatMul", ["w", "f"], ["y"]),
    ]
    tally = count(nodes, {"x": (4, 4)}, [weight("w", 3, 2)])
    assert (tally.macs, dict(tally.uncounted)) == (0, {"MatMul": 1})
    assert tally.to_flops(1).per_inference is None


def test_local_functions_are_counted_as_what_they_hold():
    function = helper.make_function(
        "com.example",
        "Double",
        ["a", "b"],
        ["c"],
        [helper.make_node("MatMul", ["a", "b"], ["d"]), helper.make_node("Relu", ["d"], ["c"])],
        [helper.make_opsetid("", 17)],
    )
    node = helper.make_node("Double", ["x", "w"], ["y"], domain="com.example")
    graph = helper.make_graph(
        [node], "g", [value("x", [None, 300])], [value("y", None)], [weight("w", 300, 50)]
    )
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    tally = onnx_flops.count(
        helper.make_model(graph, opset_imports=imports, functions=[function]), {"x": (2, 300)}
    )
    assert (tally.macs, tally.other, tally.counted_fraction) == (30_000, 100, 1.0)


def test_function_that_calls_itself_is_uncounted():
    again = helper.make_node("Again", ["a"], ["b"], domain="com.example")
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.example", 1)]
    function = helper.make_function("com.example", "Again", ["a"], ["b"], [again], imports)
    node = helper.make_node("Again", ["x"], ["y"], domain="com.example")
    graph = helper.make_graph([node], "g", [value("x", [2])], [value("y", None)])
    model = helper.make_model(graph, opset_imports=imports, functions=[function])
    assert dict(onnx_flops.count(model, {}).uncounted) == {"com.example.Again": 1}


def test_nodes_that_are_not_as_their_operator_asks_are_uncounted():
    nodes = [
        helper.make_node("If", ["x"], ["a"]),
        helper.make_node("MatMul", ["x", "w"], ["b"]),
        helper.make_node("MaxPool", ["x"], ["c"]),
        helper.make_node("Conv", ["x"], ["y"]),
    ]
    tally = count(nodes, {"x": (2, 3)}, [weight("w", 4, 5)])
    assert dict(tally.uncounted) == {"If": 1, "MatMul": 1, "MaxPool": 1, "Conv": 1}


def test_weights_in_a_missing_external_file_are_not_read(tmp_path):
    weight = numpy_helper.from_array(np.ones((300, 50), np.float32), "w")
    model = build([helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x", [None, 300])], [weight])
    path = tmp_path / "model.onnx"
    onnx.save(model, path, save_as_external_data=True, location="weights.bin", size_threshold=0)
    (tmp_path / "weights.bin").unlink()
    light = onnx.load(path, load_external_data=False)
    assert onnx_flops.count(light, {"x": (2, 300)}).macs == 30_000


def test_fixed_input_needs_no_shape_and_an_unknown_name_is_refused():
    model = build([helper.make_node("MatMul", ["x", "w"], ["y"])], [value("x", [2, 3])], [weight("w", 3, 5)])
    assert onnx_flops.count(model, {}).macs == 30
    with pytest.raises(ValueError, match="no such input: z"):
        onnx_flops.count(model, {"z": (2, 3)})


_NO_RULE = """AffineGrid Bernoulli CausalConvWithState DFT Det ImageDecoder LinearAttention MaxRoiPool
    MelWeightMatrix Multinomial NegativeLogLikelihoodLoss NonMaxSuppression RandomNormal
    RandomNormalLike RandomUniform RandomUniformLike RegexFullMatch RoiAlign STFT SequenceMap
    SoftmaxCrossEntropyLoss StringConcat StringNormalizer StringSplit TfIdfVectorizer"""


def test_every_operator_that_onnx_defines_has_a_rule_except_these():
    from profiler.backends import onnx_control, onnx_rules

    control = set(onnx_control.RULES)
    history = onnx.defs.get_all_schemas_with_history()
    names = {schema.name for schema in history if schema.domain == "" and schema.since_version <= 28}
    open_ones = {
        name
        for name in names - control
        if not onnx_rules.is_movement("", name) and onnx_rules.rule_for("", name) is None
    }
    assert open_ones == set(_NO_RULE.split()) & names


def test_a_thousand_nodes_take_less_than_a_second():
    nodes = [
        node
        for i in range(0, 1000, 2)
        for node in (
            helper.make_node("MatMul", [f"t{i}", "w"], [f"t{i + 1}"]),
            helper.make_node("Relu", [f"t{i + 1}"], [f"t{i + 2}"]),
        )
    ]
    model = build(nodes, [value("t0", [None, 64])], [weight("w", 64, 64)], outputs=("t1000",))
    start = time.perf_counter()
    tally = onnx_flops.count(model, {"t0": (8, 64)})
    assert time.perf_counter() - start < 1.0
    assert tally.macs == 500 * 8 * 64 * 64


def _folded(node, **values):
    model = build([node], [], [constant(name, given) for name, given in values.items()])
    scope = Scope(model)
    for tensor in model.graph.initializer:
        scope.add_tensor(tensor.name, tensor)
    onnx_constants.fold(node, scope)
    return scope.value(node.output[0])


@pytest.mark.parametrize(
    "node",
    [
        helper.make_node("Add", ["a", "b"], ["y"]),
        helper.make_node("Mod", ["a", "b"], ["y"]),
        helper.make_node("Max", ["a", "b"], ["y"]),
        helper.make_node("Where", ["a", "b", "a"], ["y"]),
        helper.make_node("Gather", ["a", "b"], ["y"], axis=1),
        helper.make_node("Concat", ["c"] * 4000, ["y"], axis=0),
    ],
    ids=lambda node: node.op_type,
)
def test_a_constant_that_would_be_large_is_never_computed(node):
    tall, flat = np.ones((4000, 1), np.int64), np.zeros((1, 4000), np.int64)
    tracemalloc.start()
    try:
        assert _folded(node, a=tall, b=flat, c=np.ones(4000, np.int64)) is None
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()


def test_texts_are_neither_joined_nor_repeated():
    text = np.array(["a"], object)
    assert _folded(helper.make_node("Add", ["a", "a"], ["y"]), a=text) is None
    assert _folded(helper.make_node("Mul", ["a", "b"], ["y"]), a=text, b=np.array([5])) is None


def test_a_range_without_end_is_not_folded():
    node = helper.make_node("Range", ["a", "b", "c"], ["y"])
    assert _folded(node, a=np.float32(0), b=np.float32(np.inf), c=np.float32(1)) is None


def test_a_product_of_weights_is_folded_and_no_work_of_a_call():
    nodes = [
        helper.make_node("MatMul", ["a", "b"], ["w"]),
        helper.make_node("Relu", ["w"], ["v"]),
        helper.make_node("MatMul", ["x", "v"], ["y"]),
    ]
    weights = [weight("a", 256, 256), weight("b", 256, 256)]
    tally = count(nodes, {"x": (1, 256)}, weights)
    assert (tally.macs, tally.other, tally.operators, tally.counted_fraction) == (256 * 256, 0, 3, 1.0)


def test_a_product_of_weights_inside_a_branch_is_folded_too():
    inner = [weight("b", 8, 8)]
    branches = [
        helper.make_graph(
            [helper.make_node("MatMul", ["a", "b"], ["w"]), helper.make_node("MatMul", ["x", "w"], ["z"])],
            name, [], [value("z", [1, 8])], inner,
        )
        for name in ("then", "else")
    ]  # fmt: skip
    node = helper.make_node("If", ["c"], ["y"], then_branch=branches[0], else_branch=branches[1])
    tally = count([node], {"x": (1, 8), "c": ()}, [weight("a", 8, 8)], kinds={"c": BOOL})
    assert tally.macs == 8 * 8


def test_what_a_body_is_handed_is_no_constant():
    body = helper.make_graph(
        [helper.make_node("Identity", ["go"], ["on"]), helper.make_node("MatMul", ["s", "w"], ["t"])],
        "body",
        [value("i", [], INT64), value("go", [], BOOL), value("s", None)],
        [value("on", [], BOOL), value("t", None)],
    )
    nodes = [helper.make_node("Loop", ["m", "", "start"], ["y"], body=body)]
    weights = [weight("start", 2, 8), weight("w", 8, 8), constant("m", np.int64(5))]
    assert count(nodes, {}, weights).macs == 5 * 2 * 8 * 8


@pytest.mark.parametrize(
    ("kind", "inputs", "more"), [("RandomNormal", [], {"shape": [4, 4]}), ("RandomNormalLike", ["w"], {})]
)
def test_what_is_drawn_by_chance_is_drawn_at_every_call(kind, inputs, more):
    nodes = [helper.make_node(kind, inputs, ["r"], **more), helper.make_node("MatMul", ["r", "w"], ["y"])]
    found = onnx_flops.survey(build(nodes, [], [weight("w", 4, 4)]), {})
    assert found.tally.macs == 4 * 4 * 4
    assert found.memory.peak_activations_bytes == 2 * 4 * 4 * 4
