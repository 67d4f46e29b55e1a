"""The runtime's own speed beside the call from Python, for models so small that the call itself counts.

To be measured last in a child: it opens the model once more, so memory is read before.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from profiler.backends.base import Array
from profiler.backends.native import Block, NativeLoop, NativeTask, NativeUnavailable
from profiler.metrics import latency
from profiler.result import NativeFigure, Reason

OFFERED_BELOW_NS = 20_000  # MEASURING.md, rule 12
BUDGET_NS = 1_000_000_000
BLOCK_NS = 100_000_000

_MODULES = {
    "onnxruntime": "profiler.backends.ort_native",
    "torchscript": "profiler.backends.torchscript_native",
}

# Two sessions may fuse operators differently: as far apart as float32 sums in another order may be.
_RELATIVE, _ABSOLUTE = 1e-3, 1e-4


def native_latency(
    runtime: str,
    task: NativeTask,
    library: Path | None,
    stop_asked: Callable[[], bool],
    budget_ns: int = BUDGET_NS,
) -> NativeFigure | Reason:
    """Warm up for a quarter of `budget_ns`, measure for the whole of it; a Reason where it cannot be done.

    `method` is ort_c_api, each call timed in C, or torch_throughput_benchmark, which tells means of blocks
    only: no P50 then. The answers must be those of the Python session before anything is timed. `library` is
    what profiler.native_build made. Between blocks of 0.1 s `stop_asked` is asked; what was measured is kept.
    """
    if runtime not in _MODULES:
        return Reason("native_format_other", {"runtime": runtime})
    try:
        loop: NativeLoop = importlib.import_module(_MODULES[runtime]).open_loop(task, library)
    except NativeUnavailable as unavailable:
        return unavailable.reason
    try:
        return measured(loop, task, stop_asked, budget_ns)
    except NativeUnavailable as unavailable:
        return unavailable.reason
    finally:
        loop.close()


def measured(
    loop: NativeLoop, task: NativeTask, stop_asked: Callable[[], bool], budget_ns: int = BUDGET_NS
) -> NativeFigure | Reason:
    """As `native_latency`, of a loop that is open; raises NativeUnavailable where it stops by itself."""
    answers = loop.answers()
    if not all(_agrees(answers[name], array) for name, array in task.expected.items()):
        return Reason("native_answers_differ")
    _blocks(loop, stop_asked, budget_ns // 4)
    blocks = _blocks(loop, stop_asked, budget_ns)
    if not blocks:
        return Reason("run_stopped")
    return _figure(loop.method, blocks)


def _agrees(answer: Array, expected: Array) -> bool:
    if answer.shape != expected.shape or answer.dtype != expected.dtype:
        return False
    if answer.dtype.kind not in "fc":
        return bool(np.array_equal(answer, expected))
    return bool(np.allclose(answer, expected, _RELATIVE, _ABSOLUTE, equal_nan=True))


def _blocks(loop: NativeLoop, stop_asked: Callable[[], bool], budget_ns: int) -> list[Block]:
    blocks: list[Block] = []
    while not stop_asked() and sum(block.total_ns for block in blocks) < budget_ns:
        blocks.append(loop.run(min(BLOCK_NS, budget_ns)))
    return blocks


def _figure(method: str, blocks: list[Block]) -> NativeFigure:
    count = sum(block.calls for block in blocks)
    times = [block.times for block in blocks if block.times is not None]
    p50 = latency.percentile(np.sort(np.concatenate(times)), 0.5) if times else None
    mean = sum(block.total_ns for block in blocks) / count
    return NativeFigure(method=method, p50_ns=p50, mean_ns=mean, count=count)
