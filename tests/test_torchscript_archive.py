"""TorchScript files read without running them, checked against what torch itself says."""

from __future__ import annotations

import json
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from profiler import shapes
from profiler.backends import torchscript_archive
from profiler.backends.torchscript_archive import Archive
from profiler.backends.torchscript_code import Code, CodeUnreadableError
from profiler.result import Tensor

CALLS_F0 = "class A(Module):\n  def forward(self, x):\n    return __torch__.f0(x, )\n"


class Net(nn.Module):
    """Convolution, normalisation, a repeated block, a shared layer, a buffer, half precision, an LSTM."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(8)
        self.blocks = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])
        self.shared = nn.Linear(8, 8)
        self.again = self.shared
        self.lstm = nn.LSTM(8, 4)
        self.scale = nn.Parameter(torch.ones(4).half())
        self.register_buffer("shift", torch.ones(5))

    def forward(self, image: torch.Tensor, bias: int = 1) -> torch.Tensor:
        x = torch.relu(self.norm(self.conv(image))).mean([2, 3])
        for block in self.blocks:
            x = block(x)
        x = self.again(self.shared(x)) + self.shift.sum() + bias
        return self.lstm(x[None])[0] * self.scale.float()


class Words(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 8)
        self.places = nn.Embedding(20, 8)
        self.out = nn.Linear(8, 2)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.out(self.words(ids) + self.places(ids))


class Two(nn.Module):
    def forward(self, ids: torch.Tensor, image: torch.Tensor, count: int) -> torch.Tensor:
        return image * count + ids


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """torch says that TorchScript is deprecated, and that tracing an LSTM fixes its checks."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        yield


def scripted(module: nn.Module) -> Any:
    return torch.jit.script(module.eval())


def read(module: Any, folder: Path, extra: dict[str, Any] | None = None) -> Archive:
    path = folder / "model.pt"
    files = {} if extra is None else {"inferometer.json": json.dumps(extra)}
    torch.jit.save(module, str(path), _extra_files=files)
    return torchscript_archive.read(path)


def traced(module: nn.Module, *inputs: torch.Tensor) -> Any:
    return torch.jit.trace(module.eval(), inputs)


@pytest.mark.parametrize("how", ["script", "trace"])
def test_parameters_and_buffers_are_those_that_torch_counts(how: str, tmp_path: Path) -> None:
    net = Net()
    module = scripted(net) if how == "script" else traced(net, torch.ones(2, 3, 8, 8))
    found = read(module, tmp_path)
    assert found.parameters == sum(each.numel() for each in net.parameters())
    assert found.buffers == sum(each.numel() for each in net.buffers())


def test_bytes_are_counted_by_dtype_and_shared_weights_once(tmp_path: Path) -> None:
    net = Net()
    found = read(scripted(net), tmp_path)
    halves = net.scale.nbytes
    wanted = sum(each.nbytes for each in [*net.parameters(), *net.buffers()])
    assert found.bytes_by_dtype["float16"] == halves
    assert found.bytes_by_dtype["int64"] == 8
    assert found.weights_bytes == wanted


def test_operators_are_counted_for_each_call_of_a_submodule(tmp_path: Path) -> None:
    found = read(scripted(Net()), tmp_path)
    assert found.operators is not None
    assert found.operators["aten::linear"] == 5
    assert found.operators["aten::conv2d"] == 1
    assert found.operators["aten::batch_norm"] == 1
    assert found.operators["aten::lstm"] == 1
    assert not any(name.startswith("prim::") for name in found.operators)


def test_a_branch_for_training_does_not_count(tmp_path: Path) -> None:
    found = read(scripted(nn.BatchNorm2d(4)), tmp_path)
    assert found.operators is not None
    assert "aten::add_" not in found.operators


def test_the_extra_file_tells_the_inputs(tmp_path: Path) -> None:
    extra = {
        "inputs": [{"name": "picture", "dtype": "float16", "shape": ["batch", 3, 32, "width"]}],
        "outputs": [{"name": "scores", "dtype": "float32", "shape": ["batch", 10]}],
    }
    told = read(traced(Net(), torch.ones(2, 3, 8, 8)), tmp_path, extra).signature
    assert (told.origin, told.guessed) == ("file", False)
    assert told.inputs == (Tensor("picture", "float16", ("batch", 3, 32, "width")),)
    assert told.outputs == (Tensor("scores", "float32", ("batch", 10)),)


def test_inputs_kept_from_tracing_tell_the_shapes(tmp_path: Path) -> None:
    module = traced(Net(), torch.ones(2, 3, 8, 8))
    told = read(module, tmp_path).signature
    assert "traced_inputs.pkl" in _entries(tmp_path / "model.pt")
    assert told.origin == "traced"
    (image,) = told.inputs
    assert (image.shape, image.is_example) == (("batch", "image.1", "image.2", "image.3"), True)
    assert shapes.concrete_shapes(told.inputs) == {"image": (1, 3, 8, 8)}


