"""Rows of a trace and nodes of the graph: by name, by tensor, by what runtimes make one."""

from profiler import operator_join
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


def test_a_row_that_is_called_by_the_last_tensor_has_the_nodes_back_to_its_own_type() -> None:
    rows = [_row("r1_nchwc", "Conv", "r1"), _row("r2_nchwc", "Conv", "r2"), _row("Reorder", "Reorder")]
    assert operator_join.join(rows, NODES) == [
        ("conv1", "relu1"),
        ("conv2", "relu2", "add"),
        (),
    ]


def test_an_activation_without_a_row_is_folded_into_the_product_it_reads() -> None:
    rows = [_row("conv1", "FusedConv", "conv1"), _row("conv2", "FusedConv", "conv2")]
    assert operator_join.join(rows, NODES) == [("conv1", "relu1"), ("conv2", "relu2", "add")]


def test_what_is_read_twice_is_not_folded() -> None:
    rows = [_row("conv1", "Conv", "conv1"), _row("relu1", "Relu", "relu1"), _row("conv2", "Conv", "conv2")]
    assert operator_join.join(rows, NODES) == [("conv1",), ("relu1",), ("conv2", "relu2", "add")]
    branched = (*NODES[:2], _node("also", "Relu", ("c1",), "z"))
    assert operator_join.join(rows[:1], branched) == [("conv1",)]


def test_a_fused_row_may_name_all_its_nodes_itself_and_a_node_belongs_to_one_row() -> None:
    rows = [_row("both", "Convolution", "conv1", "relu1"), _row("again", "Relu", "relu1")]
    assert operator_join.join(rows, NODES)[:2] == [("conv1", "relu1"), ()]


def test_names_that_the_file_does_not_have_join_nothing() -> None:
    assert operator_join.join([_row("elsewhere", "Conv", "nowhere")], NODES) == [()]
    assert operator_join.join([_row("conv1", "Conv", "conv1")], ()) == [()]
