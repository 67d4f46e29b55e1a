"""The history: documents are the truth, the index makes listing quick; a run is safe before it is shown."""

from __future__ import annotations

from pathlib import Path

import msgspec

from profiler.errors import ErrorInfo, KnownError
from profiler.history_index import HistoryIndex, Row, row_of
from profiler.result import RunResult
from profiler.run_files import RunFiles, Samples


class Rebuilt(msgspec.Struct, frozen=True):
    """How many runs the documents gave back, and the ids of documents that cannot be understood."""

    recovered: int
    damaged: tuple[str, ...]


class Store:
    """A history folder. Any thread may use it; several windows may share one.

    Attributes: `problem` why the index could not be used the last time, or None; the runs are listed
    from their documents then, and nothing is lost.
    """

    def __init__(self, folder: Path, timeout_s: float = 5.0) -> None:
        self.folder = folder
        self.problem: ErrorInfo | None = None
        self._files = RunFiles(folder)
        self._index = HistoryIndex(folder / "history.sqlite3", timeout_s)

    def save(self, result: RunResult, samples: Samples | None) -> None:
        """Write a run for good; raises KnownError(DISK_FULL or SAVE_FAILED) where it is not in the history.

        Once the document stands the run is saved: an index that cannot be written now catches up later.
        """
        self._files.save(result, samples)
        try:
            self._index.change([row_of(result)], set())
            self.problem = None
        except KnownError as error:
            self.problem = error.info

    def rows(self) -> list[Row]:
        """Every run, newest first; the index is brought in line with the documents on the way."""
        try:
            self._catch_up()
            self.problem = None
            return self._index.rows()
        except KnownError as error:
            self.problem = error.info
            rows, _ = self._read(self._files.ids())
            return sorted(rows, key=lambda row: (row.created, row.id), reverse=True)

    def load(self, run_id: str) -> RunResult:
        """Raises KnownError(RUN_UNKNOWN or FILE_UNREADABLE)."""
        return self._files.load(run_id)

    def samples(self, run_id: str) -> Samples | None:
        """Every latency in ns, in order (int64), or None where none were kept."""
        return self._files.samples(run_id)

    def delete(self, run_id: str) -> None:
        """Move a run aside, so that `undelete` can bring it back."""
        self._files.delete(run_id)
        self.rows()

    def undelete(self, run_id: str) -> None:
        self._files.undelete(run_id)
        self.rows()

    def rebuild(self) -> Rebuilt:
        """Make the index again from the documents."""
        rows, damaged = self._read(self._files.ids())
        self._index.change(rows, self._index.ids())
        return Rebuilt(len(rows), tuple(sorted(damaged)))

    def _catch_up(self) -> None:
        there, listed = self._files.ids(), self._index.ids()
        added, _ = self._read(there - listed)
        if added or listed - there:
            self._index.change(added, listed - there)

    def _read(self, ids: set[str]) -> tuple[list[Row], set[str]]:
        rows: list[Row] = []
        damaged: set[str] = set()
        for run_id in ids:
            try:
                rows.append(row_of(self._files.load(run_id)))
            except KnownError:
                damaged.add(run_id)
        return rows, damaged