def test_a_trace_declares_no_shape(tmp_path: Path) -> None:
    told = read(traced(Net(), torch.ones(2, 3, 8, 8)), tmp_path).signature
    assert told.origin == "traced"
    assert shapes.concrete_shapes(told.inputs, shapes={"image": (2, 3, 9, 7)}) == {"image": (2, 3, 9, 7)}
    assert shapes.concrete_shapes(told.inputs, 4, {}, {"image.3": 32}) == {"image": (4, 3, 8, 32)}


def _entries(path: Path) -> set[str]:
    with zipfile.ZipFile(path) as archive:
        return {name.partition("/")[2] for name in archive.namelist()}


@pytest.mark.parametrize(
    ("module", "dtype", "shape"),
    [
        (nn.Sequential(nn.Conv2d(3, 4, 3)), "float32", ("batch", 3, "height", "width")),
        (nn.Sequential(nn.Conv2d(4, 4, 3, groups=2)), "float32", ("batch", 4, "height", "width")),
        (nn.Sequential(nn.Conv1d(5, 4, 3)), "float32", ("batch", 5, "length")),
        (nn.Sequential(nn.Conv3d(2, 4, 3)), "float32", ("batch", 2, "depth", "height", "width")),
        (nn.Sequential(nn.ConvTranspose2d(6, 4, 3)), "float32", ("batch", 6, "height", "width")),
        (nn.Sequential(nn.ReLU(), nn.Linear(7, 2)), "float32", ("batch", 7)),
        (nn.Sequential(nn.Linear(7, 2).half()), "float16", ("batch", 7)),
        (Words(), "int64", ("batch", "sequence")),
    ],
)
def test_shapes_are_guessed_from_the_first_layer_and_marked(
    module: nn.Module, dtype: str, shape: tuple[int | str, ...], tmp_path: Path
) -> None:
    told = read(scripted(module), tmp_path).signature
    assert told.guessed
    assert (told.inputs[0].dtype, told.inputs[0].shape) == (dtype, shape)


def test_without_weights_the_shapes_are_unknown(tmp_path: Path) -> None:
    told = read(scripted(nn.ReLU()), tmp_path).signature
    assert told.origin == "unknown"
    assert told.inputs == (Tensor("input", "float32", None),)


def test_several_inputs_are_named_and_left_unknown(tmp_path: Path) -> None:
    found = read(scripted(Two()), tmp_path)
    assert found.signature.origin == "unknown"
    assert found.signature.inputs == (Tensor("ids", "int64", None), Tensor("image", "float32", None))
    assert [(each.name, each.annotation) for each in found.other_arguments] == [("count", "int")]


def test_integer_inputs_stay_below_the_shortest_table(tmp_path: Path) -> None:
    assert read(scripted(Words()), tmp_path).input_limits == {"ids": 20}


def test_a_frozen_module_has_its_weights_in_constants(tmp_path: Path) -> None:
    net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    found = read(torch.jit.freeze(scripted(net)), tmp_path)
    assert found.parameters == sum(each.numel() for each in net.parameters())
    assert found.bytes_by_dtype == {"float32": 4 * found.parameters}
    assert found.signature.inputs[0].shape == ("batch", 3, "height", "width")


def test_sources_that_do_not_parse_leave_counts_unknown() -> None:
    with pytest.raises(CodeUnreadableError):
        Code({"__torch__": "class A(Module:\n"})


def test_sources_nested_too_deep_are_refused() -> None:
    chain = "\n".join(f"def f{index}(x):\n  return __torch__.f{index + 1}(x, )" for index in range(300))
    code = Code({"__torch__": f"{CALLS_F0}{chain}\n"})
    with pytest.raises(CodeUnreadableError):
        code.operators("__torch__.A")


def test_calls_in_a_circle_end() -> None:
    head = "class A(Module):\n  def forward(self: __torch__.A, x):\n"
    source = head + "    return (self).forward(torch.relu(x), )\n"
    assert Code({"__torch__": source}).operators("__torch__.A") == {"aten::relu": 1}


def test_calls_that_double_each_time_are_counted_without_walking_them() -> None:
    chain = "\n".join(
        f"def f{index - 1}(x):\n  return __torch__.f{index}(__torch__.f{index}(x, ), )"
        for index in range(1, 41)
    )
    source = f"{CALLS_F0}{chain}\ndef f40(x):\n  return torch.relu(x)\n"
    assert Code({"__torch__": source}).operators("__torch__.A") == {"aten::relu": 2**40}
