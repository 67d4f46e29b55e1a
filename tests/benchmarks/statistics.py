"""All statistics of a run of 1e7 samples: how long they take, and how much memory beside the samples.

Run: python -m tests.benchmarks.statistics [samples] [processes]. Each of two shapes of run (60 us and 1 ms a
call) is judged in a fresh process. Prints seconds and the growth of peak memory; exits 1 above 2 s or 600 MB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from time import perf_counter

import numpy as np

from profiler.metrics import latency, replicates, steadiness

LIMIT_S = 2.0
LIMIT_MB = 600.0
TYPICAL_NS = (60_000, 1_000_000)


def samples_of(count: int, typical_ns: int) -> latency.Samples:
    """Lognormal latencies that wander by 5 %, int64 ns, made a million at a time to keep the peak low."""
    generator = np.random.default_rng(0)
    samples = np.empty(count, dtype=np.int64)
    for first in range(0, count, 1_000_000):
        part = samples[first : first + 1_000_000]
        part[:] = (
            typical_ns * generator.lognormal(0, 0.2, len(part)) * (1 + 0.05 * generator.standard_normal())
        )
    return samples


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def judge(count: int, processes: int, typical_ns: int) -> int:
    """One shape of run in this process; the exit code."""
    parts = np.array_split(samples_of(count, typical_ns), processes)
    latency.summarise(parts[0][:1_000])
    before, begun = peak_mb(), perf_counter()
    block = replicates.summarise(parts, seed=0)
    for part in parts:
        steadiness.judge(part, "steady", True)
    took, grown = perf_counter() - begun, peak_mb() - before
    within = took < LIMIT_S and grown < LIMIT_MB
    print(
        f"{count:,} samples, {processes} process(es), P50 {block.p50_ns} ns in {block.p50_ci_ns} "
        f"({block.interval_method}): {took:.2f} s, {grown:.0f} MB{'' if within else '  over the limit'}"
    )
    return 0 if within else 1


def main(arguments: list[str]) -> int:
    count = int(arguments[0]) if arguments else 10_000_000
    numbers = [int(arguments[1])] if len(arguments) > 1 else [1, 3, 5]
    if len(arguments) > 2:
        return judge(count, numbers[0], int(arguments[2]))
    failed = 0
    for processes in numbers:
        for typical_ns in TYPICAL_NS:
            own = [str(count), str(processes), str(typical_ns)]
            failed |= subprocess.call([sys.executable, "-m", "tests.benchmarks.statistics", *own])
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
