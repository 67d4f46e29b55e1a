"""ONNX Runtime's own format: opened by the runtime, and read as the ONNX model that it stands for."""

import random
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from profiler import inspection, messages
from profiler.backends import catalog, ort_format_file
from profiler.backends.base import LoadOptions
from profiler.backends.ort import open_backend
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Description

SAMPLE = Path(__file__).resolve().parent.parent / "resources" / "samples" / "digits.onnx"


PLAIN = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL


def _converted(model: Path | bytes, target: Path, level: object = PLAIN) -> Path:
    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.save_model_format", "ORT")
    options.graph_optimization_level = level
    options.optimized_model_filepath = str(target)
    source = str(model) if isinstance(model, Path) else model
    onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    return target


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _converted(SAMPLE, tmp_path_factory.mktemp("ort") / "digits.ort")


def _described(path: Path, form: str, batch: int = 3) -> Description:
    return inspection.describe(messages.Inspect(str(path), form, batch=batch))


def test_it_is_recognised_opened_and_answers_alike(sample: Path) -> None:
    assert catalog.recognise(sample).name == "ort_format"
    answers = []
    for path in (sample, SAMPLE):
        session = open_backend().load(path, LoadOptions("cpu", 1))
        call = session.bind({"image": np.ones((2, 1, 8, 8), dtype=np.float32)})
        answers.append(session.results(call)["logits"])
    np.testing.assert_allclose(*answers, rtol=1e-4, atol=1e-4)


def test_it_tells_what_the_onnx_file_tells(sample: Path) -> None:
    here, there = _described(sample, "ort_format"), _described(SAMPLE, "onnx")
    for field in (
        "inputs",
        "outputs",
        "parameters",
        "weights_by_dtype",
        "operators",
        "flops",
        "nodes",
        "memory",
    ):
        assert getattr(here, field) == getattr(there, field), field
    assert here.opsets == {"ai.onnx": 17}


def test_graphs_inside_operators_and_their_attributes_are_read(tmp_path: Path) -> None:
    def branch(name: str, factor: float) -> onnx.GraphProto:
        constant = helper.make_node("Constant", [], ["c"], value_float=factor)
        return helper.make_graph(
            [constant, helper.make_node("Mul", ["x", "c"], [name])],
            name,
            [],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, [4])],
        )

    choose = helper.make_node("If", ["go"], ["y"], then_branch=branch("a", 2.0), else_branch=branch("b", 3.0))
    graph = helper.make_graph(
        [choose],
        "g",
        [
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [4]),
            helper.make_tensor_value_info("go", TensorProto.BOOL, []),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [4])],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    found = ort_format_file.read(_converted(model.SerializeToString(), tmp_path / "if.ort"))
    (node,) = found.graph.node
    branches = {entry.name: entry.g for entry in node.attribute}
    assert [inner.op_type for inner in branches["then_branch"].node][-1] == "Mul"
    assert {one.type for one in _described(tmp_path / "if.ort", "ort_format", 1).operators} == {"If", "Mul"}


def test_damaged_files_are_told_and_never_crash(sample: Path, tmp_path: Path) -> None:
    data, chance, refused = sample.read_bytes(), random.Random(7), 0
    file = tmp_path / "changed.ort"
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(chance.randint(1, 6)):
            changed[chance.choice([chance.randrange(600), chance.randrange(len(data))])] = chance.randrange(
                256
            )
        file.write_bytes(changed)
        refused += _is_refused(file)
    assert 0 < refused < 150


def _is_refused(file: Path) -> bool:
    try:
        ort_format_file.read(file)
    except KnownError as error:
        return error.kind is ErrorKind.MODEL_DAMAGED
    return False


def test_fused_operators_that_stand_last_are_put_where_they_run(tmp_path: Path) -> None:
    fused = _converted(SAMPLE, tmp_path / "fused.ort", onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED)
    found = _described(fused, "ort_format")
    assert {one.type for one in found.operators} >= {"com.microsoft.FusedConv"}
    assert found.flops.per_inference == _described(SAMPLE, "onnx").flops.per_inference
    assert found.flops.counted_fraction == 1.0
    assert [node.name for node in found.nodes][-1] == "/11/Gemm"
