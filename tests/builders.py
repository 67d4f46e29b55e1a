"""Whole run results made of synthetic samples, for tests of what shows or reports them."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from profiler import unavailable
from profiler.errors import ErrorInfo
from profiler.history_index import Row
from profiler.metrics import latency, steadiness
from profiler.result import (
    Boundary,
    Environment,
    Flops,
    Level,
    Memory,
    Model,
    Phases,
    Placement,
    Plan,
    RunResult,
    SamplesRef,
    Status,
    Tensor,
    Throughput,
    Verdict,
)

Samples = npt.NDArray[np.int64]


def samples(
    steady: int = 1_000, cold: int = 2, warmup: int = 250, p50_ns: float = 4_100_000, seed: int = 0
) -> Samples:
    """int64 ns, in order: cold calls, a warm-up that settles, then steady samples with a long tail."""
    draw = np.random.default_rng(seed)
    settling = p50_ns * (1 + 0.6 * np.exp(-np.arange(warmup) / 40)) * draw.lognormal(0, 0.02, warmup)
    counted = p50_ns * draw.lognormal(0, 0.02, steady) * (1 + 0.25 * (draw.random(steady) > 0.97))
    first = p50_ns * np.array([12.0, 2.4, *[2.0] * cold])[:cold]
    return np.concatenate([first, settling, counted]).astype(np.int64)


def model(name: str = "resnet50.onnx") -> Model:
    return Model(
        name=name,
        format="onnx",
        sha256="3f" * 32,
        size_bytes=102_230_000,
        parameters=25_557_032,
        inputs=(Tensor("input", "float32", ("batch", 3, 224, 224)),),
        outputs=(Tensor("logits", "float32", ("batch", 1000)),),
    )


def plan(**changes: Any) -> Plan:
    whole = Plan(
        runtime="onnxruntime",
        device="cpu",
        precision_requested="as_is",
        scenario="SingleStream",
        batch=1,
        concurrency=1,
        threads=2,
        world_size=1,
        seed=0,
        preset="standard",
        distinct_inputs=8,
        warmup="auto",
        minimum_s=10.0,
        maximum_s=60.0,
        shapes={"input": (1, 3, 224, 224)},
        inputs={"input": "made"},
    )
    return msgspec.structs.replace(whole, **changes)


def environment() -> Environment:
    return Environment(
        machine={
            "cpu": {"name": "Example CPU 9000", "physical_cores": 16, "instruction_sets": ["avx2", "fma"]},
            "memory_total_bytes": 137_438_953_472,
            "gpus": [],
        },
        runtime_version="1.29.0",
        python="3.11.9",
        os="Linux 6.1",
        precision_effective="float32",
        placement=(Placement("CPUExecutionProvider", 126),),
        inferometer="0.1.0",
    )


def result(values: Samples | None = None, cold: int = 2, warmup: int = 250, **changes: Any) -> RunResult:
    """A finished, trusted run of those samples (default: `samples()`); `changes` replace whole fields."""
    every = samples(cold=cold, warmup=warmup) if values is None else values
    steady = every[cold + warmup :]
    spent = float(steady.sum()) / 1e9
    whole = RunResult(
        id="20260102T030405-0001",
        created="2026-01-02T03:04:05+00:00",
        status=Status.FINISHED,
        model=model(),
        plan=plan(),
        environment=environment(),
        phases=Phases(
            import_ns=210_000_000,
            load_ns=361_000_000,
            first_inference_ns=int(every[0]) if len(every) else None,
            second_inference_ns=int(every[1]) if len(every) > 1 else None,
            warmup_ns=int(every[cold : cold + warmup].sum()),
            warmup_count=warmup,
            warmup_status="stable",
            steady_ns=int(steady.sum()),
            start_to_first_inference_ns=812_000_000,
        ),
        boundary=Boundary(null_call_ns=112, null_call_p99_ns=180, host_overhead=0.00003),
        latency=latency.summarise(steady),
        steadiness=steadiness.judge(steady, "stable", True),
        throughput=Throughput(
            inferences_per_s=len(steady) / spent if spent else None,
            samples_per_s=len(steady) / spent if spent else None,
        ),
        flops=Flops(
            per_inference=8_178_000_000,
            macs_per_inference=4_089_000_000,
            per_sample=8.178e9,
            other_per_inference=33_000_000,
            counted_fraction=0.99,
            uncounted_operators={"Resize": 1},
            achieved_per_s=1.99e12,
            method="graph with shape inference",
        ),
        memory=Memory(
            baseline_rss_bytes=61_000_000,
            after_load_rss_bytes=212_000_000,
            peak_rss_bytes=258_000_000,
            model_peak_bytes=197_000_000,
            weights_bytes=102_228_128,
            inputs_bytes=4_816_896,
            utilisation=0.0019,
        ),
        verdict=Verdict(Level.TRUSTED),
        samples=SamplesRef("20260102T030405-0001.npz", len(every), cold, warmup),
    )
    return _explained(msgspec.structs.replace(whole, **changes))


def _explained(whole: RunResult) -> RunResult:
    gaps = unavailable.reasons(whole, {}, {}, None)
    return msgspec.structs.replace(whole, unavailable={**gaps, **whole.unavailable})


def row(run_id: str = "20260102T030405-0001", **changes: Any) -> Row:
    """A line of the history."""
    whole = Row(
        id=run_id,
        created="2026-01-02T03:04:05+00:00",
        status="finished",
        model="resnet50.onnx",
        format="onnx",
        runtime="onnxruntime",
        device="cpu",
        batch=1,
        p50_ns=4_100_000,
        p99_ns=5_020_000,
        inferences_per_s=243.0,
        peak_rss_bytes=258_000_000,
        level="trusted",
    )
    return msgspec.structs.replace(whole, **changes)


def failed(**changes: Any) -> RunResult:
    """A run that ended while loading: only what was known of the file is there."""
    whole = RunResult(
        id="20260102T030500-0002",
        created="2026-01-02T03:05:00+00:00",
        status=Status.FAILED,
        error=ErrorInfo(
            "operator_unknown",
            {"operator": "FancyOp"},
            "FancyOp(1) is not a registered function/op",
            'Traceback (most recent call last):\n  File "ort.py", line 1\nFail: FancyOp(1)',
        ),
        model=model("broken.onnx"),
        plan=plan(),
        phases=Phases(import_ns=210_000_000),
    )
    return _explained(msgspec.structs.replace(whole, **changes))
