"""The parent's side of an examination: a fresh child, what it says on the way, and every way it can end."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from profiler import childs_word, messages, survey_client
from profiler.blocks import Reason
from profiler.child import Child, death
from profiler.errors import ErrorKind, KnownError

TICK_S = 0.1
# What was found until then must still be told; labelled data behind the batch that is just being answered.
CANCEL_GRACE_S, BATCH_GRACE_S = 3.0, 15.0
MEMORY_EVERY_S = 0.25
MEMORY_SHARE = 0.9
MESSAGES_PER_S = 1_000
# Lists of class names are long.
LINE_LIMIT_BYTES = 8 * messages.LINE_LIMIT_BYTES
MOST_FILES = 10_000
STEPS = ("load", "answers", "repeats", "dataset")


class Told(NamedTuple):
    """The child's last word, and how it had opened the model."""

    examined: messages.Examined
    loaded: messages.Loaded


class Asked:
    """One request put to a child of `python`; `listen` hears Examining, the child ends `silence_s` after
    its last word. Attribute `step`: the part of the examination that the child was last heard of."""

    def __init__(
        self,
        request: messages.Examine,
        python: str,
        cancel: threading.Event,
        listen: Callable[[messages.Report], None],
        silence_s: float,
    ) -> None:
        self._request, self._python, self._cancel = request, python, cancel
        self._listen, self._silence_s = listen, silence_s
        self._loaded: messages.Loaded | None = None
        self._cancelled_at: float | None = None
        self._second, self._count, self._memory_seen_at = 0, 0, 0.0
        self.step = "load"

    def hold(self) -> Told:
        """Raises a Failed as its KnownError; CANCELLED, LOAD_TIMEOUT, OUT_OF_MEMORY, CHILD_CRASHED,
        CHILD_KILLED, CHILD_ENDED, CHILD_GARBAGE; OSError where no child can be started."""
        with tempfile.TemporaryDirectory(prefix="inferometer-", ignore_cleanup_errors=True) as folder:
            child = Child(Path(folder), self._request.plan.threads, self._python)
            answer = None
            try:
                child.say(self._request)
                answer = self._answer(child)
                silent = child.is_silent
            finally:
                code = child.end(gently=answer is not None)
            if answer is None:
                if self._cancel.is_set():
                    raise KnownError(ErrorKind.CANCELLED)
                raise (
                    death(code, self.step, child.last_words())
                    if silent
                    else KnownError(ErrorKind.LOAD_TIMEOUT, seconds=round(self._silence_s))
                )
        if self._loaded is None:
            raise KnownError(ErrorKind.CHILD_GARBAGE, "Examined before Loaded")
        return Told(answer, self._loaded)

    def _answer(self, child: Child) -> messages.Examined | None:
        heard_at = time.monotonic()
        while not child.is_silent:
            report = child.hear(TICK_S, line_limit=LINE_LIMIT_BYTES)
            now = time.monotonic()
            if report is not None:
                heard_at = now
                self._count_message()
                if isinstance(report, messages.Examined):
                    _check(report)
                    return report
                self._take(report)
            if self._must_give_up(child, now) or now - heard_at > self._silence_s:
                return None
        return None

    def _take(self, report: messages.Report) -> None:
        if isinstance(report, messages.Failed):
            raise survey_client.as_known(report.error)
        if isinstance(report, messages.Loaded):
            childs_word.check(report)
            self._loaded = report
        elif isinstance(report, messages.Examining) and report.step in STEPS:
            self.step = report.step
            self._listen(report)
        elif not isinstance(report, messages.Loading):
            raise KnownError(ErrorKind.CHILD_GARBAGE, type(report).__name__)

    def _must_give_up(self, child: Child, now: float) -> bool:
        if self._cancel.is_set():
            if self._cancelled_at is None:
                child.say(messages.Cancel())
                self._cancelled_at = now
            grace_s = BATCH_GRACE_S if self.step == "dataset" else CANCEL_GRACE_S
            return now - self._cancelled_at > grace_s
        if now - self._memory_seen_at >= MEMORY_EVERY_S:
            self._memory_seen_at = now
            _watch_memory(child)
        return False

    def _count_message(self) -> None:
        second = int(time.monotonic())
        self._count = self._count + 1 if second == self._second else 1
        self._second = second
        if self._count > MESSAGES_PER_S:
            raise KnownError(ErrorKind.CHILD_GARBAGE, f"over {MESSAGES_PER_S} messages in a second")


def _watch_memory(child: Child) -> None:
    limit = int(MEMORY_SHARE * psutil.virtual_memory().total)
    try:
        resident = psutil.Process(child.process.pid).memory_info().rss
    except psutil.NoSuchProcess:
        return
    if resident > limit:
        raise KnownError(ErrorKind.OUT_OF_MEMORY, needed_bytes=resident, available_bytes=limit)


def _check(report: messages.Examined) -> None:
    childs_word.check_reasons(_reasons(report))
    if len(report.answers) > MOST_FILES or len(report.inputs_sha256) > MOST_FILES:
        raise KnownError(ErrorKind.CHILD_GARBAGE, f"{len(report.answers)} answers")
    if any(not 0 <= one.set < len(report.inputs_sha256) for one in report.answers):
        raise KnownError(ErrorKind.CHILD_GARBAGE, "an answer to no inputs")


def _reasons(report: messages.Examined) -> Iterator[Reason]:
    yield from report.reasons
    yield from report.unavailable.values()
    if report.labelled is not None:
        yield from report.labelled.notes
    if report.idempotence is not None:
        found = report.idempotence
        repeats = (found.alone, found.in_batch, found.concurrent)
        yield from (one.reason for one in repeats if one.reason is not None)
