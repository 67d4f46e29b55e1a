"""Where the answers of two exports of one network part, on PyTorch: modules and operators by name."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from profiler import messages
from profiler.answer_blocks import Divergence
from profiler.correctness import divergence, divergence_client, divergence_text, tolerances, trail
from profiler.correctness.divergence_client import Model
from profiler.plan import RunPlan
from tests import networks, networks_export

FP32 = tolerances.of("fp32")


class _Network(nn.Module):
    def __init__(self, more: float) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.body = nn.Sequential(nn.Linear(6, 6), nn.ReLU(inplace=True), nn.Linear(6, 6), nn.ReLU())
        self.head = nn.Linear(6, 3)
        with torch.no_grad():
            self.body[2].weight += more

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.body(x)) + 1


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def _model(folder: Path, name: str, form: str, more: float) -> Model:
    path, example = folder / f"{name}.pt", torch.zeros(2, 6)
    if form == "torch_export":
        networks_export.save(_Network(more), path, example)
    else:
        networks.traced(_Network(more).eval(), example).save(str(path))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    plan = RunPlan(str(path), form, batch=2, threads=1, model_sha256=digest)
    return Model(plan, form, sys.executable)


def _found_here(own: Model, reference: Model, folder: Path) -> Divergence:
    """Without children: PyTorch takes seconds to start."""
    place = folder / "trail"
    place.mkdir()
    return divergence.find(
        own.plan, own.format, reference.plan, reference.format, FP32, _ask, place, lambda: False
    )  # fmt: skip


def _ask(request: messages.Trail) -> messages.Report:
    answer = trail.told(request, lambda report: None)
    return messages.decode_report(messages.encode(answer))


def _says_the_changed_layer(found: Divergence) -> None:
    assert found.first is not None, found
    assert (found.first.node, found.first.type) == ("body.2", "aten.linear")
    assert [one.type for one in found.trail] == ["Input", "aten.linear", "aten.relu_", "aten.linear"]


def test_a_changed_layer_of_a_script_is_found_by_children(tmp_path: Path) -> None:
    own, reference = (_model(tmp_path, name, "torchscript", more) for name, more in (("a", 1.0), ("b", 0.0)))
    found = divergence_client.look(own, reference, FP32, lambda: False)
    _says_the_changed_layer(found)
    assert (found.method, found.matched_by) == ("torch_calls", "order")
    assert "TorchScript" in divergence_text.method(found, "en")


def test_a_changed_layer_of_a_program_is_found_by_its_module(tmp_path: Path) -> None:
    own, reference = (_model(tmp_path, name, "torch_export", more) for name, more in (("a", 1.0), ("b", 0.0)))
    found = _found_here(own, reference, tmp_path)
    _says_the_changed_layer(found)
    assert (found.method, found.matched_by) == ("torch_nodes", "name")
    assert not torch.is_inference_mode_enabled()


def test_a_script_and_a_program_are_followed_side_by_side(tmp_path: Path) -> None:
    own = _model(tmp_path, "a", "torch_export", 1.0)
    found = _found_here(own, _model(tmp_path, "b", "torchscript", 0.0), tmp_path)
    assert found.matched_by == "order"
    _says_the_changed_layer(found)


def test_what_the_user_stopped_is_no_finding(tmp_path: Path) -> None:
    own = _model(tmp_path, "a", "torchscript", 1.0)
    found = divergence_client.look(own, own, FP32, lambda: True)
    assert (found.state, found.reason and found.reason.code) == ("not_possible", "divergence_stopped")
