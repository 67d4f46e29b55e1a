"""Asks the cards in a thread of its own, because a driver may take seconds to open, or hang."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from hardware.machine import Unknown
from hardware.nvidia_load import Cards
from hardware.nvml import Nvml
from hardware.reading import GpuReading

# An answer older than this says nothing about now; a driver that hangs leaves such.
_STALE_NS = 2_000_000_000
_JOIN_S = 0.5


class _Seen(NamedTuple):
    at_ns: int
    cards: tuple[GpuReading, ...]


class CardWatch:
    """Looks once a period until `closed`; `problem`, once it is known, says why there is nothing to see."""

    def __init__(
        self,
        own_pids: Callable[[], Collection[int]],
        period_s: Callable[[], float],
        closed: threading.Event,
        nvml: Any = None,
    ) -> None:
        self._own_pids, self._period_s, self._closed, self._nvml = own_pids, period_s, closed, nvml
        self._seen = _Seen(0, ())
        self.problem: Unknown | None = None
        self._thread = threading.Thread(target=self._watch, name="cards", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def latest(self, now_ns: int) -> tuple[GpuReading, ...]:
        """The last answers; none where they are older than two seconds."""
        seen = self._seen
        return seen.cards if now_ns - seen.at_ns <= _STALE_NS else ()

    def join(self) -> None:
        """Wait a moment for a thread that may hang in the driver."""
        self._thread.join(_JOIN_S)

    def _watch(self) -> None:
        with Nvml(self._nvml) as nvml:
            cards = Cards(nvml)
            self.problem = nvml.problem or (None if cards else Unknown("no_gpus"))
            while cards and not self._closed.wait(self._period_s()):
                self._seen = _Seen(time.perf_counter_ns(), cards.read(self._own_pids()))
