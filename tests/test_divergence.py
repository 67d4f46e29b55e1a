"""Where the answers of two exports part: the changed node and no other, or why it cannot be told."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from profiler import messages, survey_client
from profiler.answer_blocks import Divergence
from profiler.correctness import divergence, divergence_text, tolerances
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan
from tests import networks, networks_formats

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
DIGITS = SAMPLES / "digits.onnx"
FP32, INT8 = tolerances.of("fp32"), tolerances.of("int8")
FORMS = {
    "torchscript": "torchscript",
    "torch_export": "torch_export",
    "onnxruntime": "onnx",
    "openvino": "onnx",
}


def _ask(request: messages.Trail) -> messages.Report:
    return survey_client.ask(request, 60, threads=1)


def _plan(path: Path, runtime: str, **more: object) -> RunPlan:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return RunPlan(str(path), runtime, batch=2, threads=1, model_sha256=digest, **more)  # type: ignore[arg-type]


def _find(
    own: tuple[Path, str],
    reference: tuple[Path, str],
    folder: Path,
    tolerance: tolerances.Tolerance = FP32,
    ask: Callable[[messages.Trail], messages.Report] = _ask,
) -> Divergence:
    place = folder / "trail"
    place.mkdir()
    found = divergence.find(
        _plan(*own),
        FORMS[own[1]],
        _plan(*reference),
        FORMS[reference[1]],
        tolerance,
        ask,
        place,
        lambda: False,
    )
    assert list(place.iterdir()) == []
    return found


def _onnx(path: Path, own: Path, folder: Path, tolerance: tolerances.Tolerance = FP32) -> Divergence:
    return _find((path, "onnxruntime"), (own, "onnxruntime"), folder, tolerance)


def _changed(path: Path, target: Path, weight: str, change: Callable[[np.ndarray], np.ndarray]) -> Path:
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.name == weight:
            tensor.CopyFrom(numpy_helper.from_array(change(numpy_helper.to_array(tensor).copy()), weight))
    onnx.save(model, target)
    return target


def _with_nan(weights: np.ndarray) -> np.ndarray:
    weights[3] = np.nan
    return weights


def test_the_node_whose_weights_were_changed_is_found(tmp_path: Path) -> None:
    bad = _changed(DIGITS, tmp_path / "bad.onnx", "4.weight", lambda weights: weights[::-1])
    before = bad.read_bytes()
    found = _onnx(bad, DIGITS, tmp_path)
    assert found.state == "found"
    assert found.first is not None
    assert (found.first.node, found.first.type, found.first.is_beyond) == ("/4/Conv", "Conv", True)
    assert found.first.max_relative == pytest.approx(1.27, abs=0.3)
    assert [one.node for one in found.trail][-3:] == ["/2/Conv", "/3/Relu", "/4/Conv"]
    assert not any(one.is_beyond for one in found.trail[:-1])
    assert (found.method, found.matched_by, found.reason) == ("onnx_outputs", "name", None)
    assert bad.read_bytes() == before
    said = divergence_text.sentence(found, "en")
    assert said.startswith("The answers part at node /4/Conv (Conv): its output differs by up to 1")
    assert said.endswith("everything before it agrees.")


def test_weights_that_are_not_numbers_are_found_where_they_enter(tmp_path: Path) -> None:
    found = _onnx(_changed(DIGITS, tmp_path / "nan.onnx", "7.bias", _with_nan), DIGITS, tmp_path)
    assert found.first is not None
    assert (found.first.node, found.first.is_unlike) == ("/7/Conv", True)
    assert "finite" in divergence_text.sentence(found, "en")


def test_the_last_node_alone_is_said_to_be_an_output(tmp_path: Path) -> None:
    bad = _changed(DIGITS, tmp_path / "bad.onnx", "11.bias", lambda bias: bias + 5)
    found = _onnx(bad, DIGITS, tmp_path)
    assert found.first is not None
    assert (found.first.name, found.reason and found.reason.code) == ("logits", "divergence_only_outputs")
    assert "only in the output logits" in divergence_text.sentence(found, "en")


def test_a_file_with_its_weights_outside_is_looked_into(tmp_path: Path) -> None:
    bad = _changed(DIGITS, tmp_path / "bad.onnx", "2.weight", lambda weights: -weights)
    outside = tmp_path / "outside"
    outside.mkdir()
    onnx.save(onnx.load(bad), outside / "bad.onnx", save_as_external_data=True, size_threshold=64)
    assert len(list(outside.iterdir())) > 1
    found = _onnx(outside / "bad.onnx", DIGITS, tmp_path)
    assert found.first is not None
    assert found.first.node == "/2/Conv"


def test_a_harmless_export_has_no_node_to_blame(tmp_path: Path) -> None:
    """Written again for OpenVINO's eyes, and optimised by ONNX Runtime: nodes are fused, names stay."""
    basic = networks_formats.optimised(
        DIGITS, tmp_path / "basic.onnx", networks_formats.Levels.ORT_ENABLE_BASIC
    )
    found = _find((basic, "openvino"), (DIGITS, "onnxruntime"), tmp_path)
    assert (found.state, found.method) == ("none", "openvino_outputs, onnx_outputs")
    assert found.compared > 10
    assert found.reason is not None
    assert found.reason.code == "divergence_not_seen"


def test_a_difference_that_is_lost_again_is_not_blamed(tmp_path: Path) -> None:
    """A normalisation that one export folds into the convolution before it, under the convolution's name;
    the change that matters comes later."""
    good, folded = _two_exports(tmp_path, shift=0.0)
    assert _onnx(folded, good, _new(tmp_path, "a")).state == "none"
    good, folded = _two_exports(tmp_path, shift=1.0)
    found = _onnx(folded, good, _new(tmp_path, "b"))
    assert found.first is not None
    assert found.first.name == "y"


