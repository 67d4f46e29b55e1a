"""The points of a run as a table: a sweep, the tries of a search, or alone and beside other models."""

from __future__ import annotations

from collections.abc import Callable

from profiler import error_text, settings_text, units
from profiler.reports.columns import Column
from profiler.reports.sections import Section, label
from profiler.result import Point, RunResult, Status
from profiler.wording import Language

PERCENTILES = ("p50", "p90", "p95", "p99")
_KEPT = {True: "kept", False: "not_kept", None: "undecided"}


def section(result: RunResult, language: Language) -> Section | None:
    """None for a run of one point."""
    if not result.points:
        return None
    found = columns(result, language)
    heads = [column.head for column in found]
    rows = [[column.cell(point) for column in found] for point in result.points]
    return Section(label(_heading(result), language), [heads, *rows], _notes(result, language))


def speaks(result: RunResult, language: Language) -> str:
    """Which of several points the figures of the run are of; empty where there is one."""
    if result.chosen_point is None:
        return ""
    point = result.points[result.chosen_point]
    fields = settings_text.varied(result.points, result.plan.sweep)
    if is_search(result):
        fields = ["concurrency" if point.rate_per_s is None else "rate_per_s"]
    words = settings_text.setting(point, fields, language)
    if point.together is not None:
        words = label("others_are", language, others=label(f"together_{point.together}", language))
    return label("speaks", language, setting=words)


def is_search(result: RunResult) -> bool:
    return any(point.stage for point in result.points)


def _heading(result: RunResult) -> str:
    if is_search(result):
        return "tries"
    return "conditions" if result.points[0].together else "points"


def columns(result: RunResult, language: Language) -> list[Column[Point]]:
    """What is told of each point, in the order of reading."""
    found = [*_settings(result, language), _duration("P50", "p50_ns"), _duration("P99", "p99_ns")]
    if not is_search(result):
        found[-2:] = [
            _duration(label("mean", language), "mean_ns"),
            *(_duration(name.upper(), f"{name}_ns") for name in PERCENTILES),
        ]
    found.append(Column(label("samples_per_s", language), lambda point: units.rate(_per_s(point)), _per_s))
    if any(point.dimensions and _first_call(point) is not None for point in result.points):
        found.append(
            Column(label("first_call", language), lambda p: units.duration(_first_call(p)), _first_call)
        )
    if len({point.batch for point in result.points}) > 1:
        found.append(Column(label("peak_memory", language), lambda point: units.size(_peak(point)), _peak))
    if is_search(result):
        found.append(Column(label("count", language), lambda point: f"{point.latency.count:,}", _count))
        found.append(Column(label("limit", language), lambda point: _kept(point, language)))
    found.append(Column(label("note", language), lambda point: mark(result, point, language)))
    return found


def _per_s(point: Point) -> float | None:
    return point.throughput.samples_per_s


def _peak(point: Point) -> float | None:
    return point.memory.peak_rss_bytes if point.memory is not None else None


def _first_call(point: Point) -> float | None:
    """What a shape costs once: every point had a process of its own."""
    return point.phases.first_inference_ns if point.phases is not None else None


def _count(point: Point) -> float:
    return point.latency.count


def _settings(result: RunResult, language: Language) -> list[Column[Point]]:
    """Words to the left, then the settings that differ."""
    found: list[Column[Point]] = []
    for field in ("stage", "together"):
        if any(getattr(point, field) for point in result.points):
            found.append(Column(label(field, language), _word(field, language)))
    return found + [
        _setting(settings_text.heading(field, language), field)
        for field in settings_text.varied(result.points, result.plan.sweep)
        if not (field == "concurrency" and is_search(result))
    ]


def _word(field: str, language: Language) -> Callable[[Point], str]:
    def cell(point: Point) -> str:
        found = getattr(point, field)
        word = label(f"{field}_{found}", language) if found else ""
        if found == "capacity":
            return f"{word} ({settings_text.setting(point, ['concurrency'], language)})"
        return word

    return cell


def _setting(head: str, field: str) -> Column[Point]:
    return Column(
        head,
        lambda point: settings_text.value(point, field),
        lambda point: settings_text.number(point, field),
    )


def _duration(head: str, field: str) -> Column[Point]:
    return Column(
        head,
        lambda point: units.duration(getattr(point.latency, field)),
        lambda point: getattr(point.latency, field),
    )


def _kept(point: Point, language: Language) -> str:
    return "" if point.stage == "capacity" else label(_KEPT[point.kept], language)


def mark(result: RunResult, point: Point, language: Language) -> str:
    """What is to be said of a point: whether it is the knee or the best, and what is wrong with it."""
    best = "found" if is_search(result) else "best"
    marks = [
        label(code, language)
        for code, index in (("knee", result.knee_point), (best, result.best_point))
        if index is not None and result.points[index] is point
    ]
    if point.lateness is not None and point.lateness.backlog_grows:
        marks.append(label("behind", language))
    if point.status is not Status.FINISHED:
        marks.append(label(point.status.value, language))
    elif point.verdict is not None and point.verdict.level.value != "trusted":
        marks.append(label(point.verdict.level.value, language))
    return label("comma", language).join(marks)


def _notes(result: RunResult, language: Language) -> list[str]:
    fields = settings_text.varied(result.points, result.plan.sweep) or ["batch"]
    notes = [
        label(
            "failed_point",
            language,
            setting=settings_text.setting(point, fields, language),
            sentence=error_text.sentence(point.error, language, file=result.model.name),
        )
        for point in result.points
        if point.error is not None
    ]
    if result.plan.limits:
        notes.append(label("limit_note", language, limits=settings_text.limits(result.plan.limits, language)))
    if result.knee_point is not None:
        notes.append(label("knee_note", language))
    if is_search(result):
        notes.append(label("stage_note", language))
    return notes
