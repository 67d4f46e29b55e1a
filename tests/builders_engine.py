"""Synthetic results of every load: sweep, search, open loop, several processes, ranks, living together."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from profiler.errors import ErrorInfo
from profiler.metrics import curve, replicates
from profiler.metrics import latency as latencies
from profiler.result import (
    Latency,
    Lateness,
    Level,
    Memory,
    NativeFigure,
    Phases,
    Point,
    Reason,
    Replicate,
    Resident,
    RunResult,
    SamplesPart,
    SamplesRef,
    Status,
    Throughput,
    Together,
    Verdict,
)
from tests import builders

OUT_OF_MEMORY = ErrorInfo("out_of_memory", {"needed_bytes": "9000000000", "available_bytes": "1000000000"})


def point(p50_ns: float = 4_000_000, per_s: float = 250.0, batch: int = 1, **changes: Any) -> Point:
    """One measured point; `per_s` in samples per second, its latency from a thousand samples."""
    draw = np.random.default_rng(batch)
    samples = (p50_ns * draw.lognormal(0, 0.05, 1_000)).astype(np.int64)
    whole = Point(
        batch=batch,
        concurrency=1,
        threads=2,
        processes=1,
        latency=latencies.summarise(samples),
        throughput=Throughput(per_s / batch, per_s),
        memory=Memory(peak_rss_bytes=200_000_000 + 10_000_000 * batch),
        phases=Phases(load_ns=300_000_000, first_inference_ns=40_000_000, warmup_ns=1_500_000_000),
        verdict=Verdict(Level.TRUSTED),
    )
    return msgspec.structs.replace(whole, **changes)


def failed_point(**changes: Any) -> Point:
    """A point that ran out of memory; it has no figures."""
    whole = Point(batch=64, concurrency=1, threads=2, status=Status.FAILED, error=OUT_OF_MEMORY)
    return msgspec.structs.replace(whole, **changes)


def with_points(entries: tuple[Point, ...], chosen: int = 0, **changes: Any) -> RunResult:
    """A run of these points, for which the chosen one speaks."""
    speaks = entries[chosen]
    plan = builders.plan(batch=speaks.batch, concurrency=speaks.concurrency, rate_per_s=speaks.rate_per_s)
    parts = {
        "plan": plan, "points": entries, "chosen_point": chosen, "latency": speaks.latency,
        "throughput": speaks.throughput,
    }  # fmt: skip
    return builders.result(**(parts | changes))


def sweep_result(**changes: Any) -> RunResult:
    """Batches 1, 4 and 16, and 64 that failed; batch 4 is the knee, 16 the best under P99 25 ms."""
    points = (
        point(4e6, 250.0, 1),
        point(6e6, 667.0, 4),
        point(20e6, 800.0, 16),
        failed_point(),
    )
    limits = {"p99": 25e6}
    plan = builders.plan(scenario="Offline", batch=16, sweep={"batch": (1.0, 4.0, 16.0, 64.0)}, limits=limits)
    marks = {"knee_point": curve.knee(points), "best_point": curve.best_under_limit(points, limits)}
    return with_points(points, 2, **({"plan": plan} | marks | changes))


def concurrency_result(**changes: Any) -> RunResult:
    """1, 2, 4 and 8 requests in flight of a model that two of them saturate."""
    rises = ((1, 4e6, 250.0), (2, 4.2e6, 476.0), (4, 8.2e6, 488.0), (8, 16.4e6, 488.0))
    points = tuple(point(p50, per_s, concurrency=lanes) for lanes, p50, per_s in rises)
    plan = builders.plan(scenario="Concurrency", concurrency=2, sweep={"concurrency": (1.0, 2.0, 4.0, 8.0)})
    return with_points(points, 1, **({"plan": plan, "knee_point": curve.knee(points)} | changes))


def search_result(**changes: Any) -> RunResult:
    """A search that found 240 requests per second under P99 12 ms."""
    tried = (
        ("capacity", None, 4e6, None),
        ("bracket", 125.0, 5e6, True),
        ("bisect", 300.0, 40e6, False),
        ("bisect", 260.0, 10.5e6, None),
        ("confirm", 240.0, 6e6, True),
        ("recheck", 240.0, 6e6, True),
    )
    points = tuple(
        point(p50, rate or 250.0, stage=stage, rate_per_s=rate, kept=kept) for stage, rate, p50, kept in tried
    )
    plan = builders.plan(scenario="Server", rate_per_s=240.0, concurrency=1, limits={"p99": 12e6})
    return with_points(points, 4, **({"plan": plan, "best_point": 4} | changes))


def search_without_rate() -> RunResult:
    """A search in which no rate kept the limit."""
    kept = tuple(
        msgspec.structs.replace(one, kept=False if one.rate_per_s else None) for one in search_result().points
    )
    reasons = (Reason("search_none_passes"),)
    return search_result(
        plan=msgspec.structs.replace(search_result().plan, rate_per_s=None),
        points=kept[:4],
        chosen_point=0,
        best_point=None,
        verdict=Verdict(Level.CAUTION, reasons),
    )


def lateness(**changes: Any) -> Lateness:
    """An open loop that kept its schedule well."""
    whole = Lateness(
        p50_ns=2_000, p99_ns=90_000, over_1ms_share=0.0, all_busy_share=0.08, target_per_s=100.0,
        achieved_per_s=99.8, workers=3, wait_method="native_spin", backlog_grows=False,
    )  # fmt: skip
    return msgspec.structs.replace(whole, **changes)


def server_result(**changes: Any) -> RunResult:
    """Open loop at 100 requests per second: response twice as long as service in the tail."""
    service = latencies.summarise(builders.samples()[252:])
    response = latencies.summarise(builders.samples(p50_ns=4_600_000, seed=1)[252:])
    whole = builders.result(
        plan=builders.plan(scenario="Server", rate_per_s=100.0, concurrency=3),
        latency=response,
        throughput=Throughput(99.8, 99.8),
    )
    boundary = msgspec.structs.replace(whole.boundary, service=service, lateness=lateness())
    return msgspec.structs.replace(whole, boundary=boundary, **changes)


def rates_result(behind: tuple[float, ...] = (400.0,), **changes: Any) -> RunResult:
    """Open loops at 100, 200 and 400 requests per second; the backlog grew at the rates `behind`."""
    points = tuple(
        point(
            5e6 + 20_000 * rate,
            min(rate, 250.0),
            concurrency=workers,
            rate_per_s=rate,
            lateness=lateness(target_per_s=rate, workers=workers, backlog_grows=rate in behind),
        )
        for rate, workers in ((100.0, 2), (200.0, 3), (400.0, 6))
    )
    sweep = {"rate_per_s": (100.0, 200.0, 400.0)}
    plan = builders.plan(scenario="Server", rate_per_s=200.0, concurrency=3, sweep=sweep)
    return with_points(points, 1, **({"plan": plan} | changes))


def device_result(**changes: Any) -> RunResult:
    """On a card the call takes 4.10 ms, of which the device knows 3.30."""
    whole = builders.result(plan=builders.plan(device="cuda:0"))
    boundary = msgspec.structs.replace(
        whole.boundary, h2d_ns=200_000, compute_ns=3_000_000, d2h_ns=100_000, device_ns=3_300_000
    )
    return msgspec.structs.replace(whole, boundary=boundary, **changes)


def native_result(**changes: Any) -> RunResult:
    """A small model whose own loop in C takes 9 us where the call from Python takes 11."""
    whole = builders.result(builders.samples(p50_ns=11_000))
    native = NativeFigure("ort_c_api", mean_ns=9_100.0, count=110_000, p50_ns=9_000)
    boundary = msgspec.structs.replace(whole.boundary, native=native)
    return msgspec.structs.replace(whole, boundary=boundary, **changes)


def replicate(p50_ns: float = 4_100_000, per_s: float = 240.0, seed: int = 0, **changes: Any) -> Replicate:
    """One finished process."""
    steady = builders.samples(p50_ns=p50_ns, seed=seed)[252:]
    whole = Replicate(
        latency=latencies.summarise(steady), exit="finished", throughput=Throughput(per_s, per_s)
    )
    return msgspec.structs.replace(whole, **changes)


def replicated_result(processes: int = 3, **changes: Any) -> RunResult:
    """One point measured by several processes one after another; `samples` tells where each one's lie."""
    every = [builders.samples(p50_ns=4_100_000 + 60_000 * at, seed=at) for at in range(processes)]
    length = len(every[0])
    parts = tuple(SamplesPart(0, at, at * length, length, 2, 250) for at in range(processes))
    whole = builders.result(
        plan=builders.plan(replicates=processes),
        latency=replicates.summarise([one[252:] for one in every]),
        replicates=tuple(
            replicate(4_100_000 + 60_000 * at, 240.0 - at, at, replicate=at) for at in range(processes)
        ),
        samples=SamplesRef("20260102T030405-0001.npz", processes * length, 2, 250, parts=parts),
    )
    return msgspec.structs.replace(whole, **changes)


