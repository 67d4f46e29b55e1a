"""The parent's side of a survey: what runtimes and devices there are, without importing one here."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from profiler import messages
from profiler.child import Child, death
from profiler.errors import ErrorInfo, ErrorKind, KnownError

TIMEOUT_S = 120.0


def survey(timeout_s: float = TIMEOUT_S, python: str = sys.executable) -> messages.Surveyed:
    """Blocking, a few seconds; raises KnownError where the child dies or stays silent."""
    answer = ask(messages.Survey(), timeout_s, python)
    if not isinstance(answer, messages.Surveyed):
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
    return answer


def ask(request: messages.Request, timeout_s: float, python: str = sys.executable) -> messages.Report:
    """One request to a fresh child, one answer; a Failed is raised as its KnownError."""
    with tempfile.TemporaryDirectory(prefix="inferometer-") as folder:
        child = Child(Path(folder), python=python)
        try:
            child.say(request)
            answer = child.hear(timeout_s, line_limit=4 * messages.LINE_LIMIT_BYTES)
            silent = child.is_silent
        finally:
            code = child.end(gently=True)
        if answer is None:
            raise (
                death(code, "start", child.last_words())
                if silent
                else KnownError(ErrorKind.LOAD_TIMEOUT, seconds=round(timeout_s))
            )
    if isinstance(answer, messages.Failed):
        raise _as_known(answer.error)
    return answer


def _as_known(info: ErrorInfo) -> KnownError:
    """The child's error as ours; what it says is only believed as far as it makes sense."""
    error = KnownError(ErrorKind.CHILD_GARBAGE, info.text)
    if info.kind in set(ErrorKind):
        error.info = info
    return error
