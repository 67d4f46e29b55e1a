"""After the timed children: what the file is, whether its answers are right, what denormals cost, and where
the time goes inside."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from profiler import (
    assembly,
    denormals,
    inspect_client,
    judgement,
    messages,
    model_files,
    operators,
    shared_plans,
    survey_client,
)
from profiler.attempt import Attempt, Means
from profiler.correctness import examiner
from profiler.correctness.shelf import Shelf
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.heard import Gathered, Heard
from profiler.outcome import Outcome
from profiler.plan import Stopping
from profiler.steps import Step

FLUSHED_S = 2.0
TRACE_S = 3.0
MOST_TRACED, FEWEST_TRACED = 50, 3
PRACTICE = 5


def look(gathered: Gathered, outcomes: list[Outcome], means: Means, folder: Path, shelf: Shelf) -> None:
    """Fills in `description`, `answered`, `denormal_speedup` and `traced`, in children of their own; never
    raises. `shelf` holds what the runs of a comparison find out about one reference."""
    chosen = assembly.speaker(gathered, outcomes)
    _describe(gathered, chosen, means.format)
    examiner.look(gathered, chosen, means, folder, shelf)
    if means.cancel.is_set() or means.ranks is not None:
        return
    _look_at_denormals(gathered, outcomes, means, folder)
    if gathered.plan.traces:
        _trace(gathered, chosen, outcomes, means)


def _describe(gathered: Gathered, chosen: Heard | None, format_name: str) -> None:
    loaded = chosen.loaded if chosen is not None else None
    try:
        gathered.description = inspect_client.describe(
            Path(gathered.plan.model_path),
            format_name,
            batch=(loaded.batch if loaded is not None else 0) or gathered.plan.batch,
            shapes=loaded.shapes if loaded is not None else gathered.plan.shapes,
            dimensions={} if loaded is not None else shared_plans.own_sizes(gathered.plan),
        )
    except KnownError as error:
        gathered.description_error = error.info
    except OSError as error:  # a full disk, or no child to be had, must not cost what was measured
        gathered.description_error = ErrorInfo(ErrorKind.CHILD_ENDED.value, {"phase": "start"}, str(error))


def look_at_parts(gathered: Gathered, path: Path, begun_wall_ns: int) -> None:
    """Files beside the model that only its description names belong to what was measured, too.

    Never raises: a part that cannot be read any more counts as changed.
    """
    if gathered.description is None:
        return
    known = {part.name for part in gathered.model.parts}
    named = [part for part in gathered.description.parts if part.name not in known]
    try:
        found = model_files.identified(path, named)
        changed = model_files.changed_since(path, named, begun_wall_ns)
    except OSError:
        found, changed = tuple(named), True
    gathered.model = msgspec.structs.replace(gathered.model, parts=(*gathered.model.parts, *found))
    gathered.file_changed = gathered.file_changed or changed


def _look_at_denormals(gathered: Gathered, outcomes: list[Outcome], means: Means, folder: Path) -> None:
    """Where many weights are denormal: how much faster the model is when they are taken for zero."""
    share = judgement.denormal_fraction(gathered, outcomes)
    if gathered.plan.world_size > 1 or share is None or share <= denormals.LOOKED_AT:
        return
    chosen = next((one for one in outcomes if len(one.steady)), None)
    if chosen is None:
        return
    rule = Stopping(FLUSHED_S, 30, FLUSHED_S)
    plan = msgspec.structs.replace(chosen.heard.plan, flush_denormals=True, stopping=rule)
    step = Step(chosen.heard.point, gathered.points[chosen.heard.point], 1, 1, 1, plan)
    attempt = Attempt(step, gathered.model, folder / "flushed", means, time.monotonic_ns())
    flushed = attempt.run()[0].steady
    if len(flushed):
        gathered.denormal_speedup = float(np.median(chosen.steady) / np.median(flushed))


def _trace(gathered: Gathered, chosen: Heard | None, outcomes: Sequence[Outcome], means: Means) -> None:
    """The operators of the point that speaks for the run, timed by the runtime's own profiler."""
    if chosen is None or chosen.loaded is None:
        return
    timed = [one.steady for one in outcomes if one.heard is chosen and len(one.steady)]
    p50 = float(np.median(timed[0])) if timed else 0.0
    most = int(TRACE_S * 1e9 / p50) if p50 else FEWEST_TRACED
    request = messages.TraceModel(
        msgspec.structs.replace(chosen.plan, model_path=gathered.plan.model_path),
        means.format,
        calls=min(MOST_TRACED, max(FEWEST_TRACED, most)),
        practice=PRACTICE,
    )
    limit_s = gathered.plan.load_timeout_s or survey_client.LONGEST_S
    try:
        answer = survey_client.ask(
            request, limit_s + 10 * TRACE_S, means.python, means.cancel.is_set, chosen.plan.threads
        )
        if not isinstance(answer, messages.TraceDone):
            raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
        operators.check(answer)
        gathered.traced = answer
    except KnownError as error:
        gathered.trace_error = error.info
    except OSError as error:
        gathered.trace_error = ErrorInfo(ErrorKind.CHILD_ENDED.value, {"phase": "trace"}, str(error))
