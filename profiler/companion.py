"""A model that is resident beside the one that is measured: idle, or answering without a pause."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import cycle

from profiler import messages, process_memory
from profiler.opening import Opened, open_beside
from profiler.result import Memory

Send = Callable[[messages.Report], None]


def stay(request: messages.Accompany, send: Send, stop_asked: Callable[[], bool]) -> None:
    """Open the model, answer each distinct input once, say Settled, and stay until the parent ends it."""
    opened = open_beside(request.plan, request.format, send)
    send(opened.loaded())
    try:
        answer(opened, request.is_busy, send, stop_asked)
    except Exception as error:
        raise opened.session.explain(error) from error


def answer(opened: Opened, is_busy: bool, send: Send, stop_asked: Callable[[], bool]) -> None:
    """One round over the inputs, then for ever where it is busy; an idle one waits to be ended."""
    calls = [opened.session.bind(arrays) for arrays in opened.pool]
    for call in calls:
        call()
    opened.session.settle(calls[0])
    send(messages.Settled(memory_of(opened)))
    if not is_busy:
        threading.Event().wait()
    for call in cycle(calls):
        if stop_asked():
            return
        call()


def memory_of(opened: Opened) -> Memory:
    return Memory(
        baseline_rss_bytes=opened.baseline_bytes,
        after_load_rss_bytes=opened.after_load_bytes,
        peak_rss_bytes=process_memory.resident_bytes(),
        device_peak_allocated_bytes=opened.session.device_memory_bytes(),
    )
