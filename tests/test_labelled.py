"""Labelled data through models: answers counted as they belong together, whatever form they come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from profiler import image_decoding, messages, opening, process_memory
from profiler.checks_plan import Dataset
from profiler.correctness import dataset_errors, datasets, labelled, preprocessing, sample_order
from profiler.errors import KnownError
from profiler.opening import Opened, open_beside
from profiler.plan import RunPlan
from profiler.reports import correctness_text
from profiler.result import Labelled
from tests.labelled_data import DIGITS, DIGITS_TEST, as_pictures, digits, plan_with, shelf

Say = Callable[[messages.Report], None]


def _silent(report: messages.Report) -> None:
    """What is said on the way is not looked at."""


def _ask(request: messages.Request, timeout_s: float) -> messages.Report:
    assert isinstance(request, messages.DecodeImages)
    return image_decoding.decode(request)


def _ready(tmp_path: Path, dataset: Dataset, model: Path, **checks: Any) -> tuple[Opened, RunPlan]:
    plan = plan_with(dataset, model, **checks)
    opened = open_beside(plan, "onnx", _silent)
    loaded = opened.loaded()
    made = datasets.prepare(plan, loaded.inputs, loaded.shapes, on=shelf(tmp_path), ask=_ask)
    return opened, msgspec.structs.replace(plan, checks=msgspec.structs.replace(plan.checks, dataset=made))


def _scored(
    tmp_path: Path, dataset: Dataset, model: Path = DIGITS, send: Say = _silent,
    stop: Callable[[], bool] = lambda: False, **checks: Any,
) -> Labelled:  # fmt: skip
    opened, plan = _ready(tmp_path, dataset, model, **checks)
    return labelled.score(opened, plan, send, stop)


def _passing(
    tmp_path: Path, *shape: int | str, kind: int = TensorProto.FLOAT, operator: str = "Identity"
) -> Path:
    """A model whose answer is its input."""
    value = [helper.make_tensor_value_info(name, kind, shape) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node(operator, ["x"], ["y"])], "g", value[:1], value[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / f"passing{len(list(tmp_path.glob('*.onnx')))}.onnx"
    onnx.save(model, path)
    return path


def _npz(tmp_path: Path, **arrays: Any) -> Dataset:
    path = tmp_path / f"data{len(list(tmp_path.glob('*.npz')))}.npz"
    np.savez(path, **arrays)
    return Dataset(str(path))


def _codes(found: Labelled) -> list[str]:
    return [note.code for note in found.notes]


def test_the_bundled_digits_get_352_of_360_right(tmp_path: Path) -> None:
    said: list[messages.Report] = []
    found = _scored(tmp_path, Dataset(str(DIGITS_TEST)), send=said.append, expected_accuracy=0.978)
    assert (found.count, found.planned, found.is_partial) == (360, 360, False)
    assert found.top1 == 352 / 360
    assert (found.classes, found.output, found.kind) == (10, "logits", "classification")
    assert found.top1_ci == pytest.approx((0.9568, 0.9887), abs=1e-4)
    assert found.keeps_expected is True
    assert sum(count for *_, count in found.confusion) == 360
    last = said[-1]
    assert isinstance(last, messages.Examining)
    assert (last.step, last.done, last.total, last.right) == ("dataset", 360, 360, 352)


def test_pictures_are_answered_as_the_arrays_they_were_made_of(tmp_path: Path) -> None:
    """Eight bits hold a sixteenth's grey levels to half a percent: at most a few digits turn."""
    as_pictures(tmp_path / "png")
    pictures = Dataset(str(tmp_path / "png"), preprocessing=preprocessing.parse("channels=grey,values=0_1"))
    found = _scored(tmp_path, pictures)
    assert found.top1 == pytest.approx(352 / 360, abs=2 / 360)
    assert found.preprocessing is not None
    assert (found.preprocessing.channels, found.preprocessing.values) == ("grey", "0_1")


def test_without_a_preprocessing_the_one_that_was_taken_is_said(tmp_path: Path) -> None:
    as_pictures(tmp_path / "png", 20)
    assert _codes(_scored(tmp_path, Dataset(str(tmp_path / "png")))) == ["preprocessing_assumed"]


def test_a_wrong_preprocessing_shows_in_the_figure(tmp_path: Path) -> None:
    as_pictures(tmp_path / "png")
    wrong = Dataset(str(tmp_path / "png"), preprocessing=preprocessing.parse("channels=grey,values=-1_1"))
    found = _scored(tmp_path, wrong, expected_accuracy=0.978)
    assert found.keeps_expected is False


