"""Every quantity of every run as a multiple of the baseline's: how sure that is, and what may be called."""

from __future__ import annotations

import math
from collections.abc import Sequence

from profiler.comparison import figures
from profiler.comparison.records import Call, Ratio
from profiler.metrics import accuracy, ratio
from profiler.result import Interval, Paired, Replicate, RunResult

TIMED = ("p50", "p99", "mean", "throughput", "load")
QUANTITIES = ("p50", "p99", "mean", "memory", "energy", "size", "load", "throughput", "top1")
FEWEST = 3
# How far (standard deviation of the logarithm) processes of one model lay apart on a shared machine; stands
# in where a run has too few processes to know (MEASURING.md, 1.2: 6.6 and 8.0 %).
ASSUMED_SPREAD = 0.08
# Resident memory differs by so much without meaning anything: pages come in chunks, and libraries cache.
LEAST_MEMORY = math.log(1.02)
# A file is as large as it is; below half a percent nobody would call it smaller.
LEAST_SIZE = math.log(1.005)


def ratios(runs: Sequence[RunResult], baseline: int) -> dict[str, tuple[Ratio | None, ...]]:
    """By quantity one ratio a run; None for the baseline, and where either has no figure."""
    return {
        quantity: tuple(
            None if index == baseline else ratio_of(quantity, run, runs[baseline])
            for index, run in enumerate(runs)
        )
        for quantity in QUANTITIES
    }


def ratio_of(quantity: str, run: RunResult, baseline: RunResult) -> Ratio | None:
    """One run beside another; None where one of them has no such figure."""
    own, other = figures.value(run, quantity), figures.value(baseline, quantity)
    if own is None or not other or own < 0 or other < 0:
        return None
    if quantity == "top1":
        return _of_answers(run, baseline, own / other)
    if quantity == "size":
        value = own / other
        return Ratio(value, value, value, "exact", call=_call(quantity, math.log(value), LEAST_SIZE))
    if not own:
        return None
    if quantity == "energy":
        return _of_energy(run, baseline, own / other)
    return _of_processes(quantity, run, baseline, own / other)


def are_alternated(run: RunResult, other: RunResult) -> bool:
    """Whether they were measured in turns, so that processes of the same turn are a pair."""
    return bool(run.group) and run.group == other.group


def _of_processes(quantity: str, run: RunResult, baseline: RunResult, value: float) -> Ratio:
    own, other = by_turn(run, quantity), by_turn(baseline, quantity)
    turns = sorted(own.keys() & other.keys())
    if are_alternated(run, baseline) and len(turns) >= FEWEST:
        pairs = [own[turn] for turn in turns], [other[turn] for turn in turns]
        return _told(quantity, ratio.paired(*pairs), "paired_bootstrap", len(turns))
    if len(own) >= FEWEST and len(other) >= FEWEST:
        found = ratio.unpaired([*own.values()], [*other.values()])
        return _told(quantity, found, "unpaired_bootstrap", 0)
    if not own or not other:
        return Ratio(value)
    spread = ASSUMED_SPREAD**2 * (1 / len(own) + 1 / len(other))
    error = math.sqrt(spread + _within(quantity, run) ** 2 + _within(quantity, baseline) ** 2)
    return _told(quantity, ratio.Estimate(math.log(value), error, math.inf), "assumed_spread", 0)


def by_turn(run: RunResult, quantity: str) -> dict[int, float]:
    """The figure of each turn: of several ranks that measured at once, the geometric mean."""
    turns: dict[int, list[float]] = {}
    for process in figures.processes(run):
        found = figures.of_process(process, quantity)
        if found:
            turns.setdefault(process.replicate, []).append(math.log(found))
    return {turn: math.exp(sum(logs) / len(logs)) for turn, logs in sorted(turns.items())}


def _within(quantity: str, run: RunResult) -> float:
    """The standard error that blocks within the processes tell, as a logarithm; 0 where it is not known."""
    known = [interval_of(process, quantity) for process in figures.processes(run)]
    errors = [
        math.log(high / low) / (2 * accuracy.Z) for low, high in (one for one in known if one) if low > 0
    ]
    return math.sqrt(sum(error**2 for error in errors)) / len(errors) if errors else 0.0


def interval_of(process: Replicate, quantity: str) -> Interval | None:
    if quantity == "p99":
        return process.latency.p99_ci_ns
    return process.latency.p50_ci_ns if quantity in TIMED else None


def _told(quantity: str, found: ratio.Estimate, method: str, pairs: int) -> Ratio:
    half = found.half_width
    if quantity == "memory":
        half = max(half, LEAST_MEMORY)
    low, high = math.exp(found.log - half), math.exp(found.log + half)
    call = _call(quantity, found.log, half)
    return Ratio(found.value, low, high, method, pairs, found.detectable, call)


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
