"""What is asked once the window is there: the machine, the runtimes; each answer or why there is none."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui.services import Services
from gui.turns import Turns
from profiler.errors import ErrorInfo, KnownError

if TYPE_CHECKING:
    from hardware.machine import Machine
    from profiler.messages import Surveyed


class Surroundings(QObject):
    """Attributes: `machine`, `runtimes`, and `errors` by those names; None and empty until asked.

    Signals: `machine_found` with a Machine; `surveyed` with the runtimes; `failed` with a name.
    """

    machine_found = Signal(object)
    surveyed = Signal(object)
    failed = Signal(str)

    def __init__(self, services: Services, turns: Turns) -> None:
        super().__init__()
        self.machine: Machine | None = None
        self.runtimes: Surveyed | None = None
        self.errors: dict[str, ErrorInfo] = {}
        self._services, self._turns = services, turns

    def ask(self) -> None:
        """Each on a thread, and never beside a run: a child imports every runtime, which takes seconds."""
        self._turns.do(self._services.machine, self._on_machine, self._failing("machine"))
        self._turns.do(self._services.survey, self._on_surveyed, self._failing("runtimes"))

    def _on_machine(self, machine: Machine) -> None:
        self.machine = machine
        self.machine_found.emit(machine)

    def _on_surveyed(self, runtimes: Surveyed) -> None:
        self.runtimes = runtimes
        self.surveyed.emit(runtimes)

    def _failing(self, what: str) -> Callable[[Exception], None]:
        def fail(error: Exception) -> None:
            if not isinstance(error, KnownError):
                raise error
            self.errors[what] = error.info
            self.failed.emit(what)

        return fail
