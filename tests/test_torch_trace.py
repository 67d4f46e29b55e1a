"""The traced pass of torch on the CPU: rows by node for programs, by order for TorchScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from profiler import inspection, messages, operators
from profiler.backends import torch_export, torch_flops, torch_trace, torch_works, torchscript
from profiler.backends.base import LoadOptions, TraceOrder
from profiler.errors import ErrorKind, KnownError
from profiler.messages import TracedWork
from profiler.result import Operator
from tests import networks, networks_export

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


def test_torchscript_rows_have_the_work_that_is_counted_for_the_call(tmp_path: Path) -> None:
    path, order = SAMPLES / "digits.torchscript.pt", _order(tmp_path)
    session = torchscript.open_backend().load(path, CPU)
    tally = torch_flops.count(session.bind(order.inputs))
    session.close()
    rows = _rows_of(path, order)
    assert sum(row.flops or 0 for row in rows) == 2 * tally.macs + tally.other > 0
    assert all(row.flops is not None and row.bytes is not None for row in rows)
    by_name = {row.name: row for row in rows}
    linear, flat = by_name["aten::linear 1"], by_name["aten::flatten 1"]
    # batch 4: 2048 inputs, 10 outputs, a bias
    assert linear.flops == 4 * 10 * (2 * 2_048 + 1)
    assert linear.bytes == 4 * (4 * 2_048 + 2_048 * 10 + 10 + 4 * 10)
    assert linear.flops_per_s
    assert (flat.flops, flat.bytes) == (0, 0)


def _rows_of(path: Path, order: TraceOrder) -> tuple[Operator, ...]:
    traced = torchscript.open_backend().trace(path, CPU, order)
    return operators.rows(messages.TraceDone(traced.method, traced.operators, traced.call_ns), ())


def test_recurrent_layers_and_attention_of_torchscript_have_their_work(tmp_path: Path) -> None:
    cases = ((networks.lstm(), (2, 5, 12)), (networks.vision_transformer(), (2, 3, 32, 32)))
    for network, shape in cases:
        example = torch.zeros(shape)
        path = tmp_path / "network.pt"
        networks.traced(network.eval(), example).save(str(path))
        tally = torch_flops.count(lambda: torch.jit.load(str(path))(example))  # noqa: B023 - runs at once
        name = torchscript.open_backend().load(path, CPU).inputs[0].name
        order = TraceOrder({name: example.numpy()}, 2, 1, tmp_path)
        rows = _rows_of(path, order)
        assert sum(row.flops or 0 for row in rows) == 2 * tally.macs + tally.other > 0


class _Event(NamedTuple):
    name: str
    input_shapes: list[list[int]]


def test_work_is_that_of_the_same_operator_in_its_place_else_of_the_same_shapes() -> None:
    works = torch_trace.Works()
    small, large = _Event("aten::mm", [[2, 2], [2, 2]]), _Event("aten::mm", [[4, 4], [4, 4]])
    first, second = TracedWork(16, 0, 48), TracedWork(128, 0, 192)
    works.add(small, first)
    works.add(large, second)
    works.add(small, None)
    assert works.find(small, 0) == first
    assert works.find(large, 1) == second
    assert works.find(large, 0) == second  # another plan ran: no other work has these shapes
    assert works.find(small, 1) is None  # two of these shapes do other work
    assert works.find(_Event("aten::mm", [[9, 9], [9, 9]]), 0) is None
    assert works.find(_Event("aten::bmm", [[2, 2], [2, 2]]), 0) is None


def test_a_model_that_cannot_be_counted_keeps_its_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: torch_works.Marker, call: Callable[[], object]) -> None:
        raise RuntimeError("not under a mode")

    monkeypatch.setattr(torch_works.Marker, "watch", refuse)
    rows = _rows_of(SAMPLES / "digits.torchscript.pt", _order(tmp_path))
    assert len(rows) > 8
    assert {row.flops for row in rows} == {None}


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
