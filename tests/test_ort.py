"""ONNX Runtime: the real one on the CPU, and a hand-written one that falls back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from profiler.backends import ort
from profiler.backends.base import LoadOptions
from profiler.commands import demo
from profiler.errors import ErrorKind, KnownError
from profiler.plan import Concurrency, RunPlan, Stopping
from tests import runs

ONNX = demo.sample_paths()[0]
ROOT = Path(__file__).parent.parent


class FakeSession:
    """Says what it is told to about where operators went."""

    def __init__(self, providers: list[str], parts: dict[str, int]) -> None:
        self._providers, self._parts = providers, parts

    def get_providers(self) -> list[str]:
        return self._providers

    def get_inputs(self) -> list[Any]:
        return [SimpleNamespace(name="x", type="tensor(float16)", shape=["batch", None])]

    get_outputs = get_inputs

    def get_provider_graph_assignment_info(self) -> list[Any]:
        return [
            SimpleNamespace(
                ep_name=name, get_nodes=lambda count=count: [SimpleNamespace(op_type="Relu")] * count
            )
            for name, count in self._parts.items()
        ]


class FakeOrt:
    """As much of the module as opening a model needs."""

    __version__ = "9.9"

    def __init__(self, session: FakeSession) -> None:
        self._session = session
        self.asked: Any = None

    def get_available_providers(self) -> list[str]:
        return ["CUDAExecutionProvider", "AzureExecutionProvider", "CoreMLExecutionProvider", ort.CPU]

    def InferenceSession(self, path: str, options: Any, providers: Any) -> FakeSession:
        self.asked = providers
        return self._session

    def SessionOptions(self) -> Any:
        return SimpleNamespace(add_session_config_entry=lambda name, value: None)


def _load(device: str, providers: list[str], parts: dict[str, int]) -> tuple[FakeOrt, Any]:
    module = FakeOrt(FakeSession(providers, parts))
    return module, ort.OnnxRuntime(module).load(Path("m.onnx"), LoadOptions(device, 2))


def test_devices_are_the_reported_providers_without_azure() -> None:
    assert ort.OnnxRuntime(FakeOrt(FakeSession([], {}))).devices() == ("cpu", "cuda:0", "coreml")
    assert ort.open_backend().devices() == ("cpu",)


def test_a_provider_that_silently_becomes_the_cpu_is_an_error() -> None:
    with pytest.raises(KnownError) as caught:
        _load("cuda:0", [ort.CPU], {ort.CPU: 5})
    assert caught.value.kind is ErrorKind.DEVICE_FELL_BACK
    assert caught.value.info.parameters == {"device": "cuda:0", "used": "cpu", "what": "cuda"}


def test_operators_that_stay_on_the_cpu_are_counted_and_said() -> None:
    module, session = _load(
        "cuda:1", ["CUDAExecutionProvider", ort.CPU], {"CUDAExecutionProvider": 7, ort.CPU: 2}
    )
    assert module.asked[0] == ("CUDAExecutionProvider", {"device_id": "1"})
    (note,) = session.notes
    assert (note.code, note.parameters["count"], note.parameters["total"]) == ("cpu_fallback", "2", "9")
    assert session.precision_effective == "fp16"


def test_a_precision_that_is_not_offered_is_refused_with_those_that_are() -> None:
    for path, precision in ((ONNX, "bf16"), (ONNX, "int8"), (ONNX, "tf32")):
        with pytest.raises(KnownError) as caught:
            ort.open_backend().load(path, LoadOptions("cpu", 1, precision))
        assert caught.value.kind is ErrorKind.PRECISION_UNKNOWN
        assert caught.value.info.parameters["known"] == "as_is, fp32"


def test_the_precision_that_a_file_is_in_may_be_asked_for_where_the_provider_offers_no_such_choice() -> None:
    module = FakeOrt(FakeSession(["CUDAExecutionProvider", ort.CPU], {"CUDAExecutionProvider": 7}))
    session = ort.OnnxRuntime(module).load(Path("m.onnx"), LoadOptions("cuda:0", 1, "fp16"))
    assert session.precision_effective == "fp16"
    with pytest.raises(KnownError) as caught:
        ort.OnnxRuntime(module).load(Path("m.onnx"), LoadOptions("cuda:0", 1, "bf16"))
    assert caught.value.info.parameters["known"] == "as_is, fp32, tf32, fp16"


def test_fp32_asked_of_a_file_that_is_not_is_refused() -> None:
    module = FakeOrt(FakeSession(["CUDAExecutionProvider", ort.CPU], {"CUDAExecutionProvider": 7}))
    with pytest.raises(KnownError) as caught:
        ort.OnnxRuntime(module).load(Path("m.onnx"), LoadOptions("cuda:0", 1, "fp32"))
    assert caught.value.kind is ErrorKind.PRECISION_UNKNOWN


def test_a_whole_graph_on_its_device_has_no_note() -> None:
    assert _load("cpu", [ort.CPU], {ort.CPU: 9})[1].notes == ()


def test_an_unknown_device_names_the_known_ones() -> None:
    for device in ("abacus", "cuda:x", "azure"):
        with pytest.raises(KnownError) as caught:
            _load(device, [ort.CPU], {})
        assert caught.value.kind is ErrorKind.DEVICE_UNKNOWN
        assert "cuda:0" in caught.value.info.parameters["known"]


def test_a_bound_call_writes_into_the_output_that_was_made_once() -> None:
    session = ort.open_backend().load(ONNX, LoadOptions("cpu", 1))
    random = np.random.default_rng(0)
    images = [random.standard_normal((2, 1, 8, 8)).astype(np.float32) for _ in range(2)]
    calls = [session.bind({"image": image}) for image in images]
    first, second = (session.results(call)["logits"] for call in calls)
    assert first.shape == (2, 10)
    assert not np.array_equal(first, second)
    assert np.array_equal(session.results(calls[0])["logits"], first)
    assert session.placement[0].provider == ort.CPU


def test_outputs_whose_shape_depends_on_the_data_are_left_to_the_runtime(tmp_path: Path) -> None:
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4])
    y = helper.make_tensor_value_info("y", TensorProto.INT64, [1, "count"])
    graph = helper.make_graph([helper.make_node("NonZero", ["x"], ["y"])], "g", [x], [y])
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        tmp_path / "n.onnx",
    )
    session = ort.open_backend().load(tmp_path / "n.onnx", LoadOptions("cpu", 1))
    for values in ([0, 1, 0, 1], [1, 1, 1, 0]):
        call = session.bind({"x": np.array(values, dtype=np.float32)})
        assert session.results(call)["y"].tolist() == [np.flatnonzero(values).tolist()]


def test_threads_are_those_of_the_plan() -> None:
    session = ort.open_backend().load(ONNX, LoadOptions("cpu", 1))
    assert session._session.get_session_options().intra_op_num_threads == 1


@pytest.mark.parametrize("declared", [["batch", 3], [5, 3], ["n", 3]])
def test_a_model_that_declares_the_wrong_shape_of_its_answer_is_measured_all_the_same(
    tmp_path: Path, declared: list[int | str]
) -> None:
    graph = helper.make_graph(
        [helper.make_node("Concat", ["x", "x"], ["y"], axis=0)], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, declared)],
    )  # fmt: skip
    path = tmp_path / "twice.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    stopping = Stopping(0.1, 3, 0.2)
    plan = RunPlan(
        str(path), "onnxruntime", batch=4, stopping=stopping, warmup=2, threads=1, replicates=1,
        scenario=Concurrency(2),
    )  # fmt: skip
    found = runs.carried_out(plan)
    assert (found.error, found.latency.count > 3, found.accuracy.idempotent) == (None, True, True)
    said = {reason.code: reason.parameters for reason in found.verdict.reasons} if found.verdict else {}
    expected = {"name": "y", "declared": "5,3" if declared[0] == 5 else "4,3", "computed": "8,3"}
    if declared[0] == "n":
        assert "outputs_not_as_declared" not in said
    else:
        assert said["outputs_not_as_declared"] == {"file": "twice.onnx", "runtime": "onnxruntime", **expected}


def test_an_operator_of_a_domain_that_nobody_declared_is_unknown_and_no_damage(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [helper.make_node("Frob", ["x"], ["y"], domain="my.dom")], "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])],
    )  # fmt: skip
    path = tmp_path / "custom.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    with pytest.raises(KnownError) as refused:
        ort.open_backend().load(path, LoadOptions("cpu", 1))
    assert refused.value.kind is ErrorKind.OPERATOR_UNKNOWN
    assert refused.value.info.parameters["operator"] == "Frob"


def test_the_arena_is_what_the_allocator_gives_back_and_too_small_a_one_is_said() -> None:
    """In a process of its own: what other tests left in the heap would be given back in its place."""
    child = [sys.executable, "-m", "tests.arena_child", str(ONNX)]
    told = json.loads(subprocess.run(child, check=True, capture_output=True, cwd=ROOT).stdout)
    assert told["unbound"] is None, "nothing was bound, so nothing ran"
    assert told["small"] == "arena_too_small"
    # The largest two tensors alive at once: 256 x 32 x 16 x 16 floats, twice.
    assert told["large"] > 256 * 32 * 16 * 16 * 4
    assert told["is_same_answer"]
