"""Which run to ship: the fastest that qualifies; of those with no clear difference the leaner."""

from __future__ import annotations

import math
from collections.abc import Sequence

from profiler.comparison import figures, ratios
from profiler.comparison.ratios import Measured
from profiler.comparison.records import Standing, Winner


def winner(runs: Sequence[Measured], standings: Sequence[Standing], may_judge: bool) -> Winner:
    """By P50; `is_withheld` where the words faster and slower may not be used."""
    qualified = [index for index, standing in enumerate(standings) if standing.qualifies]
    if not qualified:
        return Winner(None, _nearest(standings), is_withheld=not may_judge)
    fastest = min(qualified, key=lambda index: runs[index].run.latency.p50_ns or 0)
    tied = tuple(index for index in qualified if not _is_slower(runs[index], runs[fastest]))
    chosen, decided_by = _decided(runs, qualified, tied, fastest)
    return Winner(chosen, None, tied, decided_by, is_withheld=not may_judge)


def _decided(
    runs: Sequence[Measured], qualified: Sequence[int], tied: Sequence[int], fastest: int
) -> tuple[int, str]:
    if len(qualified) == 1:
        return fastest, "only_one"
    if len(tied) == 1:
        return fastest, "speed"
    left = list(tied)
    for quantity in ("memory", "size"):
        least = _least(runs, left, quantity)
        if least is None:
            continue
        left = [index for index in left if not _is_more(runs, index, least, quantity)]
        if len(left) == 1:
            return left[0], quantity
    return (fastest if fastest in left else left[0]), "nothing"


def _least(runs: Sequence[Measured], among: Sequence[int], quantity: str) -> int | None:
    """None where one of them has no figure, so that nothing is decided by what is not known."""
    values = {index: figures.value(runs[index].run, quantity) for index in among}
    if any(value is None for value in values.values()):
        return None
    return min(among, key=lambda index: values[index] or 0)


def _is_slower(run: Measured, fastest: Measured) -> bool:
    if run is fastest:
        return False
    found = ratios.ratio_of("p50", run, fastest)
    return found is not None and found.call == "worse"


def _is_more(runs: Sequence[Measured], index: int, least: int, quantity: str) -> bool:
    if index == least:
        return False
    found = ratios.ratio_of(quantity, runs[index], runs[least])
    return found is not None and found.call == "worse"


def _nearest(standings: Sequence[Standing]) -> int | None:
    """By the smallest largest excess, of runs against which nothing speaks but their limits.

    One that may keep them all, for all that is known, comes first; of those that do not, one whose every
    limit could be judged: an excess that nobody knows may be the largest.
    """
    excess = {
        index: (
            any(one.kept is False for one in standing.kept),
            any(one.kept is None for one in standing.kept),
            max((one.excess for one in standing.kept if one.excess is not None), default=math.inf),
        )
        for index, standing in enumerate(standings)
        if not standing.against and not any(one.kept is False and one.excess is None for one in standing.kept)
    }
    return min(excess, key=lambda index: excess[index], default=None)
