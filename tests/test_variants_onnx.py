"""Variants of ONNX models by ONNX Runtime's own tools, made by children and held against the original."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import helper, numpy_helper
from torch import nn

from profiler import trust
from profiler.checks_plan import Dataset
from profiler.commands import demo
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Variant, VariantsMade
from profiler.variants import client
from tests import networks, onnx_graphs

ONNX = demo.sample_paths()[0]
DIGITS = ONNX.with_name("digits_test.npz")
Array = np.ndarray[Any, Any]


def _answers(path: Path | str, inputs: dict[str, Array]) -> Array:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    (answer,) = session.run(None, inputs)
    return np.asarray(answer)


def _snr_db(answer: Array, reference: Array) -> float:
    return float(10 * np.log10(np.sum(reference**2) / np.sum((reference - answer) ** 2)))


def _by_kind(made: VariantsMade) -> dict[str, Variant]:
    return {one.kind: one for one in made.variants}


def _codes(one: Variant) -> list[str]:
    return [reason.code for reason in (*((one.missing,) if one.missing else ()), *one.notes)]


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Variant], Path]:
    """Every kind of the sample, in the folder that it lies in, and that folder."""
    folder = tmp_path_factory.mktemp("digits")
    path = folder / ONNX.name
    path.write_bytes(ONNX.read_bytes())
    before = path.stat()
    made = client.make(path, "onnx", folder, (), Dataset(str(DIGITS)))
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns, after.st_ino) == (
        before.st_mtime_ns, before.st_ctime_ns, before.st_ino,
    )  # fmt: skip
    assert made.tool == f"ONNX Runtime {onnxruntime.__version__}"
    return _by_kind(made), folder


def test_the_original_is_untouched_and_nothing_but_variants_is_left(
    digits: tuple[dict[str, Variant], Path],
) -> None:
    made, folder = digits
    assert trust.sha256_of(folder / ONNX.name) == trust.sha256_of(ONNX)
    names = {Path(one.file).name for one in made.values()}
    assert set(os.listdir(folder)) == {ONNX.name, *names}


@pytest.mark.parametrize(("kind", "most"), [("fp16", 0.51), ("int8_dynamic", 0.3), ("int8_static", 0.3)])
def test_a_variant_is_smaller_and_answers_as_well_to_within_one_point(
    digits: tuple[dict[str, Variant], Path], kind: str, most: float
) -> None:
    one = digits[0][kind]
    data = np.load(DIGITS)
    inputs = {"image": data["x"]}
    right = [np.mean(_answers(path, inputs).argmax(1) == data["y"]) for path in (ONNX, one.file)]
    assert abs(right[0] - right[1]) <= 0.01
    onnx.checker.check_model(one.file)
    assert one.size_bytes == Path(one.file).stat().st_size
    assert one.size_bytes < most * ONNX.stat().st_size
    assert _snr_db(_answers(one.file, inputs), _answers(ONNX, inputs)) > {"fp16": 50}.get(kind, 20)


def test_calibration_is_said_to_be_with_the_given_samples(digits: tuple[dict[str, Variant], Path]) -> None:
    (note,) = digits[0]["int8_static"].notes
    assert (note.code, note.parameters) == ("variant_calibrated", {"count": "128"})
    assert digits[0]["fp16"].notes == ()


def test_without_data_it_is_calibrated_on_made_up_inputs_which_is_said(tmp_path: Path) -> None:
    (one,) = client.make(ONNX, "onnx", tmp_path, ["int8_static"]).variants
    assert _codes(one) == ["variant_calibrated_made_up"]
    assert Path(one.file).is_file()


def _wide(path: Path, **more: Any) -> dict[str, Array]:
    """Two inputs by two matrices, added; weights outside where asked. The inputs that it takes."""
    random = np.random.default_rng(1)
    matrices = [random.standard_normal((64, 32)).astype(np.float32) / 8 for _ in range(2)]
    nodes = [
        helper.make_node("MatMul", ["left", "w0"], ["a"]),
        helper.make_node("MatMul", ["right", "w1"], ["b"]),
        helper.make_node("Add", ["a", "b"], ["y"]),
    ]
    inputs = [onnx_graphs.value(name, ["batch", 64]) for name in ("left", "right")]
    weights = [numpy_helper.from_array(matrix, f"w{at}") for at, matrix in enumerate(matrices)]
    model = onnx_graphs.build(nodes, inputs, weights)
    model.ir_version = 8
    onnx.save_model(model, path, **more)
    return {name: random.standard_normal((40, 64)).astype(np.float32) for name in ("left", "right")}


def test_a_model_with_weights_outside_gets_variants_with_weights_outside(tmp_path: Path) -> None:
    """The original's lie behind a link, as in the cache of Hugging Face."""
    blobs, place, out = tmp_path / "blobs", tmp_path / "snapshot", tmp_path / "out"
    blobs.mkdir()
    place.mkdir()
    inputs = _wide(blobs / "net.onnx", save_as_external_data=True, location="net.bin", size_threshold=0)
    for name in ("net.onnx", "net.bin"):
        (place / name).symlink_to(blobs / name)
    before = {path: trust.sha256_of(path) for path in blobs.iterdir()}
    np.savez(tmp_path / "given.npz", **inputs)
    made = client.make(place / "net.onnx", "onnx", out, (), Dataset(str(tmp_path / "given.npz")))
    assert [_codes(one) for one in made.variants] == [[], [], ["variant_calibrated"]]
    expected = _answers(blobs / "net.onnx", inputs)
    for one in made.variants:
        files = [Path(one.file), Path(f"{one.file}.data")]
        assert one.size_bytes == sum(file.stat().st_size for file in files)
        assert files[1].stat().st_size > files[0].stat().st_size / 2
        assert _snr_db(_answers(one.file, inputs), expected) > 20
    assert len(os.listdir(out)) == 6
    assert {path: trust.sha256_of(path) for path in blobs.iterdir()} == before


