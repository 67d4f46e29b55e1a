"""Why a verdict is invalid: because of the clock, or because of what the model answered."""

from __future__ import annotations

from profiler.metrics.verdict import LEVELS
from profiler.result import Level, Reason, RunResult

_WRONG_ANSWERS = ("answers_unlike", "answers_not_finite", "answers_nan")


def wrong_answers(run: RunResult) -> list[Reason]:
    """Reasons of the verdict that the answers are no numbers, or of another function; clocks may be right."""
    return [one for one in _reasons(run) if one.code in _WRONG_ANSWERS]


def invalid_timing(run: RunResult) -> list[Reason]:
    """Reasons of the verdict for which figures of time cannot be believed."""
    invalid = [one for one in _reasons(run) if LEVELS.get(one.code) is Level.INVALID]
    return [one for one in invalid if one.code not in _WRONG_ANSWERS]


def _reasons(run: RunResult) -> tuple[Reason, ...]:
    return run.verdict.reasons if run.verdict is not None else ()
