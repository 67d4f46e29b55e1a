"""The same input alone, at every place of a batch and among others: on real runtimes, and on a bad one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from profiler import messages, trust
from profiler.answer_blocks import Idempotence
from profiler.backends import catalog
from profiler.correctness import examination, idempotence, random_operators, tolerances
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan
from profiler.subject import Tensor

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"


def model(nodes: list[Any], path: Path, batch: str | int = "batch") -> Path:
    """Of float [batch, 6] to float [batch, 6], with a weight `w` of [6, 6]."""
    weight = np.random.default_rng(0).standard_normal((6, 6)).astype(np.float32)
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, 6])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(weight, "w")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, path)
    return path


def examined(path: Path, runtime: str, folder: Path, **more: Any) -> messages.Examined:
    plan = RunPlan(str(path), runtime, model_sha256=trust.sha256_of(path), threads=1)
    request = messages.Examine(plan, catalog.recognise(path).name, str(folder), **more)
    return examination.examine(request, lambda _: None, lambda: False)


def repeats(path: Path, folder: Path, runtime: str = "onnxruntime", **more: Any) -> Idempotence:
    found = examined(path, runtime, folder, **more).idempotence
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("file", "runtime"),
    [
        ("digits.onnx", "onnxruntime"), ("digits.onnx", "openvino"), ("digits.tflite", "litert"),
        ("digits.torchscript.pt", "torchscript"), ("digits.pt2", "torch_export"),
    ],
)  # fmt: skip
def test_the_samples_repeat_themselves_everywhere(file: str, runtime: str, tmp_path: Path) -> None:
    found = repeats(SAMPLES / file, tmp_path, runtime)
    assert not found.is_random
    assert found.alone.state == "identical"
    assert {found.in_batch.state, found.concurrent.state} <= {"identical", "within"}
    assert (found.batch, found.lanes) == (4, 4)
    assert found.alone.count == 9
    assert found.in_batch.count == 16
    assert found.concurrent.count == 40


def test_a_random_model_is_named_with_its_operators(tmp_path: Path) -> None:
    path = model(
        [helper.make_node("RandomNormalLike", ["x"], ["n"]), helper.make_node("Add", ["x", "n"], ["y"])],
        tmp_path / "m.onnx",
    )
    names = random_operators.among(["Add", "RandomNormalLike"])
    found = repeats(path, tmp_path, random_operators=names)
    assert found.is_random
    assert found.random_operators == ("RandomNormalLike",)
    assert found.alone.state == "differs"
    assert found.in_batch.reason is not None
    assert found.in_batch.reason.code == "repeats_random"


def test_an_operator_that_draws_nothing_here_is_not_called_random(tmp_path: Path) -> None:
    path = model(
        [helper.make_node("Dropout", ["x"], ["d"]), helper.make_node("MatMul", ["d", "w"], ["y"])],
        tmp_path / "m.onnx",
    )
    found = repeats(path, tmp_path, random_operators=("Dropout",))
    assert not found.is_random
    assert found.random_operators == ()
    assert found.alone.state == "identical"


def test_what_depends_on_the_rest_of_the_batch_is_found(tmp_path: Path) -> None:
    path = model(
        [
            helper.make_node("ReduceMean", ["x"], ["m"], axes=[0], keepdims=1),
            helper.make_node("Mul", ["x", "w0"], ["h"]),
            helper.make_node("Sub", ["h", "m"], ["y"]),
        ],
        tmp_path / "m.onnx",
    )
    made = onnx.load(path)
    made.graph.initializer.append(numpy_helper.from_array(np.full(6, 2, np.float32), "w0"))
    onnx.save(made, path)
    found = repeats(path, tmp_path)
    assert found.in_batch.state == "differs"
    assert (found.alone.state, found.concurrent.state) == ("identical", "identical")
    assert found.in_batch.max_absolute is not None
    assert found.in_batch.max_absolute > 0.01


def test_a_fixed_batch_is_not_tried(tmp_path: Path) -> None:
    path = model([helper.make_node("MatMul", ["x", "w"], ["y"])], tmp_path / "m.onnx", batch=1)
    found = repeats(path, tmp_path)
    assert (found.in_batch.state, found.batch) == ("not_tried", 0)
    assert found.in_batch.reason is not None
    assert found.in_batch.reason.code == "repeats_batch_fixed"
    assert found.concurrent.state == "identical"


def test_an_output_for_the_whole_batch_says_nothing_of_its_parts(tmp_path: Path) -> None:
    node = helper.make_node("ReduceSum", ["x"], ["y"], keepdims=0)
    found = repeats(model([node], tmp_path / "m.onnx"), tmp_path)
    assert found.in_batch.reason is not None
    assert found.in_batch.reason.code == "repeats_batch_mixed"


def test_answers_lie_in_the_folder_as_arrays(tmp_path: Path) -> None:
    path = model([helper.make_node("MatMul", ["x", "w"], ["y"])], tmp_path / "m.onnx")
    found = examined(path, "onnxruntime", tmp_path, sets=3, repeats=False)
    assert found.idempotence is None
    assert [(one.output, one.set) for one in found.answers] == [("y", 0), ("y", 1), ("y", 2)]
    assert len(set(found.inputs_sha256)) == 3
    arrays = [np.load(tmp_path / one.file, allow_pickle=False) for one in found.answers]
    assert {array.shape for array in arrays} == {(1, 6)}


def test_fewer_sets_rather_than_none_where_room_is_short(tmp_path: Path) -> None:
    path = model([helper.make_node("MatMul", ["x", "w"], ["y"])], tmp_path / "m.onnx")
    assert len(examined(path, "onnxruntime", tmp_path, most_bytes=50, repeats=False).inputs_sha256) == 2
    assert len(examined(path, "onnxruntime", tmp_path, most_bytes=10, repeats=False).inputs_sha256) == 1
    none = examined(path, "onnxruntime", tmp_path, most_bytes=1, repeats=False)
    assert none.inputs_sha256 == ()
    assert none.unavailable["accuracy.agreement"].code == "answers_too_large"


# A runtime that makes mistakes --------------------------------------------------------------------


class Sharing:
    """A session that keeps one buffer for all its calls: those under way at once disturb each other."""

    inputs = (Tensor("x", "float32", ("batch", 2)),)

    def __init__(self, refuses: bool = False) -> None:
        self._buffer: Any = None
        self._refuses, self._waiting = refuses, threading.Barrier(idempotence.LANES)
        self.is_crowded = False

    def bind(self, inputs: Mapping[str, Any], lane: int = 0) -> Callable[[], object]:
        if self._refuses and len(inputs["x"]) > 1:
            raise RuntimeError("no more than one")
        self.is_crowded = self.is_crowded or lane > 0
        return lambda: inputs["x"]

    def results(self, call: Callable[[], Any]) -> dict[str, Any]:
        self._buffer = call()
        if self.is_crowded:
            self._waiting.wait()  # until every lane has written over it
        return {"y": np.array(self._buffer)}

    def explain(self, error: Exception) -> KnownError:
        return KnownError(ErrorKind.RUNTIME_REFUSED, str(error))


def tried(session: Sharing, repeats: int = 10) -> Idempotence:
    pool = [{"x": np.full((1, 2), value, np.float32)} for value in range(4)]
    opened: Any = SimpleNamespace(session=session, pool=pool, batch=1, after_load_bytes=0, load_ns=0)
    plan = RunPlan("m.onnx", "onnxruntime")
    told: list[tuple[int, int]] = []
    part = idempotence.Repeats(
        opened, plan, tolerances.of("fp32"), lambda: False, lambda *at: told.append(at)
    )
    found = part.all(())
    assert told
    return found


def test_calls_that_disturb_each_other_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiler.process_memory.available_bytes", lambda: 1 << 40)
    found = tried(Sharing())
    assert (found.alone.state, found.in_batch.state) == ("identical", "identical")
    assert found.concurrent.state == "differs"
    assert found.concurrent.max_absolute is not None
    assert found.concurrent.max_absolute >= 1


def test_a_batch_that_is_refused_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiler.process_memory.available_bytes", lambda: 1 << 40)
    found = tried(Sharing(refuses=True))
    assert found.in_batch.reason is not None
    assert found.in_batch.reason.code == "repeats_batch_refused"
    assert found.in_batch.reason.parameters == {"detail": "no more than one"}


def test_calls_that_hold_too_much_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("profiler.process_memory.available_bytes", lambda: 1)
    found = tried(Sharing())
    for one in (found.in_batch, found.concurrent):
        assert one.reason is not None
        assert one.reason.code == "repeats_no_room"
