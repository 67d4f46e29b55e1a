"""Variants of TorchScript and torch.export files by PyTorch on the CPU, made by real children."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

from profiler import trust
from profiler.backends import catalog, pt2_program, torchscript_archive
from profiler.backends.base import LoadOptions
from profiler.checks_plan import Dataset
from profiler.commands import demo
from profiler.messages import MakeVariants, Variant
from profiler.variants import client, making
from tests import networks, networks_export

_, TORCHSCRIPT, PT2 = demo.sample_paths()[:3]
DIGITS = TORCHSCRIPT.with_name("digits_test.npz")
Array = np.ndarray[Any, Any]
Made = dict[str, Variant]


def _answers(path: Path | str, runtime: str, inputs: dict[str, Array]) -> dict[str, Array]:
    session = catalog.open_backend(runtime).load(Path(path), LoadOptions("cpu", 1))
    try:
        return session.results(session.bind(inputs))
    finally:
        session.close()


def _made(
    path: Path, form: str, folder: Path, wanted: tuple[str, ...], calibration: str = "", **more: Any
) -> Made:
    """As the child makes them, here: each child of its own would import PyTorch anew."""
    folder.mkdir(exist_ok=True)
    request = MakeVariants(
        str(path), form, str(folder), wanted, calibration, sha256=trust.sha256_of(path), **more
    )
    found = making.make(request, lambda report: None).variants
    return {one.kind: msgspec.structs.replace(one, file=str(folder / one.file)) for one in found}


def _precision(path: Path | str) -> str:
    session = catalog.open_backend("torchscript").load(Path(path), LoadOptions("cpu", 1))
    session.close()
    return session.precision_effective


def _codes(one: Variant) -> list[str]:
    return [reason.code for reason in (*((one.missing,) if one.missing else ()), *one.notes)]


def test_children_leave_the_original_alone_and_what_they_made_is_allowed(tmp_path: Path) -> None:
    before = trust.sha256_of(TORCHSCRIPT), TORCHSCRIPT.stat().st_mtime_ns
    made = client.make(TORCHSCRIPT, "torchscript", tmp_path, ["int8_static", "fp16"], Dataset(str(DIGITS)))
    assert made.tool == f"PyTorch {torch.__version__}"
    for one in made.variants:
        assert one.missing is None
        assert trust.is_trusted(trust.sha256_of(Path(one.file)), trust.Tier.CODE)
    assert (trust.sha256_of(TORCHSCRIPT), TORCHSCRIPT.stat().st_mtime_ns) == before
    assert sorted(os.listdir(tmp_path)) == [
        "digits.torchscript.fp16.pt", "digits.torchscript.int8_static.pt",
    ]  # fmt: skip


def test_torchscript_has_four_kinds_that_answer_as_well(tmp_path: Path) -> None:
    made = _made(TORCHSCRIPT, "torchscript", tmp_path, client.kinds_for("torchscript"), str(DIGITS))
    assert {kind: _codes(one) for kind, one in made.items()} == {
        "bf16": [], "fp16": [], "int8_dynamic": [], "int8_static": ["variant_calibrated"],
    }  # fmt: skip
    data = np.load(DIGITS)
    own = torchscript_archive.signature(TORCHSCRIPT)
    for one in made.values():
        assert torchscript_archive.signature(Path(one.file)) == own
        (answer,) = _answers(one.file, "torchscript", {"image": data["x"]}).values()
        assert answer.dtype == np.float32
        assert np.mean(answer.argmax(1) == data["y"]) >= 0.97
        assert one.size_bytes < TORCHSCRIPT.stat().st_size
    # Its convolutions stay in floats where only linear layers are quantised, and its transposed one always.
    ran = {kind: _precision(one.file) for kind, one in made.items()}
    assert ran == {"bf16": "bf16", "fp16": "fp16", "int8_dynamic": "mixed", "int8_static": "mixed"}


def test_a_traced_network_keeps_names_and_its_batch_free(tmp_path: Path) -> None:
    """It carries no list of inputs; its variants get one."""
    path = tmp_path / "net.pt"
    network = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4)).eval()
    networks.traced(network, torch.randn(2, 16)).save(str(path))
    made = _made(path, "torchscript", tmp_path, ("bf16", "int8_dynamic"))
    name = torchscript_archive.signature(path).inputs[0].name
    inputs = {name: np.random.default_rng(0).standard_normal((5, 16)).astype(np.float32)}
    (expected,) = _answers(path, "torchscript", inputs).values()
    for one in made.values():
        (told,) = torchscript_archive.signature(Path(one.file)).inputs
        assert (told.name, told.dtype, told.shape) == (name, "float32", ("batch", 16))
        (answer,) = _answers(one.file, "torchscript", inputs).values()
        assert np.abs(answer - expected).max() < 0.05


def test_a_frozen_network_can_be_quantised_and_not_cast(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    network = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4)).eval()
    networks.frozen(networks.traced(network, torch.randn(2, 16))).save(str(path))
    made = _made(path, "torchscript", tmp_path, ("fp16", "int8_dynamic"))
    assert _codes(made["fp16"]) == ["variant_weights_fixed"]
    assert _codes(made["int8_dynamic"]) == []
    assert _precision(made["int8_dynamic"].file) == "int8"
    again = _made(Path(made["int8_dynamic"].file), "torchscript", tmp_path, ("int8_dynamic",))
    assert _codes(again["int8_dynamic"]) == ["variant_already_int8"]


class _Large(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.full((8,), 60_000.0))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.factor


def test_numbers_too_large_for_half_precision_are_said(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    networks.traced(_Large(), torch.randn(8, 8)).save(str(path))
    made = _made(path, "torchscript", tmp_path, ("bf16", "fp16"), shapes={"x": (8, 8)})
    (told,) = torchscript_archive.signature(Path(made["bf16"].file)).inputs
    assert (told.shape, told.is_example) == (("batch", "x.1"), True)
    assert [(free.name, free.usual) for free in told.free] == [("x.1", 8)]
    assert _codes(made["bf16"]) == []
    assert _codes(made["fp16"]) == ["variant_not_finite"]


class _Fixed(nn.Module):
    """Traced, the state stays in 32-bit floats whatever the weights are cast to."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        answer: torch.Tensor = self.layer(torch.zeros(2, 4) + x)
        return answer


