"""Whether a model's answers repeat, are finite, and depend on the input; untimed, after measuring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from profiler.backends.base import Array, Call, Session
from profiler.correctness.difference import is_same, plain
from profiler.result import Accuracy, Reason

Answers = Mapping[str, Array]


def check(session: Session, calls: Sequence[Call]) -> tuple[Accuracy, list[Reason]]:
    """The first call twice, and the second once; `calls` are bound to distinct inputs."""
    first, reasons = session.results(calls[0]), []
    if not all(np.isfinite(array).all() for array in first.values() if array.dtype.kind in "fc"):
        reasons.append(Reason("answers_not_finite"))
    repeated = _compared(first, session.results(calls[0]))
    if len(calls) > 1 and _same(first, session.results(calls[1])) and not _is_constant(first):
        reasons.append(Reason("answers_ignore_input"))
    return repeated, reasons


def _compared(first: Answers, second: Answers) -> Accuracy:
    """In a function of its own, so that no third answer is held beside these two."""
    return Accuracy(idempotent=_same(first, second), max_repeat_difference=_difference(first, second))


def _same(one: Answers, other: Answers) -> bool:
    return all(is_same(plain(array), plain(other[name])) for name, array in one.items())


def _is_constant(answers: Answers) -> bool:
    """A class number or a flag may well be the same for two inputs; long floating answers may not."""
    return not any(
        array.dtype.kind in "fc" and array.size > 1 and np.ptp(array) > 0 for array in answers.values()
    )


def _difference(one: Answers, other: Answers) -> float:
    largest = 0.0
    for name, array in one.items():
        if not np.array_equal(array, other[name], equal_nan=array.dtype.kind in "fc"):
            largest = max(largest, _largest_difference(array, other[name]))
    return largest


def _largest_difference(one: Array, other: Array) -> float:
    if one.shape != other.shape or one.dtype.kind not in "fciub":
        return float("inf")
    return float(np.nanmax(np.abs(one.astype(np.float64) - other.astype(np.float64))))
