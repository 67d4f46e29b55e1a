"""Memory of an NVIDIA device for TensorRT, which brings none: by PyTorch, else by cuda-python."""

from __future__ import annotations

import importlib.util
from typing import Any, Protocol

import numpy as np

from profiler.backends.base import Array
from profiler.errors import ErrorKind, KnownError


class Memory(Protocol):
    """Buffers on one device, and the stream that copies and kernels go through, in order."""

    stream: int

    def allocate(self, size_bytes: int) -> int:
        """The address of a new buffer, which lives as long as this object."""

    def to_device(self, address: int, array: Array) -> None:
        """Copy a contiguous array there; done in the order of the stream."""

    def to_host(self, array: Array, address: int) -> None:
        """Copy a buffer into an array; done in the order of the stream."""

    def wait(self) -> None:
        """Until everything on the stream is done."""


def of(device: int) -> Memory:
    """Raises KnownError(RUNTIME_MISSING) where neither PyTorch with CUDA nor cuda-python is there."""
    if importlib.util.find_spec("torch") is not None:
        import torch

        if torch.cuda.is_available():
            return TorchMemory(torch, device)
    if importlib.util.find_spec("cuda") is not None:
        from cuda.bindings import runtime

        return CudaMemory(runtime, device)
    raise KnownError(
        ErrorKind.RUNTIME_MISSING,
        runtime="cuda-python",
        title="cuda-python",
        command="python -m pip install cuda-python",
    )


class TorchMemory:
    """By PyTorch's own allocator; `torch` is the imported module."""

    def __init__(self, torch: Any, device: int) -> None:
        self._torch, self._device = torch, torch.device("cuda", device)
        torch.cuda.set_device(self._device)
        self._stream = torch.cuda.Stream(self._device)
        self.stream = int(self._stream.cuda_stream)
        self._kept: dict[int, Any] = {}

    def allocate(self, size_bytes: int) -> int:
        buffer = self._torch.empty(max(1, size_bytes), dtype=self._torch.uint8, device=self._device)
        self._kept[int(buffer.data_ptr())] = buffer
        return int(buffer.data_ptr())

    def to_device(self, address: int, array: Array) -> None:
        self._copy(self._kept[address], self._torch.from_numpy(_bytes_of(array)))

    def to_host(self, array: Array, address: int) -> None:
        self._copy(self._torch.from_numpy(_bytes_of(array)), self._kept[address])

    def _copy(self, target: Any, source: Any) -> None:
        size = min(target.numel(), source.numel())
        with self._torch.cuda.stream(self._stream):
            target[:size].copy_(source[:size], non_blocking=True)

    def wait(self) -> None:
        self._stream.synchronize()


class CudaMemory:
    """By the CUDA runtime; `runtime` is the imported cuda.bindings.runtime."""

    def __init__(self, runtime: Any, device: int) -> None:
        self._cuda = runtime
        self._ask(runtime.cudaSetDevice(device))
        self.stream = int(self._ask(runtime.cudaStreamCreate()))

    def allocate(self, size_bytes: int) -> int:
        return int(self._ask(self._cuda.cudaMalloc(max(1, size_bytes))))

    def to_device(self, address: int, array: Array) -> None:
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyHostToDevice
        self._ask(self._cuda.cudaMemcpyAsync(address, array.ctypes.data, array.nbytes, kind, self.stream))

    def to_host(self, array: Array, address: int) -> None:
        kind = self._cuda.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self._ask(self._cuda.cudaMemcpyAsync(array.ctypes.data, address, array.nbytes, kind, self.stream))

    def wait(self) -> None:
        self._ask(self._cuda.cudaStreamSynchronize(self.stream))

    def _ask(self, answer: tuple[Any, ...]) -> Any:
        """What a call of the runtime gives back behind its error code; raises RuntimeError for one."""
        error, *found = answer
        if int(error):
            raise RuntimeError(f"CUDA error {int(error)}: {error}")
        return found[0] if found else None


def _bytes_of(array: Array) -> Array:
    """The same memory as bytes."""
    return array.reshape(-1).view(np.uint8)
