"""TorchScript on the real PyTorch."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from profiler.backends import torch_words, torchscript, torchscript_native
from profiler.backends.base import LoadOptions
from profiler.backends.native import NativeTask, NativeUnavailable
from profiler.commands import demo
from profiler.errors import ErrorKind, KnownError

MODEL = demo.sample_paths()[1]


@pytest.fixture(autouse=True)
def _threads_as_before() -> object:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def _save(module: torch.nn.Module, path: Path) -> Path:
    torch.jit.save(torch.jit.script(module.eval()), str(path))
    return path


class Pair(torch.nn.Module):
    """Two outputs, one of them bfloat16."""

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return x + 1, x.to(torch.bfloat16)


class Wrong(torch.nn.Module):
    """Wants eight features."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(8, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layer(x)


def test_a_bound_call_answers_as_the_module_does() -> None:
    session = torchscript.open_backend().load(MODEL, LoadOptions("cpu", 1))
    image = np.random.default_rng(0).standard_normal((3, 1, 8, 8)).astype(np.float32)
    found = session.results(session.bind({"image": image}))
    with torch.inference_mode():
        wanted = torch.jit.load(str(MODEL)).eval()(torch.from_numpy(image)).numpy()
    assert list(found) == ["logits"]
    np.testing.assert_allclose(found["logits"], wanted, rtol=1e-5)
    assert torch.get_num_threads() == 1
    session.close()
    assert not torch.is_inference_mode_enabled()


def test_inference_mode_is_held_while_a_session_is_open() -> None:
    session = torchscript.open_backend().load(MODEL, LoadOptions("cpu", 1))
    assert torch.is_inference_mode_enabled()
    assert session.precision_effective == "fp32"
    assert session.inputs[0].shape == ("batch", 1, 8, 8)
    session.close()


def test_what_we_read_of_the_archive_ourselves_is_no_load_time() -> None:
    session = torchscript.open_backend().load(MODEL, LoadOptions("cpu", 1))
    session.close()
    assert session.ours_ns > 0


def test_several_outputs_get_names_and_bfloat16_becomes_float32(tmp_path: Path) -> None:
    session = torchscript.open_backend().load(_save(Pair(), tmp_path / "p.pt"), LoadOptions("cpu", 1))
    found = session.results(session.bind({session.inputs[0].name: np.ones((2,), dtype=np.float32)}))
    session.close()
    assert [array.tolist() for array in found.values()] == [[2.0, 2.0], [1.0, 1.0]]
    assert {array.dtype.name for array in found.values()} == {"float32"}


def test_calls_of_other_threads_infer_too() -> None:
    session = torchscript.open_backend().load(MODEL, LoadOptions("cpu", 1, "bf16"))
    call = session.bind({"image": np.ones((1, 1, 8, 8), dtype=np.float32)}, lane=1)
    seen: list[object] = []

    def lane() -> None:
        answer: Any = call()
        seen.append((answer.is_inference(), answer.dtype))

    thread = threading.Thread(target=lane)
    thread.start()
    thread.join()
    session.close()
    assert seen == [(True, torch.bfloat16)]
    assert session.precision_effective == "bf16"


@pytest.mark.parametrize("asked", ["as_is", "fp32"])
def test_tf32_is_off_unless_asked_for(asked: str) -> None:
    torch.backends.cudnn.allow_tf32 = True
    torchscript.open_backend().load(MODEL, LoadOptions("cpu", 1, asked)).close()
    assert not torch.backends.cudnn.allow_tf32
    assert not torch.backends.cuda.matmul.allow_tf32


def test_tf32_is_no_precision_of_the_cpu() -> None:
    backend = torchscript.open_backend()
    assert backend.precisions("cpu") == ("fp32", "bf16", "fp16")
    assert "tf32" in backend.precisions("cuda:0")
    with pytest.raises(KnownError) as caught:
        backend.load(MODEL, LoadOptions("cpu", 1, "tf32"))
    assert caught.value.kind is ErrorKind.PRECISION_UNKNOWN


@pytest.mark.filterwarnings("ignore")
def test_a_quantised_module_computes_on_integers(tmp_path: Path) -> None:
    layers = torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.ReLU()).eval()
    quantised = torch.ao.quantization.quantize_dynamic(layers, {torch.nn.Linear}, dtype=torch.qint8)
    torch.jit.save(torch.jit.trace(quantised, torch.zeros(2, 16)), str(tmp_path / "q.pt"))
    session = torchscript.open_backend().load(tmp_path / "q.pt", LoadOptions("cpu", 1))
    session.close()
    assert session.precision_effective == "int8"


def test_a_shape_that_the_layers_refuse_is_a_shape_mismatch(tmp_path: Path) -> None:
    session = torchscript.open_backend().load(_save(Wrong(), tmp_path / "w.pt"), LoadOptions("cpu", 1))
    call = session.bind({session.inputs[0].name: np.ones((1, 5), dtype=np.float32)})
    with pytest.raises(RuntimeError) as caught:
        call()
    session.close()
    assert session.explain(caught.value).kind is ErrorKind.SHAPE_MISMATCH


def test_a_device_that_is_not_there_is_named() -> None:
    with pytest.raises(KnownError) as caught:
        torchscript.open_backend().load(MODEL, LoadOptions("cuda:9", 1))
    assert caught.value.kind is ErrorKind.DEVICE_UNKNOWN


@pytest.mark.parametrize(
    ("text", "kind"),
    [("CUDA out of memory. Tried to allocate", ErrorKind.OUT_OF_MEMORY),
     ("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried", ErrorKind.OUT_OF_MEMORY),
     ("Unknown builtin op: my::op.\nHere are", ErrorKind.OPERATOR_UNKNOWN),
     ("mat1 and mat2 shapes cannot be multiplied (1x5 and 8x2)", ErrorKind.SHAPE_MISMATCH),
     ("something else", ErrorKind.RUNTIME_REFUSED)],
)  # fmt: skip
def test_the_runtimes_words_become_kinds(text: str, kind: ErrorKind) -> None:
    assert torch_words.explain(RuntimeError(text), ErrorKind.RUNTIME_REFUSED).kind is kind


def test_the_native_loop_leaves_a_lower_precision_to_python() -> None:
    task = NativeTask(MODEL, LoadOptions("cpu", 1, "bf16"), (), (), {})
    with pytest.raises(NativeUnavailable) as caught:
        torchscript_native.open_loop(task, None)
    assert caught.value.reason.code == "native_precision_other"