def test_arrays_keep_their_size_and_no_other_is_claimed(tmp_path: Path) -> None:
    asked = Dataset(str(DIGITS_TEST), preprocessing=preprocessing.parse("imagenet"))
    found = _scored(tmp_path, asked)
    assert "preprocessing_of_arrays" in _codes(found)
    assert found.preprocessing is not None
    assert (found.preprocessing.resize, found.preprocessing.crop, found.preprocessing.interpolation) == (
        0,
        0,
        "",
    )
    told = correctness_text.preprocessing(found.preprocessing, "en")
    assert "px" not in told
    assert "the model's size" not in told
    assert "mean" in told


def test_samples_of_another_shape_are_said_to_be_by_us_and_not_by_the_runtime(tmp_path: Path) -> None:
    wrong = _npz(tmp_path, x=np.zeros((5, 1, 9, 9), np.float32), y=np.arange(5))
    with pytest.raises(KnownError) as caught:
        _scored(tmp_path, wrong)
    assert caught.value.info.parameters == {
        "what": "dataset_shape", "input": "image", "given": "1×9×9", "wanted": "1×8×8",
    }  # fmt: skip


def test_a_stop_keeps_what_was_answered(tmp_path: Path) -> None:
    asked = iter([False, False, False])
    found = _scored(tmp_path, Dataset(str(DIGITS_TEST)), stop=lambda: next(asked, True))
    assert found.is_partial
    assert 0 < found.count < 360
    assert found.top1 is not None
    none = _scored(tmp_path, Dataset(str(DIGITS_TEST)), stop=lambda: True)
    assert (none.count, none.top1, none.is_partial) == (0, None, True)


def test_a_limit_takes_fewer(tmp_path: Path) -> None:
    found = _scored(tmp_path, Dataset(str(DIGITS_TEST), limit=50))
    assert (found.count, found.planned) == (50, 50)
    assert len({label for label, *_ in found.confusion}) == 10


def test_a_fixed_batch_is_filled_up_and_what_fills_it_does_not_count(tmp_path: Path) -> None:
    data = _npz(tmp_path, x=np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 0]], y=np.array([0, 1, 2, 3, 1]))
    found = _scored(tmp_path, data, _passing(tmp_path, 2, 4))
    assert (found.count, found.top1) == (5, 0.8)


def test_every_batch_is_fed_anew(tmp_path: Path) -> None:
    """100 samples in batches of 32: were a batch fed twice, one of the labels would be wrong."""
    labels = np.random.default_rng(0).integers(0, 5, 100)
    found = _scored(tmp_path, _npz(tmp_path, x=np.eye(5, dtype=np.float32)[labels], y=labels),
                    _passing(tmp_path, "batch", 5))  # fmt: skip
    assert (found.count, found.top1) == (100, 1.0)


def test_a_model_without_a_batch_is_fed_one_by_one(tmp_path: Path) -> None:
    data = _npz(tmp_path, x=np.eye(4, dtype=np.float32)[[0, 1, 2]], y=np.array([0, 1, 1]))
    found = _scored(tmp_path, data, _passing(tmp_path, 4))
    assert (found.count, found.top1) == (3, pytest.approx(2 / 3))


def test_values_are_judged_by_their_errors(tmp_path: Path) -> None:
    data = _npz(tmp_path, x=np.array([[1.0], [2.0], [4.0]]), y=np.array([1.0, 2.5, 3.5]))
    found = _scored(tmp_path, data, _passing(tmp_path, "batch", 1), expected_accuracy=0.9)
    assert (found.kind, found.top1) == ("regression", None)
    assert found.mean_absolute_error == pytest.approx(1 / 3)
    assert found.root_mean_square_error == pytest.approx(np.sqrt(0.5 / 3))
    assert "dataset_rounded" in _codes(found)
    assert "expected_not_comparable" in _codes(found)


def test_maps_are_judged_by_iou_wherever_their_classes_stand(tmp_path: Path) -> None:
    maps = np.array([[[0, 0], [1, 1]]], dtype=np.uint8)
    answered = np.array([[[0, 1], [1, 1]]])
    scores = np.eye(3, dtype=np.float32)[answered]
    last = _scored(tmp_path, _npz(tmp_path, x=scores, y=maps), _passing(tmp_path, "batch", 2, 2, 3))
    first = _scored(
        tmp_path, _npz(tmp_path, x=scores.transpose(0, 3, 1, 2), y=maps), _passing(tmp_path, "batch", 3, 2, 2)
    )
    whole = _scored(
        tmp_path,
        _npz(tmp_path, x=answered, y=maps),
        _passing(tmp_path, "batch", 2, 2, kind=TensorProto.INT64),
    )
    for found in (last, first, whole):
        assert found.kind == "segmentation"
        assert (found.mean_iou, found.pixel_accuracy) == (pytest.approx(7 / 12), 0.75)


