"""TorchScript without Python: torch's own loop in C++, torch.utils.ThroughputBenchmark, on one thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from profiler.backends.base import Array
from profiler.backends.native import Block, NativeTask, NativeUnavailable
from profiler.pairs import paired

_FIRST_CALLS = 64
_WARM_CALLS = 8


def open_loop(task: NativeTask, library: Path | None) -> TorchScriptLoop:
    """A loop on `task`; torch brings its own, so `library` is not needed. Raises NativeUnavailable."""
    if task.options.device != "cpu":
        raise NativeUnavailable("native_device_other", device=task.options.device)
    if task.options.precision not in ("as_is", "fp32"):
        raise NativeUnavailable("native_precision_other", precision=task.options.precision)
    import torch

    return TorchScriptLoop(torch, task)


class TorchScriptLoop:
    """See profiler.backends.native.NativeLoop; torch tells the mean of a block only, and picks the inputs."""

    method = "torch_throughput_benchmark"

    def __init__(self, torch: Any, task: NativeTask) -> None:
        self._torch, self._task = torch, task
        self._benchmark = _said(self._prepare)
        self._mean_ns: float | None = None

    def answers(self) -> dict[str, Array]:
        given = self._tensors(0)
        answer = _said(lambda: self._inferring(lambda: self._benchmark.run_once(*given)))
        arrays = [self._array(tensor) for tensor in _tensors_in(answer, self._torch.Tensor)]
        if len(arrays) != len(self._task.expected):
            raise NativeUnavailable("native_answers_differ")
        return dict(paired(self._task.expected, arrays))

    def run(self, budget_ns: int) -> Block:
        """As many calls as the last block says that fit; the first block is small."""
        calls = _FIRST_CALLS if self._mean_ns is None else max(1, int(budget_ns / self._mean_ns))
        self._mean_ns = _said(lambda: self._inferring(lambda: self._timed(calls)))
        return Block(None, calls, self._mean_ns * calls)

    def close(self) -> None:
        self._benchmark = None

    def _prepare(self) -> Any:
        module = self._torch.jit.load(str(self._task.path), map_location="cpu").eval()
        benchmark = self._torch.utils.ThroughputBenchmark(module)
        for index in range(len(self._task.pool)):
            benchmark.add_input(*self._tensors(index))
        return benchmark

    def _tensors(self, index: int) -> list[Any]:
        given = self._task.pool[index]
        return [self._torch.from_numpy(np.asarray(given[name])) for name in self._task.inputs]

    def _array(self, tensor: Any) -> Array:
        """On the host; numpy has no bfloat16, so the session, too, answers that with float32."""
        widened = tensor.float() if tensor.dtype == self._torch.bfloat16 else tensor
        array: Array = widened.numpy()
        return array

    def _timed(self, calls: int) -> float:
        """Mean ns of a call; torch hands its threads the inference mode of the caller."""
        stats = self._benchmark.benchmark(
            num_calling_threads=1, num_warmup_iters=_WARM_CALLS, num_iters=calls
        )
        return float(stats.latency_avg_ms) * 1e6

    def _inferring(self, work: Callable[[], Any]) -> Any:
        with self._torch.inference_mode():
            return work()


def _said(work: Callable[[], Any]) -> Any:
    """The work's result; torch's refusals become NativeUnavailable with their last line."""
    try:
        return work()
    except (RuntimeError, ValueError, TypeError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise NativeUnavailable(
            "native_failed", detail=lines[-1] if lines else type(error).__name__
        ) from error


def _tensors_in(value: object, kind: type) -> Iterator[Any]:
    """Every tensor of an answer, in the order in which it is written."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, dict):
        yield from _tensors_in(list(value.values()), kind)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors_in(item, kind)