def replicated_samples(processes: int = 3) -> builders.Samples:
    """Every latency of `replicated_result`, in the order that its `samples` tells."""
    return np.concatenate(
        [builders.samples(p50_ns=4_100_000 + 60_000 * at, seed=at) for at in range(processes)]
    )


def world_result(**changes: Any) -> RunResult:
    """Two ranks that measured at once, each on a processor of its own."""
    ranks = tuple(replicate(4_300_000, 230.0 + rank, rank, rank=rank, cpus=(rank,)) for rank in range(2))
    whole = builders.result(
        plan=builders.plan(world_size=2, threads=1),
        throughput=Throughput(460.0, 460.0, 2),
        replicates=ranks,
    )
    return msgspec.structs.replace(whole, **changes)


def together_result(**changes: Any) -> RunResult:
    """A model alone, beside an idle one and beside a busy one, which slows it by half."""
    points = (
        point(4e6, 250.0, together="alone"),
        point(4.04e6, 247.0, together="idle"),
        point(6e6, 166.0, together="busy"),
    )
    together = Together(
        group="0a1b2c3d",
        residents=(
            Resident("resnet50.onnx", "onnxruntime", 258_000_000, share=0.6),
            Resident("digits.torchscript.pt", "torchscript", 172_000_000, share=0.4),
        ),
        sum_bytes=430_000_000,
        free_bytes=2_600_000_000,
        total_bytes=8_000_000_000,
        more_like_this=10,
    )
    plan = builders.plan(companions=("digits.torchscript.pt",))
    return with_points(points, 0, **({"plan": plan, "together": together} | changes))


def multistream_result(**changes: Any) -> RunResult:
    """Queries of eight samples."""
    plan = builders.plan(scenario="MultiStream", batch=8, samples_per_query=8)
    return builders.result(**({"plan": plan} | changes))


def every_load() -> dict[str, RunResult]:
    """One result of each load, by a name for tests."""
    return {
        "sweep": sweep_result(),
        "concurrency": concurrency_result(),
        "search": search_result(),
        "no_rate": search_without_rate(),
        "server": server_result(),
        "rates": rates_result(),
        "device": device_result(),
        "native": native_result(),
        "replicated": replicated_result(),
        "world": world_result(),
        "together": together_result(),
        "multistream": multistream_result(),
        "empty": builders.result(latency=Latency(), status=Status.FAILED, verdict=None, samples=None),
    }
