"""Where processes of one point wait for each other, so that all measure in the same window of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from profiler import messages

# Time for every conversation to pass the word on before the window begins.
LEAD_NS = 300_000_000


class Gate(Protocol):
    """Each child's conversation says once that its child is ready, then asks until it may begin."""

    def arrive(self) -> None: ...

    def begin(self) -> messages.Begin | None:
        """The common window, or None while somebody is missing."""

    def give_up(self) -> None:
        """A child is lost; nobody shall wait for it."""

    @property
    def is_lost(self) -> bool: ...


class LocalGate:
    """Children of one machine, which share the monotonic clock; the window is `duration_s` long."""

    def __init__(
        self, count: int, duration_s: float, clock: Callable[[], int] = time.perf_counter_ns
    ) -> None:
        self._missing, self._duration_s, self._clock = count, duration_s, clock
        self._lock = threading.Lock()
        self._begin: messages.Begin | None = None
        self._is_lost = False

    def arrive(self) -> None:
        with self._lock:
            self._missing -= 1
            if not self._missing:
                self._begin = messages.Begin(self._clock() + LEAD_NS, self._duration_s)

    def begin(self) -> messages.Begin | None:
        return self._begin

    def give_up(self) -> None:
        self._is_lost = True

    @property
    def is_lost(self) -> bool:
        return self._is_lost and self._begin is None
