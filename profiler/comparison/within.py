"""How exactly one process tells its own figure: the standard error by the blocks of time within it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from profiler import sample_parts
from profiler.comparison import figures
from profiler.metrics import latency
from profiler.metrics.accuracy import Z
from profiler.result import Interval, Replicate, RunResult

Samples = np.ndarray[Any, np.dtype[np.int64]]
_BY_BLOCKS = ("mean", "throughput")
_DISTURBED = {"disturbed", "gpu_shared", "swapped", "cpu_throttled", "gpu_throttled", "frequency_changed"}


def error(run: RunResult, samples: Samples | None, quantity: str) -> float:
    """Of the logarithm of one process's figure, on average over processes; 0 where nothing tells it.

    Of P50 and P99 the process's own block-bootstrap interval, as the document keeps it; of the mean and
    throughput the spread of its blocks' means, where `samples` (ns, in order) were kept. Memory and load are
    one figure a process.
    """
    if quantity in _BY_BLOCKS:
        found = [_of_blocks(part) for part in _parts(run, samples)]
    else:
        found = [_of_interval(_interval(one, quantity)) for one in figures.processes(run)]
    known = [one for one in found if one is not None]
    return math.sqrt(sum(one**2 for one in known) / len(known)) if known else 0.0


def wandered(run: RunResult) -> float:
    """The logarithm of the range of the medians of ten equal parts of an unsteady run; 0 of a steady one.

    A run beside which other programs were busy counts as unsteady, whatever its own parts say of it.
    """
    steadiness = run.steadiness
    if steadiness is None or not steadiness.segment_p50_ns or min(steadiness.segment_p50_ns) <= 0:
        return 0.0
    codes = {reason.code for reason in run.verdict.reasons} if run.verdict is not None else set()
    if steadiness.status == "stable" and not codes & _DISTURBED:
        return 0.0
    return math.log(max(steadiness.segment_p50_ns) / min(steadiness.segment_p50_ns))


def _parts(run: RunResult, samples: Samples | None) -> Sequence[Samples]:
    if run.samples is None or samples is None:
        return []
    return [steady for _, steady in sample_parts.by_process(run.samples, samples)]


def _interval(process: Replicate, quantity: str) -> Interval | None:
    intervals = {"p50": process.latency.p50_ci_ns, "p99": process.latency.p99_ci_ns}
    return intervals.get(quantity)


def _of_interval(interval: Interval | None) -> float | None:
    if interval is None or interval[0] <= 0:
        return None
    return math.log(interval[1] / interval[0]) / (2 * Z)


def _of_blocks(steady: Samples) -> float | None:
    if not len(steady):
        return None
    firsts = latency.block_firsts(steady)
    if len(firsts) < latency.MINIMUM_BLOCKS:
        return None
    sums = np.add.reduceat(steady, firsts).astype(np.float64)
    counts = np.diff([*firsts, len(steady)])
    # The mean is a ratio of sums over blocks: its error by the blocks' residuals (Cochran 1977, 2.11).
    mean = sums.sum() / counts.sum()
    residuals = sums - mean * counts
    return float(math.sqrt(len(firsts) * residuals.var(ddof=1)) / (counts.sum() * mean))
