"""TorchScript on PyTorch: opening such a file runs its code, so trust comes first (SAFETY.md, tier 1)."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from profiler import denormals
from profiler.backends import cuda_spans, torchscript_archive
from profiler.backends.base import Array, Call, LoadOptions, Traced, TraceOrder
from profiler.backends.cuda_spans import Spans
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Placement, Reason, Tensor


def open_backend() -> TorchScript:
    """Raises ImportError where torch is not installed."""
    import torch

    return TorchScript(torch)


class TorchScript:
    """The backend; `module` is the imported torch."""

    name = "torchscript"

    def __init__(self, module: Any) -> None:
        self._torch = module

    def version(self) -> str:
        return str(self._torch.__version__)

    def devices(self) -> tuple[str, ...]:
        torch = self._torch
        cuda = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
        metal = ("mps",) if torch.backends.mps.is_available() else ()
        return ("cpu", *(f"cuda:{index}" for index in cuda), *metal)

    def precisions(self, device: str) -> tuple[str, ...]:
        return ()

    def trace(self, path: Path, options: LoadOptions, order: TraceOrder) -> Traced:
        raise KnownError(ErrorKind.TRACE_NOT_OFFERED, runtime=self.name)

    def load(self, path: Path, options: LoadOptions) -> TorchScriptSession:
        torch = self._torch
        if options.device not in self.devices():
            raise KnownError(
                ErrorKind.DEVICE_UNKNOWN,
                device=options.device,
                runtime=self.name,
                known=", ".join(self.devices()),
            )
        torch.set_num_threads(options.threads)
        with contextlib.suppress(RuntimeError):
            torch.set_num_interop_threads(1)
        torch.set_flush_denormal(options.flush_denormals)
        try:
            module = torch.jit.load(str(path), map_location=options.device).eval()
        except (RuntimeError, MemoryError, ValueError) as error:
            raise explain(error, ErrorKind.MODEL_DAMAGED) from error
        return TorchScriptSession(torch, module, path, options.device)


class TorchScriptSession:
    """An open TorchScript module; inference mode is held for as long as the session is open."""

    def __init__(self, torch: Any, module: Any, path: Path, device: str) -> None:
        self._torch, self._module, self._device = torch, module, device
        signature = torchscript_archive.signature(path)
        self.inputs: tuple[Tensor, ...] = signature.inputs
        self.outputs: tuple[Tensor, ...] = signature.outputs
        self.placement = (Placement(device),)
        self.precision_effective = _precision(torch, module, device)
        self.notes = (Reason("shapes_guessed"),) if signature.guessed else ()
        self.compile_ns: int | None = None
        self._mode = torch.inference_mode()
        self._mode.__enter__()

    def bind(self, inputs: Mapping[str, Array], lane: int = 0) -> Call:
        torch = self._torch
        names = [spec.name for spec in self.inputs] or list(inputs)
        try:
            tensors = [torch.from_numpy(inputs[name]) for name in names]
        except (RuntimeError, MemoryError) as error:
            raise explain(error, ErrorKind.RUNTIME_REFUSED) from error
        if self._device == "cpu":
            return functools.partial(self._module, *tensors)
        return functools.partial(self._there_and_back, tensors)

    def results(self, call: Call) -> dict[str, Array]:
        tensors = [tensor for tensor in _flat(call()) if isinstance(tensor, self._torch.Tensor)]
        names = [spec.name for spec in self.outputs]
        if len(names) != len(tensors):
            names = [f"output_{index}" for index in range(len(tensors))]
        return {name: _array(tensor) for name, tensor in paired(names, tensors)}

    def device_memory_bytes(self) -> int | None:
        if not self._device.startswith("cuda"):
            return None
        return int(self._torch.cuda.max_memory_allocated(self._device))

    def arena_bytes(self) -> int | None:
        if not self._device.startswith("cuda"):
            return None
        return int(self._torch.cuda.max_memory_reserved(self._device))

    def device_spans(self, inputs: Mapping[str, Array]) -> Spans | None:
        if not self._device.startswith("cuda"):
            return None
        names = [spec.name for spec in self.inputs] or list(inputs)
        tensors = [self._torch.from_numpy(inputs[name]) for name in names]
        return cuda_spans.by_events(self._torch, self._device, tensors, self._module, _to_host)

    def weights(self) -> Iterator[Array]:
        for parameter in self._module.parameters():
            if parameter.is_floating_point() and str(parameter.dtype) != "torch.bfloat16":
                yield parameter.detach().flatten()[: denormals.MOST_A_TENSOR].cpu().numpy()

    def explain(self, error: Exception) -> KnownError:
        return explain(error, ErrorKind.RUNTIME_REFUSED)

    def close(self) -> None:
        self._mode.__exit__(None, None, None)
        self._module = None

    def _there_and_back(self, tensors: list[Any]) -> list[Any]:
        """As an application calls it: inputs come from the host, answers go there, which waits for them."""
        answer = self._module(*(tensor.to(self._device) for tensor in tensors))
        return _to_host(answer)


def _flat(value: object) -> list[object]:
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _flat(item)]
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in _flat(item)]
    return [value]


def _to_host(answer: object) -> list[Any]:
    return [leaf.cpu() for leaf in _flat(answer) if hasattr(leaf, "cpu")]


def _array(tensor: Any) -> Array:
    """A copy on the host; bfloat16, which numpy lacks, becomes float32 without loss."""
    host = tensor.detach().cpu()
    if str(host.dtype) == "torch.bfloat16":
        host = host.float()
    return np.array(host.numpy())


def _precision(torch: Any, module: Any, device: str) -> str:
    dtypes = {str(p.dtype).removeprefix("torch.") for p in module.parameters() if p.is_floating_point()}
    if len(dtypes) > 1:
        return "mixed"
    names = {"float32": "fp32", "float16": "fp16", "bfloat16": "bf16", "float64": "fp64"}
    dtype = next(iter(dtypes), "float32")
    if dtype == "float32" and device.startswith("cuda") and torch.backends.cuda.matmul.allow_tf32:
        return "tf32"
    return names.get(dtype, dtype)


_SHAPE_WORDS = (
    "shapes cannot be multiplied", "must match the size", "Expected more than", "weight of size",
    "to have", "is invalid for input of size", "expected input", "Expected 3D", "Expected 2D",
)  # fmt: skip


def explain(error: Exception, otherwise: ErrorKind) -> KnownError:
    """What torch's words mean in the user's world."""
    if isinstance(error, KnownError):
        return error
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = next(
        (line for line in reversed(lines) if line.startswith("RuntimeError: ")), lines[0] if lines else ""
    )
    text = text.removeprefix("RuntimeError: ")
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return KnownError(ErrorKind.OUT_OF_MEMORY, text)
    if "Unknown builtin op" in str(error):
        operator = str(error).partition("Unknown builtin op:")[2].split()
        return KnownError(
            ErrorKind.OPERATOR_UNKNOWN,
            text,
            runtime="torch",
            operator=operator[0].rstrip(".") if operator else "",
        )
    if any(words in text for words in _SHAPE_WORDS):
        return KnownError(ErrorKind.SHAPE_MISMATCH, text, name="", detail=text)
    return KnownError(otherwise, text, runtime="torch", file="")
