"""Which precision PyTorch really computes in under autocast, and weights that are cast once for all calls."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from profiler import trust
from profiler.backends import torch_export, torch_settling, torchscript
from profiler.backends.base import Call, LoadOptions
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan, Stopping
from profiler.result import Level, Reason, Status
from tests.runs import carried_out

BF16 = LoadOptions("cpu", 1, "bf16")
OPENED: list[Any] = []
pytestmark = pytest.mark.filterwarnings("ignore")  # of torch about itself, while it exports


class Two(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = torch.nn.Linear(16, 16), torch.nn.Linear(16, 4, bias=False)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.two(torch.relu(self.one(x)))


class ConvolutionFirst(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.convolution, self.linear = torch.nn.Conv1d(3, 4, 3), torch.nn.Linear(14, 5)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.linear(self.convolution(x))


class Recurrent(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.lstm = torch.nn.LSTM(8, 16, batch_first=True)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.lstm(x)[0]


class ReadTwice(torch.nn.Module):
    """Its weight is also added up, in fp32."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.randn(1024, 1024))

    def forward(self, x):  # type: ignore[no-untyped-def]
        return x @ self.weight, self.weight.exp().sum()


class Random(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(16, 16)

    def forward(self, x):  # type: ignore[no-untyped-def]
        return self.linear(x + torch.rand_like(x))


class Elementwise(torch.nn.Module):
    def forward(self, x):  # type: ignore[no-untyped-def]
        return torch.relu(x) + 1


def _open(module: torch.nn.Module, x: torch.Tensor, folder: Path, kind: str) -> Any:
    """An open session under bf16 of an export of this kind: pt, frozen, pt2 or core."""
    session = _opened(module, x, folder / f"{kind}.pt2", kind)
    OPENED.append(session)
    return session


def _opened(module: torch.nn.Module, x: torch.Tensor, path: Path, kind: str) -> Any:
    if kind in ("pt", "frozen"):
        traced = torch.jit.trace(module.eval(), x, check_trace=False)
        (torch.jit.freeze(traced) if kind == "frozen" else traced).save(str(path))
        return torchscript.open_backend().load(path, BF16)
    exported = torch.export.export(module.eval(), (x,))
    torch.export.save(exported.run_decompositions() if kind == "core" else exported, path)
    return torch_export.open_backend().load(path, BF16)


def _bound(session: Any, x: torch.Tensor) -> Call:
    call: Call = session.bind({session.inputs[0].name if session.inputs else "x": x.numpy()})
    call()
    return call


def _casts(call: Call) -> int:
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        call()
    return sum(event.count for event in profile.key_averages() if event.key == "aten::_to_copy")


@pytest.fixture(autouse=True)
def _no_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """torch draws one while it decomposes a program, with a thread that stays."""
    with contextlib.suppress(ImportError):
        monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)


@pytest.fixture(autouse=True)
def _seeded_and_closed() -> Iterator[None]:
    torch.manual_seed(0)
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.mark.parametrize("kind", ["pt", "pt2", "core"])
def test_weights_are_cast_once_and_the_answers_stay_the_same(kind: str, tmp_path: Path) -> None:
    x = torch.randn(3, 16)
    session = _open(Two(), x, tmp_path, kind)
    call = _bound(session, x)
    before, casts = session.results(call), _casts(call)
    assert session.settle(call)
    after = session.results(call)
    assert (casts, _casts(call)) == (4, 1), "only the input is left"
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert session.precision_effective == "bf16"
    assert session.notes == ()
    assert next(iter(session.weights())).dtype == np.float32  # numpy has no bfloat16


@pytest.mark.parametrize("kind", ["pt", "pt2"])
def test_what_autocast_does_inside_of_a_composite_operator_is_seen(kind: str, tmp_path: Path) -> None:
    x = torch.randn(2, 5, 8)
    session = _open(Recurrent(), x, tmp_path, kind)
    call = _bound(session, x)
    session.settle(call)
    assert session.precision_effective == "bf16"
    assert _casts(call) == 3, "the input and the two states"


def test_a_frozen_module_has_nothing_to_cast_in_a_call_but_its_input(tmp_path: Path) -> None:
    x = torch.randn(3, 16)
    session = _open(Two(), x, tmp_path, "frozen")
    call = _bound(session, x)
    call()
    session.settle(call)
    assert session.precision_effective == "bf16"
    assert _casts(call) <= 1


