"""Whole runs with real children: pictures, kinds and swept shapes, from the plan to the document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from profiler import folders, inputs, opening, trust
from profiler.backends import catalog
from profiler.plan import RunPlan, Stopping, Sweep
from profiler.result import RunResult, Status, Tensor
from profiler.runner import Ended, Event, Refused, Run
from profiler.store import Store

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
EXPORTS = [("digits.onnx", "onnxruntime"), ("digits.torchscript.pt", "torchscript")]
ONNX = str(SAMPLES / "digits.onnx")
SHORT = Stopping(0.1, 10, 0.2)


def _event(**changes: Any) -> Event:
    events: list[Event] = []
    plan = RunPlan(ONNX, "onnxruntime", stopping=SHORT, warmup=3, replicates=1, **changes)
    run = Run(plan, Store(folders.history_folder()), events.append, machine=dict, checks=tuple)
    run.start()
    assert run.wait(60)
    return events[-1]


def _result(**changes: Any) -> RunResult:
    ended = _event(**changes)
    assert isinstance(ended, Ended)
    return ended.result


def _pictures(folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number in range(count):
        Image.new("RGB", (20, 30), (80 * number, 40, 9)).save(folder / f"{number}.png")
    return folder


def test_pictures_are_measured_and_the_document_says_what_was_made_of_them(tmp_path: Path) -> None:
    result = _result(input_files={"image": str(_pictures(tmp_path / "mine"))})
    assert result.status is Status.FINISHED
    assert result.plan.inputs == {"image": "images:3:8x8:NCHW:0_1"}
    assert result.plan.shapes == {"image": (1, 1, 8, 8)}
    assert list(folders.running_folder().iterdir()) == []


def test_a_picture_that_is_none_refuses_the_run_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("no")
    ended = _event(input_files={"image": str(path)})
    assert isinstance(ended, Refused)
    assert (ended.error.kind, ended.error.parameters["what"]) == ("input_unreadable", "image")
    assert list(folders.running_folder().iterdir()) == []


def test_each_size_is_a_point_with_a_process_and_a_first_call_of_its_own() -> None:
    result = _result(dimensions={"batch": 1}, sweep=Sweep(dimensions={"batch": (1, 3)}))
    assert [point.dimensions for point in result.points] == [{"batch": 1}, {"batch": 3}]
    firsts = [point.phases.first_inference_ns for point in result.points if point.phases is not None]
    assert len(firsts) == 2
    assert all(first and first > 0 for first in firsts)
    assert (result.knee_point, result.best_point) == (None, None)
    assert result.plan.sweep == {"dimension.batch": (1.0, 3.0)}


@pytest.mark.parametrize(
    ("kinds", "status", "error"),
    [
        ({"image": "uniform:0,1"}, Status.FINISHED, None),
        ({"picture": "image"}, Status.FAILED, "input_unknown"),
        ({"image": "flags"}, Status.FAILED, "input_kind"),
    ],
)
def test_kinds_are_followed_or_refused(kinds: dict[str, str], status: Status, error: str | None) -> None:
    result = _result(input_kinds=kinds)
    assert (result.status, result.error.kind if result.error is not None else None) == (status, error)
    if error is None:
        assert result.plan.inputs == {"image": "made:uniform:0,1"}


def test_two_exports_of_a_network_and_one_with_channels_last_get_the_same_numbers() -> None:
    pools = []
    for name, runtime in EXPORTS:
        path = SAMPLES / name
        plan = RunPlan(str(path), runtime, shapes={"image": (2, 1, 8, 8)}, threads=1, seed=5)
        plan = msgspec.structs.replace(plan, model_sha256=trust.sha256_of(path))
        opened = opening.open_model(
            plan, lambda of=runtime: catalog.open_backend(of), dict, lambda step: None
        )
        pools.append([sets["image"] for sets in opened.pool])
        opened.session.close()
    first, second = pools
    assert [array.tobytes() for array in first] == [array.tobytes() for array in second]
    last = Tensor("serving_default_image:0", "float32", (2, 8, 8, 1))
    for index, array in enumerate(first):
        made = inputs.make((last,), {last.name: (2, 8, 8, 1)}, 5, index=index)[last.name]
        assert np.array_equal(made.transpose(0, 3, 1, 2), array)
