"""Native loops do the work of the Python session, time each call, and say why where they cannot run."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto

from profiler import native_build, native_loop, wording
from profiler.backends import ort_native, torchscript_native
from profiler.backends.base import Array, LoadOptions
from profiler.backends.native import Block, NativeTask, NativeUnavailable
from profiler.native_loop import native_latency
from profiler.result import NativeFigure, Reason
from tests import native_models

BUDGET_NS = 4_000_000

compiled = pytest.mark.skipif(not any(map(shutil.which, native_build.COMPILERS)), reason="needs a C compiler")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    return native_build.native_library(tmp_path_factory.mktemp("native")).path


def never() -> bool:
    return False


def code(answer: NativeFigure | Reason) -> str:
    assert isinstance(answer, Reason)
    assert "–" not in wording.say("native", answer.code, "en", **answer.parameters)
    return answer.code


def relu_task(folder: Path) -> NativeTask:
    path = native_models.relu(folder / "relu.onnx")
    return native_models.task(path, native_models.opened(path), native_models.floats(8, 1, 16))[0]


def perceptron_task(folder: Path) -> NativeTask:
    path = native_models.perceptron(folder / "perceptron.pt")
    session = native_models.opened(path)
    pool = native_models.floats(8, 1, 16, name=session.inputs[0].name)
    return native_models.task(path, session, pool)[0]


# the same work ---------------------------------------------------------------------------------------


def answers_agree(path: Path, pool: list[dict[str, Array]], library: Path | None) -> None:
    """Every set of inputs gets, in the timed loop, exactly what the Python session answers."""
    session = native_models.opened(path)
    task, _ = native_models.task(path, session, pool)
    loop = ort_native.open_loop(task, library)
    try:
        assert loop.run(BUDGET_NS).calls >= len(pool)
        for given, outputs in zip(pool, loop.outputs, strict=True):
            for name, expected in session.results(session.bind(given)).items():
                assert outputs[name].dtype == expected.dtype
                np.testing.assert_array_equal(outputs[name], expected)
    finally:
        loop.close()


@compiled
@pytest.mark.parametrize(
    ("operator", "kind", "dtype"),
    [
        ("Relu", TensorProto.FLOAT, "float32"),
        ("Abs", TensorProto.DOUBLE, "float64"),
        ("Abs", TensorProto.FLOAT16, "float16"),
        ("Neg", TensorProto.INT64, "int64"),
        ("Neg", TensorProto.INT32, "int32"),
        ("Neg", TensorProto.INT8, "int8"),
        ("Identity", TensorProto.UINT8, "uint8"),
        ("Identity", TensorProto.INT16, "int16"),
        ("Identity", TensorProto.UINT16, "uint16"),
        ("Identity", TensorProto.UINT32, "uint32"),
        ("Identity", TensorProto.UINT64, "uint64"),
        ("Not", TensorProto.BOOL, "bool"),
    ],
)
def test_each_element_type_gets_the_session_s_answers(
    operator: str, kind: int, dtype: str, tmp_path: Path, library: Path | None
) -> None:
    path = native_models.one_node(tmp_path / "m.onnx", operator, kind, [2, 3])
    random = np.random.default_rng(0)
    pool = [{"x": random.integers(0, 2 + index, (2, 3)).astype(dtype)} for index in range(8)]
    answers_agree(path, pool, library)


@compiled
@pytest.mark.parametrize("shape", [(), (0, 3), (1, 2, 3, 4)])
def test_each_rank_gets_the_session_s_answers(
    shape: tuple[int, ...], tmp_path: Path, library: Path | None
) -> None:
    path = native_models.one_node(tmp_path / "m.onnx", "Relu", TensorProto.FLOAT, list(shape))
    answers_agree(path, native_models.floats(3, *shape), library)


@compiled
def test_several_inputs_and_outputs_keep_their_places(tmp_path: Path, library: Path | None) -> None:
    path = native_models.two_by_two(tmp_path / "two.onnx")
    whole = np.arange(6).reshape(2, 3)
    pool = [{"b": whole + index, "a": (whole / 4 - index).astype(np.float32)} for index in range(8)]
    answers_agree(path, pool, library)


@compiled
def test_open_dimensions_take_the_size_of_the_inputs(tmp_path: Path, library: Path | None) -> None:
    path = native_models.one_node(tmp_path / "m.onnx", "Relu", TensorProto.FLOAT, ["batch", 4])
    answers_agree(path, native_models.floats(8, 5, 4), library)


@compiled
def test_inputs_that_are_not_contiguous_are_read_right(tmp_path: Path, library: Path | None) -> None:
    path = native_models.one_node(tmp_path / "m.onnx", "Relu", TensorProto.FLOAT, [4, 3])
    answers_agree(path, [{"x": array["x"].T} for array in native_models.floats(8, 3, 4)], library)


# the figure ------------------------------------------------------------------------------------------


@compiled
def test_onnx_calls_are_timed_one_by_one(tmp_path: Path, library: Path | None) -> None:
    figure = native_latency("onnxruntime", relu_task(tmp_path), library, never, BUDGET_NS)
    assert isinstance(figure, NativeFigure)
    assert figure.method == "ort_c_api"
    assert figure.p50_ns is not None
    assert 0 < figure.p50_ns < BUDGET_NS
    assert figure.count > 10
    assert figure.mean_ns * figure.count >= BUDGET_NS


def test_torchscript_tells_a_mean_only(tmp_path: Path) -> None:
    figure = native_latency("torchscript", perceptron_task(tmp_path), None, never, BUDGET_NS)
    assert isinstance(figure, NativeFigure)
    assert (figure.method, figure.p50_ns) == ("torch_throughput_benchmark", None)
    assert 0 < figure.mean_ns < BUDGET_NS
    assert figure.count > 10


def test_torchscript_gives_the_session_s_answers(tmp_path: Path) -> None:
    task = perceptron_task(tmp_path)
    loop = torchscript_native.open_loop(task, None)
    (answer,), (expected,) = loop.answers().values(), task.expected.values()
    loop.close()
    np.testing.assert_allclose(answer, expected, rtol=1e-6)


def test_torchscript_answers_in_a_structure_and_in_bfloat16_are_compared(tmp_path: Path) -> None:
    path = native_models.pair(tmp_path / "pair.pt")
    session = native_models.opened(path)
    task, _ = native_models.task(path, session, native_models.floats(2, 1, 4, name=session.inputs[0].name))
    assert [array.dtype.name for array in task.expected.values()] == ["float32", "float32", "int64"]
    assert isinstance(native_latency("torchscript", task, None, never, BUDGET_NS), NativeFigure)


class ScriptedLoop:
    """A loop whose blocks are written down; `asked` are the budgets that it was given."""

    method = "scripted"

    def __init__(self, answer: Array, *blocks: Block) -> None:
        self._answer, self._blocks, self.asked = answer, list(blocks), list[int]()

    def answers(self) -> dict[str, Array]:
        return {"y": self._answer}

    def run(self, budget_ns: int) -> Block:
        self.asked.append(budget_ns)
        return self._blocks.pop(0)

    def close(self) -> None:
        """Nothing is open."""


def scripted_task(expected: Array) -> NativeTask:
    return NativeTask(Path("m"), LoadOptions("cpu", 1), ("x",), [{}], {"y": expected})


def block(*times: int) -> Block:
    return Block(np.array(times, np.int64), len(times), float(sum(times)))


def test_warm_up_does_not_count_and_percentiles_are_observed_values() -> None:
    loop = ScriptedLoop(np.ones(1), block(900), block(10, 30), block(20, 40))
    assert native_loop.measured(loop, scripted_task(np.ones(1)), never, 80) == NativeFigure(
        "scripted", 25.0, 4, 20
    )
    assert loop.asked == [20, 80, 80]


def test_a_mean_is_weighed_by_the_calls_of_its_blocks() -> None:
    loop = ScriptedLoop(np.ones(1), block(900), Block(None, 1, 10.0), Block(None, 9, 180.0))
    figure = native_loop.measured(loop, scripted_task(np.ones(1)), never, 100)
    assert figure == NativeFigure("scripted", 19.0, 10)


def test_a_stop_keeps_what_was_measured() -> None:
    answers = iter([False, False, False, True])
    loop = ScriptedLoop(np.ones(1), block(900), block(10, 20), block(30))
    figure = native_loop.measured(loop, scripted_task(np.ones(1)), lambda: next(answers, True), 3_000)
    assert figure == NativeFigure("scripted", 15.0, 2, 10)


def test_a_stop_before_anything_was_measured_is_a_reason() -> None:
    answer = native_loop.measured(ScriptedLoop(np.ones(1)), scripted_task(np.ones(1)), lambda: True)
    assert answer == Reason("run_stopped")


# reasons ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [np.ones(2), np.ones(1, np.float32), np.array([1.01]), np.array([np.nan])])
def test_other_answers_are_no_figure(answer: Array) -> None:
    loop = ScriptedLoop(answer, block(1))
    assert code(native_loop.measured(loop, scripted_task(np.ones(1)), never, 1)) == "native_answers_differ"


def test_whole_numbers_must_agree_exactly() -> None:
    loop = ScriptedLoop(np.array([100_000]), block(1))
    task = scripted_task(np.array([100_001]))
    assert code(native_loop.measured(loop, task, never, 1)) == "native_answers_differ"


def test_without_the_compiled_helper_there_is_a_reason(tmp_path: Path) -> None:
    assert code(native_latency("onnxruntime", relu_task(tmp_path), None, never)) == "native_no_library"


def test_a_helper_that_does_not_load_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "broken.so").write_bytes(b"no library")
    task = relu_task(tmp_path)
    assert code(native_latency("onnxruntime", task, tmp_path / "broken.so", never)) == "native_failed"


@pytest.mark.parametrize("runtime", ["onnxruntime", "torchscript"])
def test_another_device_is_a_reason(runtime: str, tmp_path: Path) -> None:
    task = scripted_task(np.ones(1))._replace(options=LoadOptions("cuda:0", 1))
    assert code(native_latency(runtime, task, tmp_path, never)) == "native_device_other"


def test_another_runtime_is_a_reason(tmp_path: Path) -> None:
    assert code(native_latency("openvino", scripted_task(np.ones(1)), None, never)) == "native_format_other"


@compiled
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"path": Path("missing.onnx")}, "missing.onnx"),
        ({"inputs": ("z",), "pool": [{"z": np.ones((1, 16), np.float32)}]}, "z"),
        ({"pool": [{"x": np.ones((1, 5), np.float32)}]}, "dimensions"),
        ({"pool": [{"x": np.ones((1, 16), np.int64)}]}, "int64"),
        ({"expected": {"y": np.ones((3, 3), np.float32)}}, "Expected: 16"),
        ({"expected": {"no": np.ones((1, 16), np.float32)}}, "no"),
    ],
)
def test_what_the_runtime_refuses_comes_back_in_its_words(
    change: dict[str, Any], words: str, tmp_path: Path, library: Path | None
) -> None:
    answer = native_latency("onnxruntime", relu_task(tmp_path)._replace(**change), library, never)
    assert code(answer) == "native_failed"
    assert isinstance(answer, Reason)
    assert words in answer.parameters["detail"]
    assert "\n" not in answer.parameters["detail"]


@compiled
def test_a_damaged_model_is_a_reason(tmp_path: Path, library: Path | None) -> None:
    task = relu_task(tmp_path)
    task.path.write_bytes(b"\x08\x09" + b"\xff" * 100)
    assert code(native_latency("onnxruntime", task, library, never)) == "native_failed"


@compiled
def test_strings_cannot_be_passed(tmp_path: Path, library: Path | None) -> None:
    task = relu_task(tmp_path)._replace(pool=[{"x": np.array([["a"]], object)}])
    assert code(native_latency("onnxruntime", task, library, never)) == "native_type_other"


def test_a_wheel_without_a_library_is_a_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    monkeypatch.setattr(onnxruntime, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(NativeUnavailable) as raised:
        ort_native.runtime_library()
    assert code(raised.value.reason) == "native_runtime_library_missing"


@pytest.mark.parametrize("shape", [(1, 5), (3,)])
def test_what_torch_refuses_comes_back_in_its_words(shape: tuple[int, ...], tmp_path: Path) -> None:
    task = perceptron_task(tmp_path)
    pool = [{task.inputs[0]: np.ones(shape, np.float32)}]
    answer = native_latency("torchscript", task._replace(pool=pool), None, never)
    assert code(answer) == "native_failed"
    assert isinstance(answer, Reason)
    assert "shape" in answer.parameters["detail"]


def test_a_damaged_torchscript_file_is_a_reason(tmp_path: Path) -> None:
    task = perceptron_task(tmp_path)
    task.path.write_bytes(b"PK\x03\x04 cut off")
    assert code(native_latency("torchscript", task, None, never)) == "native_failed"
