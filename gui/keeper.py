"""What becomes of results: saving again, exporting, reporting; none is lost while the window is open."""

from __future__ import annotations

import errno
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gui import sentences
from gui.background import Jobs
from gui.dialogs import Dialogs, suggested
from gui.services import History, Services
from gui.settings import Settings
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import RunPlan
from profiler.result import RunResult

if TYPE_CHECKING:
    from gui.services import Pair, Samples
    from profiler.comparison.records import Comparison
    from profiler.runner import Ended

MOST_KEPT = 8


class Keeper(QObject):
    """Signals: `unsaved_changed` with the error that keeps results from the history, or None."""

    unsaved_changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, dialogs: Dialogs, settings: Settings) -> None:
        super().__init__()
        self._services, self._jobs, self._dialogs, self._settings = services, jobs, dialogs, settings
        self._samples: dict[str, Samples | None] = {}
        self._plans: dict[str, RunPlan] = {}
        self.unsaved: list[Ended] = []

    def take(self, ended: Ended, plan: RunPlan) -> None:
        """A run is over; `plan` as it was given, for another time."""
        self.remember(ended.result, ended.samples)
        self._plans[ended.result.id] = plan
        if not ended.saved:
            self.unsaved.append(ended)
            self.unsaved_changed.emit(ended.save_error)

    def remember(self, result: RunResult, samples: Samples | None) -> None:
        """Keep the samples of the last results, as many as the results page shows."""
        self._samples.pop(result.id, None)
        self._samples[result.id] = samples
        for late in list(self._samples)[:-MOST_KEPT]:
            del self._samples[late]

    def plan_of(self, result: RunResult) -> RunPlan | None:
        """The plan of a run of this session; the document does not say where its file lies."""
        return self._plans.get(result.id)

    def save_again(self, store: History) -> None:
        """Try to save what is only in memory."""
        waiting = list(self.unsaved)

        def save() -> None:
            for ended in waiting:
                store.save(ended.result, ended.samples)
                self.unsaved.remove(ended)

        self._jobs.do(save, lambda _: self.unsaved_changed.emit(None), self._on_not_saved)

    def _on_not_saved(self, error: Exception) -> None:
        if not isinstance(error, KnownError):
            raise error
        self.unsaved_changed.emit(error.info)

    def export(self, result: RunResult) -> None:
        """Ask where, and write the document as JSON."""
        self._write(result, ".json", lambda path: self._services.write_json(result, path))

    def export_unsaved(self) -> None:
        for ended in list(self.unsaved):
            self.export(ended.result)

    def report(self, result: RunResult) -> None:
        """Ask where, and write a page that opens in any browser."""
        samples, language = self._samples.get(result.id), sentences.language()
        self._write(
            result, ".html", lambda path: self._services.write_report(result, samples, path, language)
        )

    def report_comparison(self, runs: Sequence[Pair], comparison: Comparison) -> None:
        """Ask where, and write the comparison with what was accepted: a page, or Markdown for .md."""
        language = sentences.language()
        name = comparison.names[comparison.baseline]
        write = self._services.write_comparison
        self._ask_and_write(f"{name} compared", ".html", lambda path: write(runs, comparison, path, language))

    def save_text(self, suggestion: str, text: str) -> None:
        """Ask where, and write this text, UTF-8."""
        stem, _, ending = suggestion.rpartition(".")
        self._ask_and_write(stem, f".{ending}", lambda path: self._services.write_text(text, path))

    def _write(self, result: RunResult, ending: str, write: Callable[[Path], None]) -> None:
        self._ask_and_write(result.model.name, ending, write)

    def _ask_and_write(self, name: str, ending: str, write: Callable[[Path], None]) -> None:
        chosen = self._dialogs.choose_save(suggested(self._settings.folder, name, ending))
        if chosen:
            path = Path(chosen)
            self._jobs.do(lambda: write(path), lambda _: None, lambda error: self._complain(error, path))

    def _complain(self, error: Exception, path: Path) -> None:
        if isinstance(error, KnownError):
            info = error.info
        elif isinstance(error, OSError):
            kind = ErrorKind.DISK_FULL if error.errno == errno.ENOSPC else ErrorKind.SAVE_FAILED
            info = ErrorInfo(kind.value, {"file": path.name}, str(error.strerror or error))
        else:
            raise error
        self._dialogs.show_trouble(sentences.of_error(info, path.name))
