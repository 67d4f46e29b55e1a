"""OpenVINO opens all three of its formats, keeps fp32 in fp32, and says what ran and where the time went."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from profiler import child_environment
from profiler.backends import openvino_graph, openvino_trace, openvino_words
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.backends.openvino import OpenVino, open_backend
from profiler.backends.openvino_graph import Layer
from profiler.backends.ort import open_backend as open_onnxruntime
from profiler.errors import ErrorKind, KnownError

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
OPTIONS = LoadOptions("cpu", 1)


@pytest.fixture(scope="module")
def backend() -> OpenVino:
    return open_backend()


def _images(count: int) -> np.ndarray:
    return np.load(SAMPLES / "digits_test.npz")["x"][:count]


def _expected(images: np.ndarray) -> np.ndarray:
    peer = open_onnxruntime().load(SAMPLES / "digits.onnx", OPTIONS)
    return peer.results(peer.bind({"image": images}))["logits"]


@pytest.mark.parametrize("name", ["digits.onnx", "digits.xml", "digits.tflite"])
def test_every_format_answers_alike(backend: OpenVino, name: str) -> None:
    images = _images(3)
    given = images if name != "digits.tflite" else np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    session = backend.load(SAMPLES / name, OPTIONS)
    found = session.results(session.bind({session.inputs[0].name: given}))
    np.testing.assert_allclose(found[session.outputs[0].name], _expected(images), atol=1e-3)
    assert [spec.dtype for spec in session.inputs] == ["float32"]
    assert session.compile_ns is not None


def test_fp32_stays_fp32_unless_asked(backend: OpenVino) -> None:
    assert backend.load(SAMPLES / "digits.onnx", OPTIONS).precision_effective == "fp32"
    assert "fp32" in backend.precisions("cpu")
    for precision in backend.precisions("cpu"):
        session = backend.load(SAMPLES / "digits.onnx", LoadOptions("cpu", 1, precision))
        assert session.precision_effective == precision


_X = helper.make_tensor_value_info("x", TensorProto.FLOAT, [4, 16])
_C = helper.make_tensor_value_info("c", TensorProto.BOOL, [])
_W = numpy_helper.from_array(np.eye(16, dtype=np.float32), "w")


def _untyped(name: str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, None)


def _saved(path: Path, nodes: list[onnx.NodeProto], inputs: list[onnx.ValueInfoProto]) -> Path:
    graph = helper.make_graph(nodes, "g", inputs, [_untyped("y")], [_W])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def _branch(path: Path) -> Path:
    product = helper.make_graph([helper.make_node("MatMul", ["x", "w"], ["t"])], "t", [], [_untyped("t")])
    copy = helper.make_graph([helper.make_node("Identity", ["x"], ["e"])], "e", [], [_untyped("e")])
    branch = helper.make_node("If", ["c"], ["y"], then_branch=product, else_branch=copy)
    return _saved(path, [branch], [_C, _X])


def _loop(path: Path) -> Path:
    trip = helper.make_tensor_value_info("i", TensorProto.INT64, [])
    inner, kept = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [4, 16]) for n in ("xi", "xo"))
    goes = [helper.make_tensor_value_info(name, TensorProto.BOOL, []) for name in ("ci", "co")]
    steps = [helper.make_node("MatMul", ["xi", "w"], ["xo"]), helper.make_node("Identity", ["ci"], ["co"])]
    body = helper.make_graph(steps, "b", [trip, goes[0], inner], [goes[1], kept])
    count = helper.make_tensor_value_info("n", TensorProto.INT64, [])
    return _saved(path, [helper.make_node("Loop", ["n", "", "x"], ["y"], body=body)], [count, _X])


def _of_integers(path: Path) -> Path:
    ids = helper.make_tensor_value_info("ids", TensorProto.INT64, [4])
    y = helper.make_tensor_value_info("y", TensorProto.INT64, [4])
    graph = helper.make_graph([helper.make_node("Add", ["ids", "ids"], ["y"])], "g", [ids], [y])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_conditions_and_indices_are_no_precision_and_bodies_are_looked_into(
    backend: OpenVino, tmp_path: Path
) -> None:
    for make in (_branch, _loop):
        model = make(tmp_path / "m.onnx")
        assert backend.load(model, OPTIONS).precision_effective == "fp32", make
        if "bf16" in backend.precisions("cpu"):
            lower = backend.load(model, LoadOptions("cpu", 1, "bf16"))
            assert lower.precision_effective == "bf16", make
    assert backend.load(_of_integers(tmp_path / "i.onnx"), OPTIONS).precision_effective == "unknown"


@pytest.mark.parametrize(
    ("layers", "bodies", "found"),
    [
        ([Layer("y", "If", "i8", ())], [], "unknown"),
        ([Layer("y", "If", "i8", ())], [Layer("m", "MatMul", "f32", ())], "fp32"),
        ([Layer("a", "FullyConnected", "i8", ()), Layer("b", "Softmax", "f32", ())], [], "int8"),
        ([Layer("a", "Eltwise", "f32", ()), Layer("b", "Eltwise", "u8", ())], [], "fp32"),
        ([Layer("a", "Convert", "f16", ()), Layer("b", "Eltwise", "f32", ())], [], "fp32"),
        ([Layer("a", "Convert", "f16", ()), Layer("b", "Gather", "i8", ())], [], "fp16"),
        ([Layer("a", "FullyConnected", "bf16", ())], [Layer("m", "MatMul", "f32", ())], "mixed"),
    ],
)
def test_the_precision_is_that_of_products_then_of_floats(
    layers: list[Layer], bodies: list[Layer], found: str
) -> None:
    assert openvino_graph.precision_of_layers(layers, bodies) == found


def test_calls_of_a_lane_keep_their_inputs_and_lanes_do_not_share_answers(backend: OpenVino) -> None:
    session, images = backend.load(SAMPLES / "digits.xml", LoadOptions("cpu", 1, lanes=2)), _images(2)
    first, second = (session.bind({"image": images[at : at + 1]}) for at in (0, 1))
    other = session.bind({"image": images[:1]}, lane=1)
    one, two, again = (session.results(call)["logits"] for call in (first, second, first))
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(one, again)
    np.testing.assert_allclose(session.results(other)["logits"], one, atol=1e-5)


def test_a_trace_names_the_files_layers(backend: OpenVino, tmp_path: Path) -> None:
    order = TraceOrder({"image": _images(1)}, calls=3, practice=1, folder=tmp_path)
    traced = backend.trace(SAMPLES / "digits.onnx", OPTIONS, order)
    assert (traced.method, len(traced.call_ns)) == ("openvino_profiling", 3)
    convolutions = [row for row in traced.operators if row.type == "Convolution"]
    assert {name for row in convolutions for name in row.nodes} >= {"/2/Conv", "/4/Conv", "/7/Conv"}
    assert all(row.count == 3 and row.device == "cpu" for row in convolutions)


def test_what_ran_before_the_traced_calls_is_taken_off_the_counters(tmp_path: Path) -> None:
    """The counters are means since the model was compiled: here 5 calls of 900 us, then 10 of 100 us."""
    order = TraceOrder({}, calls=10, practice=5, folder=tmp_path)
    before = openvino_trace._Row("Convolution", "jit", 900_000)
    after = openvino_trace._Row("Convolution", "jit", round((5 * 900_000 + 10 * 100_000) / 15))
    assert openvino_trace._total_ns(order, before, after) == pytest.approx(10 * 100_000, abs=15)
    assert openvino_trace._total_ns(order, None, after) == 15 * after.mean_ns
    assert openvino_trace._total_ns(order, before, before._replace(mean_ns=0)) == 0


def test_the_layers_take_no_longer_than_the_calls_that_they_are_part_of(
    backend: OpenVino, tmp_path: Path
) -> None:
    order = TraceOrder({"image": _images(64)}, calls=10, practice=1, folder=tmp_path)
    traced = backend.trace(SAMPLES / "digits.onnx", OPTIONS, order)
    # Whole microseconds of each row are lost or won.
    assert sum(row.total_ns for row in traced.operators) < sum(traced.call_ns) * 1.02


def test_devices_and_precisions_that_are_not_there_are_refused(backend: OpenVino) -> None:
    for options, kind in (
        (LoadOptions("gpu.7", 1), ErrorKind.DEVICE_UNKNOWN),
        (LoadOptions("cpu", 1, "tf32"), ErrorKind.PRECISION_UNKNOWN),
    ):
        with pytest.raises(KnownError) as refused:
            backend.load(SAMPLES / "digits.onnx", options)
        assert refused.value.kind is kind


def test_a_cut_file_a_missing_bin_and_a_wrong_shape_are_told_apart(backend: OpenVino, tmp_path: Path) -> None:
    cut, alone = tmp_path / "cut.onnx", tmp_path / "alone.xml"
    cut.write_bytes((SAMPLES / "digits.onnx").read_bytes()[:3_000])
    alone.write_bytes((SAMPLES / "digits.xml").read_bytes())
    found = []
    for file in (cut, alone):
        with pytest.raises(KnownError) as refused:
            backend.load(file, OPTIONS)
        found.append(refused.value.kind)
        assert "src/" not in refused.value.info.text
    assert found == [ErrorKind.MODEL_DAMAGED, ErrorKind.EXTERNAL_DATA_MISSING]
    assert refused.value.info.parameters["data"] == "alone.bin"
    session = backend.load(SAMPLES / "digits.xml", OPTIONS)
    with pytest.raises(RuntimeError) as wrong:
        session.bind({"image": np.zeros((1, 1, 9, 9), dtype=np.float32)})()
    assert session.explain(wrong.value).kind is ErrorKind.SHAPE_MISMATCH


def test_words_that_tell_nothing_more_are_the_runtimes_own() -> None:
    assert (
        openvino_words.explain(RuntimeError("Exception from src/a.cpp:1:\nwhat else")).info.text
        == "what else"
    )
    assert openvino_words.explain(RuntimeError("what else")).kind is ErrorKind.RUNTIME_REFUSED
    assert openvino_words.explain(MemoryError()).kind is ErrorKind.OUT_OF_MEMORY


def test_its_import_is_reported_to_no_one_and_writes_nothing_at_home(tmp_path: Path) -> None:
    script = (
        "import sys, threading\n"
        "from profiler.backends import catalog\n"
        "catalog.open_backend('openvino')\n"
        "assert sys.modules.get('openvino_telemetry') is None, 'imported'\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    seen = child_environment.environment(source={"HOME": str(tmp_path)})
    subprocess.run([sys.executable, "-c", script], env=seen, check=True)
    assert list(tmp_path.iterdir()) == []
