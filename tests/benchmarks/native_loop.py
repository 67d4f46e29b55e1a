"""The runtime's own loop against the call from Python, on models of a few microseconds, in alternated pairs.

Run: python -m tests.benchmarks.native_loop. Prints P50 and mean of both for ONNX Runtime and TorchScript and
the ratio of the means with its interval; exits 1 where a native loop is not faster than the Python loop.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
from itertools import cycle
from pathlib import Path
from time import perf_counter_ns

import numpy as np

from profiler import native_build
from profiler.backends.base import Call
from profiler.backends.native import Block, NativeLoop
from tests import native_models
from tests.benchmarks.alternation import orders
from tests.benchmarks.interval import Ratio, paired_ratio

PAIRS = 20
BLOCK_NS = 100_000_000


def python_block(calls: list[Call]) -> Block:
    """The bound calls in turn, each timed by itself, as the measuring loop does."""
    kept: list[int] = []
    append, clock = kept.append, perf_counter_ns
    until = clock() + BLOCK_NS
    for call in cycle(calls):
        begin = clock()
        call()
        end = clock()
        append(end - begin)
        if end >= until:
            break
    return Block(np.array(kept, np.int64), len(kept), float(sum(kept)))


def compare(module: str, path: Path, library: Path | None) -> Ratio:
    """Blocks of both in turn; prints a line and hands back native mean / Python mean."""
    session = native_models.opened(path)
    pool = native_models.floats(8, 1, 16, name=session.inputs[0].name)
    task, _ = native_models.task(path, session, pool)
    calls = [session.bind(given) for given in pool]
    loop: NativeLoop = importlib.import_module(module).open_loop(task, library)
    python_block(calls), loop.run(BLOCK_NS), loop.run(BLOCK_NS)
    native, ours = [], []
    for first in orders(PAIRS):
        if first:
            native.append(loop.run(BLOCK_NS))
        ours.append(python_block(calls))
        if not first:
            native.append(loop.run(BLOCK_NS))
    loop.close()
    ratio = paired_ratio([b.total_ns / b.calls for b in native], [b.total_ns / b.calls for b in ours])
    print(f"{loop.method:28} native {shown(native)}   Python {shown(ours)}   mean ratio {ratio}")
    return ratio


def shown(blocks: list[Block]) -> str:
    """Medians over the blocks, in us."""
    mean = np.median([block.total_ns / block.calls for block in blocks]) / 1e3
    medians = [np.median(block.times) for block in blocks if block.times is not None]
    p50 = f"{np.median(medians) / 1e3:6.2f}" if medians else "  none"
    return f"P50 {p50} mean {mean:6.2f} us"


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = native_build.native_library(folder / "native").path
        relu, net = native_models.relu(folder / "relu.onnx"), native_models.perceptron(folder / "net.pt")
        ratios = [compare("profiler.backends.torchscript_native", net, None)]
        if library is None:
            print("ort_c_api: no C compiler here")
        else:
            ratios.append(compare("profiler.backends.ort_native", relu, library))
    return int(any(ratio.value >= 1 for ratio in ratios))


if __name__ == "__main__":
    sys.exit(main())
