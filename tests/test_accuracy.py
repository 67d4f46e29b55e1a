"""Intervals of shares and the paired test, against published and hand-worked values."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from profiler.metrics import accuracy, verdict
from profiler.result import Labelled, Reason


def _labelled(right: list[bool], **fields: object) -> Labelled:
    hits = np.array(right, dtype=np.bool_)
    found = Labelled("d", "sha", "classification", len(right), len(right), right_bits=accuracy.packed(hits))
    return msgspec.structs.replace(found, **fields)


def test_wilsons_interval_is_that_of_newcombes_example() -> None:
    """Newcombe (1998), Stat. Med. 17, 857-872, table I: 81 of 263, 0.2553 to 0.3662; 0 of 20, 0 to 0.1611."""
    assert accuracy.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert accuracy.wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert accuracy.wilson(20, 20) == pytest.approx((1 - 0.1611, 1.0), abs=5e-5)


def test_mcnemars_p_is_twice_the_tail_of_fair_coins() -> None:
    assert accuracy.mcnemar(0, 0) == 1.0
    assert accuracy.mcnemar(3, 3) == 1.0
    assert accuracy.mcnemar(5, 0) == pytest.approx(2 * 0.5**5)
    tail = sum(math.comb(12, k) for k in range(3)) / 2**12
    assert accuracy.mcnemar(2, 10) == accuracy.mcnemar(10, 2) == pytest.approx(2 * tail)


def test_the_paired_interval_holds_what_was_seen_and_turns_round_with_the_pair() -> None:
    """Newcombe (1998), Stat. Med. 17, 2635-2650, method 10 of 36, 12, 2, 0: 0.0569 to 0.3404."""
    low, high = accuracy.paired_interval(36, 12, 2, 0)
    assert (low, high) == pytest.approx((0.0569, 0.3404), abs=5e-5)
    assert accuracy.paired_interval(36, 2, 12, 0) == pytest.approx((-high, -low))


def test_the_paired_interval_without_correlation_joins_wilsons_intervals() -> None:
    """Margins that are independent: phi is 0, so the squares of both halves add up."""
    low, high = accuracy.paired_interval(25, 25, 25, 25)
    half = 0.5 - accuracy.wilson(50, 100)[0]
    assert (low, high) == pytest.approx((-math.sqrt(2) * half, math.sqrt(2) * half))


def test_a_difference_of_one_image_is_never_clear() -> None:
    for count in (10, 100, 10_000):
        theirs = [True] * count
        found = accuracy.paired(_labelled([False, *theirs[1:]]), _labelled(theirs))
        assert found is not None
        assert (found.only_reference, found.only_own, found.p, found.is_clear) == (1, 0, 1.0, False)
        assert found.loss == pytest.approx(1 / count)


def test_six_images_that_only_the_reference_gets_right_are() -> None:
    found = accuracy.paired(_labelled([False] * 6 + [True] * 94), _labelled([True] * 100))
    assert found is not None
    assert (found.is_clear, found.p) == (True, pytest.approx(2 * 0.5**6))
    assert found.loss_ci[0] < found.loss == 0.06 < found.loss_ci[1]


def test_only_the_same_samples_are_paired() -> None:
    right = _labelled([True] * 9)
    assert accuracy.paired(right, _labelled([True] * 9, sha256="other")) is None
    assert accuracy.paired(right, _labelled([True] * 8)) is None
    assert accuracy.paired(right, msgspec.structs.replace(right, right_bits="")) is None
    assert accuracy.paired(right, msgspec.structs.replace(right, right_bits="no base64!")) is None


def test_bits_come_back_as_they_went() -> None:
    given = np.random.default_rng(1).random(1_001) < 0.5
    found = accuracy.unpacked(_labelled(given.tolist()))
    assert found is not None
    assert np.array_equal(found, given)


def test_an_expectation_is_lost_only_where_the_whole_interval_lies_below_it() -> None:
    whole = _labelled([True], top1=0.95, top1_ci=(0.93, 0.97))
    assert accuracy.keeps(0.969, whole)
    assert accuracy.keeps(0.971, whole) is False
    assert accuracy.keeps(None, whole) is None
    assert accuracy.keeps(0.9, _labelled([True], metric_value=0.9))
    assert accuracy.keeps(0.752, _labelled([True], mean_iou=0.7516))
    assert accuracy.keeps(0.753, _labelled([True], mean_iou=0.7516)) is False
    assert accuracy.keeps(0.9, _labelled([True], r2=0.99)) is None


def test_a_lost_expectation_is_a_concern_with_its_figures() -> None:
    found = _labelled(
        [True] * 50, top1=0.5, top1_ci=(0.4, 0.6), expected=0.9, keeps_expected=False, classes=9
    )
    assert accuracy.concerns(found, {}) == (
        Reason("accuracy_lost", {"expected": "90 %", "value": "50 %", "count": "50"}),
    )


def test_answers_no_better_than_guesses_are_a_concern() -> None:
    found = _labelled([True] * 300, top1=0.11, top1_ci=(0.08, 0.15), classes=10)
    assert [reason.code for reason in accuracy.concerns(found, {})] == ["accuracy_at_chance"]
    assert accuracy.concerns(msgspec.structs.replace(found, top1_ci=(0.12, 0.2)), {}) == ()
    few = msgspec.structs.replace(found, count=5)
    assert accuracy.concerns(few, {}) == ()


def test_labels_that_could_not_be_judged_are_a_concern_and_missing_ones_are_none() -> None:
    failed = {"accuracy.labelled": Reason(accuracy.FAILED, {"kind": "dataset_unusable"})}
    assert [reason.code for reason in accuracy.concerns(None, failed)] == ["labels_not_judged"]
    assert accuracy.concerns(None, {"accuracy.labelled": Reason("no_dataset")}) == ()
    codes = {"accuracy_lost", "accuracy_at_chance", "labels_not_judged", "labels_shifted", "answers_nan"}
    assert codes <= verdict.LEVELS.keys()


def test_what_is_missing_of_a_figure_has_its_reason() -> None:
    whole = _labelled([True], top1=1.0, classes=3)
    assert accuracy.gaps(whole) == {"accuracy.top5": Reason("top5_few_classes")}
    many = msgspec.structs.replace(whole, classes=10)
    assert accuracy.gaps(many) == {"accuracy.top5": Reason("top5_no_scores")}
    assert accuracy.gaps(_labelled([True], r2=1.0))["accuracy.top1"] == Reason("labels_no_classes")
    assert accuracy.gaps(_labelled([]))["accuracy.top1"] == Reason("labelled_stopped")
    assert accuracy.gaps(None) == {}
