"""Which samples of a run were taken while something was on, and which while it was off."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from itertools import cycle, islice
from typing import NamedTuple

import numpy as np

from profiler.sample_file import Contents


def orders(count: int) -> list[bool]:
    """On, off, off, on, ...: pairs in both orders, so that a drift of the machine favours neither."""
    return list(islice(cycle((True, False, False, True)), count))


class Period(NamedTuple):
    """From one toggle to the next, by the clock of the run (CLOCK_MONOTONIC, ns)."""

    begin_ns: int
    end_ns: int
    on: bool


def periods(toggles: Sequence[tuple[int, bool]]) -> list[Period]:
    """Toggles (clock in ns, new state) in order; the last one only ends the period before it."""
    return [Period(begin, end, on) for (begin, on), (end, _) in itertools.pairwise(toggles)]


def p50_of(period: Period, contents: Contents) -> float | None:
    """Median in ns of the blocks that lie within the period as a whole; None where there is none."""
    blocks = list(zip(contents.block_starts, contents.block_clock_ns, strict=True))
    within = [
        contents.steady[first:after]
        for (first, begin), (after, end) in itertools.pairwise(blocks)
        if period.begin_ns <= begin and end <= period.end_ns
    ]
    return float(np.median(np.concatenate(within))) if within else None


def pairs(toggled: Sequence[Period], contents: Contents) -> tuple[list[float], list[float]]:
    """P50 while on and while off of neighbouring periods, each period in one pair only."""
    measured = [(period.on, p50_of(period, contents)) for period in toggled]
    known = [(on, p50) for on, p50 in measured if p50 is not None]
    on_p50, off_p50 = [], []
    while len(known) >= 2:
        (first_on, first), (second_on, second) = known[:2]
        if first_on == second_on:
            known = known[1:]
            continue
        on_p50.append(first if first_on else second)
        off_p50.append(second if first_on else first)
        known = known[2:]
    return on_p50, off_p50
