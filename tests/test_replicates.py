"""One block from several processes, and intervals that hold what they promise."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from profiler.metrics import latency, replicates
from profiler.result import Latency

MS = 1_000_000
TRUE_MEDIAN = 5 * MS


def _process(generator: np.random.Generator, between: float, count: int = 1_600) -> latency.Samples:
    """A process of its own speed with AR(1) noise of 5 % (correlation 0.75), as MEASURING.md 1.2 found."""
    shocks = generator.standard_normal(count + 64)
    noise = np.convolve(shocks, 0.75 ** np.arange(65), mode="valid") * math.sqrt(1 - 0.75**2)
    speed = 1 + between * generator.standard_normal()
    return (TRUE_MEDIAN * speed * (1 + 0.05 * noise)).astype(np.int64)


def _processes(number: int, seed: int, between: float = 0.07) -> list[latency.Samples]:
    generator = np.random.default_rng(seed)
    return [_process(generator, between) for _ in range(number)]


def _independent_interval(samples: latency.Samples) -> tuple[int, int]:
    """Order statistics of the median as if all samples were independent."""
    ordered, half = np.sort(samples), 0.98 * math.sqrt(len(samples))
    return int(ordered[int(len(samples) / 2 - half)]), int(ordered[int(len(samples) / 2 + half)])


def _holds(interval: tuple[int, int] | None) -> bool:
    return interval is not None and interval[0] <= TRUE_MEDIAN <= interval[1]


def test_hierarchical_interval_covers_the_true_median_where_the_independent_one_does_not() -> None:
    rounds = 60
    runs = [_processes(5, seed) for seed in range(rounds)]
    hierarchical = sum(_holds(replicates.summarise(run, 1).p50_ci_ns) for run in runs)
    independent = sum(_holds(_independent_interval(np.concatenate(run))) for run in runs)
    assert hierarchical >= 0.85 * rounds
    assert independent <= 0.25 * rounds


def test_processes_that_agree_have_a_narrow_interval() -> None:
    wide, narrow = (replicates.summarise(_processes(5, 3, between), 1).p50_ci_ns for between in (0.07, 0.0))
    assert wide is not None
    assert narrow is not None
    assert narrow[1] - narrow[0] < 0.3 * (wide[1] - wide[0])


def test_hierarchical_p99_interval_agrees_with_one_drawn_by_hand() -> None:
    processes = _processes(5, 4)
    blocks = [latency.sorted_blocks(one, latency.block_firsts(one)) for one in processes]
    generator = np.random.default_rng(9)
    drawn = []
    for _ in range(1_000):
        whole = []
        for at in generator.integers(5, size=5):
            chosen = generator.integers(len(blocks[at]), size=len(blocks[at]))
            whole += [blocks[at][block] for block in chosen]
        drawn.append(latency.percentile(np.sort(np.concatenate(whole)), 0.99))
    block = replicates.summarise(processes, 1)
    assert block.p99_ci_ns == pytest.approx(np.quantile(drawn, [0.025, 0.975]), rel=0.01)


def test_interval_holds_its_figure_and_is_labelled() -> None:
    block = replicates.summarise(_processes(6, 2), 1)
    assert block.interval_method == "hierarchical_bootstrap"
    assert block.p50_ci_ns is not None
    assert block.p50_ns is not None
    assert block.p50_ci_ns[0] <= block.p50_ns <= block.p50_ci_ns[1]


@pytest.mark.parametrize("number", [2, 3, 4])
def test_few_processes_show_their_whole_range(number: int) -> None:
    processes = _processes(number, 5)
    block = replicates.summarise(processes, 1)
    medians = sorted(latency.percentile(np.sort(process), 0.5) for process in processes)
    p99s = [latency.percentile(np.sort(process), 0.99) for process in processes]
    assert block.p50_ci_ns == (medians[0], medians[-1])
    assert block.p99_ci_ns == (min(p99s), max(p99s))
    assert block.p50_ns == medians[(number - 1) // 2]
    assert block.interval_method == "range_of_processes"
    assert f"medians of {number} processes" in block.method


def test_p99_has_no_range_where_a_process_is_too_short_for_its_own() -> None:
    processes = _processes(2, 6)
    block = replicates.summarise([processes[0], processes[1][:298]], 1)
    assert block.p99_ns is not None
    assert block.p99_ci_ns is None


def test_everything_but_the_median_comes_from_all_samples_together() -> None:
    processes = _processes(5, 7)
    pooled = np.concatenate(processes)
    block, whole = replicates.summarise(processes, 1), latency.describe(pooled)
    own = {"p50_ns", "p50_ci_ns", "p99_ci_ns", "method", "interval_method"}
    for name in set(Latency.__struct_fields__) - own:
        assert getattr(block, name) == getattr(whole, name), name
    assert block.count == 5 * 1_600


def test_percentiles_are_withheld_by_the_common_count() -> None:
    short = [process[:15] for process in _processes(2, 8)]
    block = replicates.summarise(short, 1)
    assert block.p90_ns is not None
    assert block.p95_ns is None
    assert replicates.summarise([short[0], short[1][:13]], 1).p90_ns is None


def test_one_process_is_summarised_as_before() -> None:
    (process,) = _processes(1, 9)
    none = np.empty(0, dtype=np.int64)
    block = replicates.summarise([none, process], 3)
    assert block == latency.summarise(process, seed=3)
    assert block.interval_method == "block_bootstrap"


def test_nothing_measured_is_an_empty_block() -> None:
    assert replicates.summarise([]) == Latency()
    assert replicates.summarise([np.empty(0, dtype=np.int64)] * 3) == Latency()


def test_processes_of_very_slow_calls_still_have_an_interval() -> None:
    slow = [process[:4] * 1_000 for process in _processes(5, 10)]
    block = replicates.summarise(slow, 1)
    assert block.p50_ci_ns is not None
    assert block.p99_ci_ns is None
    assert msgspec.json.decode(msgspec.json.encode(block), type=Latency) == block


def test_joined_blocks_are_at_most_as_many_as_asked_for() -> None:
    samples = np.full(10_000, 10 * MS, dtype=np.int64)
    assert len(latency.block_firsts(samples)) == 199
    firsts = latency.block_firsts(samples, 60)
    assert len(firsts) == 50
    assert firsts[:3] == [0, 249, 449]
