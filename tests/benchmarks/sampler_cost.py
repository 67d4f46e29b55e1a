"""What the sampler takes of a processor at 10 readings a second, by its own CPU time and by one reading.

Run: python -m tests.benchmarks.sampler_cost [seconds]. Start-up is left out of the share, which exits 1 from
1 % on.
"""

from __future__ import annotations

import os
import statistics
import sys
import time

import psutil

from hardware.sampler import PERIOD_S, Sampler, load_of
from hardware.sampling import Sampling

START_S = 2.0
MOST_SHARE = 0.01


def share_of_a_core(seconds: float) -> tuple[float, float, int]:
    """CPU time and readings per second of a running sampler after its start, and the bytes that it holds."""
    others = set(psutil.Process().children())
    sampling = Sampling()
    sampling.start()
    try:
        (watched,) = set(psutil.Process().children()) - others
        time.sleep(START_S)
        before, begin = watched.cpu_times(), time.perf_counter()
        time.sleep(seconds)
        after, end = watched.cpu_times(), time.perf_counter()
        resident = watched.memory_info().rss
    finally:
        readings = sampling.stop()
    used = after.user + after.system - before.user - before.system
    counted = sum(begin < reading.at_ns / 1e9 <= end for reading in readings)
    return used / (end - begin), counted / (end - begin), resident


def reading_us(count: int = 200) -> float:
    """The median CPU time of one reading in us, without the cards."""
    load = load_of(os.getpid())
    sampler, costs = Sampler(load), []
    for _ in range(count):
        before = time.process_time_ns()
        sampler.read()
        costs.append((time.process_time_ns() - before) / 1000)
    load.close()
    return statistics.median(costs)


def main(seconds: float = 30.0) -> int:
    share, rate, resident = share_of_a_core(seconds)
    print(
        f"{share:.2%} of a core at {rate:.1f} readings a second ({1 / PERIOD_S:g} asked) over {seconds:g} s"
    )
    print(f"{reading_us():.0f} us of CPU time a reading (median of 200, no pause between them)")
    print(f"{resident / 2**20:.0f} MiB resident")
    return int(share >= MOST_SHARE)


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:2])))
