"""Answers beside a reference's, with exact numbers: figures, layouts, partners, near ties, tolerances."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from profiler.checks_plan import Tolerance
from profiler.correctness import input_hash, matching, parity, random_operators, ranking, tolerances
from profiler.correctness.difference import Difference
from profiler.correctness.parity import Parity
from profiler.correctness.ranking import Ranking

STRICT = Tolerance(max_relative=1e-3, min_cosine=0.999, min_snr_db=60.0, min_top1=1.0)


class Answers:
    """Several sets of answers in memory."""

    def __init__(self, *sets: Mapping[str, Any]) -> None:
        self._sets = [{name: np.asarray(value) for name, value in one.items()} for one in sets]
        self.outputs, self.sets = tuple(self._sets[0]), len(sets)

    def array(self, output: str, at: int) -> Any:
        return self._sets[at][output]


def beside(own: Any, reference: Any, tolerance: Tolerance = STRICT) -> Parity:
    return parity.beside(Answers({"y": own}), Answers({"y": reference}), tolerance)


def test_figures_are_those_of_their_definitions() -> None:
    row = beside([[1.0, 2.0, 2.0]], [[2.0, 2.0, 4.0]]).rows[0]
    assert row.count == 3
    assert (row.max_absolute, row.mean_absolute) == (2.0, 1.0)
    assert row.max_relative == 0.5
    assert row.mean_relative == pytest.approx(3 / 8)
    assert row.cosine == pytest.approx(14 / (3 * np.sqrt(24)))
    assert row.snr_db == pytest.approx(10 * np.log10(24 / 5))


def test_figures_are_over_all_sets() -> None:
    own, reference = Answers({"y": [1.0]}, {"y": [3.0]}), Answers({"y": [1.0]}, {"y": [4.0]})
    row = parity.beside(own, reference, STRICT).rows[0]
    assert (row.count, row.max_absolute, row.max_relative, row.mean_absolute) == (2, 1.0, 0.25, 0.5)


def test_the_same_bits_are_exact_and_without_noise() -> None:
    found = beside(np.float32([1, -2]), np.float32([1, -2]))
    assert found.is_exact
    assert not found.is_beyond
    row = found.rows[0]
    assert (row.max_absolute, row.cosine, row.snr_db) == (0.0, pytest.approx(1.0), None)


def test_equal_numbers_of_another_width_agree_and_are_not_the_same_bits() -> None:
    found = beside(np.float16([1, -2]), np.float32([1, -2]))
    assert not found.is_exact
    assert not found.is_beyond


def test_large_arrays_are_summed_in_parts_like_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = np.random.default_rng(0)
    own, reference = draw.random(1_000), draw.random(1_000)
    whole = Difference()
    whole.add(own, reference)
    monkeypatch.setattr("profiler.correctness.difference.PART", 7)
    parts = Difference()
    parts.add(own, reference)
    assert parts.figures().snr_db == pytest.approx(whole.figures().snr_db)
    assert parts.figures().max_absolute == whole.figures().max_absolute


def test_nothing_is_broadcast() -> None:
    with pytest.raises(ValueError, match="beside"):
        Difference().add(np.zeros((3, 1)), np.zeros((3, 3)))
    found = beside(np.zeros((3, 1)), np.ones((3, 3)))
    assert [reason.code for reason in found.rows[0].broken] == ["parity_shape"]
    assert found.rows[0].count == 0


def test_a_zero_reference_allows_nothing_but_zero() -> None:
    assert not beside(np.zeros(4), np.zeros(4)).is_beyond
    row = beside([1e-30, 0.0], [0.0, 0.0]).rows[0]
    assert row.max_relative is None
    assert [reason.code for reason in row.broken] == ["parity_reference_zero"]


def test_nan_and_infinity_are_counted_on_both_sides() -> None:
    row = beside([np.nan, np.inf, 1.0, 2.0], [1.0, np.inf, np.nan, 2.0]).rows[0]
    assert (row.nan, row.infinite, row.reference_nan, row.reference_infinite) == (1, 1, 1, 1)
    assert row.count == 1
    assert row.broken[0].code == "parity_not_finite"
    assert row.broken[0].parameters == {"count": "2"}


def test_the_same_infinities_in_the_same_places_agree() -> None:
    assert not beside([-np.inf, 1.0], [-np.inf, 1.0]).is_beyond
    assert beside([np.inf, 1.0], [-np.inf, 1.0]).is_beyond


def test_a_reference_with_nan_of_its_own_is_no_judge() -> None:
    assert beside([1.0, 2.0], [np.nan, 2.0]).is_blind
    assert not beside([np.nan, 2.0], [1.0, 2.0]).is_blind


def test_another_function_is_told_from_a_coarse_one() -> None:
    assert beside([1.0, -1.0], [1.0, 1.0]).is_unlike
    assert not beside([1.1, 0.9], [1.0, 1.0]).is_unlike


def detections(scores: Any) -> Any:
    """4 rows of boxes in pixels and 8 of scores below one, at 50 places."""
    boxes = np.random.default_rng(1).uniform(1, 640, (1, 4, 50))
    return np.concatenate([boxes, scores], axis=1)


def test_scores_that_boxes_drown_are_not_lost_sight_of() -> None:
    scores = np.random.default_rng(2).random((1, 8, 50))
    loose = tolerances.OWN["fp16"]
    whole, empty = detections(scores), detections(np.zeros_like(scores))
    found = beside(empty, whole, loose).rows[0]
    assert found.snr_db is not None
    assert found.snr_db > 50
    assert [reason.code for reason in found.broken] == ["parity_drowned"]
    assert found.broken[0].parameters["count"] == "8"
    assert not beside(detections(scores * 1.05), whole, loose).is_beyond
    assert not beside(empty, whole, tolerances.OWN["int8"]).is_beyond  # one step for the whole output


# Layouts and partners -----------------------------------------------------------------------------


def test_channels_last_is_recognised_by_shape() -> None:
    reference = np.arange(2 * 3 * 4 * 5, dtype=np.float64).reshape(2, 3, 4, 5)
    found = beside(reference.transpose(0, 2, 3, 1), reference)
    assert found.rows[0].transposed == "NCHW→NHWC"
    assert found.rows[0].max_absolute == 0
    back = beside(reference, reference.transpose(0, 2, 3, 1))
    assert back.rows[0].transposed == "NHWC→NCHW"
    assert back.rows[0].max_absolute == 0


def test_where_shapes_leave_it_open_the_layout_that_agrees_is_meant() -> None:
    reference = np.random.default_rng(0).random((1, 4, 4, 4))
    assert beside(reference, reference).rows[0].transposed == ""
    turned = beside(reference.transpose(0, 2, 3, 1), reference)
    assert turned.rows[0].transposed == "NCHW→NHWC"
    assert not turned.is_beyond


def test_sizes_of_one_may_be_missing() -> None:
    found = beside(np.ones((2, 10, 1, 1)), np.ones((2, 10)))
    assert found.rows[0].transposed == "2×10→2×10×1×1"
    assert not found.is_beyond


def test_a_transposed_matrix_is_no_layout() -> None:
    assert matching.turns((3, 4), (4, 3)) == ()


def test_partners_are_found_by_name_before_order() -> None:
    pairs, alone = matching.matched({"b": (2, 3), "a": (2, 3)}, {"a": (2, 3), "b": (2, 3)})
    assert [(pair.own, pair.reference, pair.by) for pair in pairs] == [("a", "a", "name"), ("b", "b", "name")]
    assert alone == ()


def test_partners_are_found_by_order_then_by_shape() -> None:
    pairs, _ = matching.matched({"x": (2, 3), "y": (2, 4)}, {"a": (2, 3), "b": (2, 4)})
    assert [(pair.own, pair.by) for pair in pairs] == [("x", "order"), ("y", "order")]
    pairs, _ = matching.matched({"y": (2, 4), "x": (2, 3)}, {"a": (2, 3), "b": (2, 4)})
    assert [(pair.own, pair.reference, pair.by) for pair in pairs] == [
        ("x", "a", "shape"),
        ("y", "b", "shape"),
    ]


def test_an_output_that_only_the_reference_has_is_beyond_tolerance() -> None:
    own, reference = Answers({"y": [1.0]}), Answers({"y": [1.0], "z": [[1.0, 2.0]]})
    found = parity.beside(own, reference, STRICT)
    assert found.is_beyond
    assert (found.unmatched, found.missing) == (("z",), ("z",))
    more = parity.beside(reference, own, STRICT)
    assert not more.is_beyond
    assert (more.unmatched, more.missing) == (("z",), ())


# First answers ------------------------------------------------------------------------------------


def ranked(own: Any, reference: Any, near: float) -> ranking.Ranked:
    rows = Ranking()
    rows.add(np.asarray(own), np.asarray(reference), 1)
    return rows.ranked(near)


def test_a_flip_within_the_tolerance_is_no_disagreement() -> None:
    own, reference = [[1.0, 1.001], [5.0, 0.0]], [[1.001, 1.0], [0.0, 5.0]]
    assert ranked(own, reference, 0.01) == (0.5, 2, 1)
    assert ranked(own, reference, 0.0) == (0.0, 2, 0)


def test_no_precision_makes_a_tie_of_half_of_the_range() -> None:
    """Which class wins is what an int8 model is judged by most."""
    reference = np.tile(np.array([[10.0, 8.0, 7.5, 7.0]]), (20, 1))
    own = reference.copy()
    own[:, 1] = 10.5
    found = beside(own, reference, tolerances.OWN["int8"])
    assert [reason.code for reason in found.rows[0].broken] == ["parity_top1"]
    own[:, 1], reference[:, 1] = 9.6, 9.5
    own[:, 0] = 9.5
    assert not beside(own, reference, tolerances.OWN["int8"]).is_beyond


def test_rows_that_only_one_side_can_rank() -> None:
    assert ranked([[np.nan, 1.0]], [[0.0, 1.0]], 9.0) == (0.0, 1, 0)
    assert ranked([[0.0, 1.0]], [[np.nan, 1.0]], 9.0) == (None, 0, 0)


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        ((1, 10), 1), ((1, 1), None), ((7,), None), ((2, 5, 100), 2), ((1, 21, 64, 64), 1),
        ((1, 64, 64, 21), 3), ((1, 3, 64, 64), None), ((1, 2, 3, 4, 5), None),
    ],
)  # fmt: skip
def test_where_class_scores_would_stand(shape: tuple[int, ...], axis: int | None) -> None:
    assert ranking.class_axis(shape, np.dtype(np.float32)) == axis
    assert ranking.class_axis(shape, np.dtype(np.int64)) is None


def test_class_numbers_agree_by_their_share_and_quantised_numbers_by_their_distance() -> None:
    numbers = np.arange(20)
    one_off = numbers.copy()
    one_off[3] = 9
    assert not beside(one_off, numbers).is_beyond  # may be a near tie, which whole numbers do not show
    one_off[4] = 9
    assert beside(one_off, numbers).is_beyond
    pixels = np.random.default_rng(0).integers(0, 255, 500).astype(np.uint8)
    near = Tolerance(max_relative=0.01, min_cosine=0.999, min_snr_db=40.0, min_top1=1.0)
    assert not beside(pixels + 1, pixels, near).is_beyond


def test_class_numbers_close_to_one_another_are_other_classes() -> None:
    classes = np.arange(900, 932)
    loose = tolerances.OWN["int8"]
    assert beside(classes[::-1], classes, loose).is_beyond
    assert beside(classes + 1, classes, loose).is_beyond
    rounded = classes + (np.arange(32) % 3 == 0)
    assert not beside(rounded, classes, loose).is_beyond  # places in a picture, say


def test_outputs_without_a_number_are_no_agreement() -> None:
    boxes = np.zeros((0, 6), dtype=np.float32)
    nothing = np.full(4, np.nan)
    assert beside(boxes, boxes).is_empty
    assert beside(nothing, nothing).is_empty
    assert not beside(np.ones(4), nothing).is_empty
    assert not beside(boxes, np.ones((2, 6), dtype=np.float32)).is_empty


def test_flags_and_text_are_the_same_or_not() -> None:
    flags = np.array([True, False, True])
    assert not beside(flags, flags).is_beyond
    assert beside(~flags, flags).is_beyond
    words = np.array(["cat", "dog"])
    assert beside(words, words).is_exact
    assert beside(np.array(["cat", "cow"]), words).is_beyond


# Tolerances ---------------------------------------------------------------------------------------


def test_the_coarser_precision_decides() -> None:
    assert tolerances.coarser("fp32", "bf16") == "bf16"
    assert tolerances.coarser("int8", "fp16") == "int8"
    assert tolerances.coarser("of another planet", "fp32") == "unknown"


def test_each_row_allows_no_less_than_the_finer_one() -> None:
    rows = [tolerances.OWN[name] for name in ("fp64", "fp32", "tf32", "fp16", "bf16", "int8")]
    for finer, other in pairwise(rows):
        assert finer.max_relative <= other.max_relative  # type: ignore[operator]
        assert finer.min_snr_db >= other.min_snr_db  # type: ignore[operator]
        assert finer.min_cosine >= other.min_cosine  # type: ignore[operator]


def test_a_chosen_figure_replaces_ours_alone() -> None:
    found = tolerances.of("fp32", {"fp32": Tolerance(min_snr_db=20.0)})
    assert found.min_snr_db == 20.0
    assert found.max_relative == tolerances.OWN["fp32"].max_relative


def test_weights_that_were_rounded_make_answers_coarser() -> None:
    row = tolerances.row_of_model
    assert row("fp32", {"float32": 1000}, {}) == "fp32"
    assert row("fp32", {"float16": 1000, "float32": 20}, {}) == "fp16"
    assert row("fp32", {"int8": 1000, "float32": 200}, {"DequantizeLinear": 4}) == "int8"
    assert row("fp32", {"float32": 1000, "int8": 10}, {}) == "fp32"
    assert row("fp32", {"float32": 1000, "int64": 9000}, {}) == "fp32"


# What is known of inputs and operators ------------------------------------------------------------


def test_inputs_are_alike_whatever_layout_width_and_order() -> None:
    image = np.random.default_rng(0).random((2, 3, 8, 8), np.float32)
    ids = np.arange(4, dtype=np.int32)
    one = input_hash.of({"image": image, "ids": ids})
    last = {"ids": ids.astype(np.int64), "image": image.transpose(0, 2, 3, 1)}
    assert input_hash.are_alike(one, input_hash.of(last))
    half = {"x": image.astype(np.float16), "y": ids}
    assert input_hash.are_alike(one, input_hash.of(half))
    assert not input_hash.are_alike(one, input_hash.of({"image": image + 0.1, "ids": ids}))
    assert not input_hash.are_alike(one, input_hash.of({"image": image}))


def test_two_inputs_that_changed_places_are_not_alike() -> None:
    one, other = np.zeros(4, np.float32), np.ones(4, np.float32)
    straight, crossed = input_hash.of({"a": one, "b": other}), input_hash.of({"a": other, "b": one})
    assert not input_hash.are_alike(straight, crossed)
    assert input_hash.sets_alike([straight, straight], [straight, crossed]) == 1


def test_random_operators_go_by_many_names() -> None:
    names = ["Conv", "RandomNormalLike", "aten::dropout", "aten.rand_like.default", "RANDOM_UNIFORM", "Brand"]
    assert random_operators.among(names) == (
        "RandomNormalLike", "aten::dropout", "aten.rand_like.default", "RANDOM_UNIFORM",
    )  # fmt: skip
