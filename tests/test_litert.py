"""LiteRT opens the sample, answers as ONNX does, at any batch, and says what it refuses."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from profiler.backends import litert_words
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.backends.litert import LiteRtSession, open_backend
from profiler.backends.ort import open_backend as open_onnxruntime
from profiler.errors import ErrorKind, KnownError
from profiler.result import Placement
from tests import tflite_graphs

SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
TFLITE = SAMPLES / "digits.tflite"


def _session() -> LiteRtSession:
    return open_backend().load(TFLITE, LoadOptions("cpu", 1))


def _images(count: int) -> np.ndarray:
    return np.load(SAMPLES / "digits_test.npz")["x"][:count]


def _last(images: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1))


def test_names_dtypes_and_the_batch_come_from_the_signature() -> None:
    session = _session()
    (image,), (logits,) = session.inputs, session.outputs
    assert (image.name, image.dtype, image.shape) == ("image", "float32", ("batch", 8, 8, 1))
    assert (logits.name, logits.dtype, logits.shape) == ("logits", "float32", ("batch", 10))
    assert session.precision_effective == "fp32"


@pytest.mark.parametrize("batch", [1, 5])
def test_it_answers_as_the_same_network_does_in_onnx(batch: int) -> None:
    session, images = _session(), _images(batch)
    found = session.results(session.bind({"image": _last(images)}))["logits"]
    peer = open_onnxruntime().load(SAMPLES / "digits.onnx", LoadOptions("cpu", 1))
    expected = peer.results(peer.bind({"image": images}))["logits"]
    assert found.shape == (batch, 10)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_bound_calls_of_one_lane_share_its_interpreter_and_keep_their_own_inputs() -> None:
    session, images = _session(), _images(2)
    first, second = (session.bind({"image": _last(images[at : at + 1])}) for at in (0, 1))
    other = session.bind({"image": _last(images[:1])}, lane=1)
    one, two, again = (session.results(call)["logits"] for call in (first, second, first))
    assert not np.array_equal(one, two)
    np.testing.assert_array_equal(one, again)
    np.testing.assert_array_equal(one, session.results(other)["logits"])


def test_calls_of_other_shapes_on_one_lane_each_keep_their_own() -> None:
    session, images = _session(), _last(_images(3))
    whole = session.bind({"image": images})
    single = session.bind({"image": images[:1]})
    every, one = (session.results(call)["logits"] for call in (whole, single))
    np.testing.assert_allclose(every[:1], one, atol=1e-5)
    np.testing.assert_array_equal(session.results(whole)["logits"], every)


_BIAS_AT = 2


def _quantised() -> bytes:
    """A dense layer of int8 that adds up its four inputs, all scales 1 and zero points 0."""
    options = {"options": "FullyConnectedOptions"}
    constants = [None, np.zeros((1, 4), np.float32), np.zeros(1, np.int32)]
    data = tflite_graphs.single("FULLY_CONNECTED", options, constants)
    model = schema.ModelT.InitFromPackedBuf(bytearray(data))
    for index, tensor in enumerate(model.subgraphs[0].tensors):
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale, tensor.quantization.zeroPoint = [1.0], [0]
        tensor.type = schema.TensorType.INT32 if index == _BIAS_AT else schema.TensorType.INT8
    model.subgraphs[0].tensors[0].shape = [1, 4]
    model.subgraphs[0].tensors[0].shapeSignature = [-1, 4]
    model.subgraphs[0].tensors[3].shape, model.subgraphs[0].tensors[3].shapeSignature = [1, 1], [-1, 1]
    model.buffers[1].data = np.ones(4, dtype=np.uint8)
    return tflite_graphs.written(model)


def test_a_quantised_model_takes_and_makes_integers(tmp_path: Path) -> None:
    file = tmp_path / "int8.tflite"
    file.write_bytes(_quantised())
    session = open_backend().load(file, LoadOptions("cpu", 1))
    assert [spec.dtype for spec in (*session.inputs, *session.outputs)] == ["int8", "int8"]
    assert session.precision_effective == "int8"
    found = session.results(session.bind({"image": np.array([[1, 2, 3, 4], [5, 6, 7, 8]], dtype=np.int8)}))
    np.testing.assert_array_equal(found["logits"], np.array([[10], [26]], dtype=np.int8))
    with pytest.raises(ValueError, match="INT8") as refused:
        session.bind({"image": np.ones((2, 4), dtype=np.float32)})()
    told = session.explain(refused.value)
    assert (told.kind, told.info.parameters["wanted"]) == (ErrorKind.INPUT_DTYPE, "INT8")


def test_its_operators_are_told_by_who_runs_them() -> None:
    assert _session().placement == (Placement("XNNPACK", 9),)


def test_going_through_the_file_ourselves_is_no_load_time() -> None:
    assert _session().ours_ns > 0


def test_a_batch_beyond_all_memory_is_out_of_memory() -> None:
    session = _session()
    huge = np.broadcast_to(np.float32(0), (2**28, 8, 8, 1))
    with pytest.raises(KnownError) as refused:
        session.bind({"image": huge})
    assert refused.value.kind is ErrorKind.OUT_OF_MEMORY


def test_sizes_that_do_not_work_as_stored_wait_for_those_that_are_given(tmp_path: Path) -> None:
    kernel = np.zeros((2, 3, 3, 1), dtype=np.float32)
    options = {"options": "Conv2DOptions", "padding": 1, "strideW": 1, "strideH": 1,
               "dilationWFactor": 1, "dilationHFactor": 1}  # fmt: skip
    file = tmp_path / "free.tflite"
    file.write_bytes(
        tflite_graphs.single("CONV_2D", options, [None, kernel, np.zeros(2, np.float32)], 1, free=True)
    )
    session = open_backend().load(file, LoadOptions("cpu", 1))
    assert session.inputs[0].shape == ("batch", None, None, 1)
    found = session.results(session.bind({"image": np.ones((1, 5, 6, 1), dtype=np.float32)}))
    assert next(iter(found.values())).shape == (1, 3, 4, 2)


def _renamed_operator(name: str) -> bytes:
    model = schema.ModelT.InitFromPackedBuf(bytearray(TFLITE.read_bytes()))
    code, operator = model.operatorCodes[1], model.subgraphs[0].operators[1]
    code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.CUSTOM
    code.customCode, operator.builtinOptions, operator.builtinOptionsType = name, None, 0
    return tflite_graphs.written(model)


@pytest.mark.parametrize("name", ["Mine", "FlexErf"])
def test_an_operator_that_it_does_not_know_is_named(name: str, tmp_path: Path) -> None:
    file = tmp_path / "custom.tflite"
    file.write_bytes(_renamed_operator(name))
    with pytest.raises(KnownError) as refused:
        open_backend().load(file, LoadOptions("cpu", 1))
    assert refused.value.kind is ErrorKind.OPERATOR_UNKNOWN
    assert refused.value.info.parameters["operator"] == name


def test_a_shape_that_does_not_fit_is_refused_in_the_users_words() -> None:
    session = _session()
    with pytest.raises(KnownError) as refused:
        session.bind({"image": np.zeros((1, 9, 9, 1), dtype=np.float32)})
    assert refused.value.kind is ErrorKind.SHAPE_MISMATCH
    assert ".cc" not in refused.value.info.text


def test_a_file_that_is_no_model_is_damaged(tmp_path: Path) -> None:
    file = tmp_path / "cut.tflite"
    file.write_bytes(TFLITE.read_bytes()[:1_000])
    with pytest.raises(KnownError) as refused:
        open_backend().load(file, LoadOptions("cpu", 1))
    assert refused.value.kind is ErrorKind.MODEL_DAMAGED


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Op builtin_code out of range: 500. Are you using old TFLite binary", ErrorKind.OPERATOR_UNKNOWN),
        ("Cannot set tensor: Got value of type FLOAT64 but expected type FLOAT32 for input 0, name: x",
         ErrorKind.INPUT_DTYPE),
        ("required_bytes <= bytes was not true.Tensor 1 is invalidly specified", ErrorKind.MODEL_DAMAGED),
        ("tensorflow/lite/kernels/conv.cc:12 Dimension mismatch", ErrorKind.SHAPE_MISMATCH),
        ("Model provided has model identifier 'abcd', should be 'TFL3'", ErrorKind.MODEL_DAMAGED),
        ("scale_diff / output_scale <= 0.02 was not true.Node number 0 (FULLY_CONNECTED) failed to prepare.",
         ErrorKind.RUNTIME_REFUSED),
        ("something else", ErrorKind.RUNTIME_REFUSED),
    ],
)  # fmt: skip
def test_what_it_says_is_told_in_the_users_words(said: str, kind: ErrorKind) -> None:
    assert litert_words.explain(RuntimeError(said)).kind is kind


def test_the_precision_that_the_file_is_in_may_be_asked_for() -> None:
    session = open_backend().load(TFLITE, LoadOptions("cpu", 1, "fp32"))
    assert session.precision_effective == "fp32"


def test_other_devices_precisions_and_a_trace_are_not_offered(tmp_path: Path) -> None:
    backend = open_backend()
    assert (backend.devices(), backend.precisions("cpu")) == (("cpu",), ())
    for options, kind in (
        (LoadOptions("cuda:0", 1), ErrorKind.DEVICE_UNKNOWN),
        (LoadOptions("cpu", 1, "bf16"), ErrorKind.PRECISION_UNKNOWN),
    ):
        with pytest.raises(KnownError) as refused:
            backend.load(TFLITE, options)
        assert refused.value.kind is kind
    assert refused.value.info.parameters["known"] == "as_is, fp32"
    with pytest.raises(KnownError) as refused:
        backend.trace(TFLITE, LoadOptions("cpu", 1), TraceOrder({}, 1, 0, tmp_path))
    assert refused.value.kind is ErrorKind.TRACE_NOT_OFFERED
