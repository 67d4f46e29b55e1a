"""How runs come to the compare page: from the history, from this session, and from files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, SignalInstance

from gui import sentences
from gui.background import Jobs
from gui.desk import Desk
from gui.dialogs import Dialogs
from gui.keeper import Keeper
from gui.services import History, Services
from profiler.errors import KnownError

if TYPE_CHECKING:
    from gui.services import Pair

Loaded = tuple[list["Pair"], list[str]]


class Comparisons(QObject):
    """Loads on threads of `jobs`; what cannot be read is told, and the rest is compared.

    Signals: `loaded` with pairs of a RunResult and its samples (int64 ns, in order) or None; `added` with
    such pairs that join those on the page.
    """

    loaded = Signal(list)
    added = Signal(list)

    def __init__(self, services: Services, jobs: Jobs, desk: Desk, keeper: Keeper, dialogs: Dialogs) -> None:
        super().__init__()
        self._services, self._jobs, self._desk = services, jobs, desk
        self._keeper, self._dialogs = keeper, dialogs

    def show(self, run_ids: Sequence[str]) -> None:
        """Compare these runs, in this order; those that could not be saved are taken from memory."""
        unsaved: dict[str, Pair] = {one.result.id: (one.result, one.samples) for one in self._keeper.unsaved}

        def load(store: History) -> Loaded:
            found: list[Pair] = []
            troubles: list[str] = []
            for run_id in run_ids:
                try:
                    found.append(unsaved.get(run_id) or (store.load(run_id), store.samples(run_id)))
                except KnownError as error:
                    troubles.append(sentences.of_error(error.info))
            return found, troubles

        self._with_store(load, self.loaded)

    def open_files(self, paths: Sequence[str]) -> None:
        """Add the runs in these documents."""

        def read(store: History) -> Loaded:
            found: list[Pair] = []
            troubles: list[str] = []
            for path in paths:
                pairs, trouble = self._services.runs_in(Path(path), store)
                found += pairs
                troubles += [trouble] if trouble else []
            return found, troubles

        self._with_store(read, self.added)

    def _with_store(self, work: Callable[[History], Loaded], then: SignalInstance) -> None:
        def tell(loaded: Loaded) -> None:
            pairs, troubles = loaded
            if pairs:
                then.emit(pairs)
            if troubles:
                self._dialogs.show_trouble("\n".join(troubles))

        self._desk.with_store(lambda store: self._jobs.do(lambda: work(store), tell))
