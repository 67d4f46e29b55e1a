"""A/A: how often equal candidates are called different, and the smallest difference that is found.

Run: python -m tests.benchmarks.alike [--simulated N] [--real PAIRS] [--seconds S] [--file NOISE.json]

Simulated: candidates are processes of the recorded noise (recorded_noise.json), a model against itself: a
stretch of consecutive ones with turns as profiler.alternation hands them round (A B, B A, ...), the blocks
within each process drawn anew and a drift of the machine on top; what judges them is profiler.comparison.
Real: PAIRS comparisons of the bundled sample with itself, three processes each, through the program's own
runner and alternation, with S seconds of measuring a process.

What this does not show: figures are over all models together. With A B, A B, ... in place of turned rounds
the same stretches called equals different in 8.9 % of comparisons of 3 processes: who always comes second
bears a drift. The spread of sittings (profiler.metrics.ratio) was chosen on this record.
Exits 1 where simulated equals are called different in more than 5 % of comparisons.
"""

from __future__ import annotations

import argparse
import functools
import math
import statistics
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from profiler.alternation import Alternation
from profiler.comparison import figures
from profiler.comparison.ratios import Measured, ratio_of
from profiler.comparison.records import Ratio
from profiler.plan import Preset, RunPlan, stopping_for
from profiler.result import Latency, Replicate, RunResult
from profiler.runner import Ended, Event, Refused, Run
from profiler.store import Store
from tests import builders
from tests.benchmarks import recorded_noise
from tests.benchmarks.recorded_noise import Series

COUNTS = (3, 5, 10)
MOST_CALLED = 0.05
# On top of what the record holds: the machine gets slower or faster by up to so much in a comparison.
DRIFT = 0.10
REAL_PROCESSES = 3
GROUP = "alike"

Values = np.ndarray[Any, np.dtype[np.float64]]


class Figures(NamedTuple):
    """`called`: the share of equal candidates called better or worse; `found`: the ratio that is called in
    95 of 100 comparisons."""

    comparisons: int
    called: float
    found: float

    def __str__(self) -> str:
        return (
            f"{self.comparisons:,} comparisons: equals called different {self.called:.1%}; a difference of "
            f"{self.found - 1:.1%} is found 95 % of the time"
        )


def simulated(
    series: Sequence[Series], processes: int, comparisons: int, seed: int, in_turns: bool = True
) -> Figures:
    """So many comparisons of models with themselves, each of `processes` processes a side.

    In turns: a stretch of the record as profiler.alternation takes turns, A B B A ... Otherwise two stretches
    that do not overlap.
    """
    generator = np.random.default_rng(seed)
    ratios = [
        _ratio(*_drawn(series[at % len(series)], processes, generator, in_turns), in_turns)
        for at in range(comparisons)
    ]
    return judged(ratios)


def judged(ratios: Sequence[Ratio]) -> Figures:
    """A true difference moves the ratio and leaves its interval as wide, so that each comparison tells from
    which difference on it would have been called."""
    called = float(np.mean([one.call in ("better", "worse") for one in ratios]))
    highs = np.sort([1 / one.low for one in ratios if one.low])
    return Figures(len(ratios), called, float(highs[int(np.ceil(0.95 * len(highs))) - 1]))


def _drawn(
    one: Series, processes: int, generator: np.random.Generator, in_turns: bool
) -> tuple[Values, Values]:
    """P50 in ns of the processes of both sides."""
    logs = np.log(one.of("p50"))
    if in_turns:
        places = generator.integers(len(logs) - 2 * processes + 1) + np.arange(2 * processes)
    else:
        first, second = sorted(generator.choice(len(logs) - 2 * processes + 2, 2, replace=False))
        places = np.concatenate([first + np.arange(processes), second + processes - 1 + np.arange(processes)])
    noise = np.array([_within(one.blocks[place], generator) for place in places])
    drift = generator.uniform(-DRIFT, DRIFT) * np.linspace(0, 1, 2 * processes)
    values = np.exp(logs[places] + noise + drift)
    sides = _turned(values) if in_turns else (values[:processes], values[processes:])
    return sides if generator.random() < 0.5 else (sides[1], sides[0])


