"""What the traced pass says, joined to the graph's nodes; pure arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from profiler import operator_join, operator_kinds
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Node, TraceDone, TracedOperator
from profiler.operator_join import Joined
from profiler.result import Operator, Reason, Trace

MOST_ROWS = 100_000


class Work(NamedTuple):
    """What the nodes of one row do together; None where it is not known of one of them."""

    flops: int | None
    integer_operations: int | None
    bytes: int | None


def check(traced: TraceDone) -> None:
    """Raises KnownError(CHILD_GARBAGE) for times that no pass can have."""
    rows = traced.operators
    negative = any(row.total_ns < 0 or row.count < 0 for row in rows) or any(ns <= 0 for ns in traced.call_ns)
    if not traced.call_ns or negative or len(rows) > MOST_ROWS:
        raise KnownError(ErrorKind.CHILD_GARBAGE, "a traced pass that cannot be")


def rows(traced: TraceDone, nodes: Sequence[Node]) -> tuple[Operator, ...]:
    """One row for each traced operator, the slowest first; times are means per inference in ns.

    Which nodes ran in which row: profiler.operator_join.
    """
    calls = len(traced.call_ns)
    by_name = {node.name: node for node in nodes}
    joined = operator_join.join(traced.operators, nodes)
    whole = sum(row.total_ns for row in traced.operators)
    found = [
        _row(row, calls, whole, [by_name[name] for name in own.names], own)
        for row, own in zip(traced.operators, joined, strict=True)
    ]
    return tuple(sorted(found, key=lambda row: (-row.time_ns, row.name)))


def gaps(found: Sequence[Operator], nodes: Sequence[Node]) -> dict[str, Reason]:
    """Why rows have no arithmetic or no bytes beside their time: the reason that most needs saying."""
    uncounted = {
        node.name for node in nodes if None in (node.flops, node.other_flops, node.integer_operations)
    }
    without = [row for row in found if row.flops is None]
    movers = [row for row in without if not row.nodes and row.type in operator_kinds.MOVES]
    lacking = [row for row in without if uncounted.intersection(row.nodes)]
    unjoined = len(without) - len(movers) - len(lacking)
    code, count = "operators_own_moves", len(movers)
    if unjoined:
        code, count = "operators_unjoined", unjoined
    elif lacking:
        code, count = "operators_uncounted", len(lacking)
    reason = Reason(code, {"count": str(count), "rows": str(len(found))})
    reasons = {"operators.flops": reason} if without else {}
    unmeasured = [row for row in found if row.bytes is None]
    if unmeasured:
        counted = [row for row in unmeasured if row.flops is not None]
        reasons["operators.bytes"] = _of_bytes(counted, found) if counted else reason
    return reasons


def _of_bytes(counted: Sequence[Operator], found: Sequence[Operator]) -> Reason:
    """Why rows whose arithmetic is known have no bytes."""
    rows_of = Counter(name for row in found for name in row.nodes)
    is_split = all(any(rows_of[name] > 1 for name in row.nodes) for row in counted)
    return Reason("operators_split" if is_split else "operators_sizes_unknown")


def summary(traced: TraceDone, timed_mean_ns: float | None) -> Trace:
    """How far the traced pass can be believed, beside the mean of the timed one.

    Nobody can say what tracing costs where the traced calls were not slower: the machine changed between.
    """
    calls, whole = len(traced.call_ns), sum(traced.call_ns)
    total, mean = sum(row.total_ns for row in traced.operators), whole / calls
    is_slower = timed_mean_ns is not None and 0 < timed_mean_ns < mean
    return Trace(
        method=traced.method,
        calls=calls,
        sum_ns=total / calls,
        call_mean_ns=mean,
        timed_mean_ns=timed_mean_ns,
        slowdown=mean / timed_mean_ns if timed_mean_ns and is_slower else None,
        explained=total / whole,
    )


def _row(row: TracedOperator, calls: int, whole: int, nodes: Sequence[Node], joined: Joined) -> Operator:
    work = _work_of(row, nodes, joined)
    time_ns = row.total_ns / calls
    found = Operator(
        name=row.name,
        type=row.type,
        time_ns=time_ns,
        share=row.total_ns / whole if whole else 0.0,
        calls=row.count / calls,
        nodes=tuple(node.name for node in nodes),
        flops=work.flops,
        integer_operations=work.integer_operations,
        bytes=work.bytes,
        kernel=row.kernel,
        device=row.device,
    )
    return with_speeds(found)


def with_speeds(row: Operator) -> Operator:
    """The row with FLOP/s, or where products of integers are in it with their operations per second."""
    work = row.integer_operations or row.flops
    speed = work / (row.time_ns / 1e9) if work and row.time_ns else None
    floats, integers = (None, speed) if row.integer_operations else (speed, None)
    return msgspec.structs.replace(row, flops_per_s=floats, integer_operations_per_s=integers)


def _work_of(row: TracedOperator, nodes: Sequence[Node], joined: Joined) -> Work:
    if not nodes and row.work is not None:
        return Work(row.work.flops, row.work.integer_operations, row.work.bytes)
    if not nodes or not joined.is_whole:
        return Work(None, None, None)
    work = _work(nodes)
    if joined.parts == 1:
        return work
    # Each part reads the whole input, so bytes do not divide as arithmetic does.
    return Work(_divided(work.flops, joined.parts), _divided(work.integer_operations, joined.parts), None)


def _divided(value: int | None, parts: int) -> int | None:
    return None if value is None else value // parts


def _work(nodes: Iterable[Node]) -> Work:
    """FLOPs are those of products and of elementwise work; bytes what each node would move alone."""
    found = list(nodes)
    moved = [_sum((node.bytes_read, node.bytes_written)) for node in found]
    return Work(
        _sum(_sum((node.flops, node.other_flops)) for node in found),
        _sum(node.integer_operations for node in found),
        _sum(moved),
    )


def _sum(values: Iterable[int | None]) -> int | None:
    total = 0
    for value in values:
        if value is None:
            return None
        total += value
    return total