def test_what_torch_cannot_cast_is_told_in_its_words_and_costs_no_other_kind(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    networks.traced(_Fixed(), torch.randn(2, 4)).save(str(path))
    made = _made(path, "torchscript", tmp_path, ("bf16", "int8_dynamic"))
    missing = made["bf16"].missing
    assert missing is not None
    assert missing.code == "variant_tool_failed"
    assert "dtype" in missing.parameters["words"]
    assert not Path(made["bf16"].file).is_file()
    assert made["int8_dynamic"].missing is None


@pytest.mark.parametrize("kind", ["fp16", "bf16"])
def test_a_program_keeps_its_nesting_names_and_free_sizes(tmp_path: Path, kind: str) -> None:
    path = networks_export.nested(tmp_path / "net.pt2")
    (one,) = _made(path, "torch_export", tmp_path / "out", (kind,)).values()
    assert _codes(one) == []
    own, made = pt2_program.read(path), pt2_program.read(Path(one.file))
    assert [(spec.name, spec.dtype, spec.shape) for spec in made.inputs] == [
        (spec.name, spec.dtype, spec.shape) for spec in own.inputs
    ]
    assert [(spec.name, spec.dtype, spec.shape) for spec in made.outputs] == [
        (spec.name, spec.dtype, spec.shape) for spec in own.outputs
    ]
    assert made.weight_dtypes == {"float16" if kind == "fp16" else "bfloat16"}
    random = np.random.default_rng(0)
    inputs = {
        spec.name: random.standard_normal((7, *spec.shape[1:])).astype(np.float32)  # type: ignore[index]
        for spec in own.inputs
    }
    expected, answers = (_answers(file, "torch_export", inputs) for file in (path, one.file))
    for name, answer in answers.items():
        assert np.abs(answer - expected[name]).max() < 0.05


def test_kinds_that_a_program_cannot_have_cost_the_others_nothing(tmp_path: Path) -> None:
    made = _made(PT2, "torch_export", tmp_path, ("int8_static", "bf16"))
    assert _codes(made["int8_static"]) == ["variant_not_offered"]
    data = np.load(DIGITS)
    (answer,) = _answers(made["bf16"].file, "torch_export", {"image": data["x"]}).values()
    assert np.mean(answer.argmax(1) == data["y"]) >= 0.97
    again = _made(Path(made["bf16"].file), "torch_export", tmp_path, ("fp16",))
    assert _codes(again["fp16"]) == ["variant_already_half"]
