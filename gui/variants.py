"""Making variants of a model, from the window: a job that can be stopped, and what may stand in its way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui import sentences
from gui.dialogs import Dialogs
from gui.services import Services
from gui.turns import Turns
from profiler.checks_plan import Dataset
from profiler.errors import ErrorKind, KnownError
from profiler.messages import VariantsMade

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wanted:
    """Which kinds of which file, and where they go; `calibration` for int8_static, None: made-up inputs.

    `shapes` and `dimensions` as in RunPlan, for formats whose files do not tell.
    """

    path: Path
    format: str
    folder: Path
    kinds: tuple[str, ...]
    calibration: Dataset | None = None
    overwrite: bool = False
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    dimensions: Mapping[str, int] = field(default_factory=dict)


class VariantMaker(QObject):
    """One job at a time, and never beside a measurement.

    Signals: `told` with the kind that is begun, how many are done, of how many; `made` with what was asked
    and VariantsMade; `failed` with a sentence; `stopped`.
    """

    told = Signal(str, int, int)
    made = Signal(object, object)
    failed = Signal(str)
    stopped = Signal()

    def __init__(
        self, services: Services, turns: Turns, dialogs: Dialogs, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._turns, self._dialogs = services, turns, dialogs
        self._stop = threading.Event()
        self.is_busy = False

    @property
    def is_held(self) -> bool:
        """A measurement goes on: the job begins when it is over."""
        return self._turns.is_held

    def make(self, wanted: Wanted) -> None:
        self._stop = stop = threading.Event()
        self.is_busy = True
        self._turns.do(
            lambda: self._services.make_variants(wanted, self.told.emit, stop.is_set),
            lambda made: self._end(lambda: self.made.emit(wanted, made)),
            lambda error: self._end(lambda: self._on_failed(wanted, error)),
        )

    def stop(self) -> None:
        """End it soon; nothing of it stays in the folder."""
        self._stop.set()

    def _end(self, then: Callable[[], None]) -> None:
        self.is_busy = False
        then()

    def _on_failed(self, wanted: Wanted, error: Exception) -> None:
        """Trust and files that are there already are asked about; all else is a sentence."""
        if not isinstance(error, KnownError):
            raise error
        name = wanted.path.name
        if error.kind is ErrorKind.CANCELLED:
            self.stopped.emit()
        elif error.kind is ErrorKind.TRUST_NEEDED and self._trusts(name, error):
            self.make(wanted)
        elif (
            error.kind is ErrorKind.VARIANT_EXISTS
            and not wanted.overwrite
            and error.info.parameters.get("what") != "variant_original"
            and self._dialogs.ask_replace(error.info.parameters.get("file", name))
        ):
            self.make(replace(wanted, overwrite=True))
        else:
            self.failed.emit(sentences.of_error(error.info, name))

    def _trusts(self, name: str, error: KnownError) -> bool:
        sha256 = error.info.parameters.get("sha256", "")
        if not (sha256 and self._dialogs.ask_trust(name, sha256)):
            return False
        self._services.remember(sha256)
        return True


def files_of(made: VariantsMade) -> list[str]:
    """Those that are there."""
    return [one.file for one in made.variants if one.missing is None]
