"""Where processes of one point wait for each other, so that all measure in the same window of time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Protocol

from profiler import messages
from profiler.plan import Stopping

# Time for every conversation to pass the word on before the window begins.
LEAD_NS = 300_000_000


class Gate(Protocol):
    """Each child's conversation says once that its child is ready, then asks until it may begin."""

    def arrive(self, p50_ns: int) -> None: ...

    def begin(self) -> messages.Begin | None:
        """The common window, or None while somebody is missing."""

    def give_up(self) -> None:
        """A child is lost; nobody shall wait for it."""

    @property
    def is_lost(self) -> bool: ...


def window_s(rule: Stopping, p50_ns: int) -> float:
    """Long enough for the rule's time and count at the slowest rank's speed, within its longest time."""
    return min(rule.maximum_s, max(rule.minimum_s, rule.minimum_count * p50_ns / 1e9))


class LocalGate:
    """Children of one machine, which share the monotonic clock."""

    def __init__(self, count: int, rule: Stopping, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._missing, self._rule, self._clock = count, rule, clock
        self._slowest_ns = 0
        self._lock = threading.Lock()
        self._begin: messages.Begin | None = None
        self._is_lost = False

    def arrive(self, p50_ns: int) -> None:
        with self._lock:
            self._missing -= 1
            self._slowest_ns = max(self._slowest_ns, p50_ns)
            if not self._missing:
                duration_s = window_s(self._rule, self._slowest_ns)
                self._begin = messages.Begin(self._clock() + LEAD_NS, duration_s)

    def begin(self) -> messages.Begin | None:
        return self._begin

    def give_up(self) -> None:
        self._is_lost = True

    @property
    def is_lost(self) -> bool:
        return self._is_lost and self._begin is None