def test_products_that_autocast_leaves_alone_are_not_called_bf16(tmp_path: Path) -> None:
    x = torch.randn(1, 3, 16)
    session = _open(torch.nn.Conv1d(3, 4, 3), x, tmp_path, "core")
    with pytest.raises(KnownError) as caught:
        session.settle(_bound(session, x))
    assert caught.value.kind is ErrorKind.PRECISION_UNCHANGED
    assert caught.value.info.parameters["precision"] == "bf16"


def test_products_in_two_precisions_are_mixed(tmp_path: Path) -> None:
    x = torch.randn(1, 3, 16)
    session = _open(ConvolutionFirst(), x, tmp_path, "core")
    session.settle(_bound(session, x))
    assert session.precision_effective == "mixed"


def test_a_model_without_products_has_nothing_to_change(tmp_path: Path) -> None:
    x = torch.randn(1, 3)
    session = _open(Elementwise(), x, tmp_path, "pt")
    with pytest.raises(KnownError, match="precision_unchanged"):
        session.settle(_bound(session, x))


@pytest.mark.parametrize("kind", ["pt", "pt2"])
def test_a_weight_that_others_read_too_stays_and_what_its_casts_take_is_said(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([30, 100])
    monkeypatch.setattr(torch_settling, "_fastest_ns", lambda work: (work(), next(times))[1])
    x = torch.randn(1, 1024)
    session = _open(ReadTwice(), x, tmp_path, kind)
    call = _bound(session, x)
    before = session.results(call)
    session.settle(call)
    assert session.notes[-1] == Reason("weights_cast_each_call", {"percent": "30", "precision": "bf16"})
    assert all(np.array_equal(array, before[name]) for name, array in session.results(call).items())


def test_where_the_answers_are_not_the_same_the_weights_are_put_back(tmp_path: Path) -> None:
    x = torch.randn(1, 16)
    session = _open(Random(), x, tmp_path, "pt")
    call = _bound(session, x)
    session.settle(call)
    assert _casts(call) >= 2, "of the weight and its bias"
    assert {parameter.dtype for parameter in session._module.parameters()} == {torch.float32}


def test_a_call_that_cannot_be_watched_leaves_the_precision_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("no dispatch")

    monkeypatch.setattr(torch_settling, "settle", refuse)
    x = torch.randn(3, 16)
    session = _open(Two(), x, tmp_path, "pt")
    assert session.settle(_bound(session, x))
    assert session.precision_effective == "unknown"


def test_without_another_precision_nothing_is_watched(tmp_path: Path) -> None:
    torch.export.save(torch.export.export(Two().eval(), (torch.randn(3, 16),)), tmp_path / "m.pt2")
    session = torch_export.open_backend().load(tmp_path / "m.pt2", LoadOptions("cpu", 1))
    OPENED.append(session)
    assert session.settle(lambda: pytest.fail("called")) is False


def test_calls_infer_again_after_one_was_watched(tmp_path: Path) -> None:
    x = torch.randn(3, 16)
    session = _open(Two(), x, tmp_path, "pt")
    call = _bound(session, x)
    session.settle(call)
    answer: Any = call()
    assert answer.is_inference()
    assert torch.is_inference_mode_enabled()
    session.close()
    assert not torch.is_inference_mode_enabled()


def _plan(path: Path, runtime: str, **more: Any) -> RunPlan:
    return RunPlan(
        str(path), runtime, precision="bf16", consents=(trust.sha256_of(path),), replicates=1, warmup=3,
        stopping=Stopping(0.1, 5, 0.3), threads=1, **more,
    )  # fmt: skip


def test_a_run_says_the_precision_that_ran_or_is_refused(tmp_path: Path) -> None:
    x = torch.randn(1, 3, 16)
    mixed, alone = tmp_path / "mixed.pt2", tmp_path / "alone.pt2"
    torch.export.save(torch.export.export(ConvolutionFirst().eval(), (x,)).run_decompositions(), mixed)
    torch.export.save(torch.export.export(torch.nn.Conv1d(3, 4, 3), (x,)).run_decompositions(), alone)
    found = carried_out(_plan(mixed, "torch_export", traces=True))
    assert (found.status, found.environment.precision_effective) == (Status.FINISHED, "mixed")
    assert found.verdict is not None
    assert found.verdict.level is Level.CAUTION
    assert "precision_other" in {reason.code for reason in found.verdict.reasons}
    assert found.operators
    refused = carried_out(_plan(alone, "torch_export"))
    assert refused.status is Status.FAILED
    assert refused.error is not None
    assert refused.error.kind == "precision_unchanged"
    assert refused.error.parameters == {"file": "alone.pt2", "precision": "bf16"}
