"""What the run page asks about the answers: from the section of the form into the plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gui import asked_checks, sentences
from gui.background import Jobs
from gui.checks_box import REFERENCE, ChecksBox
from gui.choices import Choices, ChosenFile, Seen, plan_for
from gui.dataset_field import LABELS
from gui.looking import look
from gui.services import Services
from profiler.checks_plan import Dataset
from profiler.errors import ErrorInfo, KnownError
from profiler.plan import RunPlan

_SAMPLE_DATA = "digits_test.npz"


class RunChecks(QObject):
    """Signals: `changed` when an answer about a file has come; `failed` with the error of a file that was
    chosen as reference.
    """

    changed = Signal()
    failed = Signal(object)

    def __init__(self, box: ChecksBox, services: Services, jobs: Jobs) -> None:
        super().__init__()
        self._box, self._services, self._jobs = box, services, jobs
        self._other: ChosenFile | None = None
        self._dataset: Dataset | None = None

    def show(self, files: Sequence[ChosenFile]) -> None:
        """The files that are measured: each may be the reference, and samples of ours have labelled data."""
        fit = [file.path for file in files if file.refusal is None]
        self._box.show_files([str(path) for path in fit])
        self._box.dataset.offer_sample(next(filter(None, map(_sample_data, fit)), ""))

    def added(self, plans: Sequence[RunPlan], choices: Choices) -> list[RunPlan]:
        """The plans with what is asked; none where that cannot be read."""
        self._look_at_data()
        if not self._box.is_complete:
            return []
        other = None
        if self._other is not None and self._box.asked.reference == str(self._other.path):
            try:
                other = plan_for(self._other, replace(choices, runtime=""))
            except KnownError as error:
                self._refuse(error)
        return asked_checks.with_checks(plans, self._box.asked, other) if plans else []

    @property
    def is_complete(self) -> bool:
        return self._box.is_complete

    @property
    def trouble(self) -> str:
        return self._box.trouble

    def take(self, what: str, path: str) -> None:
        """The file or folder that was chosen, as `ChecksBox.requested` asked; empty where none was."""
        if what == REFERENCE and path:
            self._take_reference(Path(path))
        elif what == LABELS and path:
            self._box.dataset.set_labels(path)
        elif path:
            self._box.dataset.set_path(path)

    def _take_reference(self, path: Path) -> None:
        other = ChosenFile(path)

        def take(seen: Seen) -> None:
            other.take(seen)
            self._other = other
            self._box.set_reference(str(path))

        self._jobs.do(lambda: look(self._services, path), take, self._refuse)

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self._other = None
        self._box.forget_other()
        self.failed.emit(error.info)

    def _look_at_data(self) -> None:
        """On a thread, once for each choice: whether there is labelled data at all; said at its field."""
        asked = self._box.asked
        dataset = Dataset(asked.dataset, asked.labels) if asked.dataset else None
        if dataset == self._dataset:
            return
        self._dataset = dataset
        if dataset is not None:
            self._jobs.do(
                lambda: self._services.check_dataset(dataset),
                lambda _: None,
                lambda error: self._say(dataset, error),
            )

    def _say(self, dataset: Dataset, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        if dataset == self._dataset:
            self._box.dataset.say(_sentence(error.info))
            self.changed.emit()


def _sentence(error: ErrorInfo) -> str:
    return sentences.of_error(error)


def _sample_data(path: Path) -> str:
    """The labelled pictures that belong to a bundled sample; empty for any other file."""
    folder = Path(str(resources.files("resources").joinpath("samples")))
    return str(folder / _SAMPLE_DATA) if path.parent == folder else ""
