"""The index of the history: a small SQLite file that can always be made again from the documents.

SAFETY.md, section 3: journal_mode=DELETE, because WAL has a corruption race in the SQLite that most Pythons
carry; one connection for each operation, so that any thread may ask and no lock is held between questions.
"""

from __future__ import annotations

import contextlib
import sqlite3
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from profiler.errors import ErrorKind, KnownError
from profiler.result import RunResult

APPLICATION_ID = 0x494E464D
VERSION = 1
T = TypeVar("T")
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


class Row(msgspec.Struct, frozen=True):
    """One run as a line of the history; None where nothing was measured."""

    id: str
    created: str
    status: str
    model: str
    format: str
    runtime: str
    device: str
    batch: int
    p50_ns: int | None
    p99_ns: int | None
    inferences_per_s: float | None
    peak_rss_bytes: int | None
    level: str | None


def row_of(result: RunResult) -> Row:
    """The line of a result."""
    return Row(
        id=result.id,
        created=result.created,
        status=result.status.value,
        model=result.model.name,
        format=result.model.format,
        runtime=result.plan.runtime,
        device=result.plan.device,
        batch=result.plan.batch,
        p50_ns=result.latency.p50_ns,
        p99_ns=result.latency.p99_ns,
        inferences_per_s=result.throughput.inferences_per_s,
        peak_rss_bytes=result.memory.peak_rss_bytes,
        level=result.verdict.level.value if result.verdict is not None else None,
    )


_COLUMNS = Row.__struct_fields__
_CREATE = (
    "CREATE TABLE runs (id TEXT PRIMARY KEY, created TEXT NOT NULL, status TEXT NOT NULL,"
    " model TEXT NOT NULL, format TEXT NOT NULL, runtime TEXT NOT NULL, device TEXT NOT NULL,"
    " batch INTEGER NOT NULL, p50_ns INTEGER, p99_ns INTEGER, inferences_per_s REAL,"
    " peak_rss_bytes INTEGER, level TEXT)"
)
_INSERT = f"INSERT OR REPLACE INTO runs ({', '.join(_COLUMNS)}) VALUES ({', '.join('?' * len(_COLUMNS))})"
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM runs ORDER BY created DESC, id DESC"


class HistoryIndex:
    """The index at `path`. `timeout_s` is how long another writer is waited for.

    Every method raises KnownError: HISTORY_NOT_OURS and HISTORY_NEWER leave the file untouched,
    HISTORY_BUSY means another process holds it. A damaged index is put aside and made anew.
    """

    def __init__(self, path: Path, timeout_s: float = 5.0) -> None:
        self._path, self._timeout_s = path, timeout_s
        self._checked = False

    def rows(self) -> list[Row]:
        """Newest first."""
        return self._mended(lambda db: [Row(*values) for values in db.execute(_SELECT)])

    def ids(self) -> set[str]:
        return self._mended(lambda db: {values[0] for values in db.execute("SELECT id FROM runs")})

    def change(self, added: list[Row], removed: set[str]) -> None:
        """Both in one transaction."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("BEGIN IMMEDIATE")
            db.executemany("DELETE FROM runs WHERE id = ?", [(run_id,) for run_id in removed])
            db.executemany(_INSERT, [msgspec.structs.astuple(row) for row in added])
            db.execute("COMMIT")

        self._mended(write)

    def _mended(self, use: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return self._used(use)
        except _Damaged:
            self._put_aside()
            return self._used(use)

    def _used(self, use: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._open() as db:
                return use(db)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise KnownError(ErrorKind.HISTORY_BUSY, str(error)) from error
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_FULL:
                raise KnownError(ErrorKind.DISK_FULL, str(error), file=self._path.name) from error
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_ERROR:
                raise _Damaged from error
            raise KnownError(ErrorKind.SAVE_FAILED, str(error), file=self._path.name) from error
        except sqlite3.DatabaseError as error:
            raise _Damaged from error

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        fresh = self._look_before()
        db = sqlite3.connect(self._path, timeout=self._timeout_s, isolation_level=None)
        try:
            for setting in (
                "trusted_schema=OFF", "cell_size_check=ON", "mmap_size=0", "foreign_keys=ON",
                "journal_mode=DELETE", "synchronous=EXTRA",
            ):  # fmt: skip
                db.execute(f"PRAGMA {setting}")
            if fresh:
                self._create(db)
            elif not self._checked and db.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise _Damaged
            self._checked = True
            yield db
        finally:
            db.close()

    def _look_before(self) -> bool:
        """Whether the file is still to be made; read from its bytes, before SQLite may touch it."""
        try:
            with self._path.open("rb") as file:
                header = file.read(_HEADER_BYTES)
        except FileNotFoundError:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            return True
        except OSError as error:
            raise KnownError(ErrorKind.SAVE_FAILED, str(error), file=self._path.name) from error
        if not header:
            return True
        if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
            raise _Damaged
        version, application = struct.unpack(">i", header[60:64])[0], struct.unpack(">i", header[68:72])[0]
        if application != APPLICATION_ID:
            raise KnownError(ErrorKind.HISTORY_NOT_OURS, file=self._path.name)
        if version > VERSION:
            raise KnownError(ErrorKind.HISTORY_NEWER, file=self._path.name, version=version)
        return False

    @staticmethod
    def _create(db: sqlite3.Connection) -> None:
        db.execute("BEGIN IMMEDIATE")
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'runs'").fetchone():
            db.execute(_CREATE)
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute(f"PRAGMA user_version={VERSION}")
        db.execute("COMMIT")

    def _put_aside(self) -> None:
        """Rename the damaged file and its journal together; nothing is deleted."""
        stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
        for ending in ("", "-journal", "-wal", "-shm"):
            source = self._path.with_name(self._path.name + ending)
            if source.exists():
                source.rename(self._path.with_name(f"{self._path.stem}.damaged-{stamp}{ending}"))


class _Damaged(Exception):
    """The index cannot be read; the documents can make it again."""
