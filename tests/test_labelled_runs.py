"""Whole runs with labelled data: real children decode, measure and score."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from PIL import Image

from profiler import folders, messages
from profiler.checks_plan import Checks, Dataset, Reference
from profiler.correctness import preprocessing
from profiler.plan import RunPlan, Stopping
from profiler.result import Level
from profiler.runner import Ended, Event, Run
from profiler.store import Store
from tests.labelled_data import DIGITS, DIGITS_TEST, as_pictures, digits
from tests.runs import carried_out


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path / "home"))


def _plan(dataset: Dataset, **checks: object) -> RunPlan:
    whole = msgspec.structs.replace(Checks(repeats=0, dataset=dataset), **checks)
    return RunPlan(str(DIGITS), "onnxruntime", threads=1, stopping=Stopping(0.2, 1, 0.2), warmup=2,
                   replicates=1, checks=whole)  # fmt: skip


def test_pictures_are_decoded_in_a_child_and_kept_with_their_preprocessing(tmp_path: Path) -> None:
    as_pictures(tmp_path / "png", 150)
    given = preprocessing.parse("channels=grey,values=0_1")
    result = carried_out(_plan(Dataset(str(tmp_path / "png"), preprocessing=given), expected_accuracy=0.978))
    found = result.accuracy.labelled
    assert found is not None
    assert (found.count, found.planned, found.dataset) == (150, 150, "png")
    assert result.accuracy.top1 is not None
    assert result.accuracy.top1 > 0.95
    assert found.preprocessing == given
    assert found.keeps_expected is True


def test_a_lost_expectation_is_in_the_verdict(tmp_path: Path) -> None:
    x, y = digits(60)
    np.savez(tmp_path / "turned.npz", x=np.ascontiguousarray(x[..., ::-1]), y=y)
    result = carried_out(_plan(Dataset(str(tmp_path / "turned.npz")), expected_accuracy=0.978))
    assert result.accuracy.labelled is not None
    assert result.accuracy.labelled.keeps_expected is False
    assert "accuracy_lost" in [reason.code for reason in result.verdict.reasons]
    assert result.verdict.level is not Level.TRUSTED


def test_data_that_cannot_be_used_cost_nothing_but_the_accuracy(tmp_path: Path) -> None:
    np.savez(tmp_path / "beyond.npz", x=digits(4)[0], y=np.array([0, 1, 2, 10]))
    result = carried_out(_plan(Dataset(str(tmp_path / "beyond.npz"))))
    assert result.latency.count
    assert result.accuracy.labelled is None
    reason = result.unavailable["accuracy.top1"]
    assert (reason.code, reason.parameters["what"]) == ("because", "dataset_label_range")
    assert "labels_not_judged" in [one.code for one in result.verdict.reasons]


def _brightness(path: Path, side: int) -> Path:
    """A model that answers how bright a picture of side×side is."""
    values = [
        helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", 1, side, side]),
        helper.make_tensor_value_info("white", TensorProto.FLOAT, ["batch", 1]),
    ]
    node = helper.make_node("ReduceMean", ["image"], ["white"], axes=[2, 3], keepdims=0)
    graph = helper.make_graph([node], "g", values[:1], values[1:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_a_reference_that_takes_pictures_of_another_size_is_paired_all_the_same(tmp_path: Path) -> None:
    for at, colour in enumerate((0, 30, 250, 255)):
        place = tmp_path / "png" / str(int(colour > 99))
        place.mkdir(parents=True, exist_ok=True)
        Image.new("L", (32, 32), colour).save(place / f"{at}.png")
    small, large = (_brightness(tmp_path / f"{side}.onnx", side) for side in (8, 16))
    plan = _plan(Dataset(str(tmp_path / "png")), reference=Reference(str(large), "onnxruntime"))
    result = carried_out(msgspec.structs.replace(plan, model_path=str(small)))
    assert result.accuracy.top1 == 1.0
    beside = result.accuracy.beside_reference
    assert beside is not None
    assert (beside.only_own, beside.only_reference, beside.is_clear) == (0, 0, False)


def test_a_stop_midway_keeps_what_was_answered(tmp_path: Path) -> None:
    x, y = digits()
    np.savez(tmp_path / "long.npz", x=np.tile(x, (60, 1, 1, 1)), y=np.tile(y, 60))
    heard: list[Event] = []

    def listen(event: Event) -> None:
        heard.append(event)
        if isinstance(event, messages.Examining) and event.step == "dataset" and event.done:
            going.cancel()

    plan = _plan(Dataset(str(tmp_path / "long.npz")))
    going = Run(plan, Store(folders.history_folder()), listen, checks=lambda: ())
    going.start()
    assert going.wait(100)
    last = heard[-1]
    assert isinstance(last, Ended)
    found = last.result.accuracy.labelled
    assert found is not None
    assert found.is_partial
    assert 0 < found.count < found.planned == 360 * 60
    assert found.top1 is not None
    assert found.top1 > 0.9


def test_a_format_with_its_channels_last_gets_the_same_right() -> None:
    plan = _plan(Dataset(str(DIGITS_TEST)))
    other = msgspec.structs.replace(plan, model_path=str(DIGITS.with_name("digits.tflite")), runtime="litert")
    found = carried_out(other).accuracy.labelled
    assert found is not None
    assert found.top1 == 352 / 360
    assert [note.code for note in found.notes] == ["input_transposed"]
