"""What passes between parent and child from the first line to the last, and every way in which it can end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psutil

from hardware import device_memory
from profiler import childs_word, messages
from profiler.child import Child, death
from profiler.errors import ErrorKind, KnownError
from profiler.gate import Gate
from profiler.heard import Heard
from profiler.plan import RunPlan

TICK_S = 0.1
CANCEL_GRACE_S = 2.0
MEMORY_EVERY_S = 0.25
MEMORY_SHARE = 0.9
MESSAGES_PER_S = 10_000


class Conversation:
    """Everything between the child's start and its end; leaves its outcome in `heard`."""

    def __init__(
        self,
        heard: Heard,
        folder: Path,
        listen: Callable[[messages.Report], None],
        cancel: threading.Event,
        begun_ns: int,
        gate: Gate | None = None,
    ) -> None:
        self._heard, self._folder, self._listen, self._cancel = heard, folder, listen, cancel
        self._begun_ns, self._gate = begun_ns, gate
        self._is_at_gate = self._has_arrived = False
        self._cancel_sent_at: float | None = None
        self._second, self._messages = 0, 0
        self._memory_seen_at = 0.0

    def hold(self, request: messages.Measure, python: str, module: str) -> None:
        heard, plan = self._heard, self._heard.plan
        try:
            child = Child(self._folder, plan.threads, python, module)
        except OSError as error:
            if self._gate is not None:
                self._gate.give_up()
            raise KnownError(ErrorKind.CHILD_ENDED, str(error), phase="start", code=-1) from error
        killed_by_us = False
        watch = None if plan.device == "cpu" else device_memory.Watch(child.process.pid)
        try:
            child.say(request)
            killed_by_us = self._listen_until_end(child)
        except KnownError as error:
            heard.error, killed_by_us = error.info, True
        finally:
            if watch is not None:
                heard.device_peak = watch.stop()
            code = child.end(gently=not killed_by_us)
            if self._gate is not None and heard.finished is None:
                self._gate.give_up()
        if heard.finished is None and heard.error is None and not killed_by_us:
            heard.error = self._explain_death(code, child.last_words()).info
        if heard.error is not None:
            parameters = {"file": heard.model.name} | {
                name: value for name, value in heard.error.parameters.items() if value
            }
            details = heard.error.details or child.last_words()
            heard.error = msgspec.structs.replace(heard.error, parameters=parameters, details=details)

    def _explain_death(self, code: int, log: str) -> KnownError:
        error = death(code, self._heard.phase, log)
        path = Path(self._heard.plan.model_path)
        if not path.exists() or path.stat().st_size != self._heard.model.size_bytes:
            return KnownError(ErrorKind.FILE_CHANGED, details=log, file=path.name)
        return error

    def _listen_until_end(self, child: Child) -> bool:
        """True where the child had to be given up; False where it ended its line by itself."""
        while not child.is_silent:
            report = child.hear(TICK_S)
            if report is not None:
                self._take(report)
                if isinstance(report, messages.Finished | messages.Failed):
                    return False
            if self._must_give_up(child):
                return True
        return False

    def _take(self, report: messages.Report) -> None:
        heard = self._heard
        self._count_message()
        if isinstance(report, messages.Loaded | messages.Finished):
            childs_word.check(report)
        match report:
            case messages.Loading():
                heard.phase = report.step
            case messages.Loaded():
                heard.loaded = report
            case messages.FirstInference():
                waited_ns = time.monotonic_ns() - self._begun_ns
                heard.start_to_first_ns = waited_ns - min(waited_ns, max(0, report.ours_ns))
                heard.phase = "warmup"
            case messages.Ready():
                if self._gate is None or self._has_arrived:
                    raise KnownError(ErrorKind.CHILD_GARBAGE, "Ready out of turn")
                self._gate.arrive(report.p50_ns)
                self._is_at_gate = self._has_arrived = True
            case messages.Measuring():
                heard.phase, heard.warmup_status = "steady", report.warmup_status
            case messages.Checking():
                heard.phase = "after"
            case messages.Finished():
                check_peak(heard.plan, report.memory.peak_rss_bytes)
                heard.finished = report
                return
            case messages.Failed():
                heard.error, heard.phase = report.error, report.phase
                return
            case (
                messages.Description()
                | messages.Surveyed()
                | messages.Settled()
                | messages.TraceDone()
                | messages.Examining()
                | messages.Examined()
                | messages.TrailTold()
                | messages.VariantsMade()
                | messages.Decoded()
            ):
                raise KnownError(ErrorKind.CHILD_GARBAGE, type(report).__name__)
        self._listen(report)

    def _count_message(self) -> None:
        second = int(time.monotonic())
        self._messages = self._messages + 1 if second == self._second else 1
        self._second = second
        if self._messages > MESSAGES_PER_S:
            raise KnownError(ErrorKind.CHILD_GARBAGE, f"over {MESSAGES_PER_S} messages in a second")

    def _must_give_up(self, child: Child) -> bool:
        """Raises KnownError where the child broke a limit; True where a cancel has waited long enough."""
        if self._cancel.is_set():
            if self._cancel_sent_at is None:
                child.say(messages.Cancel())
                self._cancel_sent_at = time.monotonic()
            return time.monotonic() - self._cancel_sent_at > CANCEL_GRACE_S
        self._look_at_gate(child)
        limit = self._heard.plan.load_timeout_s
        waited = (time.monotonic_ns() - self._begun_ns) / 1e9
        if limit and self._heard.start_to_first_ns is None and waited > limit:
            raise KnownError(ErrorKind.LOAD_TIMEOUT, seconds=round(limit), phase=self._heard.phase)
        self._watch_memory(child)
        return False

    def _look_at_gate(self, child: Child) -> None:
        if self._gate is None or not self._is_at_gate:
            return
        if self._gate.is_lost:
            raise KnownError(ErrorKind.RANK_LOST)
        begin = self._gate.begin()
        if begin is not None:
            child.say(begin)
            self._is_at_gate = False

    def _watch_memory(self, child: Child) -> None:
        now = time.monotonic()
        if now - self._memory_seen_at < MEMORY_EVERY_S:
            return
        self._memory_seen_at = now
        limit = int(MEMORY_SHARE * psutil.virtual_memory().total)
        if self._heard.phase != "after":
            # Answers that our own checks hold beside each other are not what the model needs.
            limit = self._heard.plan.memory_limit_bytes or limit
        try:
            resident = psutil.Process(child.process.pid).memory_info().rss
        except psutil.NoSuchProcess:
            return
        if resident > limit:
            raise KnownError(ErrorKind.OUT_OF_MEMORY, needed_bytes=resident, available_bytes=limit)


def check_peak(plan: RunPlan, peak_bytes: int | None) -> None:
    """A batch that is tried does not fit either where it was over the limit between two looks of ours.

    Raises KnownError(OUT_OF_MEMORY).
    """
    limit = plan.memory_limit_bytes
    if plan.finds_largest_batch and plan.device == "cpu" and peak_bytes is not None and peak_bytes > limit:
        raise KnownError(ErrorKind.OUT_OF_MEMORY, needed_bytes=peak_bytes, available_bytes=limit)
