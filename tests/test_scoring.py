"""Right answers counted, against values worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from profiler.correctness.scoring import Binary, Classes, Numbers
from profiler.correctness.scoring_values import BinaryMaps, Maps, Values

NAN = float("nan")


def _scores(answers: list[int], classes: int) -> Any:
    return np.eye(classes, dtype=np.float32)[answers]


def _labels(*labels: int) -> Any:
    return np.array(labels, dtype=np.int64)


def _codes(score: Any) -> list[str]:
    return [note.code for note in score.notes]


def test_classes_are_counted_over_all_batches() -> None:
    tally = Classes(3)
    tally.add(_scores([0, 1, 1], 3), _labels(0, 1, 2))
    tally.add(_scores([2], 3), _labels(2))
    found = tally.score()
    assert (found.classes, found.top1, tally.right, found.top5) == (3, 0.75, 3, None)
    assert found.confusion == ((0, 0, 1), (1, 1, 1), (2, 1, 1), (2, 2, 1))


def test_ties_go_to_the_lower_class_in_top_1_and_top_5() -> None:
    tally = Classes(7)
    tally.add(np.zeros((3, 7), dtype=np.float32), _labels(0, 4, 5))
    found = tally.score()
    assert (found.top1, found.top5) == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_an_answer_that_is_not_a_number_is_wrong_and_is_said() -> None:
    scores = _scores([0, 1], 6)
    scores[0, 3] = NAN
    tally = Classes(6)
    tally.add(scores, _labels(0, 1))
    found = tally.score()
    assert (found.top1, found.top5, _codes(found)) == (0.5, 0.5, ["answers_nan"])
    assert found.confusion == ((1, 1, 1),)


def test_labels_that_lie_one_beside_the_answers_are_named() -> None:
    answers = [1, 2, 3, 4, 5, 6] * 10
    tally = Classes(8)
    tally.add(_scores(answers, 8), np.array(answers) - 1)
    found = tally.score()
    assert (found.top1, _codes(found)) == (0.0, ["labels_shifted"])
    assert found.notes[0].parameters == {"shift": "+1", "value": "0 %", "shifted": "100 %"}


def test_right_labels_are_not_called_shifted() -> None:
    tally = Classes(3)
    tally.add(_scores([0, 1, 1, 2], 3), _labels(0, 1, 2, 0))
    assert tally.score().notes == ()


def test_a_background_class_at_0_is_recognised_by_one_class_more() -> None:
    tally = Classes(7)
    tally.add(_scores([1, 2, 3, 0], 8), _labels(0, 1, 2, 3))
    found = tally.score()
    assert (found.top1, found.classes, _codes(found)) == (0.75, 7, ["background_class"])
    assert found.confusion == ((0, 0, 1), (1, 1, 1), (2, 2, 1))


def test_class_numbers_are_answers_as_they_are() -> None:
    tally = Numbers(3)
    tally.add(_labels(0, 2, 2), _labels(0, 2, 1))
    found = tally.score()
    assert (found.top1, found.top5, found.classes) == (pytest.approx(2 / 3), None, 3)
    assert _codes(found) == ["answers_are_classes"]


@pytest.mark.parametrize(
    ("scores", "right", "threshold"),
    [
        ([0.1, 0.6, 0.4, 0.5], 1.0, "0.5"),
        ([-2.0, 0.3, -0.1, 3.0], 1.0, "0"),
        ([-2.0, -1.0, -0.1, 0.0], 0.75, "0"),
    ],
)
def test_one_score_for_two_classes_is_a_probability_or_a_logit(
    scores: list[float], right: float, threshold: str
) -> None:
    tally = Binary()
    tally.add(np.array(scores[:2], dtype=np.float32), _labels(0, 1))
    tally.add(np.array(scores[2:], dtype=np.float32), _labels(0, 1))
    found = tally.score()
    assert (found.top1, found.notes[0].parameters) == (right, {"threshold": threshold})


def test_errors_of_values_are_those_of_a_worked_example() -> None:
    """scikit-learn's r2_score of these: 0.9486...; over two columns the mean of both."""
    tally = Values()
    tally.add(np.array([[2.5], [0.0]]), np.array([[3.0], [-0.5]]))
    tally.add(np.array([[2.0], [8.0]]), np.array([[2.0], [7.0]]))
    found = tally.score()
    assert found.mean_absolute_error == pytest.approx(0.5)
    assert found.root_mean_square_error == pytest.approx(np.sqrt(0.375))
    assert found.r2 == pytest.approx(1 - 1.5 / 29.1875)


def test_r2_is_the_mean_over_columns_and_needs_labels_that_vary() -> None:
    both = Values()
    both.add(np.array([[0.0, 1.0], [1.0, 1.0]]), np.array([[0.0, 0.0], [1.0, 2.0]]))
    assert both.score().r2 == pytest.approx((1.0 + 0.0) / 2)
    still = Values()
    still.add(np.array([[1.0], [2.0]]), np.array([[1.0], [1.0]]))
    assert still.score().r2 is None


def test_an_error_with_an_answer_that_is_not_a_number_is_not_given() -> None:
    tally = Values()
    tally.add(np.array([[NAN], [1.0]]), np.array([[0.0], [1.0]]))
    found = tally.score()
    assert (found.mean_absolute_error, found.r2, _codes(found)) == (None, None, ["answers_nan"])


def test_iou_is_points_of_both_over_points_of_either() -> None:
    """Labels 0 0 1 1, answers 0 1 1 1: class 0 has 1/2, class 1 has 2/3; class 2 occurs nowhere."""
    tally = Maps(3)
    tally.add(np.array([[0, 1], [1, 1]])[None], np.array([[0, 0], [1, 1]])[None])
    found = tally.score()
    assert found.iou_by_class == (0.5, pytest.approx(2 / 3), None)
    assert (found.mean_iou, found.pixel_accuracy) == (pytest.approx(7 / 12), 0.75)


def test_points_without_a_label_count_nowhere() -> None:
    tally = Maps(2)
    tally.add(np.array([[0, 1, 1]]), np.array([[0, 255, -100]]))
    found = tally.score()
    assert (found.pixel_accuracy, found.iou_by_class) == (1.0, (1.0, None))


def test_a_point_without_an_answer_is_wrong() -> None:
    tally = Maps(2)
    tally.add(np.array([[0, -1]]), np.array([[0, 0]]))
    found = tally.score()
    assert (found.pixel_accuracy, found.mean_iou, _codes(found)) == (0.5, 0.5, ["answers_nan"])


def test_a_label_that_no_class_has_is_refused() -> None:
    with pytest.raises(IndexError):
        Maps(2).add(np.array([[0]]), np.array([[2]]))


def test_a_mask_of_one_score_is_read_by_its_range() -> None:
    tally = BinaryMaps()
    tally.add(np.array([[0.9, 0.2]]), np.array([[1, 0]]))
    assert tally.score().pixel_accuracy == 1.0
    tally.add(np.array([[-3.0, 4.0]]), np.array([[0, 1]]))
    found = tally.score()
    assert (found.pixel_accuracy, found.notes[0].parameters) == (0.75, {"threshold": "0"})


def test_nothing_answered_is_nothing_said() -> None:
    for tally in (Classes(3), Numbers(3), Binary(), Values()):
        assert tally.score().top1 is None