def test_what_is_quantised_already_is_not_quantised_again(tmp_path: Path) -> None:
    node = helper.make_node("QuantizeLinear", ["x", "scale", "zero"], ["y"])
    weights = [onnx_graphs.constant("scale", np.float32(0.1)), onnx_graphs.constant("zero", np.uint8(0))]
    model = onnx_graphs.build([node], [onnx_graphs.value("x", [1, 4])], weights)
    model.graph.output[0].type.tensor_type.elem_type = onnx.TensorProto.UINT8
    model.ir_version = 8
    onnx.save(model, tmp_path / "net.onnx")
    made = client.make(tmp_path / "net.onnx", "onnx", tmp_path / "out", ["fp16", "int8_dynamic"])
    assert [_codes(one) for one in made.variants] == [["variant_already_int8"]] * 2
    assert not (tmp_path / "out").exists()


def test_a_model_with_nothing_to_quantise_still_has_its_other_kinds(tmp_path: Path) -> None:
    node = helper.make_node("Add", ["x", "w"], ["y"])
    model = onnx_graphs.build(
        [node], [onnx_graphs.value("x", [1, 4])], [onnx_graphs.constant("w", np.ones(4, np.float32))]
    )
    model.ir_version = 8
    onnx.save(model, tmp_path / "net.onnx")
    made = _by_kind(client.make(tmp_path / "net.onnx", "onnx", tmp_path, ["int8_dynamic", "fp16", "bf16"]))
    assert _codes(made["int8_dynamic"]) == ["variant_nothing_to_quantise"]
    assert _codes(made["bf16"]) == ["variant_not_offered"]
    assert _codes(made["fp16"]) == []
    assert sorted(os.listdir(tmp_path)) == ["net.fp16.onnx", "net.onnx"]


@pytest.mark.parametrize(
    ("arrays", "kind"),
    [
        ({"x": np.zeros((4, 1, 8, 8), np.float32), "other": np.zeros(4)}, ErrorKind.INPUT_UNKNOWN),
        ({"y": np.zeros(4)}, ErrorKind.INPUT_UNREADABLE),
        ({"x": np.zeros((4, 3, 8, 8), np.float32)}, ErrorKind.SHAPE_MISMATCH),
        ({"x": np.full((4, 1, 8, 8), np.nan, np.float32)}, ErrorKind.INPUT_NOT_FINITE),
    ],
)
def test_data_that_do_not_fit_are_refused(tmp_path: Path, arrays: dict[str, Array], kind: ErrorKind) -> None:
    np.savez(tmp_path / "given.npz", **arrays)
    with pytest.raises(KnownError) as raised:
        client.make(ONNX, "onnx", tmp_path / "out", ["int8_static"], Dataset(str(tmp_path / "given.npz")))
    assert raised.value.kind is kind
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("network", "shape"), [(networks.mobilenet, (1, 3, 32, 32)), (networks.lstm, (1, 5, 12))]
)
def test_other_networks_answer_alike(tmp_path: Path, network: Any, shape: Sequence[int]) -> None:
    torch.manual_seed(3)
    module: nn.Module = network()
    path = tmp_path / "net.onnx"
    onnx.save(networks.exported(module, torch.randn(*shape)), path)
    inputs = {"input_0": np.random.default_rng(0).standard_normal(shape).astype(np.float32)}
    expected = _answers(path, inputs)
    made = client.make(path, "onnx", tmp_path, ["fp16", "int8_dynamic"])
    assert [one.missing for one in made.variants] == [None, None]
    for one, least in zip(made.variants, (40, 15), strict=True):
        assert _snr_db(_answers(one.file, inputs), expected) > least
