"""Asks the Python that the user names, off the window's thread and never beside a run, what it can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from gui.background import Failed
from gui.python_field import PythonField
from gui.services import Services
from gui.turns import Turns
from profiler.errors import KnownError

if TYPE_CHECKING:
    from profiler.messages import Surveyed
    from profiler.other_python import OtherPython

Answer = TypeVar("Answer")


class PythonCheck(QObject):
    """Attributes: `found` the interpreter that is to measure, `runtimes` its survey; None for our own.

    Signals: `changed`.
    """

    changed = Signal()

    def __init__(self, services: Services, turns: Turns, field: PythonField) -> None:
        super().__init__(field)
        self._services, self._turns, self._field = services, turns, field
        self.found: OtherPython | None = None
        self.runtimes: Surveyed | None = None
        field.named.connect(self._ask)

    @property
    def is_fit(self) -> bool:
        """No other interpreter is asked for, or it can measure."""
        return not self._field.path or self.found is not None

    def _ask(self, path: str) -> None:
        self.found = self.runtimes = None
        if path:
            self._field.show_asking()
            self._do(path, lambda: self._services.ask_python(path), self._on_found)
        else:
            self._field.show_found(None)
        self.changed.emit()

    def _on_found(self, found: OtherPython) -> None:
        self.found = found
        self._field.show_found(found)
        self._do(self._field.path, lambda: self._services.survey_in(found.path), self._on_surveyed)
        self.changed.emit()

    def _on_surveyed(self, runtimes: Surveyed) -> None:
        self.runtimes = runtimes
        self.changed.emit()

    def _do(self, path: str, work: Callable[[], Answer], done: Callable[[Answer], None]) -> None:
        """What is heard of a path that is no longer asked for is of no use."""

        def take(answer: Answer) -> None:
            if path == self._field.path:
                done(answer)

        self._turns.do(work, take, self._failing(path))

    def _failing(self, path: str) -> Failed:
        def fail(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            if path == self._field.path:
                self._field.show_found(self.found, error.info)
                self.changed.emit()

        return fail
