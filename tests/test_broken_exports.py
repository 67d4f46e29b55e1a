"""Deliberately broken exports are beyond tolerance, each of them; harmless ones are not, none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import version_converter
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_dynamic, quantize_static
from onnxruntime.transformers import float16

from profiler import inspection, messages, precision_facts, trust
from profiler.backends import catalog
from profiler.checks_plan import Checks
from profiler.correctness import agreement, examination, reference_plan, tolerances
from profiler.correctness.agreement import Judged
from profiler.correctness.asking import Told
from profiler.correctness.shelf import Kept
from profiler.plan import RunPlan
from tests import exports
from tests.exports import folded, in_half, network, rescaled, saved, weights

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
WHOLE = weights()


def examined(path: Path, runtime: str, folder: Path, precision: str = "as_is") -> Kept:
    """As profiler.correctness.examiner does, in this process: children would take most of the time."""
    plan = RunPlan(
        str(path),
        runtime,
        precision=precision,
        model_sha256=trust.sha256_of(path),
        checks=Checks(repeats=0),
        distinct_inputs=reference_plan.SETS,
        input_kinds={"image": "image"},
        threads=1,
    )
    form = catalog.recognise(path).name
    folder.mkdir()
    heard: list[messages.Report] = []
    request = messages.Examine(plan, form, str(folder), sets=reference_plan.SETS)
    found = examination.examine(request, heard.append, lambda: False)
    loaded = next(one for one in heard if isinstance(one, messages.Loaded))
    described = inspection.describe(messages.Inspect(str(path), form, shapes=loaded.shapes))
    kinds = {one.type: one.count for one in described.operators}
    ran = precision_facts.effective(
        found.precision_effective, runtime, "cpu", {}, described.nodes, described.weights_by_dtype
    )
    row = tolerances.row_of_model(ran or "unknown", described.weights_by_dtype, kinds)
    return Kept(plan, form, Told(found, loaded), folder, row)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = tmp_path_factory.mktemp("reference")
    return examined(saved(network(WHOLE), folder / "network.onnx"), "onnxruntime", folder / "answers")


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return examined(SAMPLES / "digits.onnx", "onnxruntime", tmp_path_factory.mktemp("digits") / "answers")


def judged(path: Path, reference: Kept, runtime: str = "onnxruntime", precision: str = "as_is") -> Judged:
    return agreement.between(examined(path, runtime, path.parent / "answers", precision), reference)


def codes(found: Judged) -> set[str]:
    return {reason.code for reason in found.reasons}


def _with(name: str, change: Callable[[Any], Any]) -> Callable[[], onnx.ModelProto]:
    return lambda: network(rescaled(WHOLE, name, change))


def _with_nan(array: Any) -> Any:
    broken = array.copy()
    broken.flat[5] = np.nan
    return broken


def _untrained_statistics() -> onnx.ModelProto:
    """Exported before the running statistics were loaded."""
    count = len(WHOLE["running_var"])
    fresh = {"running_mean": np.zeros(count, np.float32), "running_var": np.ones(count, np.float32)}
    return network({**WHOLE, **fresh})


BROKEN: dict[str, Callable[[], onnx.ModelProto]] = {
    "swapped channels": _with("w1", lambda array: array[:, ::-1]),
    "wrong normalisation": _with("std", lambda array: array * 255),
    "normalised by another data set": _with("mean", lambda array: np.full_like(array, 0.5)),
    "int8 without calibration": lambda: exports.quantised_without_calibration(network(WHOLE), 1 / 127),
    "int8 with steps too wide": lambda: exports.quantised_without_calibration(network(WHOLE), 8.0),
    "NaN in the weights": _with("w2", _with_nan),
    "a transposed weight": _with("w3", np.transpose),
    "a dropped bias": _with("b3", np.zeros_like),
    "wrong padding": lambda: network(WHOLE, padding=(0, 0, 2, 2)),
    "wrong epsilon": lambda: network(WHOLE, epsilon=1e-3),
    "untrained statistics": _untrained_statistics,
    "wrong activation": lambda: network(WHOLE, activation="LeakyRelu"),
    "outputs in swapped order": lambda: network(WHOLE, outputs={"scores": "styles", "styles": "scores"}),
    "a layer of zeros": _with("w2", np.zeros_like),
    "half of a weight cut off": _with("w4", lambda array: array * (np.arange(32) < 16)),
    "weights that overflow fp16": lambda: in_half(network(rescaled(WHOLE, "w2", lambda array: array * 1e6))),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_export_is_flagged(case: str, reference: Kept, tmp_path: Path) -> None:
    found = judged(saved(BROKEN[case](), tmp_path / "model.onnx"), reference)
    assert found.agreement.state == "beyond", found
    assert codes(found) & {"answers_beyond", "answers_beyond_made", "answers_unlike"}
    assert any(row.broken for row in found.rows)


def test_nan_is_named_as_such(reference: Kept, tmp_path: Path) -> None:
    found = judged(saved(BROKEN["NaN in the weights"](), tmp_path / "model.onnx"), reference)
    assert "answers_not_finite" in codes(found)
    assert {reason.code for row in found.rows for reason in row.broken} >= {"parity_not_finite"}
    assert all(row.nan and not row.reference_nan for row in found.rows)


class _Pictures(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime has no types
    """Made-up pictures of the kind that the runs make, of another seed."""

    def __init__(self) -> None:
        draw = np.random.default_rng(99)
        self._sets: Iterator[Any] = iter(
            [{"image": draw.random((1, 3, exports.SIZE, exports.SIZE), np.float32)} for _ in range(64)]
        )

    def get_next(self) -> Any:
        return next(self._sets, None)


def _another_opset(path: Path) -> None:
    saved(version_converter.convert_version(network(WHOLE), 20), path)


def _optimised(path: Path) -> None:
    """Constants folded and nodes fused by the runtime, written back as ONNX."""
    source = saved(network(WHOLE), path.with_name("source.onnx"))
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(path)
    ort.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])


def _calibrated(path: Path) -> None:
    source = saved(network(WHOLE), path.with_name("source.onnx"))
    quantize_static(str(source), str(path), _Pictures(), quant_format=QuantFormat.QDQ, per_channel=True)


def _dynamic(path: Path) -> None:
    quantize_dynamic(str(saved(network(WHOLE), path.with_name("source.onnx"))), str(path))


def _all_half(path: Path) -> None:
    saved(float16.convert_float_to_float16(network(WHOLE), keep_io_types=True), path)


def _of(model: Callable[[], onnx.ModelProto]) -> Callable[[Path], None]:
    return lambda path: saved(model(), path) and None


HARMLESS: dict[str, tuple[Callable[[Path], None], str, str]] = {
    "another opset": (_another_opset, "onnxruntime", "as_is"),
    "optimised by the runtime": (_optimised, "onnxruntime", "as_is"),
    "normalisation folded in": (_of(lambda: network(folded(WHOLE))), "onnxruntime", "as_is"),
    "renamed outputs": (
        _of(lambda: network(WHOLE, outputs={"one": "scores", "two": "styles"})), "onnxruntime", "as_is",
    ),
    "outputs in another order": (
        _of(lambda: network(WHOLE, outputs={"styles": "styles", "scores": "scores"})), "onnxruntime", "as_is",
    ),
    "channels last": (_of(lambda: network(WHOLE, is_channels_last=True)), "onnxruntime", "as_is"),
    "a fixed batch": (_of(lambda: network(WHOLE, batch=1)), "onnxruntime", "as_is"),
    "another runtime": (_of(lambda: network(WHOLE)), "openvino", "as_is"),
    "weights in fp16": (_of(lambda: in_half(network(WHOLE))), "onnxruntime", "as_is"),
    "all in fp16": (_all_half, "onnxruntime", "as_is"),
    "calibrated int8": (_calibrated, "onnxruntime", "as_is"),
    "calibrated int8 on another runtime": (_calibrated, "openvino", "as_is"),
    "dynamic int8": (_dynamic, "onnxruntime", "as_is"),
}  # fmt: skip


@pytest.mark.parametrize("case", HARMLESS)
def test_a_harmless_export_is_not_flagged(case: str, reference: Kept, tmp_path: Path) -> None:
    make, runtime, precision = HARMLESS[case]
    make(tmp_path / "model.onnx")
    found = judged(tmp_path / "model.onnx", reference, runtime, precision)
    assert found.agreement.state in ("exact", "within"), found
    assert not found.reasons
    assert found.agreement.sets == reference_plan.SETS


@pytest.mark.parametrize(
    ("file", "runtime", "precision"),
    [
        ("digits.onnx", "openvino", "as_is"),
        ("digits.xml", "openvino", "as_is"),
        ("digits.xml", "openvino", "bf16"),
        ("digits.tflite", "litert", "as_is"),
        ("digits.torchscript.pt", "torchscript", "as_is"),
        ("digits.torchscript.pt", "torchscript", "bf16"),
        ("digits.pt2", "torch_export", "as_is"),
    ],
)
def test_every_format_of_the_samples_agrees(
    file: str, runtime: str, precision: str, digits: Kept, tmp_path: Path
) -> None:
    found = agreement.between(examined(SAMPLES / file, runtime, tmp_path / "answers", precision), digits)
    assert found.agreement.state == "within", found
