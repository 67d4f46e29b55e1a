"""The parent's side of inspecting: one file, one fresh child, one description."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from profiler import messages
from profiler.errors import ErrorKind, KnownError
from profiler.survey_client import ask

TIMEOUT_S = 60.0


def describe(
    path: Path,
    format_name: str,
    batch: int = 1,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    dimensions: Mapping[str, int] | None = None,
    timeout_s: float = TIMEOUT_S,
) -> messages.Description:
    """What a file is, without running it; blocking; raises KnownError where the child cannot tell."""
    request = messages.Inspect(
        str(path.resolve()), format_name, batch, dict(shapes or {}), dict(dimensions or {})
    )
    answer = ask(request, timeout_s)
    if not isinstance(answer, messages.Description):
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
    return answer
