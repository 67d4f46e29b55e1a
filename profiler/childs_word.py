"""Whether what a child says can be what it seems: codes that there are, numbers that a run can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from profiler import messages, wording
from profiler.errors import ErrorKind, KnownError
from profiler.result import Reason

# Nanoseconds since the machine started, or bytes, never come near this; sums of a few stay within int64.
LARGEST = 1 << 60
TOPICS = ("reasons", "hardware", "native")


def check(report: messages.Loaded | messages.Finished | messages.Settled) -> None:
    """Raises KnownError(CHILD_GARBAGE) for a code without a text, or a number out of all bounds."""
    check_reasons(_reasons(report))
    for number in _numbers(msgspec.to_builtins(report)):
        if not -LARGEST < number < LARGEST:
            raise KnownError(ErrorKind.CHILD_GARBAGE, "a number out of all bounds")


def check_reasons(reasons: Iterable[Reason]) -> None:
    """Raises KnownError(CHILD_GARBAGE) for a code without a text."""
    for reason in reasons:
        if not any(wording.has(topic, reason.code) for topic in TOPICS):
            raise KnownError(ErrorKind.CHILD_GARBAGE, f"unknown reason {reason.code[:40]}")


def _reasons(report: messages.Loaded | messages.Finished | messages.Settled) -> Iterator[Reason]:
    if isinstance(report, messages.Loaded):
        yield from report.notes
    elif isinstance(report, messages.Finished):
        yield from report.reasons


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _numbers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _numbers(item)
