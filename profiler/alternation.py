"""Runs that are compared take turns child by child (A B A B), so that drift of the machine falls on all."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Alternation:
    """Hands the turn round among `count` runs, each known by its place; a run that is over drops out."""

    def __init__(self, count: int) -> None:
        self._changed = threading.Condition()
        self._left = set(range(count))
        self._next = 0
        self._is_taken = False

    @contextlib.contextmanager
    def turn(self, place: int) -> Iterator[None]:
        """Wait until it is this run's turn, hold it for one child, pass it on."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_taken and self._next == place)
            self._is_taken = True
        try:
            yield
        finally:
            with self._changed:
                self._is_taken = False
                self._pass_on(place)

    def leave(self, place: int) -> None:
        """This run needs no further turn."""
        with self._changed:
            self._left.discard(place)
            if self._next == place:
                self._pass_on(place)
            self._changed.notify_all()

    def _pass_on(self, place: int) -> None:
        """To the next place that has not left, round the circle; to the same where it is the last."""
        behind = sorted(self._left, key=lambda other: (other <= place, other))
        if behind:
            self._next = behind[0]
        self._changed.notify_all()
