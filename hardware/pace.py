"""How long to rest between readings, so that looking stays below one hundredth of a processor."""

from __future__ import annotations

import statistics
import time
from collections import deque
from collections.abc import Callable

_SHARE = 0.01
_LONGEST = 10
_REMEMBERED = 15
_LEAST = 5


class Pace:
    """`period_s` is the wanted one, or up to ten times as long where readings cost more than 1 % of it.

    The median of the last costs counts, so that opening a driver does not slow down what follows.
    """

    def __init__(self, period_s: float, used_s: Callable[[], float] = time.process_time) -> None:
        self._wanted_s, self._used_s = period_s, used_s
        self._costs: deque[float] = deque(maxlen=_REMEMBERED)
        self._before_s = used_s()
        self.period_s = period_s

    def note(self) -> None:
        """Call it after each reading."""
        now_s = self._used_s()
        self._costs.append(now_s - self._before_s)
        self._before_s = now_s
        needed_s = statistics.median(self._costs) / _SHARE if len(self._costs) >= _LEAST else 0.0
        self.period_s = min(max(self._wanted_s, needed_s), self._wanted_s * _LONGEST)
