"""The traced pass of torch on the CPU: rows by node for programs, by order for TorchScript."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from profiler import inspection, messages, operators
from profiler.backends import torch_export, torchscript
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.errors import ErrorKind, KnownError
from tests import networks_export

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
CPU = LoadOptions("cpu", 1)


@pytest.fixture(autouse=True)
def _threads_as_before() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def _order(folder: Path, batch: int = 4) -> TraceOrder:
    image = np.random.default_rng(0).standard_normal((batch, 1, 8, 8)).astype(np.float32)
    return TraceOrder({"image": image}, 4, 2, folder)


def test_every_node_of_a_program_is_a_row_with_its_work(tmp_path: Path) -> None:
    path = SAMPLES / "digits.pt2"
    traced = torch_export.open_backend().trace(path, CPU, _order(tmp_path))
    nodes = inspection.describe(messages.Inspect(str(path), "torch_export", batch=4)).nodes
    done = messages.TraceDone(traced.method, traced.operators, traced.call_ns)
    operators.check(done)
    rows = operators.rows(done, nodes)
    joined = [name for row in rows for name in row.nodes]
    assert sorted(joined) == sorted(node.name for node in nodes)
    assert sum(row.flops or 0 for row in rows) == sum((n.flops or 0) + (n.other_flops or 0) for n in nodes)
    assert {row.calls for row in rows} == {1.0}
    assert len(traced.call_ns) == 4
    assert (traced.method, operators.summary(done, None).calls) == ("torch_profiler", 4)
    assert 0.3 < (operators.summary(done, None).explained or 0) <= 1


def test_torchscript_rows_are_its_operators_in_order(tmp_path: Path) -> None:
    traced = torchscript.open_backend().trace(SAMPLES / "digits.torchscript.pt", CPU, _order(tmp_path))
    kinds = [row.type for row in traced.operators]
    assert kinds.count("aten._convolution") == 4
    assert kinds.count("aten.linear") == 1
    assert all(row.count == 4 and row.total_ns > 0 for row in traced.operators)
    assert len({row.name for row in traced.operators}) == len(kinds)


def test_a_traced_program_leaves_no_mode_behind(tmp_path: Path) -> None:
    options = LoadOptions("cpu", 1, "bf16")
    traced = torch_export.open_backend().trace(SAMPLES / "digits.pt2", options, _order(tmp_path))
    assert traced.operators
    assert not torch.is_inference_mode_enabled()
    assert not torch.is_autocast_enabled("cpu")


def test_inputs_that_the_program_rules_out_are_refused_before_tracing(tmp_path: Path) -> None:
    path = networks_export.nested(tmp_path / "n.pt2")
    inputs = {"image": np.zeros((3, 8), np.float32), "more_left": np.zeros((4, 3), np.float32),
              "more_right_0": np.zeros((3, 5), np.float32)}  # fmt: skip
    with pytest.raises(KnownError) as caught:
        torch_export.open_backend().trace(path, CPU, TraceOrder(inputs, 2, 1, tmp_path))
    assert caught.value.kind is ErrorKind.SHAPE_MISMATCH
