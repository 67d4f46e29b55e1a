"""How long `inspect` takes, fresh child and all: a graph of 1,000 nodes, and 2 GB of external weights.

Run: python -m tests.benchmarks.inspecting. The weights are a file with holes, so they take no disk; the
same graph with small weights stands beside it. Aims: under 1 s, and no more memory for 2 GB of weights.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import psutil

from profiler import inspect_client, inspection, messages
from tests import large_graphs

REPEATS = 7
AIM_S = 1.0


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times = {
            "1,000 nodes": _times(large_graphs.chain(folder / "chain.onnx", 1_000)),
            "2 MB of external weights": _times(large_graphs.external(folder / "small.onnx", 512)),
            "2 GB of external weights": _times(large_graphs.external(folder / "large.onnx", 512 * 1024)),
        }
        for what, seconds in times.items():
            three = min(seconds), statistics.median(seconds), max(seconds)
            print(f"{what}: {' '.join(f'{one:.3f}' for one in three)} s (min, median, max)")
        for size in ("small", "large"):
            print(f"{size}: {_bytes_read(folder / f'{size}.onnx') / 1e3:.1f} kB read while it was described")
    return 0 if all(statistics.median(seconds) < AIM_S for seconds in times.values()) else 1


def _times(path: Path) -> list[float]:
    seconds = []
    for _ in range(REPEATS):
        begin = time.perf_counter()
        inspect_client.describe(path, "onnx")
        seconds.append(time.perf_counter() - begin)
    return seconds


def _bytes_read(path: Path) -> int:
    before = psutil.Process().io_counters().read_chars
    inspection.describe(messages.Inspect(str(path), "onnx"))
    return psutil.Process().io_counters().read_chars - before


if __name__ == "__main__":
    sys.exit(main())
