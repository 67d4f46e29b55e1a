"""Two lanes on one session of one thread each against two independent processes of one thread each.

Run: python -m tests.benchmarks.concurrency. Alternated pairs, every turn fresh processes; prints the ratio of
throughput and its interval; exits 1 where the lanes reach less than 95 %: the interpreter's lock shows.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from profiler.plan import Concurrency, Preset, RunPlan, SingleStream, stopping_for
from profiler.runner import Ended, Run
from profiler.store import Store
from tests.benchmarks.alternation import orders
from tests.benchmarks.fidelity import matmul_model
from tests.benchmarks.interval import paired_ratio

LAYERS = 5
AIM = 0.95


def throughput(model: Path, at_once: str, seconds: float, folder: Path) -> tuple[float, float]:
    """Answers a second of two lanes or two processes, and the P50 in ms."""
    plan = RunPlan(
        str(model),
        "onnxruntime",
        scenario=Concurrency(2) if at_once == "lanes" else SingleStream(),
        world_size=1 if at_once == "lanes" else 2,
        threads=1,
        preset=Preset.QUICK,
        stopping=stopping_for(Preset.QUICK, seconds),
    )
    heard: list[object] = []
    run = Run(plan, Store(folder / "history"), heard.append)
    run.start()
    run.wait()
    ended = heard[-1]
    assert isinstance(ended, Ended), ended
    assert ended.result.throughput.inferences_per_s is not None, ended.result.error
    return ended.result.throughput.inferences_per_s, (ended.result.latency.p50_ns or 0) / 1e6


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=4.0)
    options = parser.parse_args()
    found: dict[str, list[float]] = {"lanes": [], "processes": []}
    with tempfile.TemporaryDirectory() as name:
        os.environ["INFEROMETER_HOME"] = name
        matmul_model(Path(name) / "chain.onnx", layers=LAYERS)
        for lanes_first in orders(options.pairs):
            sides = ("lanes", "processes") if lanes_first else ("processes", "lanes")
            for side in sides:
                per_s, p50_ms = throughput(Path(name) / "chain.onnx", side, options.seconds, Path(name))
                found[side].append(per_s)
            lanes, processes = found["lanes"][-1], found["processes"][-1]
            print(f"lanes {lanes:.1f}/s, processes {processes:.1f}/s, P50 {p50_ms:.3f} ms", flush=True)
    ratio = paired_ratio(found["lanes"], found["processes"])
    print(f"two lanes over two processes: {ratio}")
    return int(ratio.value < AIM)


if __name__ == "__main__":
    sys.exit(main())
