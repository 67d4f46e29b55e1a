"""How far fresh processes of one model lie apart on a shared machine, recorded once and kept small.

Run: python -m tests.benchmarks.recorded_noise [processes] [seconds] [OUT.json]. Each of some bundled samples
is measured by so many fresh processes, one after another, by the program's own runner; of each are kept its
median, P99, mean, throughput, peak memory, time to get ready and the medians of its 0.5 s blocks.
"""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from profiler import sample_parts
from profiler.comparison import figures
from profiler.metrics import latency
from profiler.plan import Preset, RunPlan, stopping_for
from profiler.result import Replicate, RunResult
from profiler.runner import Ended, Run
from profiler.store import Store

FILE = Path(__file__).with_name("recorded_noise.json")
SAMPLES = Path(__file__).parents[2] / "resources" / "samples"
MODELS = (
    ("digits.onnx", "onnxruntime"),
    ("digits.xml", "openvino"),
    ("digits.tflite", "litert"),
)
QUANTITIES = ("p50", "p99", "mean", "throughput", "memory", "load")


class Series(msgspec.Struct, frozen=True):
    """Processes of one model in the order in which they ran; times in ns, memory in bytes.

    `blocks`: the medians of each process's blocks. `other_cpus`: how many processors others kept busy.
    """

    model: str
    runtime: str
    seconds: float
    other_cpus: float | None
    figures: dict[str, list[float]]
    blocks: list[list[int]]

    def of(self, quantity: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array(self.figures[quantity], dtype=np.float64)


def load(path: Path = FILE) -> list[Series]:
    return msgspec.json.decode(path.read_bytes(), type=list[Series])


def record(model: str, runtime: str, processes: int, seconds: float, folder: Path) -> Series:
    """One run with so many processes; raises RuntimeError where it does not finish."""
    plan = RunPlan(
        str(SAMPLES / model),
        runtime,
        preset=Preset.QUICK,
        stopping=stopping_for(Preset.QUICK, processes * seconds),
        replicates=processes,
    )
    store = Store(folder)
    ended: list[Ended] = []
    done = threading.Event()

    def listen(event: object) -> None:
        if isinstance(event, Ended):
            ended.append(event)
            done.set()

    going = Run(plan, store, listen)
    going.start()
    going.wait(processes * (seconds + 60))
    if not done.is_set() or ended[0].result.error is not None:
        raise RuntimeError(f"{model} was not measured")
    result = ended[0].result
    return Series(
        model,
        runtime,
        seconds,
        result.disturbances.get("other_cpus"),
        _figures(figures.processes(result)),
        _blocks(result, store),
    )


def _figures(processes: Sequence[Replicate]) -> dict[str, list[float]]:
    found = {
        quantity: [figures.of_process(process, quantity) for process in processes] for quantity in QUANTITIES
    }
    return {name: [round(float(value), 3) for value in values if value] for name, values in found.items()}


def _blocks(result: RunResult, store: Store) -> list[list[int]]:
    ref, samples = result.samples, store.samples(result.id)
    assert ref is not None
    assert samples is not None
    found = []
    for _, steady in sample_parts.by_process(ref, samples):
        parts = np.split(steady, latency.block_firsts(steady)[1:])
        found.append([int(np.median(part)) for part in parts])
    return found


def main(arguments: list[str]) -> int:
    processes = int(arguments[0]) if arguments else 60
    seconds = float(arguments[1]) if len(arguments) > 1 else 1.0
    out = Path(arguments[2]) if len(arguments) > 2 else FILE
    series = []
    with tempfile.TemporaryDirectory() as folder:
        for model, runtime in MODELS:
            found = record(model, runtime, processes, seconds, Path(folder))
            series.append(found)
            logs = np.log(found.of("p50"))
            print(
                f"{model} ({runtime}): {len(logs)} processes, spread of P50 {logs.std(ddof=1):.3f}",
                flush=True,
            )
    out.write_bytes(msgspec.json.encode(series) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
