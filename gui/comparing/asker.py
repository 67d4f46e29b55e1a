"""Asks for comparisons on another thread: one at a time, the newest question next, late answers dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from profiler.comparison.records import Comparison


class Doing(Protocol):
    """gui.turns.Turns.do, or gui.background.Jobs.do."""

    def __call__(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None: ...


class Asker:
    """Attribute: `is_busy` a question is under way. `then` is told answers to the newest question only,
    `gave_up` that one failed.
    """

    def __init__(self, do: Doing, then: Callable[[Comparison], None], gave_up: Callable[[], None]) -> None:
        self._do, self._then, self._gave_up = do, then, gave_up
        self._newest = 0
        self._waiting: Callable[[], Comparison] | None = None
        self.is_busy = False

    def ask(self, question: Callable[[], Comparison]) -> None:
        """Ask this as soon as the question under way is answered; it takes the place of one that waits."""
        self._newest += 1
        self._waiting = question
        if not self.is_busy:
            self._go_on()

    def forget(self) -> None:
        """Nobody wants the answers any more."""
        self._newest += 1
        self._waiting = None

    def _go_on(self) -> None:
        question, self._waiting = self._waiting, None
        if question is None:
            return
        number, self.is_busy = self._newest, True
        self._do(question, lambda answer: self._on_answer(number, answer), self._on_failed)

    def _on_answer(self, number: int, answer: Comparison) -> None:
        self.is_busy = False
        if number == self._newest:
            self._then(answer)
        self._go_on()

    def _on_failed(self, error: Exception) -> None:
        """A bug of ours: the crash dialog says so, and the next question is asked."""
        self.is_busy = False
        self._gave_up()
        self._go_on()
        raise error
