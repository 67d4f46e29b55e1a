"""Rows of a trace and nodes of the graph: by name, by tensor, by what runtimes make one."""

import msgspec
import pytest

from profiler import operator_join, operator_kinds
from profiler.messages import Node, TracedOperator


def _node(name: str, kind: str, reads: tuple[str, ...], makes: str, flops: int = 0) -> Node:
    return Node(name, kind, reads, (makes,), flops=flops, other_flops=1, integer_operations=0)


NODES = (
    _node("conv1", "Conv", ("x",), "c1", flops=100),
    _node("relu1", "Relu", ("c1",), "r1"),
    _node("conv2", "Conv", ("r1",), "c2", flops=100),
    _node("relu2", "Relu", ("c2",), "r2"),
    _node("add", "Add", ("r2", "r1"), "s"),
    _node("softmax", "Softmax", ("s",), "y"),
)


def _row(name: str, kind: str, *nodes: str) -> TracedOperator:
    return TracedOperator(name, kind, 1, 1, nodes)


def _names(rows: list[TracedOperator], nodes: tuple[Node, ...]) -> list[tuple[str, ...]]:
    return [joined.names for joined in operator_join.join(rows, nodes)]


def test_a_row_that_is_called_by_the_last_tensor_has_the_nodes_back_to_its_own_type() -> None:
    rows = [_row("r1_nchwc", "Conv", "r1"), _row("r2_nchwc", "Conv", "r2"), _row("Reorder", "Reorder")]
    assert _names(rows, NODES) == [
        ("conv1", "relu1"),
        ("conv2", "relu2", "add"),
        (),
    ]


def test_an_activation_without_a_row_is_folded_into_the_product_it_reads() -> None:
    rows = [_row("conv1", "FusedConv", "conv1"), _row("conv2", "FusedConv", "conv2")]
    assert _names(rows, NODES) == [("conv1", "relu1"), ("conv2", "relu2", "add")]


def test_what_is_read_twice_is_not_folded() -> None:
    rows = [_row("conv1", "Conv", "conv1"), _row("relu1", "Relu", "relu1"), _row("conv2", "Conv", "conv2")]
    assert _names(rows, NODES) == [("conv1",), ("relu1",), ("conv2", "relu2", "add")]
    branched = (*NODES[:2], _node("also", "Relu", ("c1",), "z"))
    assert _names(rows[:1], branched) == [("conv1",)]


def test_a_fused_row_may_name_all_its_nodes_itself_and_a_node_belongs_to_one_row() -> None:
    rows = [_row("both", "Convolution", "conv1", "relu1"), _row("again", "Relu", "relu1")]
    rows += [_row("conv2", "Convolution", "conv2")]
    assert _names(rows, NODES)[:2] == [("conv1", "relu1"), ()]


def test_names_that_the_file_does_not_have_join_nothing() -> None:
    assert _names([_row("elsewhere", "Conv", "nowhere")], NODES) == [()]
    assert _names([_row("conv1", "Conv", "conv1")], ()) == [()]


LINEAR = (
    _node("matmul", "MatMul", ("x",), "m", flops=64),
    _node("bias", "Add", ("m",), "b"),
    _node("gemm", "Gemm", ("b",), "y", flops=32),
)


def test_a_row_that_names_the_bias_alone_has_the_product_before_it() -> None:
    rows = [_row("bias", "FullyConnected", "bias"), _row("y", "FullyConnected", "y")]
    assert _names(rows, LINEAR) == [("matmul", "bias"), ("gemm",)]


def test_the_way_back_may_branch_where_one_branch_alone_leads_to_a_product() -> None:
    nodes = (_node("scale", "Mul", ("x",), "s"), *LINEAR[:1], _node("sum", "Add", ("m", "s"), "y"))
    assert _names([_row("sum", "FullyConnected", "sum")], nodes) == [("matmul", "sum", "scale")]


def test_where_two_products_may_be_meant_the_row_keeps_neither_and_says_nothing_of_its_work() -> None:
    nodes = (
        *LINEAR[:1],
        _node("other", "MatMul", ("z",), "o", flops=64),
        _node("sum", "Add", ("m", "o"), "y"),
    )
    (joined,) = operator_join.join([_row("sum", "FullyConnected", "sum")], nodes)
    assert not joined.is_whole


def test_a_node_without_a_name_is_found_by_its_place_among_those_that_are_no_constants() -> None:
    nodes = (
        Node("k", "Constant", (), ("k",)),
        _node("m", "MatMul", ("x",), "m", flops=8),
        _node("y", "Relu", ("m",), "y"),
        _node("named", "Relu", ("y",), "z"),
    )

    def placed(kind: str, at: int) -> TracedOperator:
        return TracedOperator(f"{kind}_{at}", kind, 1, 1, position=at)

    rows = [placed("MatMul", 0), placed("Relu", 1), placed("Relu", 2), placed("Relu", 9)]
    assert _names(rows, nodes)[:2] == [("m",), ("y",)]
    assert "named" not in {name for names in _names([*rows[:2], rows[3]], nodes)[:2] for name in names}
    assert _names([placed("MatMul", 1)], nodes) != [("y",)]


def test_two_rows_of_a_layer_in_both_directions_are_halves_of_it() -> None:
    nodes = (_node("lstm", "LSTM", ("x",), "h", flops=100), _node("y", "Gemm", ("h",), "y", flops=10))
    rows = [
        TracedOperator(f"LSTMSequence_{at}", "LSTMSequence", 1, 1, part_of=("h", "h_tensor")) for at in (1, 2)
    ]
    found = operator_join.join([*rows, _row("y", "FullyConnected", "y")], nodes)
    assert [joined.names for joined in found] == [("lstm",), ("lstm",), ("y",)]
    assert [joined.parts for joined in found] == [2, 2, 1]


