"""Our SingleStream P50 against OpenVINO's own benchmark_app: same file, precision and threads, in turn.

Run: python -m tests.benchmarks.openvino_peer [PAIRS]. A ResNet-50 as OpenVINO IR in fp32; each side a fresh
process, the order changing from pair to pair. Prints both medians and the ratio of the pairs with its
interval; exits 1 where the ratio is off by over 2 %.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from profiler.backends import openvino_import
from profiler.plan import RunPlan, Stopping
from profiler.runner import Ended, Event, Run
from profiler.store import Store
from tests import networks
from tests.benchmarks.alternation import orders
from tests.benchmarks.interval import paired_ratio

PAIRS, SECONDS, THREADS = 10, 4, 1
MOST = 0.02
SIDE = 224


def make(folder: Path) -> Path:
    torch.manual_seed(0)
    model = networks.exported(networks.resnet50(), torch.randn(1, 3, SIDE, SIDE))
    openvino = openvino_import.openvino()
    read = openvino.Core().read_model(model.SerializeToString())
    read.reshape([1, 3, SIDE, SIDE])
    openvino.save_model(read, folder / "resnet50.xml", compress_to_fp16=False)
    return folder / "resnet50.xml"


def ours(path: Path, store: Store) -> float:
    """P50 in ns of a fresh child."""
    plan = RunPlan(
        str(path), "openvino", threads=THREADS, replicates=1, stopping=Stopping(SECONDS, 1, SECONDS)
    )
    events: list[Event] = []
    run = Run(plan, store, events.append, machine=dict, checks=lambda: ())
    run.start()
    run.wait()
    ended = events[-1]
    assert isinstance(ended, Ended), ended
    assert ended.result.environment.precision_effective == "fp32"
    assert ended.result.latency.p50_ns is not None, ended.result.error
    return float(ended.result.latency.p50_ns)


def theirs(path: Path) -> float:
    """The median that benchmark_app prints, in ns: by the request's own clock, without Python around it."""
    command = [
        str(Path(sys.executable).with_name("benchmark_app")), "-m", str(path), "-d", "CPU", "-api", "sync",
        "-hint", "none", "-nstreams", "1", "-nthreads", str(THREADS), "-pin", "NO", "-infer_precision", "f32",
        "-t", str(SECONDS),
    ]  # fmt: skip
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"Median:\s+([\d.]+) (us|ms)", text)
    assert found is not None, json.dumps(text[-500:])
    return float(found.group(1)) * {"us": 1e3, "ms": 1e6}[found.group(2)]


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PAIRS
    mine, peer = [], []
    with tempfile.TemporaryDirectory() as folder:
        path, store = make(Path(folder)), Store(Path(folder) / "history")
        for ours_first in orders(count):
            if ours_first:
                mine.append(ours(path, store))
            peer.append(theirs(path))
            if not ours_first:
                mine.append(ours(path, store))
            print(f"ours {mine[-1] / 1e6:.3f} ms   benchmark_app {peer[-1] / 1e6:.3f} ms", flush=True)
    ratio = paired_ratio(mine, peer)
    median = float(np.median(np.array(mine) / np.array(peer)))
    print(f"ratio of the pairs: median {median:.4f}, geometric mean {ratio}")
    return int(abs(median - 1) > MOST)


if __name__ == "__main__":
    sys.exit(main())
