"""Where the time goes inside: the operators of the traced pass, with what can be believed of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from profiler import units, wording
from profiler.error_text import visible
from profiler.operators import with_speeds
from profiler.reports import table_csv
from profiler.reports.columns import Column
from profiler.reports.sections import Section
from profiler.result import Operator, RunResult
from profiler.wording import Language

SHOWN = 20
NAMED = 3
FIELDS = (
    "name", "type", "nodes", "time_ns", "share", "calls", "flops", "integer_operations", "bytes",
    "flops_per_s", "integer_operations_per_s", "kernel", "device",
)  # fmt: skip


def label(code: str, language: Language, **parameters: object) -> str:
    return wording.say("operators", code, language, **parameters)


def section(result: RunResult, language: Language) -> Section | None:
    """The slowest operators; None where they were not timed."""
    if result.trace is None:
        return None
    found = columns(language)
    shown = result.operators[:SHOWN]
    rows = [[column.cell(row) for column in found] for row in shown]
    notes = [*about(result, language), *_cut(result, language)]
    return Section(label("heading", language), [[column.head for column in found], *rows], notes)


def columns(language: Language) -> list[Column[Operator]]:
    return [
        Column(label("name", language), name_of),
        Column(label("type", language), lambda row: visible(row.type)),
        Column(label("time", language), lambda row: units.duration(row.time_ns), lambda row: row.time_ns),
        Column(label("share", language), lambda row: units.percent(row.share), lambda row: row.share),
        Column(label("flops", language), lambda row: units.quantity(work_of(row)), work_of),
        Column(label("flops_per_s", language), _speed, speed_of),
        Column(label("bytes", language), lambda row: units.size(row.bytes), lambda row: row.bytes),
        Column(label("device", language), _where),
    ]


def name_of(row: Operator) -> str:
    """The file's own names where they are known: what a runtime calls a fusion says little."""
    names = [visible(name) for name in row.nodes[:NAMED]] or [visible(row.name)]
    return " + ".join([*names, "…"] if len(row.nodes) > NAMED else names)


def work_of(row: Operator) -> float | None:
    """All arithmetic, floating-point or on integers."""
    known = [value for value in (row.flops, row.integer_operations) if value is not None]
    return sum(known) if known else None


def speed_of(row: Operator) -> float | None:
    work = work_of(row)
    return work / (row.time_ns / 1e9) if work and row.time_ns else None


def _speed(row: Operator) -> str:
    """In OP/s where integers are a part of it."""
    speed = speed_of(row)
    text = units.flop_rate(speed)
    return text.replace("FLOP/s", "OP/s") if row.integer_operations else text


def _where(row: Operator) -> str:
    return " · ".join(visible(word) for word in (row.device or "", row.kernel) if word) or units.DASH


def by_type(rows: Iterable[Operator]) -> list[Operator]:
    """One row for each type: times, shares, calls and work added up; work is None where a part's is."""
    groups: dict[str, list[Operator]] = {}
    for row in rows:
        groups.setdefault(row.type, []).append(row)
    merged = [_merged(kind, own) for kind, own in groups.items()]
    return sorted(merged, key=lambda row: (-row.time_ns, row.name))


def _merged(kind: str, own: Sequence[Operator]) -> Operator:
    devices = {row.device for row in own}
    merged = Operator(
        name=f"{kind} × {len(own)}" if len(own) > 1 else name_of(own[0]),
        type=kind,
        time_ns=sum(row.time_ns for row in own),
        share=sum(row.share for row in own),
        calls=sum(row.calls for row in own),
        flops=_sum(row.flops for row in own),
        integer_operations=_sum(row.integer_operations for row in own),
        bytes=_sum(row.bytes for row in own),
        device=devices.pop() if len(devices) == 1 else None,
    )
    return with_speeds(merged)


def _sum(values: Iterable[int | None]) -> int | None:
    found = list(values)
    return None if None in found else sum(value for value in found if value is not None)


def about(result: RunResult, language: Language) -> list[str]:
    """How slow the pass was, and how much of it the rows explain."""
    trace = result.trace
    if trace is None:
        return []
    method = label(f"method_{trace.method}", language)
    notes = [label("about", language, method=method, calls=trace.calls)]
    if trace.call_mean_ns is not None and trace.timed_mean_ns is not None:
        traced, timed = units.duration(trace.call_mean_ns), units.duration(trace.timed_mean_ns)
        if trace.slowdown is None:
            notes.append(label("not_slower", language, traced=traced, timed=timed))
        else:
            factor = units.significant(trace.slowdown)
            notes.append(label("slowdown", language, factor=factor, traced=traced, timed=timed))
    if trace.explained is not None:
        notes.append(label("explained", language, share=units.percent(trace.explained)))
    return [*notes, *_lacking(result, language)]


def _lacking(result: RunResult, language: Language) -> list[str]:
    """Why some rows have no arithmetic or no bytes, each reason once."""
    known = [result.unavailable.get(name) for name in ("operators.flops", "operators.bytes")]
    sentences = [wording.reason_sentence(reason, language) for reason in known if reason is not None]
    return list(dict.fromkeys(sentences))


def _cut(result: RunResult, language: Language) -> list[str]:
    more = len(result.operators) - SHOWN
    return [label("more", language, count=more)] if more > 0 else []


def csv_text(rows: Iterable[Operator]) -> str:
    """Every row with every figure, names and units as in the document."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for row in rows:
        values = [" + ".join(row.nodes) if field == "nodes" else getattr(row, field) for field in FIELDS]
        writer.writerow([table_csv.safe(value) for value in values])
    return out.getvalue()
