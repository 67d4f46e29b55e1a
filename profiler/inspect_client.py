"""The parent's side of `inspect`: a fresh child reads the file, since a hostile one may crash its parser."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from profiler import child_environment, child_limits, messages, survey_client
from profiler.errors import ErrorKind, KnownError

TIMEOUT_S = 60.0


def describe(
    path: Path,
    format_name: str,
    batch: int = 1,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    dimensions: Mapping[str, int] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> messages.Description:
    """What the file is; blocking, about a second. Asked of our own interpreter, wherever this runs.

    Raises the KnownError of `profiler.inspection.describe`, INSPECTION_LIMIT for a file that asks for more
    memory or time than reading may take, and CHILD_CRASHED, CHILD_KILLED, CHILD_ENDED,
    CHILD_GARBAGE or LOAD_TIMEOUT where the child did not answer.
    """
    request = messages.Inspect(
        path=str(path.absolute()),
        format=format_name,
        batch=batch,
        shapes=dict(shapes or {}),
        dimensions=dict(dimensions or {}),
    )
    try:
        answer = survey_client.ask(request, timeout_s, child_environment.own_python())
    except KnownError as error:
        if error.info.parameters.get("signal") != "SIGXCPU":
            raise
        seconds = child_limits.READING_CPU_S
        raise KnownError(
            ErrorKind.INSPECTION_LIMIT,
            details=error.info.details,
            file=path.name,
            what="time",
            seconds=seconds,
        ) from error
    if not isinstance(answer, messages.Description):
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
    return answer