def _new(folder: Path, name: str) -> Path:
    (folder / name).mkdir()
    return folder / name


def _two_exports(folder: Path, shift: float) -> tuple[Path, Path]:
    """y = 2 a x + shift; one file doubles behind the product, the other has doubled weights."""
    a = np.random.default_rng(0).standard_normal((4, 4)).astype(np.float32)
    ends = [helper.make_node("Relu", ["d"], ["r"]), helper.make_node("Add", ["r", "s"], ["y"])]
    paths = []
    for name, weights, by in (("plain", a, 0.0), ("folded", 2 * a, shift)):
        doubled = name == "plain"
        first = helper.make_node("MatMul", ["x", "w"], ["m"])
        second = (
            helper.make_node("Add", ["m", "m"], ["d"]) if doubled else helper.make_node("Abs", ["x"], ["z"])
        )
        last = [helper.make_node("Identity", ["m"], ["d"]), *ends] if not doubled else ends
        value = [helper.make_tensor_value_info(one, TensorProto.FLOAT, ["n", 4]) for one in ("x", "y")]
        kept = [numpy_helper.from_array(weights, "w"), numpy_helper.from_array(np.float32([by] * 4), "s")]
        graph = helper.make_graph([first, second, *last], "g", value[:1], value[1:], kept)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        paths.append(folder / f"{name}.onnx")
        onnx.save(model, paths[-1])
    return paths[0], paths[1]


@pytest.mark.parametrize("form", ["QDQ", "QOperator"])
def test_a_quantised_model_is_followed_through_its_quantised_tensors(form: str, tmp_path: Path) -> None:
    image = np.random.default_rng(0).standard_normal((4, 1, 8, 8)).astype(np.float32)
    kind = networks_formats.quantization.QuantFormat[form]
    good = networks_formats.quantised(DIGITS, tmp_path / "good.onnx", {"image": image}, quant_format=kind)
    assert _onnx(good, DIGITS, _new(tmp_path, "a"), INT8).state == "none"
    small = networks_formats.quantised(
        DIGITS, tmp_path / "small.onnx", {"image": image / 50}, quant_format=kind
    )
    found = _onnx(small, DIGITS, _new(tmp_path, "b"), INT8)
    assert found.state == "found"
    assert found.first is not None
    assert "uantize" in found.first.type
    assert len(found.trail) > 1


def test_the_same_kind_of_tensor_is_needed_on_both_sides(tmp_path: Path) -> None:
    script = SAMPLES / "digits.torchscript.pt"
    found = _find((DIGITS, "onnxruntime"), (script, "torchscript"), tmp_path)
    assert (found.state, found.compared) == ("not_possible", 0)
    said = divergence_text.sentence(found, "en")
    assert "ONNX and TorchScript have no inner tensors in common" in said
    assert "ONNX" in divergence_text.sentence(found, "zh_CN")


@pytest.mark.parametrize(
    ("runtime", "form", "code"),
    [("litert", "tflite", "divergence_runtime"), ("onnxruntime", "ort_format", "divergence_format"),
     ("tensorrt", "tensorrt", "divergence_format"), ("aot_inductor", "aot_inductor", "divergence_format")],
)  # fmt: skip
def test_a_runtime_without_inner_tensors_says_so(runtime: str, form: str, code: str) -> None:
    plan = RunPlan("model", runtime)
    why = divergence.impossible(plan, form, plan, form)
    assert why is not None
    assert why.code == code


def test_graphs_without_names_or_order_in_common_are_not_forced_together(tmp_path: Path) -> None:
    other = tmp_path / "other.onnx"
    onnx.save(networks.exported(networks.convolutions(), torch.zeros(2, 3, 16, 16)), other)
    found = _onnx(other, DIGITS, tmp_path)
    assert found.state == "not_possible"


def test_a_child_that_fails_is_the_reason(tmp_path: Path) -> None:
    def fails(request: messages.Trail) -> messages.Report:
        raise KnownError(ErrorKind.CHILD_KILLED, "no more memory")

    found = _find((DIGITS, "onnxruntime"), (DIGITS, "onnxruntime"), tmp_path, ask=fails)
    assert (found.state, found.reason and found.reason.code) == ("not_possible", "divergence_failed")
    assert "no more memory" in divergence_text.sentence(found, "en")


def test_what_a_hostile_child_writes_is_not_believed(tmp_path: Path) -> None:
    def lies(request: messages.Trail) -> messages.Report:
        tensor = messages.InnerTensor("x", "x", "Conv")
        return messages.TrailTold("onnx_outputs", (tensor,), {"x": "../../secret.npy"})

    found = _find((DIGITS, "onnxruntime"), (DIGITS, "onnxruntime"), tmp_path, ask=lies)
    assert (found.state, found.reason and found.reason.code) == ("not_possible", "divergence_failed")


def test_inputs_that_differ_are_named_first(tmp_path: Path) -> None:
    def shifted(request: messages.Trail) -> messages.Report:
        seed = 1 if "copy" in request.plan.model_path else 0
        from msgspec.structs import replace

        return _ask(replace(request, plan=replace(request.plan, seed=seed)))

    copy = tmp_path / "copy.onnx"
    copy.write_bytes(DIGITS.read_bytes())
    found = _find((copy, "onnxruntime"), (DIGITS, "onnxruntime"), tmp_path, ask=shifted)
    assert found.first is not None
    assert (found.first.name, found.reason and found.reason.code) == ("image", "divergence_in_inputs")
    assert "input image was not the same" in divergence_text.sentence(found, "en")
