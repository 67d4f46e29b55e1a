"""From Start to the first (cold) inference of the bundled samples, in a fresh child with import and load.

Run: python -m tests.benchmarks.cold_start. Prints the median and the range of ten runs a format; exits 1
where the median of ONNX is over 1.5 s.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np

from profiler.backends import catalog
from profiler.commands import demo
from profiler.plan import RunPlan, Stopping
from profiler.runner import Ended, Event, Run
from profiler.store import Store

RUNS = 10
LIMIT_S = 1.5


def start_to_first_s(path: Path, runtime: str, store: Store) -> float:
    """One run; the parent's clock from the beginning of the run to the word of the first inference."""
    events: list[Event] = []
    plan = RunPlan(str(path), runtime, stopping=Stopping(0.1, 1, 0.1), warmup=0)
    run = Run(plan, store, events.append, machine=dict)
    run.start()
    run.wait()
    ended = events[-1]
    assert isinstance(ended, Ended), ended
    assert ended.result.phases.start_to_first_inference_ns is not None
    return ended.result.phases.start_to_first_inference_ns / 1e9


def main() -> int:
    medians = {}
    for path in demo.sample_paths():
        runtime = catalog.default_runtime(catalog.recognise(path))
        with tempfile.TemporaryDirectory() as folder:
            store = Store(Path(folder))
            times = [start_to_first_s(path, runtime, store) for _ in range(RUNS)]
        medians[runtime] = float(np.median(times))
        print(f"{runtime:12} median {medians[runtime]:.3f} s   range {min(times):.3f} to {max(times):.3f} s")
    return int(medians["onnxruntime"] > LIMIT_S)


if __name__ == "__main__":
    sys.exit(main())
