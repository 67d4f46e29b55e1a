"""Every quantity of every run as a multiple of the baseline's: how sure that is, and what may be called."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from profiler.comparison import figures, within
from profiler.comparison.records import Call, Ratio
from profiler.comparison.within import Samples
from profiler.metrics import accuracy, ratio
from profiler.result import Paired, RunResult

QUANTITIES = ("p50", "p99", "mean", "memory", "energy", "size", "load", "throughput", "top1")
FEWEST = 3
# How far processes of one model lay apart on a shared machine (standard deviation of the logarithm), by
# tests/benchmarks/recorded_noise.json and MEASURING.md, 1.2; stands in where a run has too few processes to
# know. Tails, and the means that they pull along, differ more than medians.
ASSUMED_SPREAD = {"p50": 0.10, "mean": 0.20, "throughput": 0.20, "p99": 0.30, "load": 0.30, "memory": 0.01}
# Resident memory differs by so much without meaning anything: pages come in chunks, and libraries cache.
LEAST_MEMORY = math.log(1.02)
# A file is as large as it is; below half a percent nobody would call it smaller.
LEAST_SIZE = math.log(1.005)

_TIMED = ("p50", "p99", "mean", "throughput")


class Measured(NamedTuple):
    """A run with its latencies in ns, in order (SamplesRef), where they were kept."""

    run: RunResult
    samples: Samples | None = None


def ratios(measured: Sequence[Measured], baseline: int, seed: int = 0) -> dict[str, tuple[Ratio | None, ...]]:
    """By quantity one ratio a run; None for the baseline, and where either has no figure."""
    return {
        quantity: tuple(
            None if index == baseline else ratio_of(quantity, one, measured[baseline], seed)
            for index, one in enumerate(measured)
        )
        for quantity in QUANTITIES
    }


def ratio_of(quantity: str, one: Measured, baseline: Measured, seed: int = 0) -> Ratio | None:
    """One run beside another; None where one of them has no such figure. `seed` draws the resamples."""
    own, other = figures.value(one.run, quantity), figures.value(baseline.run, quantity)
    if own is None or not other or own < 0 or other < 0:
        return None
    if quantity == "top1":
        return _of_answers(one.run, baseline.run, own / other)
    if quantity == "size":
        value = own / other
        return Ratio(value, value, value, "exact", call=_call(quantity, math.log(value), LEAST_SIZE))
    if not own:
        return None
    if quantity == "energy":
        return _of_energy(one.run, baseline.run, own / other)
    return _of_processes(quantity, one, baseline, seed)


def are_alternated(run: RunResult, other: RunResult) -> bool:
    """Whether they were measured in turns, so that processes of the same turn are a pair."""
    return bool(run.group) and run.group == other.group


def _of_processes(quantity: str, one: Measured, baseline: Measured, seed: int) -> Ratio:
    own, other = by_turn(one.run, quantity), by_turn(baseline.run, quantity)
    errors = within.error(*one, quantity), within.error(*baseline, quantity)
    turns = sorted(own.keys() & other.keys())
    if are_alternated(one.run, baseline.run) and len(turns) >= FEWEST:
        pairs = [own[turn] for turn in turns], [other[turn] for turn in turns]
        found = ratio.paired(*pairs, math.hypot(*errors), seed)
        return _told(quantity, found, "paired_bootstrap", len(turns))
    if len(own) >= FEWEST and len(other) >= FEWEST:
        found = ratio.unpaired([*own.values()], [*other.values()], errors, seed)
        return _told(quantity, found, "unpaired_bootstrap", 0)
    return _by_assumption(quantity, own, other, errors, one.run, baseline.run)


def _by_assumption(
    quantity: str,
    own: dict[int, float],
    other: dict[int, float],
    errors: tuple[float, float],
    run: RunResult,
    baseline: RunResult,
) -> Ratio:
    """Too few processes to know how far they lie apart: as far as on a shared machine.

    One that was unsteady is not told from another within the range that it wandered over (MEASURING.md, 1.4).
    """
    value = (figures.value(run, quantity) or 0.0) / (figures.value(baseline, quantity) or 1.0)
    if not own or not other:
        return Ratio(value)
    parts = zip(errors, (own, other), strict=True)
    error2 = sum((ASSUMED_SPREAD[quantity] ** 2 + error**2) / len(side) for error, side in parts)
    found = ratio.Estimate(math.log(value), math.sqrt(error2))
    least = within.wandered(run) + within.wandered(baseline) if quantity in _TIMED else 0.0
    return _told(quantity, found, "assumed_spread", 0, least)


def by_turn(run: RunResult, quantity: str) -> dict[int, float]:
    """The figure of each turn: of several ranks that measured at once, the geometric mean."""
    turns: dict[int, list[float]] = {}
    for process in figures.processes(run):
        found = figures.of_process(process, quantity)
        if found:
            turns.setdefault(process.replicate, []).append(math.log(found))
    return {turn: math.exp(sum(logs) / len(logs)) for turn, logs in sorted(turns.items())}


def _told(quantity: str, found: ratio.Estimate, method: str, pairs: int, least: float = 0.0) -> Ratio:
    half = max(found.half_width, least)
    if quantity == "memory":
        half = max(half, LEAST_MEMORY)
    low, high = math.exp(found.log - half), math.exp(found.log + half)
    call = _call(quantity, found.log, half)
    detectable = max(found.detectable, math.exp(least))
    return Ratio(math.exp(found.log), low, high, method, pairs, detectable, call)


def _call(quantity: str, log: float, half: float) -> Call:
    if abs(log) <= half:
        return "no_clear_difference"
    return "better" if (log > 0) == (quantity in figures.MORE_IS_BETTER) else "worse"


def _of_energy(run: RunResult, baseline: RunResult, value: float) -> Ratio:
    shares = (run.energy.uncertainty, baseline.energy.uncertainty)
    if shares[0] is None or shares[1] is None:
        return Ratio(value)
    half = math.hypot(math.log1p(shares[0]), math.log1p(shares[1]))
    low, high = value * math.exp(-half), value * math.exp(half)
    return Ratio(value, low, high, "stated_uncertainty", call=_call("energy", math.log(value), half))


def _of_answers(run: RunResult, baseline: RunResult, value: float) -> Ratio:
    """The ratio of shares of right answers; what may be called is for McNemar's test to say."""
    found, other = answers_beside(run, baseline), figures.value(baseline, "top1")
    if found is None or not other:
        return Ratio(value)
    low, high = ((other - loss) / other for loss in reversed(found.loss_ci))
    call: Call = "no_clear_difference"
    if found.is_clear:
        call = "worse" if found.loss > 0 else "better"
    return Ratio(value, low, high, "mcnemar", call=call)


def answers_beside(run: RunResult, baseline: RunResult) -> Paired | None:
    """The same samples answered by both; None where they were not."""
    own, other = run.accuracy.labelled, baseline.accuracy.labelled
    return accuracy.paired(own, other) if own is not None and other is not None else None
