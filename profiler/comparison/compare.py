"""Any runs beside each other: everything that reports and the window show of a comparison."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from profiler.comparison import gate, ratios, standing, tradeoff, winner
from profiler.comparison.names import names_apart
from profiler.comparison.records import Comparison
from profiler.result import RunResult

Samples = npt.NDArray[np.int64]


def compare(
    runs: Sequence[tuple[RunResult, Samples | None]],
    *,
    baseline: int = 0,
    accepted: Collection[str] = (),
    limits: Mapping[str, float] | None = None,
    seed: int = 0,
) -> Comparison:
    """The comparison of one run or more, each with its latencies in ns (SamplesRef) where they were kept.

    `baseline` indexes them; `accepted` are aspects of profiler.comparison.gate; `limits` by quantity as in
    profiler.limits (ns, bytes, J, a share); `seed` draws the resamples. Raises IndexError for a baseline
    that is none of the runs.
    """
    measured = [ratios.Measured(*one) for one in runs]
    results = tuple(one.run for one in measured)
    if not 0 <= baseline < len(results):
        raise IndexError(f"run {baseline} of {len(results)} cannot be the baseline")
    asked = dict(limits or {})
    differences = gate.differences(results, accepted)
    standings = standing.standings(results, baseline, asked)
    return Comparison(
        runs=results,
        names=tuple(names_apart(results)),
        baseline=baseline,
        differences=differences,
        ratios=ratios.ratios(measured, baseline, seed),
        standings=standings,
        winner=winner.winner(measured, standings, may_judge=not gate.open_aspects(differences)),
        tradeoffs=tradeoff.tradeoffs(results, standings, standing.losses(results, baseline)),
        limits=asked,
    )
