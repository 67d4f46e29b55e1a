"""One turn of tests.benchmarks.loadgen in a process of its own: our loop or MLPerf LoadGen on a session.

Run: python -m tests.benchmarks.loadgen_child ours|loadgen SCENARIO MODEL SECONDS RATE; prints JSON.
"""

from __future__ import annotations

import gc
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import numpy as np

from profiler import inputs, native_build, open_loop, requests_file, sample_file, scenarios, waiting
from profiler.backends import ort
from profiler.backends.base import Call, LoadOptions
from profiler.metrics import latency
from profiler.metrics.open_loop import schedule_ns
from profiler.plan import Stopping

DISTINCT = 8
WARM_S = 1.0
SEED = 7


def bound_calls(model: Path) -> list[Call]:
    """One-thread session, eight inputs bound: the same for both sides."""
    session = ort.open_backend().load(model, LoadOptions("cpu", 1))
    shapes = {spec.name: tuple(int(dim) for dim in spec.shape or ()) for spec in session.inputs}  # type: ignore[arg-type]
    return [session.bind(inputs.make(session.inputs, shapes, seed)) for seed in range(DISTINCT)]


def warm(calls: list[Call]) -> None:
    until = perf_counter_ns() + int(WARM_S * 1e9)
    rotation = cycle(calls)
    while perf_counter_ns() < until:
        next(rotation)()
    gc.collect()
    gc.freeze()
    gc.disable()


def figures(samples: Any, per_s: float) -> dict[str, float]:
    ordered = np.sort(samples)
    shares = {"p50": 0.5, "p90": 0.9, "p99": 0.99}
    return {name: latency.percentile(ordered, share) / 1e3 for name, share in shares.items()} | {
        "per_s": per_s
    }


def ours(scenario: str, calls: list[Call], seconds: float, rate: float, folder: Path) -> dict[str, float]:
    if scenario == "Server":
        return our_server(calls, seconds, rate, folder)
    sample_file.create(folder / "samples.bin")
    writer = sample_file.Writer(folder / "samples.bin")
    loop = scenarios.single_stream(calls, writer, perf_counter_ns, lambda: False)
    steady = loop.measure(Stopping(seconds, 1, seconds), lambda report: None)
    return figures(writer.array(), writer.count / (steady.elapsed_ns / 1e9))


def our_server(calls: list[Call], seconds: float, rate: float, folder: Path) -> dict[str, float]:
    due = schedule_ns(rate, SEED, duration_s=seconds) + perf_counter_ns() + 20_000_000
    writer = requests_file.Writer(folder / "requests.bin", due)
    waiter = waiting.best_waiter(native_build.native_library().path)
    open_loop.OpenLoop([calls], due, writer.words, perf_counter_ns, waiter).run(
        lambda: False, lambda done, share: None
    )
    writer.cut(perf_counter_ns())
    writer.close()
    requests = requests_file.read(folder / "requests.bin")
    assert requests is not None
    return figures(requests.response, len(requests.due) / seconds)


def loadgen(scenario: str, calls: list[Call], seconds: float, rate: float, folder: Path) -> dict[str, float]:
    import mlperf_loadgen

    rotation = cycle(calls)

    def issue(samples: Any) -> None:
        for sample in samples:
            next(rotation)()
            mlperf_loadgen.QuerySamplesComplete([mlperf_loadgen.QuerySampleResponse(sample.id, 0, 0)])

    settings = settings_for(mlperf_loadgen, scenario, seconds, rate)
    log = mlperf_loadgen.LogSettings()
    log.log_output.outdir = str(folder)
    log.log_output.copy_summary_to_stdout = False
    nothing: Callable[..., None] = lambda *_: None  # noqa: E731
    sut = mlperf_loadgen.ConstructSUT(issue, nothing)
    library = mlperf_loadgen.ConstructQSL(DISTINCT, DISTINCT, nothing, nothing)
    mlperf_loadgen.StartTestWithLogSettings(sut, library, settings, log)
    return summary((folder / "mlperf_log_summary.txt").read_text())


def settings_for(module: Any, scenario: str, seconds: float, rate: float) -> Any:
    settings = module.TestSettings()
    settings.scenario = getattr(module.TestScenario, scenario)
    settings.mode = module.TestMode.PerformanceOnly
    settings.min_duration_ms = int(seconds * 1000)
    settings.min_query_count = 1
    settings.server_target_qps = rate
    settings.server_target_latency_ns = 10**9
    settings.offline_expected_qps = rate
    settings.single_stream_expected_latency_ns = int(1e9 / rate)
    settings.schedule_rng_seed = SEED
    return settings


def summary(text: str) -> dict[str, float]:
    """Percentiles in us and the rate, as LoadGen's summary names them."""
    found = {}
    for share in (50, 90, 99):
        line = re.search(rf"{share}\.00 percentile latency \(ns\)\s*:\s*(\d+)", text)
        if line:
            found[f"p{share}"] = int(line.group(1)) / 1e3
    rate = re.search(
        r"(?:Samples per second|QPS w/o loadgen overhead|Completed samples per second)\s*:\s*([\d.]+)", text
    )
    return found | ({"per_s": float(rate.group(1))} if rate else {})


def main(side: str, scenario: str, model: str, seconds: str, rate: str) -> None:
    calls = bound_calls(Path(model))
    warm(calls)
    with tempfile.TemporaryDirectory() as name:
        run = ours if side == "ours" else loadgen
        found = run(scenario, calls, float(seconds), float(rate), Path(name))
    print(json.dumps(found))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
