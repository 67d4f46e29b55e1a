"""The parent's side of one question: a fresh child, one request, one answer."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from profiler import messages
from profiler.child import Child, death
from profiler.errors import ErrorInfo, ErrorKind, KnownError

TIMEOUT_S = 120.0
LONGEST_S = 24 * 3600.0
LINE_LIMIT_BYTES = 4 * messages.LINE_LIMIT_BYTES
# A description lists the operators of a graph, and so do a trace and a trail.
LONG_LINE_BYTES = 64 * messages.LINE_LIMIT_BYTES
_TICK_S = 0.2


def survey(timeout_s: float = TIMEOUT_S, python: str = sys.executable) -> messages.Surveyed:
    """Blocking, a few seconds; raises KnownError where the child dies or stays silent."""
    answer = ask(messages.Survey(), timeout_s, python)
    if not isinstance(answer, messages.Surveyed):
        raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
    return answer


def ask(
    request: messages.Request,
    timeout_s: float,
    python: str = sys.executable,
    stop_asked: Callable[[], bool] = lambda: False,
    threads: int = 0,
) -> messages.Report:
    """One request to a fresh child, one answer; what it says of its steps before is not heard.

    Raises a Failed as its KnownError, KnownError(CANCELLED) soon after `stop_asked`, LOAD_TIMEOUT after
    `timeout_s`, and CHILD_CRASHED, CHILD_KILLED, CHILD_ENDED or CHILD_GARBAGE.
    """
    with tempfile.TemporaryDirectory(prefix="inferometer-") as folder:
        child = Child(Path(folder), threads=threads, python=python)
        try:
            child.say(request)
            is_long = isinstance(request, (messages.Inspect, messages.TraceModel, messages.Trail))
            limit = LONG_LINE_BYTES if is_long else LINE_LIMIT_BYTES
            answer = _answer(child, timeout_s, stop_asked, limit)
            silent = child.is_silent
        finally:
            code = child.end(gently=not stop_asked())
        if answer is None and stop_asked():
            raise KnownError(ErrorKind.CANCELLED)
        if answer is None:
            raise (
                death(code, "start", child.last_words())
                if silent
                else KnownError(ErrorKind.LOAD_TIMEOUT, seconds=round(timeout_s))
            )
    if isinstance(answer, messages.Failed):
        raise as_known(answer.error)
    return answer


def _answer(
    child: Child, timeout_s: float, stop_asked: Callable[[], bool], line_limit: int
) -> messages.Report | None:
    deadline = time.monotonic() + timeout_s
    while not child.is_silent and time.monotonic() < deadline and not stop_asked():
        report = child.hear(min(_TICK_S, timeout_s), line_limit=line_limit)
        if report is not None and not isinstance(report, messages.Loading):
            return report
    return None


def as_known(info: ErrorInfo) -> KnownError:
    """The child's error as ours; what it says is only believed as far as it makes sense."""
    error = KnownError(ErrorKind.CHILD_GARBAGE, info.text)
    if info.kind in set(ErrorKind):
        error.info = info
    return error
