"""Runs that are compared take turns child by child, so that drift of the machine falls on all alike.

Every second round goes backwards (A B, B A, A B, ...): where the machine gets slower from child to child,
whoever always came second would carry that.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Alternation:
    """Hands the turn round among `count` runs, each known by its place; a run that is over drops out."""

    def __init__(self, count: int) -> None:
        self._changed = threading.Condition()
        self._left = set(range(count))
        self._next, self._is_forward = 0, True
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
        """To the next place that has not left; at the end of a round back again from that end."""
        if self._left:
            ahead = [other for other in self._left if (other > place if self._is_forward else other < place)]
            if not ahead:
                self._is_forward = not self._is_forward
                ahead = list(self._left)
            self._next = min(ahead) if self._is_forward else max(ahead)
        self._changed.notify_all()