def test_a_row_is_a_part_of_its_own_type_only_and_three_are_parts_of_nothing() -> None:
    nodes = (_node("lstm", "LSTM", ("x",), "h", flops=100),)
    mover = TracedOperator("t", "Transpose", 1, 1, part_of=("h",))
    parts = [TracedOperator(str(at), "LSTMSequence", 1, 1, part_of=("h",)) for at in range(3)]
    assert _names([mover], nodes) == [()]
    assert _names(parts, nodes) == [(), (), ()]


def test_a_row_that_moves_data_runs_no_arithmetic_whatever_its_name() -> None:
    nodes = (_node("pool", "MAX_POOL_2D", ("x",), "p"),)
    assert _names([_row("pool", "Transpose", "pool")], nodes) == [()]


def test_nameless_rows_are_paired_with_nodes_of_their_type_in_a_chain_and_only_there() -> None:
    rows = [_row("Convolution_7", "Convolution"), _row("Convolution_9", "GroupConvolution")]
    chain = (
        _node("a", "CONV_2D", ("x",), "a", flops=9),
        _node("b", "DEPTHWISE_CONV_2D", ("a",), "b", flops=5),
    )
    assert _names(rows, chain) == [("a",), ("b",)]
    beside = (chain[0], _node("b", "CONV_2D", ("x",), "b", flops=5))
    assert _names(rows, beside) == [(), ()]
    assert _names(rows[:1], chain) == [()]


def test_what_a_runtime_puts_together_again_has_all_of_what_was_spelled_out() -> None:
    nodes = (
        *LINEAR[:2],
        _node("div", "Div", ("b",), "d"),
        _node("erf", "Erf", ("d",), "e"),
        _node("mul", "Mul", ("b", "e"), "g"),
        _node("next", "Gemm", ("g",), "y", flops=32),
    )
    rows = [_row("matmul", "MatMul", "matmul"), _row("BiasGelu", "BiasGelu"), _row("next", "Gemm", "next")]
    assert _names(rows, nodes) == [("matmul",), ("bias", "div", "erf", "mul"), ("next",)]


def test_what_has_no_row_is_counted_with_the_row_that_reads_it_and_shown_last() -> None:
    nodes = (
        _node("scale", "Sqrt", ("x",), "s"),
        Node("shape", "Reshape", ("s",), ("r",), flops=0, other_flops=0, integer_operations=0),
        _node("mul", "Multiply", ("r",), "m"),
        Node("weights", "DequantizeLinear", (), ("w",), flops=0, other_flops=9, integer_operations=0),
    )
    assert _names([_row("mul", "Multiply", "mul")], nodes) == [("mul", "scale")]


NARROWED = (
    _node("c1", "Conv", ("x",), "c1", flops=9),
    _node("n1", "BatchNormalization", ("c1",), "n1"),
    _node("c2", "Conv", ("n1",), "c2", flops=5),
    _node("n2", "BatchNormalization", ("c2",), "n2"),
    _node("relu", "Relu", ("n2",), "r"),
    _node("c3", "Conv", ("r",), "c3", flops=7),
    _node("sum", "Add", ("c3", "n1"), "y"),
)


def _after(row: TracedOperator, *names: str) -> TracedOperator:
    return msgspec.structs.replace(row, after=names)


def test_a_row_is_told_by_the_rows_that_it_reads_from() -> None:
    rows = [
        _row("in", "Reorder"),
        _after(_row("one", "Convolution"), "in"),
        _after(_row("two", "Convolution", "relu"), "one"),
        _after(_row("three", "Convolution", "sum"), "two", "one"),
    ]
    assert _names(rows, NARROWED) == [(), ("c1", "n1"), ("c2", "n2", "relu"), ("c3", "sum")]


def test_of_nodes_that_read_alike_and_do_other_work_a_row_has_none() -> None:
    nodes = (
        _node("first", "Relu", ("x",), "a"),
        _node("left", "Conv", ("a",), "b", flops=5),
        _node("right", "Conv", ("a",), "c", flops=7),
    )
    rows = [_row("first", "Relu", "first"), *(_after(_row(at, "Convolution"), "first") for at in ("p", "q"))]
    assert _names(rows, nodes) == [("first",), (), ()]
    sized = [
        msgspec.structs.replace(node, shape=(1, 8, size)) for node, size in zip(nodes, (4, 4, 6), strict=True)
    ]
    told = [
        rows[0],
        *(
            msgspec.structs.replace(row, shape=(1, size, 8))
            for row, size in zip(rows[1:], (6, 4), strict=True)
        ),
    ]
    assert _names(told, tuple(sized)) == [("first",), ("right",), ("left",)]
    alike = (*nodes[:2], _node("right", "Conv", ("a",), "c", flops=5))
    assert _names(rows, alike) == [("first",), ("left",), ("right",)]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [("FullyConnected", "Gemm", True), ("LSTMSequence", "LSTM", True), ("Convolution", "Conv", True),
     ("Mine", "Mine", True), ("Mine", "Yours", False), ("MatMul", "Conv", False), ("MVN", "Mine", False)],
)  # fmt: skip
def test_types_that_stand_for_one_another(one: str, other: str, found: bool) -> None:
    assert operator_kinds.alike(one, other) is found
