"""Our timed loop against a bare loop over the same bound session, in alternating blocks of one process.

Run: python -m tests.benchmarks.fidelity. Prints both medians, their difference and its interval; exits 1
where a tiny model differs by over 0.3 us or a model of 1 ms and more by over 1 %.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save_model

from profiler import inputs, sample_file, scenarios
from profiler.backends import ort
from profiler.backends.base import LoadOptions
from profiler.plan import Stopping

PAIRS = 40
BLOCK_NS = 100_000_000
BLOCK = Stopping(BLOCK_NS / 1e9, 1, BLOCK_NS / 1e9)


def relu_model(path: Path) -> None:
    """One Relu on 1x16: as little work as a call can hold."""
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 16]) for name in ("x", "y")]
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "relu", value[:1], value[1:])
    _save(graph, path)


def matmul_model(path: Path, width: int = 1024, layers: int = 12) -> None:
    """A chain of matrix products on 1 x width: some milliseconds on a CPU."""
    random = np.random.default_rng(0)
    nodes, weights = [], []
    for layer in range(layers):
        weight = (random.standard_normal((width, width)) / np.sqrt(width)).astype(np.float32)
        weights.append(numpy_helper.from_array(weight, f"w{layer}"))
        nodes.append(helper.make_node("MatMul", [f"h{layer}", f"w{layer}"], [f"h{layer + 1}"]))
    first = helper.make_tensor_value_info("h0", TensorProto.FLOAT, [8, width])
    last = helper.make_tensor_value_info(f"h{layers}", TensorProto.FLOAT, [8, width])
    _save(helper.make_graph(nodes, "chain", [first], [last], weights), path)


def _save(graph: object, path: Path) -> None:
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    save_model(model, str(path))


def bare_block(call: Callable[[], object]) -> float:
    """What a careful person writes by hand: two clock readings, a list, and nothing else."""
    kept: list[int] = []
    append, clock = kept.append, perf_counter_ns
    until = clock() + BLOCK_NS
    end = 0
    while end < until:
        begin = clock()
        call()
        end = clock()
        append(end - begin)
    return float(np.median(kept))


def compare(make: Callable[[Path], None], name: str, folder: Path) -> tuple[float, float, float]:
    """Medians over blocks of (ours, bare) in ns and the median difference, ours after bare after ours."""
    make(folder / f"{name}.onnx")
    session = ort.open_backend().load(folder / f"{name}.onnx", LoadOptions("cpu", 1))
    shapes = {spec.name: tuple(int(dim) for dim in spec.shape or ()) for spec in session.inputs}  # type: ignore[arg-type]
    return toggled(session.bind(inputs.make(session.inputs, shapes, 0)), name, folder)


def toggled(call: Callable[[], object], name: str, folder: Path) -> tuple[float, float, float]:
    """As `compare`, of one bound call; `name` stands before the printed line."""
    sample_file.create(folder / f"{name}.bin")
    writer = sample_file.Writer(folder / f"{name}.bin")
    loop = scenarios.single_stream([call], writer, perf_counter_ns, lambda: False)
    loop.warm_up("auto", lambda report: None)
    ours, bare = [], []
    for _ in range(PAIRS):
        first = writer.count
        loop.measure(BLOCK, lambda report: None)
        ours.append(float(np.median(writer.array(first))))
        bare.append(bare_block(call))
    differences = np.array(ours) - np.array(bare)
    resampled = np.random.default_rng(0).choice(differences, (2_000, PAIRS))
    low, high = np.quantile(np.median(resampled, axis=1), (0.025, 0.975))
    difference = float(np.median(differences))
    print(
        f"{name:8} ours {np.median(ours) / 1e3:10.3f} us   bare {np.median(bare) / 1e3:10.3f} us   "
        f"difference {difference / 1e3:+8.3f} us [{low / 1e3:+.3f}, {high / 1e3:+.3f}]   "
        f"{difference / np.median(bare) * 100:+.2f} %"
    )
    return float(np.median(ours)), float(np.median(bare)), difference


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        null = scenarios.null_call_ns(perf_counter_ns)
        print(f"null call {np.median(null):.0f} ns, P99 {np.quantile(null, 0.99):.0f} ns")
        _, _, tiny = compare(relu_model, "relu", Path(folder))
        _, base, large = compare(matmul_model, "matmul", Path(folder))
    return int(abs(tiny) > 300 or base < 1e6 or abs(large) > 0.01 * base)


if __name__ == "__main__":
    sys.exit(main())
