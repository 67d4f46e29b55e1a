"""Keeps what the form offers to what every chosen file can use, in the Python that is to measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui import offered, titles
from gui.choices import ChosenFile
from gui.python_check import PythonCheck
from gui.run_form import RunForm

if TYPE_CHECKING:
    from profiler.messages import Surveyed


class Offer:
    """Attribute: `surveyed` what runtimes and devices our own Python has, None until that is known."""

    def __init__(self, form: RunForm, python: PythonCheck) -> None:
        self._form, self._python = form, python
        self.surveyed: Surveyed | None = None

    def all(self, files: Sequence[ChosenFile]) -> None:
        """Runtimes first; the rest follows them."""
        names = [(name, titles.of_runtime(name)) for name in offered.runtimes(files)]
        self._form.set_runtimes(names, offered.has_several(files))
        self.places(files)

    def places(self, files: Sequence[ChosenFile]) -> None:
        """Devices and precisions follow the runtimes that are to measure."""
        self._form.set_devices(offered.devices(self._runtimes, self._used(files)))
        self.precisions(files)

    def precisions(self, files: Sequence[ChosenFile]) -> None:
        """They follow the device, too."""
        device = self._form.device.currentData()
        self._form.set_precisions(offered.precisions(self._runtimes, self._used(files), device))

    @property
    def _runtimes(self) -> Surveyed | None:
        """What there is in the Python that is to measure, as far as it has answered."""
        return self.surveyed if self._python.found is None else self._python.runtimes

    def _used(self, files: Sequence[ChosenFile]) -> set[str]:
        return offered.used(files, self._form.runtime.currentData(), self._python.found)
