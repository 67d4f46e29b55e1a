"""Our loops against MLPerf LoadGen on the same kind of session: alternated pairs, each turn a fresh process.

Run: python -m tests.benchmarks.loadgen (wants the extra `bench`). Prints the median ratio, ours over
LoadGen's, with its bootstrap interval; exits 1 where P50 of SingleStream differs by over 2 %, Offline is
slower, or P50 or P90 of Server differ by over 5 %.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from tests.benchmarks.alternation import orders
from tests.benchmarks.fidelity import matmul_model

SCENARIOS = {"SingleStream": ("p50", "p90", "p99"), "Offline": ("per_s",), "Server": ("p50", "p90", "p99")}
LAYERS = 5


def turn(side: str, scenario: str, model: Path, seconds: float, rate: float) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.loadgen_child", side, scenario, str(model)]
    asked = subprocess.run([*command, str(seconds), str(rate)], capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(asked.stdout.splitlines()[-1])
    return found


def compare(
    scenario: str, model: Path, pairs: int, seconds: float, rate: float
) -> dict[str, tuple[float, float, float]]:
    """Median ratio with its 95 % interval, by figure."""
    sides: dict[str, list[dict[str, float]]] = {"ours": [], "loadgen": []}
    for ours_first in orders(pairs):
        for side in ("ours", "loadgen") if ours_first else ("loadgen", "ours"):
            sides[side].append(turn(side, scenario, model, seconds, rate))
    ratios = {}
    for name in SCENARIOS[scenario]:
        ours, theirs = (np.array([one[name] for one in sides[side]]) for side in ("ours", "loadgen"))
        each = ours / theirs
        drawn = np.median(np.random.default_rng(0).choice(each, (2_000, len(each))), axis=1)
        low, high = np.quantile(drawn, (0.025, 0.975))
        ratios[name] = float(np.median(each))
        print(
            f"{scenario:13} {name:5}  ours {np.median(ours):10.2f}  LoadGen {np.median(theirs):10.2f}  "
            f"ratio {np.median(each):.4f} [{low:.4f}, {high:.4f}]  ({pairs} pairs)",
            flush=True,
        )
    return ratios


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=3.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        model = Path(name) / "chain.onnx"
        matmul_model(model, layers=LAYERS)
        capacity = turn("ours", "SingleStream", model, 1.0, 1_000)["per_s"]
        print(f"capacity {capacity:.0f} answers a second")
        rates = dict.fromkeys(SCENARIOS, capacity) | {"Server": capacity / 2}
        found = {
            scenario: compare(scenario, model, options.pairs, options.seconds, rate)
            for scenario, rate in rates.items()
        }
    server = [abs(found["Server"][name] - 1) for name in ("p50", "p90")]
    single, offline = found["SingleStream"]["p50"], found["Offline"]["per_s"]
    is_met = abs(single - 1) <= 0.02 and offline >= 1 and max(server) <= 0.05
    return int(not is_met)


if __name__ == "__main__":
    sys.exit(main())
