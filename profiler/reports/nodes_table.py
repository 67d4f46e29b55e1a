"""The operators of a file as a table: what each computes, reads, writes and keeps."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

from profiler import text_columns, units, wording
from profiler.error_text import visible
from profiler.messages import Node, OperatorCount
from profiler.reports import table_csv
from profiler.reports.columns import Column
from profiler.shapes import written
from profiler.wording import Language

SHOWN = 30
FIELDS = (
    "name", "type", "shape", "dtype", "flops", "other_flops", "integer_operations", "weights_bytes",
    "bytes_read", "bytes_written",
)  # fmt: skip


def label(code: str, language: Language, **parameters: object) -> str:
    return wording.say("nodes", code, language, **parameters)


def columns(language: Language) -> list[Column[Node]]:
    def number(
        code: str, value: Callable[[Node], float | None], text: Callable[[float | None], str]
    ) -> Column[Node]:
        return Column(label(code, language), lambda node: text(value(node)), value)

    return [
        Column(label("name", language), lambda node: visible(node.name)),
        Column(label("type", language), lambda node: visible(node.type)),
        number("flops", lambda node: node.flops, units.quantity),
        number("other_flops", lambda node: node.other_flops, units.quantity),
        number("integer_operations", lambda node: node.integer_operations, units.quantity),
        number("weights_bytes", lambda node: node.weights_bytes, units.size),
        number("bytes", moved_of, units.size),
        number("intensity", intensity_of, _ratio),
        Column(label("shape", language), _shape),
    ]


def count_columns(language: Language) -> list[Column[OperatorCount]]:
    """Of a file that tells its operators by type only."""
    return [
        Column(label("type", language), lambda one: visible(one.type)),
        Column(label("count", language), lambda one: f"{one.count:,}", lambda one: one.count),
    ]


def work_of(node: Node) -> float | None:
    """All arithmetic of a node; None where it is not known."""
    known = [node.flops, node.other_flops, node.integer_operations]
    return None if None in known else sum(value for value in known if value is not None)


def moved_of(node: Node) -> float | None:
    """Bytes read and written, as if nothing were fused or cached."""
    if node.bytes_read is None or node.bytes_written is None:
        return None
    return node.bytes_read + node.bytes_written


def intensity_of(node: Node) -> float | None:
    """Arithmetic intensity: operations for each byte moved (Williams, Waterman and Patterson, 2009)."""
    work, moved = work_of(node), moved_of(node)
    return work / moved if work is not None and moved else None


def _ratio(value: float | None) -> str:
    return units.DASH if value is None else units.significant(value)


def _shape(node: Node) -> str:
    if node.shape is None:
        return units.DASH
    return " ".join(part for part in (written(node.shape), node.dtype or "") if part)


def by_type(nodes: Iterable[Node]) -> list[Node]:
    """One row for each type, what is known of all its nodes added up; the most arithmetic first."""
    groups: dict[str, list[Node]] = {}
    for node in nodes:
        groups.setdefault(node.type, []).append(node)
    merged = [_merged(kind, own) for kind, own in groups.items()]
    return sorted(merged, key=lambda node: -(work_of(node) or 0.0))


def _merged(kind: str, own: Sequence[Node]) -> Node:
    return Node(
        name=f"{kind} × {len(own)}",
        type=kind,
        flops=_sum(node.flops for node in own),
        other_flops=_sum(node.other_flops for node in own),
        integer_operations=_sum(node.integer_operations for node in own),
        weights_bytes=sum(node.weights_bytes for node in own),
        bytes_read=_sum(node.bytes_read for node in own),
        bytes_written=_sum(node.bytes_written for node in own),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    found = list(values)
    return None if None in found else sum(value for value in found if value is not None)


def lines(nodes: Sequence[Node], language: Language) -> list[str]:
    """The nodes with the most arithmetic, for a terminal."""
    ordered = sorted(nodes, key=lambda node: -(work_of(node) or 0.0))
    found = columns(language)
    table = [[column.head for column in found]]
    table += [[column.cell(node) for column in found] for node in ordered[:SHOWN]]
    shown = text_columns.aligned(table, [column.number is not None for column in found])
    more = len(nodes) - SHOWN
    return [f"  {line}" for line in shown] + (
        [f"  {label('more', language, count=more)}"] if more > 0 else []
    )


def csv_text(nodes: Sequence[Node]) -> str:
    """Every node with every figure, names and units as in the document."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for node in nodes:
        shape = None if node.shape is None else "x".join(str(size) for size in node.shape)
        values = [shape if field == "shape" else getattr(node, field) for field in FIELDS]
        writer.writerow([table_csv.safe(value) for value in values])
    return out.getvalue()
