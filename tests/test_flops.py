"""Formulas of work against hand counts, and what the tally makes of them."""

import pytest

from profiler.metrics import flops
from profiler.metrics.einsum import einsum
from profiler.metrics.flops import Tally, Work


@pytest.mark.parametrize(
    ("left", "right", "macs"),
    [
        ((2, 3), (3, 5), 30),
        ((7, 2, 3), (3, 5), 210),
        ((7, 1, 2, 3), (4, 3, 5), 7 * 4 * 30),
        ((3,), (3, 5), 15),
        ((2, 3), (3,), 6),
        ((3,), (3,), 3),
        ((2, 0), (0, 5), 0),
    ],
)
def test_matmul_counts_rows_times_inner_times_columns_over_broadcast_batches(left, right, macs):
    assert flops.matmul(left, right) == macs


def test_matmul_of_shapes_that_do_not_fit_is_refused():
    with pytest.raises(ValueError, match="matmul"):
        flops.matmul((2, 3), (4, 5))
    with pytest.raises(ValueError, match="broadcast"):
        flops.matmul((2, 2, 3), (5, 3, 4))


@pytest.mark.parametrize(
    ("output", "weight", "macs"),
    [
        ((1, 8, 10), (8, 4, 3), 8 * 10 * 4 * 3),
        ((2, 8, 5, 5), (8, 4, 3, 3), 2 * 8 * 25 * 4 * 9),
        ((1, 16, 7, 7), (16, 1, 3, 3), 16 * 49 * 9),
        ((1, 6, 2, 3, 4), (6, 2, 3, 3, 3), 6 * 24 * 2 * 27),
    ],
)
def test_convolution_counts_each_output_over_the_channels_of_its_group(output, weight, macs):
    assert flops.convolution(output, weight) == macs


def test_transposed_convolution_counts_each_input_over_the_outputs_of_its_group():
    assert flops.transposed_convolution((2, 8, 5, 5), (8, 3, 4, 4)) == 2 * 8 * 25 * 3 * 16


@pytest.mark.parametrize("gates", [flops.LSTM_GATES, flops.GRU_GATES, flops.RNN_GATES])
def test_recurrent_layer_counts_both_products_at_every_step(gates):
    assert flops.recurrent(gates, 7, 2, 5, 6).macs == 7 * 2 * gates * 6 * (5 + 6)


def test_projected_lstm_feeds_back_the_smaller_state():
    assert flops.recurrent(4, 7, 2, 5, 6, projected=3).macs == 14 * (4 * 6 * (5 + 3) + 6 * 3)


def test_attention_counts_scores_and_their_product_with_the_values():
    assert flops.attention(8, 5, 9, 4, 6) == Work(8 * 5 * 9 * (4 + 6), 8 * 5 * 9 * 6)


@pytest.mark.parametrize(
    ("equation", "shapes", "work"),
    [
        ("ij,jk->ik", [(2, 3), (3, 5)], Work(30, 0)),
        ("bij,bjk", [(4, 2, 3), (4, 3, 5)], Work(120, 0)),
        ("...ij,...jk->...ik", [(4, 1, 2, 3), (6, 3, 5)], Work(4 * 6 * 30, 0)),
        ("bhqd,bhkd->bhqk", [(2, 4, 5, 8), (2, 4, 7, 8)], Work(2 * 4 * 5 * 7 * 8, 0)),
        ("i,j->ij", [(3,), (5,)], Work(0, 15)),
        ("ij->i", [(3, 5)], Work(0, 15)),
        ("ii->i", [(3, 3)], Work(0, 0)),
        ("ij->ji", [(3, 5)], Work(0, 0)),
        ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 5)], Work(2 * 3 * 4 + 2 * 4 * 5, 0)),
        ("ijm,jk->ik", [(2, 3, 7), (3, 5)], Work(30, 42)),
        ("i,i->", [(6,), (6,)], Work(6, 0)),
    ],
)
def test_einsum_contracts_from_left_to_right(equation, shapes, work):
    assert einsum(equation, shapes) == work


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [("ij,jk->ik", [(2, 3)]), ("ij->i", [(2, 3, 4)]), ("ij,jk->ik", [(2, 3), (4, 5)])],
)
def test_einsum_that_does_not_fit_its_operands_is_refused(equation, shapes):
    with pytest.raises(ValueError, match=r"terms|term|label"):
        einsum(equation, shapes)


def _tally() -> Tally:
    tally = Tally("by hand")
    tally.add("Conv", Work(100, 10))
    tally.add("QLinearConv", Work(40, 0, 40))
    tally.add_movement()
    return tally


def test_tally_of_covered_operators_gives_two_flops_per_mac():
    counted = _tally().to_flops(batch=4)
    assert (counted.per_inference, counted.macs_per_inference, counted.per_sample) == (280, 140, 70.0)
    assert (counted.other_per_inference, counted.counted_fraction, counted.method) == (10, 1.0, "by hand")
    assert _tally().integer_macs == 40


def test_uncounted_operators_are_named_and_lower_the_fraction():
    tally = _tally()
    tally.add_uncounted("com.example.Foo")
    counted = tally.to_flops(batch=1)
    assert counted.uncounted_operators == {"com.example.Foo": 1}
    assert counted.counted_fraction == 0.75
    assert counted.per_inference == 280


def test_nothing_found_beside_an_uncounted_operator_is_unknown_not_zero():
    tally = Tally("by hand")
    tally.add("Relu", Work(0, 5))
    tally.add_uncounted("com.example.Foo")
    counted = tally.to_flops(batch=1)
    assert counted.per_inference is None
    assert counted.macs_per_inference is None
    assert counted.per_sample is None
    assert counted.counted_fraction == 0.5


def test_nothing_seen_at_all_is_unknown():
    counted = Tally("by hand").to_flops(batch=1)
    assert counted.per_inference is None
    assert counted.counted_fraction is None


def test_model_without_products_does_truly_zero_macs():
    tally = Tally("by hand")
    tally.add("Relu", Work(0, 5))
    assert tally.to_flops(batch=1).per_inference == 0


def test_count_beyond_what_a_document_holds_is_unknown():
    tally = Tally("by hand")
    tally.add("MatMul", Work(2**62))
    assert tally.to_flops(batch=1).per_inference is None


def test_repeated_part_multiplies_work_and_counts_operators_once():
    tally = Tally("by hand")
    tally.add_repeated(_tally(), 5)
    assert (tally.macs, tally.integer_macs, tally.other, tally.operators) == (700, 200, 50, 3)


def test_part_that_runs_unknown_times_is_uncounted_except_its_movement():
    tally = Tally("by hand")
    tally.add_unknown_times(_tally())
    assert (tally.macs, tally.movement) == (0, 1)
    assert dict(tally.uncounted) == {"Conv": 1, "QLinearConv": 1}


def test_trips_add_work_and_an_operator_uncounted_in_one_trip_stays_uncounted():
    tally, odd = Tally("by hand"), Tally("by hand")
    odd.add_uncounted("Conv")
    tally.add_trip(_tally())
    tally.add_trip(_tally())
    tally.add_trip(odd)
    assert tally.macs == 280
    assert dict(tally.counted) == {"QLinearConv": 1}
    assert dict(tally.uncounted) == {"Conv": 1}


def test_larger_branch_counts_and_all_operators_are_named():
    small = Tally("by hand")
    small.add("MatMul", Work(3, 0))
    tally = Tally("by hand")
    tally.add_larger([small, _tally()])
    assert (tally.macs, tally.operators) == (140, 4)
