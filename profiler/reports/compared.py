"""Several results of one command as a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from profiler.comparison import compare
from profiler.comparison.records import Comparison
from profiler.reports.html import Pair


def of(results: Sequence[Pair]) -> Comparison | None:
    """The first that measured anything is the baseline, the limits are those of the plans.

    None for one result alone, or where fewer than two measured anything.
    """
    measured = [index for index, (result, _) in enumerate(results) if result.latency.count]
    if len(measured) < 2:
        return None
    limits = {name: most for result, _ in results for name, most in result.plan.limits.items()}
    return compare.compare(results, baseline=measured[0], limits=limits)
