"""Results as CSV: a row a point, or a row a run without points; names and units as in the document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from profiler.reports import accuracy_cells
from profiler.result import Point, RunResult

# A spreadsheet takes text that begins so for a formula, full-width letters too (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_RUN = ("id", "created")
_MODEL = ("name", "format", "sha256")
_PLAN = ("runtime", "device", "scenario", "preset", "samples_per_query")
_POINT = (
    "batch",
    "concurrency",
    "threads",
    "world_size",
    "rate_per_s",
    "dimensions",
    "together",
    "stage",
    "kept",
    "status",
)
_LATENCY = (
    "count", "mean_ns", "std_ns", "min_ns", "p50_ns", "p90_ns", "p95_ns", "p99_ns", "p999_ns", "max_ns",
)  # fmt: skip
COLUMNS = (
    *_RUN, *(f"model.{name}" for name in _MODEL), *(f"plan.{name}" for name in _PLAN), *_POINT, "error.kind",
    "is_knee", "is_best", "processes", *(f"latency.{name}" for name in _LATENCY),
    "latency.p50_ci_low_ns", "latency.p50_ci_high_ns", "latency.p99_ci_low_ns", "latency.p99_ci_high_ns",
    "latency.interval_method", "service.p50_ns", "service.p99_ns", "lateness.p50_ns", "lateness.p99_ns",
    "lateness.over_1ms_share", "throughput.inferences_per_s", "throughput.samples_per_s",
    "memory.peak_rss_bytes", "memory.device_peak_process_bytes", "phases.load_ns",
    "phases.first_inference_ns", *accuracy_cells.COLUMNS, "verdict.level", "verdict.reasons",
)  # fmt: skip


def text(results: Sequence[RunResult]) -> str:
    """The table with its heads, lines ended as RFC 4180 has them."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for result in results:
        for point, index in _points(result):
            cells = _cells(result, point, index)
            writer.writerow([safe(cells[column]) for column in COLUMNS])
    return out.getvalue()


def _points(result: RunResult) -> Iterator[tuple[Point, int | None]]:
    if result.points:
        yield from ((point, index) for index, point in enumerate(result.points))
    else:
        yield _as_point(result), None


def _as_point(result: RunResult) -> Point:
    """A run of one point as that point."""
    plan = result.plan
    return Point(
        batch=plan.batch,
        concurrency=plan.concurrency,
        threads=plan.threads,
        world_size=plan.world_size,
        rate_per_s=plan.rate_per_s,
        status=result.status,
        error=result.error,
        processes=max(1, len({one.replicate for one in result.replicates})) if result.latency.count else 0,
        latency=result.latency,
        service=result.boundary.service,
        lateness=result.boundary.lateness,
        throughput=result.throughput,
        memory=result.memory,
        phases=result.phases,
        verdict=result.verdict,
    )


def _cells(result: RunResult, point: Point, index: int | None) -> dict[str, object]:
    cells: dict[str, object] = {name: getattr(result, name) for name in _RUN}
    cells |= {f"model.{name}": getattr(result.model, name) for name in _MODEL}
    cells |= {f"plan.{name}": getattr(result.plan, name) for name in _PLAN}
    cells |= {name: getattr(point, name) for name in _POINT}
    cells["dimensions"] = " ".join(f"{name}={size}" for name, size in point.dimensions.items()) or None
    cells |= {f"latency.{name}": getattr(point.latency, name) for name in _LATENCY}
    cells["latency.count"] = point.latency.count if point.error is None else None
    for name, interval in (("p50", point.latency.p50_ci_ns), ("p99", point.latency.p99_ci_ns)):
        low, high = interval or (None, None)
        cells |= {f"latency.{name}_ci_low_ns": low, f"latency.{name}_ci_high_ns": high}
    cells |= _blocks(point) | accuracy_cells.of(result)
    has_marks = index is not None
    cells["is_knee"] = index == result.knee_point if has_marks else None
    cells["is_best"] = index == result.best_point if has_marks else None
    return cells


def _blocks(point: Point) -> dict[str, object]:
    """Cells from blocks that a point may lack."""
    cells: dict[str, object] = {"processes": point.processes}
    cells["latency.interval_method"] = point.latency.interval_method
    for name in COLUMNS:
        block, dot, field = name.partition(".")
        if dot and block in ("service", "lateness", "throughput", "memory", "phases", "error", "verdict"):
            cells[name] = getattr(getattr(point, block), field, None)
    reasons = point.verdict.reasons if point.verdict is not None else ()
    cells["verdict.reasons"] = " ".join(reason.code for reason in reasons) or None
    return cells


def safe(value: object) -> str:
    """Empty for what is not known; text that a spreadsheet would run is made text by an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    words = str(value)
    return f"'{words}" if words.startswith(_FORMULA) else words
