"""Rows of a traced pass, joined to the graph's nodes."""

import msgspec
import pytest

from profiler import operators, wording
from profiler.errors import KnownError
from profiler.messages import Node, TraceDone, TracedOperator, TracedWork
from profiler.result import Operator

NODES = (
    Node(
        "conv", "Conv", flops=2_000, other_flops=10, integer_operations=0, bytes_read=300, bytes_written=100
    ),
    Node("relu", "Relu", flops=0, other_flops=50, integer_operations=0, bytes_read=100, bytes_written=100),
    Node("custom", "Mine", bytes_read=8, bytes_written=8),
)


def _done(*rows: TracedOperator, call_ns: tuple[int, ...] = (1_000, 1_200, 3_000, 1_100)) -> TraceDone:
    return TraceDone("onnxruntime_profiler", rows, call_ns)


def test_times_are_means_per_inference_and_shares_add_up_to_one() -> None:
    slow = TracedOperator("conv_relu", "FusedConv", 3_200, 4, ("conv", "relu"), "", "cpu")
    quick = TracedOperator("reorder", "Reorder", 800, 8)
    first, second = operators.rows(_done(quick, slow), NODES)
    assert (first.name, first.time_ns, first.share, first.calls) == ("conv_relu", 800.0, 0.8, 1.0)
    assert (second.name, second.time_ns, second.share, second.calls) == ("reorder", 200.0, 0.2, 2.0)


def test_a_fused_row_has_the_work_of_all_its_nodes() -> None:
    (row,) = operators.rows(_done(TracedOperator("both", "FusedConv", 4_120, 4, ("conv", "relu"))), NODES)
    assert (row.flops, row.integer_operations, row.bytes) == (2_060, 0, 600)
    assert row.flops_per_s == pytest.approx(2e9)


def test_a_row_without_a_node_or_with_an_uncounted_one_says_nothing_of_its_work() -> None:
    added, unknown = operators.rows(
        _done(
            TracedOperator("reorder", "Reorder", 40, 4, ("elsewhere",)),
            TracedOperator("mine", "Mine", 4, 4, ("custom", "conv")),
        ),
        NODES,
    )
    assert (added.nodes, added.flops, added.bytes, added.flops_per_s) == ((), None, None, None)
    assert (unknown.nodes, unknown.flops, unknown.bytes) == (("conv", "custom"), None, 416)


BOTH = ("operators.flops", "operators.bytes")


def _row(kind: str, *nodes: str, flops: int | None = None, bytes: int | None = None) -> Operator:
    return Operator(kind, kind, 1.0, 0.1, nodes=nodes, flops=flops, bytes=bytes)


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (_row("Conv", "conv", flops=5, bytes=5), {}),
        (_row("Reorder"), dict.fromkeys(BOTH, "operators_own_moves")),
        (_row("Mystery"), dict.fromkeys(BOTH, "operators_unjoined")),
        (_row("Conv", "conv"), dict.fromkeys(BOTH, "operators_unjoined")),
        (_row("Mine", "custom", bytes=16), {"operators.flops": "operators_uncounted"}),
        (_row("LSTMSequence", "conv", flops=5), {"operators.bytes": "operators_split"}),
        (_row("Relu", "relu", flops=5), {"operators.bytes": "operators_sizes_unknown"}),
    ],
)  # fmt: skip
def test_rows_without_figures_say_why(row: Operator, codes: dict[str, str]) -> None:
    found = operators.gaps([row, _row("Conv", "conv", flops=5, bytes=5)], NODES)
    assert {name: reason.code for name, reason in found.items()} == codes
    for reason in found.values():
        assert wording.reason_sentence(reason, "en") != wording.reason_sentence(reason, "zh_CN")
        assert "{" not in wording.reason_sentence(reason, "en")


def test_half_of_a_layer_has_half_its_arithmetic_and_what_the_runtime_counts_stands_for_itself() -> None:
    nodes = (Node("lstm", "LSTM", ("x",), ("h",), flops=100, other_flops=10, integer_operations=0,
                  bytes_read=8, bytes_written=8),)  # fmt: skip
    halves = [TracedOperator(str(at), "LSTMSequence", 10, 1, part_of=("h",)) for at in range(2)]
    told = TracedOperator("aten.mm 1", "aten.mm", 10, 1, work=TracedWork(7, 0, 3))
    rows = operators.rows(_done(*halves, told), nodes)
    assert [(row.flops, row.bytes) for row in rows] == [(55, None), (55, None), (7, 3)]


def test_the_summary_says_how_much_slower_and_how_much_is_explained() -> None:
    trace = operators.summary(_done(TracedOperator("conv", "Conv", 3_150, 4)), timed_mean_ns=500.0)
    assert (trace.calls, trace.call_mean_ns, trace.sum_ns) == (4, 1_575.0, 787.5)
    assert trace.slowdown == pytest.approx(3.15)
    assert trace.explained == pytest.approx(0.5)
    assert operators.summary(_done(), None).slowdown is None


def test_one_long_call_leaves_the_rows_within_the_call_that_is_shown() -> None:
    disturbed = _done(TracedOperator("loop", "Loop", 315_000, 3), call_ns=(29_000, 30_000, 287_000))
    trace = operators.summary(disturbed, timed_mean_ns=20_000.0)
    assert trace.call_mean_ns is not None
    assert trace.sum_ns <= trace.call_mean_ns
    assert trace.explained == pytest.approx(trace.sum_ns / trace.call_mean_ns)


@pytest.mark.parametrize("timed", [1_575.0, 4_000.0])
def test_calls_that_were_not_slower_tell_no_slowdown(timed: float) -> None:
    trace = operators.summary(_done(), timed_mean_ns=timed)
    assert (trace.slowdown, trace.timed_mean_ns) == (None, timed)


@pytest.mark.parametrize(
    "done",
    [
        _done(call_ns=()),
        _done(call_ns=(0,)),
        _done(TracedOperator("a", "A", -1, 1)),
        _done(TracedOperator("a", "A", 1, -1)),
    ],
)
def test_a_pass_that_cannot_be_is_refused(done: TraceDone) -> None:
    with pytest.raises(KnownError):
        operators.check(done)


def test_the_speed_of_a_row_with_products_of_integers_is_that_of_the_integers() -> None:
    quantised = Operator("q", "QLinearConv", 1_000.0, 1.0, flops=10, integer_operations=4_000)
    row = operators.with_speeds(quantised)
    assert (row.flops_per_s, row.integer_operations_per_s) == (None, pytest.approx(4e9))
    plain = operators.with_speeds(msgspec.structs.replace(row, integer_operations=0))
    assert (plain.flops_per_s, plain.integer_operations_per_s) == (pytest.approx(1e7), None)
