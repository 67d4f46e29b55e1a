"""Latency against another quantity, and which runs no other one beats in both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from profiler.comparison import figures
from profiler.comparison.records import Standing, Tradeoff
from profiler.result import RunResult

OTHERS = ("accuracy_loss", "size", "memory", "energy")


def tradeoffs(
    runs: Sequence[RunResult], standings: Sequence[Standing], losses: Mapping[int, float]
) -> dict[str, tuple[Tradeoff, ...]]:
    """By the other quantity, of runs that have both figures; a quantity that no run has is left out.

    `losses`: accuracy lost, a share, by the index of the run.
    """
    found = {}
    for other in OTHERS:
        values = losses if other == "accuracy_loss" else _values(runs, other)
        known = [index for index in sorted(values) if runs[index].latency.p50_ns is not None]
        if known:
            found[other] = tuple(_tradeoff(index, known, runs, standings, values) for index in known)
    return found


def _values(runs: Sequence[RunResult], quantity: str) -> dict[int, float]:
    measured = ((index, figures.value(run, quantity)) for index, run in enumerate(runs))
    return {index: value for index, value in measured if value is not None}


def _tradeoff(
    index: int,
    known: Sequence[int],
    runs: Sequence[RunResult],
    standings: Sequence[Standing],
    values: Mapping[int, float],
) -> Tradeoff:
    def place(at: int) -> tuple[float, float]:
        return float(runs[at].latency.p50_ns or 0), values[at]

    own = place(index)
    # A run whose answers are wrong beats nobody, however quick it is.
    rivals = [place(at) for at in known if at != index and standings[at].is_right is not False]
    return Tradeoff(index, *own, is_dominated=any(_beats(rival, own) for rival in rivals))


def _beats(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] <= other[1]
