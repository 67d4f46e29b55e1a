"""A clock that moves only when it is told to, and calls that last exactly as long as asked."""

from __future__ import annotations

from collections.abc import Callable


class FakeClock:
    """Each reading costs `tick_ns`; `advance` moves it further.

    Attributes: `now` the time in ns.
    """

    def __init__(self, tick_ns: int = 0) -> None:
        self.now = 0
        self._tick_ns = tick_ns

    def __call__(self) -> int:
        self.now += self._tick_ns
        return self.now

    def advance(self, nanoseconds: int) -> None:
        self.now += nanoseconds

    def call_lasting(self, nanoseconds: int) -> Callable[[], None]:
        return lambda: self.advance(nanoseconds)
