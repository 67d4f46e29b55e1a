"""Runs that take turns on the command line: one that cannot be shown keeps no other from ending."""

from __future__ import annotations

import io
import threading
from typing import Any

import pytest

from profiler.commands.queue import Queue
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import RunPlan
from profiler.runner import Refused

FIRST, SECOND = (RunPlan(name, "onnxruntime") for name in ("first", "second"))


class _Run:
    """Turns on a thread of its own, the first plan one and the others five, then its last word."""

    def __init__(self, plan: RunPlan, store: Any, listen: Any, *, turn: Any, **_: Any) -> None:
        self._listen, self._turn, self._over = listen, turn, threading.Event()
        self._turns = 1 if plan is FIRST else 5
        self._thread = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def _work(self) -> None:
        try:
            for _ in range(self._turns):
                with self._turn():
                    """A child would measure here."""
            self._listen(Refused(ErrorInfo(ErrorKind.CANCELLED.value)))
        except BrokenPipeError:
            """As a run that tells a bug of its listener: nobody is there to hear it."""
        finally:
            self._over.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        assert self._over.wait(10), "it waits for a turn that never comes"
        return True


def test_a_run_whose_end_cannot_be_shown_gives_its_turn_back(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue("en", io.StringIO(), begin=_Run)  # type: ignore[arg-type]

    def show(plan: RunPlan, event: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(queue._progress, "show", show)
    assert queue.carry_out([FIRST, SECOND, SECOND]) == []
    assert queue.failed
