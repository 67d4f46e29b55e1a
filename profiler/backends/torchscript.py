"""TorchScript on PyTorch: opening such a file runs its code, so trust comes first (SAFETY.md, tier 1)."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter_ns
from typing import Any

from profiler.backends import torch_session, torch_trace, torchscript_archive
from profiler.backends.base import LoadOptions, Traced, TraceOrder
from profiler.backends.torch_session import PyTorch, TorchSession
from profiler.backends.torch_words import explain
from profiler.errors import ErrorKind
from profiler.result import Reason

# Of floats: those of integers are quantized::conv2d and the like.
_PRODUCTS = (
    "aten::conv", "aten::_conv", "aten::linear", "aten::matmul", "aten::mm", "aten::addmm", "aten::bmm",
    "aten::baddbmm", "aten::einsum", "aten::lstm", "aten::gru", "aten::rnn",
    "aten::scaled_dot_product_attention",
)  # fmt: skip


def open_backend() -> TorchScript:
    """Raises ImportError where torch is not installed."""
    import torch

    return TorchScript(torch)


class TorchScript(PyTorch):
    """The backend; `module` is the imported torch."""

    name = "torchscript"

    def devices(self) -> tuple[str, ...]:
        metal = ("mps",) if self._torch.backends.mps.is_available() else ()
        return (*super().devices(), *metal)

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        session = self.load(path, options)
        return torch_trace.trace(self._torch, session, session.bind, order, options.device, counts=True)

    def load(self, path: Path, options: LoadOptions) -> TorchScriptSession:
        torch = self._torch
        torch_session.prepare(torch, options, self.name, self.devices())
        try:
            module = torch.jit.load(str(path), map_location=options.device).eval()
        except (RuntimeError, MemoryError, ValueError) as error:
            raise explain(error, ErrorKind.MODEL_DAMAGED) from error
        return TorchScriptSession(torch, module, path, options)


class TorchScriptSession(TorchSession):
    """An open TorchScript module."""

    def __init__(self, torch: Any, module: Any, path: Path, options: LoadOptions) -> None:
        begin = perf_counter_ns()
        archive = torchscript_archive.read(path)
        ours_ns = perf_counter_ns() - begin
        quantised = any(name.startswith("quantized") for name in archive.operators or ())
        dtypes = {str(p.dtype).removeprefix("torch.") for p in module.parameters()}
        if not dtypes and not quantised:  # a frozen module has constants only
            dtypes = set(archive.bytes_by_dtype)
        if quantised and any(name.startswith(_PRODUCTS) for name in archive.operators or ()):
            dtypes = dtypes | {"float32"}  # quantising by graph leaves no parameters, only constants
        precision = torch_session.effective_precision(options, dtypes, quantised=quantised)
        super().__init__(torch, module, options, precision)
        self.ours_ns = ours_ns
        self.inputs = archive.signature.inputs
        self.outputs = archive.signature.outputs
        self.notes = (Reason("shapes_guessed"),) if archive.signature.guessed else ()