def _turned(values: Values) -> tuple[Values, Values]:
    """The processes of each side by their round: every second round goes backwards."""
    rounds = values.reshape(-1, 2).copy()
    rounds[1::2] = rounds[1::2, ::-1]
    return rounds[:, 0], rounds[:, 1]


def _within(blocks: Sequence[int], generator: np.random.Generator) -> float:
    """How far the median moves, as a logarithm, where the blocks are drawn anew."""
    drawn = generator.integers(len(blocks), size=len(blocks)).tolist()
    return math.log(statistics.median(blocks[at] for at in drawn) / statistics.median(blocks))


def _ratio(own: Values, baseline: Values, in_turns: bool) -> Ratio:
    found = ratio_of("p50", _measured(own, in_turns), _measured(baseline, in_turns))
    assert found is not None
    return found


@functools.cache
def _bare() -> RunResult:
    return builders.result(builders.samples(steady=100), samples=None)


def _measured(p50_ns: Values, in_turns: bool) -> Measured:
    processes = tuple(
        Replicate(Latency(count=1_000, p50_ns=round(value)), "finished", replicate=at)
        for at, value in enumerate(p50_ns.tolist())
    )
    group = GROUP if in_turns else ""
    return Measured(msgspec.structs.replace(_bare(), replicates=processes, group=group))


def real(pairs: int, seconds: float, folder: Path) -> list[Ratio]:
    """The sample against itself: both runs take turns, and every three turns are a comparison."""
    plan = RunPlan(
        str(recorded_noise.SAMPLES / "digits.onnx"),
        "onnxruntime",
        preset=Preset.QUICK,
        stopping=stopping_for(Preset.QUICK, pairs * REAL_PROCESSES * seconds),
        replicates=pairs * REAL_PROCESSES,
    )
    own, other = _in_turns(plan, Store(folder))
    return [
        found
        for at in range(pairs)
        if (found := ratio_of("p50", Measured(_third(own, at)), Measured(_third(other, at)))) is not None
    ]


def _third(run: RunResult, at: int) -> RunResult:
    turns = range(at * REAL_PROCESSES, (at + 1) * REAL_PROCESSES)
    kept = tuple(one for one in figures.processes(run) if one.replicate in turns)
    return msgspec.structs.replace(run, replicates=kept)


def _in_turns(plan: RunPlan, store: Store) -> list[RunResult]:
    alternation = Alternation(2)
    ended: dict[int, Ended] = {}
    over = [threading.Event(), threading.Event()]

    def listen(place: int, event: Event) -> None:
        if isinstance(event, Ended | Refused):
            alternation.leave(place)
            if isinstance(event, Ended):
                ended[place] = event
            over[place].set()

    runs = [
        Run(
            plan,
            store,
            functools.partial(listen, place),
            turn=functools.partial(alternation.turn, place),
            group=GROUP,
        )
        for place in range(2)
    ]
    for run in runs:
        run.start()
    for run, done in zip(runs, over, strict=True):
        while not run.wait(60):
            """As long as it takes."""
        done.wait(60)
    return [ended[place].result for place in range(2)]


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--simulated", type=int, default=10_000, metavar="N")
    parser.add_argument("--real", type=int, default=0, metavar="PAIRS")
    parser.add_argument("--seconds", type=float, default=0.5, metavar="S")
    parser.add_argument("--file", type=Path, default=recorded_noise.FILE, metavar="NOISE.json")
    options = parser.parse_args(arguments)
    is_level_held = True
    series = recorded_noise.load(options.file) if options.simulated else []
    for in_turns in (True, False) if series else ():
        print("Simulated, in turns:" if in_turns else "Simulated, one run after the other:")
        for processes in COUNTS:
            found = simulated(series, processes, options.simulated, seed=processes, in_turns=in_turns)
            is_level_held &= found.called <= MOST_CALLED
            print(f"  {processes:2} processes each, {found}", flush=True)
    if options.real:
        with tempfile.TemporaryDirectory() as folder:
            ratios = real(options.real, options.seconds, Path(folder))
        detectable = float(np.median([one.detectable for one in ratios if one.detectable]))
        print(f"Real, {REAL_PROCESSES} processes each, {judged(ratios)}")
        print(f"  as each comparison itself tells, in the median: {detectable - 1:.1%}")
    return 0 if is_level_held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