def test_class_numbers_and_one_score_for_two_classes_are_answers_too(tmp_path: Path) -> None:
    numbers = _scored(
        tmp_path, _npz(tmp_path, x=np.array([0, 7, 7]), y=np.array([0, 7, 2])),
        _passing(tmp_path, "batch", kind=TensorProto.INT64),
    )  # fmt: skip
    assert (numbers.top1, _codes(numbers)) == (pytest.approx(2 / 3), ["answers_are_classes"])
    scores = np.array([[0.2], [0.9], [0.4], [0.6]], dtype=np.float32)
    two = _scored(
        tmp_path, _npz(tmp_path, x=scores, y=np.array([0, 1, 1, 1])), _passing(tmp_path, "batch", 1)
    )
    assert (two.top1, two.classes, _codes(two)) == (0.75, 2, ["binary_answers"])


def test_whole_labels_of_a_model_that_gives_one_number_are_values(tmp_path: Path) -> None:
    data = _npz(tmp_path, x=np.array([[30.0], [41.0]], dtype=np.float32), y=np.array([30, 40]))
    found = _scored(tmp_path, data, _passing(tmp_path, "batch", 1))
    assert (found.kind, found.mean_absolute_error) == ("regression", 0.5)
    assert "classes_as_values" in _codes(found)


def test_class_numbers_saved_as_floats_are_classes(tmp_path: Path) -> None:
    data = _npz(tmp_path, x=np.eye(3, dtype=np.float32), y=np.array([0.0, 1.0, 1.0]))
    found = _scored(tmp_path, data, _passing(tmp_path, "batch", 3))
    assert (found.kind, found.top1) == ("classification", pytest.approx(2 / 3))


def test_answers_that_are_not_numbers_count_as_wrong(tmp_path: Path) -> None:
    """The root of a negative score is none."""
    scores = np.array([[-1, 4, 1], [9, 4, 1], [0, 0, 1]], dtype=np.float32)
    model = _passing(tmp_path, "batch", 3, operator="Sqrt")
    found = _scored(tmp_path, _npz(tmp_path, x=scores, y=np.array([1, 0, 2])), model)
    assert found.top1 == pytest.approx(2 / 3)
    assert _codes(found) == ["answers_nan"]


@pytest.mark.parametrize(
    ("answers", "labels", "what"),
    [
        (np.eye(3, dtype=np.float32), np.array([0, 1, 3]), "dataset_label_range"),
        (np.zeros((3, 3), dtype=np.float32), np.array([[0.5, 1], [1, 2], [3, 4]]), "dataset_answers"),
        (np.zeros((3, 3), dtype=np.float32), np.zeros((3, 4, 4), dtype=np.uint8), "dataset_answers"),
    ],
)
def test_what_does_not_belong_together_is_refused(
    tmp_path: Path, answers: Any, labels: Any, what: str
) -> None:
    with pytest.raises(KnownError) as caught:
        _scored(tmp_path, _npz(tmp_path, x=answers, y=labels), _passing(tmp_path, "batch", 3))
    assert caught.value.info.parameters["what"] == what
    assert dataset_errors.missing(caught.value)["accuracy.top1"].parameters["what"] == what


def test_samples_of_another_shape_and_an_output_that_is_not_there_are_refused(tmp_path: Path) -> None:
    data = _npz(tmp_path, x=np.zeros((2, 5), dtype=np.float32), y=np.array([0, 1]))
    with pytest.raises(KnownError):
        _scored(tmp_path, data, _passing(tmp_path, "batch", 3))
    named = Dataset(str(DIGITS_TEST), output="gone")
    with pytest.raises(KnownError) as caught:
        _scored(tmp_path, named)
    assert caught.value.info.parameters == {"what": "dataset_output", "name": "gone", "known": "logits"}


def test_flat_and_squeezed_samples_are_brought_into_shape(tmp_path: Path) -> None:
    x, y = digits(20)
    for given in (x.reshape(20, 64), x[:, 0], x.astype(np.float64)):
        found = _scored(tmp_path, _npz(tmp_path, x=given, y=y))
        assert found.top1 is not None
        assert found.top1 > 0.9


