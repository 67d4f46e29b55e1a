"""Files beside a model: what they are, and whether one changed while the model was measured."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from profiler import afterwards, model_files, runner
from profiler.plan import RunPlan, Stopping
from profiler.result import Level, ModelPart, RunResult
from tests import runs

PART = ModelPart("w.data", 3)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "w.data").write_bytes(b"abc")
    os.utime(tmp_path / "w.data", ns=(10**18, 10**18))
    return tmp_path / "m.onnx"


def test_a_part_is_known_by_its_bytes(model: Path) -> None:
    (found,) = model_files.identified(model, [PART])
    assert found == ModelPart("w.data", 3, hashlib.sha256(b"abc").hexdigest())


def test_a_part_changed_when_it_was_written_after_the_run_began_or_went_away(model: Path) -> None:
    written = (model.parent / "w.data").stat().st_ctime_ns
    assert not model_files.changed_since(model, [PART], written)
    assert model_files.changed_since(model, [PART], written - 1)
    (model.parent / "w.data").unlink()
    assert model_files.changed_since(model, [PART], written + 10**18)


@pytest.mark.parametrize("name", ["../outside.data", "/etc/hostname", "missing.data"])
def test_nothing_outside_the_models_folder_is_read(model: Path, name: str) -> None:
    (model.parent.parent / "outside.data").write_bytes(b"secret")
    assert model_files.identified(model, [ModelPart(name, 1)]) == (ModelPart(name, 1),)


def _external(folder: Path) -> Path:
    path = folder / "big.onnx"
    weights = numpy_helper.from_array(np.ones((64, 64), dtype=np.float32), "w")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 64]) for name in "xy")
    graph = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["y"])], "g", [x], [y], [weights])
    built = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(built, path, save_as_external_data=True, location="big.data", size_threshold=0)
    return path


def _measured(path: Path) -> RunResult:
    stopping = Stopping(0.1, 3, 0.2)
    return runs.carried_out(
        RunPlan(str(path), "onnxruntime", stopping=stopping, warmup=2, replicates=1, threads=1)
    )


def test_external_weights_belong_to_the_identity_of_what_was_measured(tmp_path: Path) -> None:
    path = _external(tmp_path)
    found = _measured(path)
    whole = hashlib.sha256((tmp_path / "big.data").read_bytes()).hexdigest()
    assert [(part.name, part.sha256) for part in found.model.parts] == [("big.data", whole)]
    assert found.verdict is not None
    assert "file_changed" not in [reason.code for reason in found.verdict.reasons]


def test_external_weights_that_change_during_a_run_make_it_invalid(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _external(tmp_path)

    def look(*arguments: Any) -> None:
        data = tmp_path / "big.data"
        data.write_bytes(data.read_bytes()[::-1])
        whole(*arguments)

    whole = afterwards.look
    monkeypatch.setattr(runner.afterwards, "look", look)
    found = _measured(path)
    assert found.verdict is not None
    assert "file_changed" in [reason.code for reason in found.verdict.reasons]
    assert found.verdict.level is Level.INVALID
