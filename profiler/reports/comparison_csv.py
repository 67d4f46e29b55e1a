"""A comparison as CSV: a row a run, with its multiples of the baseline, its limits and how it stands."""

from __future__ import annotations

import csv
import io

from profiler import limits
from profiler.comparison.records import Comparison, Kept, Ratio
from profiler.reports import accuracy_cells, comparison_text
from profiler.reports.table_csv import safe
from profiler.result import RunResult

_RUN = ("id", "name", "model", "format", "sha256", "runtime", "device", "precision", "created", "status")
_ROLE = (
    "is_baseline",
    "is_winner",
    "is_tied",
    "is_nearest",
    "qualifies",
    "is_right",
    "against",
    "is_withheld",
)
_RATIO = ("ratio", "low", "high", "call", "method", "pairs", "detectable")
_KEPT = ("most", "value", "kept")
_FIGURES = ("latency.p50_ns", "latency.p99_ns", "memory.peak_rss_bytes", "model.size_bytes")
COLUMNS = (
    *_RUN,
    *_ROLE,
    *_FIGURES,
    *(f"{code}.{field}" for code in comparison_text.QUANTITIES for field in _RATIO),
    *(f"limit.{code}.{field}" for code in limits.QUANTITIES for field in _KEPT),
    "differences",
    "accepted",
    *accuracy_cells.COLUMNS,
)


def text(comparison: Comparison) -> str:
    """The table with its heads, lines ended as RFC 4180 has them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for index, run in enumerate(comparison.runs):
        cells = _cells(comparison, index, run)
        writer.writerow([safe(cells.get(column)) for column in COLUMNS])
    return out.getvalue()


def _cells(comparison: Comparison, index: int, run: RunResult) -> dict[str, object]:
    standing, winner = comparison.standings[index], comparison.winner
    cells: dict[str, object] = {
        "id": run.id,
        "name": comparison.names[index],
        "model": run.model.name,
        "format": run.model.format,
        "sha256": run.model.sha256,
        "runtime": run.plan.runtime,
        "device": run.plan.device,
        "precision": run.environment.precision_effective,
        "created": run.created,
        "status": run.status.value,
        "is_baseline": index == comparison.baseline,
        "is_winner": index == winner.index,
        "is_tied": index in winner.tied,
        "is_nearest": index == winner.nearest,
        "qualifies": standing.qualifies,
        "is_right": standing.is_right,
        "against": " ".join(reason.code for reason in standing.against) or None,
        "is_withheld": not comparison.may_judge,
        "latency.p50_ns": run.latency.p50_ns,
        "latency.p99_ns": run.latency.p99_ns,
        "memory.peak_rss_bytes": run.memory.peak_rss_bytes,
        "model.size_bytes": run.model.size_bytes,
        "differences": " ".join(one.aspect for one in comparison.differences) or None,
        "accepted": " ".join(one.aspect for one in comparison.differences if one.is_accepted) or None,
    }
    for code, ratios in comparison.ratios.items():
        cells |= _ratio(code, ratios[index], comparison.may_judge)
    for kept in standing.kept:
        cells |= _kept(kept)
    return cells | accuracy_cells.of(run)


def _ratio(code: str, found: Ratio | None, may_judge: bool) -> dict[str, object]:
    if found is None:
        return {}
    call = found.call if may_judge or found.call not in ("better", "worse") else None
    values = (found.value, found.low, found.high, call, found.method or None, found.pairs, found.detectable)
    return {f"{code}.{field}": value for field, value in zip(_RATIO, values, strict=True)}


def _kept(found: Kept) -> dict[str, object]:
    values = (found.most, found.value, found.kept)
    return {f"limit.{found.quantity}.{field}": value for field, value in zip(_KEPT, values, strict=True)}