def test_numbers_are_normalised_only_where_that_was_asked(tmp_path: Path) -> None:
    x, y = digits(60)
    plain = _npz(tmp_path, x=(x - 0.25) * 4, y=y)
    back = msgspec.structs.replace(plain, preprocessing=preprocessing.parse("mean=-1,std=4"))
    right, wrong = _scored(tmp_path, back), _scored(tmp_path, plain)
    assert right.top1 == _scored(tmp_path, _npz(tmp_path, x=x, y=y)).top1
    assert wrong.right_bits != right.right_bits
    assert (right.preprocessing is not None, wrong.preprocessing) == (True, None)


def test_pixels_in_an_npz_are_scaled_where_a_preset_says_so(tmp_path: Path) -> None:
    x, y = digits(60)
    data = _npz(tmp_path, x=np.rint(x * 255).astype(np.uint8), y=y)
    found = _scored(tmp_path, msgspec.structs.replace(data, preprocessing=preprocessing.parse("unit")))
    assert found.top1 is not None
    assert found.top1 > 0.9


def test_the_first_samples_are_sets_of_the_batch_that_was_timed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened, plan = _ready(tmp_path, Dataset(str(DIGITS_TEST)), DIGITS)
    found = labelled.first_samples(opened, plan, 3)
    assert found is not None
    assert [{name: array.shape for name, array in one.items()} for one in found] == [
        {"image": (1, 1, 8, 8)}
    ] * 3
    assert not np.array_equal(found[0]["image"], found[1]["image"])
    with monkeypatch.context() as small:
        small.setattr(process_memory, "available_bytes", lambda: 256 * 2 / opening.INPUTS_SHARE)
        assert len(labelled.first_samples(opened, plan, 3) or ()) == 2
    nothing = msgspec.structs.replace(plan, checks=msgspec.structs.replace(plan.checks, dataset=None))
    assert labelled.first_samples(opened, nothing, 3) is None


def test_a_metric_of_ones_own_is_kept_beside(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(
        "def right(outputs, labels):\n    return (outputs['logits'].argmax(1) == labels).mean()\n"
        "def wrong(outputs, labels):\n    raise RuntimeError('not today')\n"
    )
    asked = {"metric_folder": str(tmp_path)}
    found = _scored(tmp_path, Dataset(str(DIGITS_TEST)), metric="own.py:right", **asked)
    assert found.metric_value == pytest.approx(352 / 360)
    broken = _scored(tmp_path, Dataset(str(DIGITS_TEST)), metric="own.py:wrong", **asked)
    assert (broken.metric_value, broken.top1) == (None, 352 / 360)
    assert _codes(broken) == ["metric_failed"]
    assert broken.notes[0].parameters["detail"] == "RuntimeError: not today"


def test_an_output_that_is_not_of_samples_reaches_a_metric_whole(tmp_path: Path) -> None:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])
    outputs = [
        helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3]),
        helper.make_tensor_value_info("most", TensorProto.FLOAT, []),
    ]
    nodes = [
        helper.make_node("Identity", ["x"], ["y"]),
        helper.make_node("ReduceMax", ["x"], ["most"], keepdims=0),
    ]
    model = helper.make_model(
        helper.make_graph(nodes, "g", [x], outputs), opset_imports=[helper.make_opsetid("", 17)], ir_version=8
    )
    onnx.save(model, tmp_path / "two.onnx")
    (tmp_path / "own.py").write_text("def most(outputs, labels):\n    return float(outputs['most'])\n")
    data = _npz(tmp_path, x=np.eye(3, dtype=np.float32)[[0, 1, 2, 1]], y=np.array([0, 1, 2, 1]))
    found = _scored(tmp_path, data, tmp_path / "two.onnx", metric="own.py:most", metric_folder=str(tmp_path))
    assert (found.top1, found.metric_value) == (1.0, 1.0)


def test_a_call_that_keeps_its_own_copy_is_found_out_behind_samples_that_look_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ones get the same answer from a copy and from the buffers: that tells nothing of either."""
    data = _npz(tmp_path, x=np.array([[1], [1], [1], [0], [0]], dtype=np.int64), y=np.array([1, 1, 1, 0, 0]))
    monkeypatch.setattr(sample_order, "mixed", lambda count, *_: np.arange(count))
    opened, plan = _ready(tmp_path, data, _passing(tmp_path, 1, 1, kind=TensorProto.INT64))
    bind = opened.session.bind

    def copying(inputs: Any, lane: int = 0) -> Any:
        return bind({name: array.copy() for name, array in inputs.items()}, lane)

    monkeypatch.setattr(opened.session, "bind", copying)
    assert labelled.score(opened, plan, _silent, lambda: False).top1 == 1.0
