"""The history itself: for each run one write-once JSON document, and its samples compressed beside it."""

from __future__ import annotations

import errno
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from profiler import atomic_file, result
from profiler.errors import ErrorKind, KnownError
from profiler.result import RunResult

Samples = npt.NDArray[np.int64]

_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,63}")
_DOCUMENT, _SAMPLES = ".json", ".samples.npz"


class RunFiles:
    """The files under `folder`/runs; deleted runs wait under `folder`/deleted until somebody empties it."""

    def __init__(self, folder: Path) -> None:
        self._runs, self._deleted = folder / "runs", folder / "deleted"

    def ids(self) -> set[str]:
        """The runs there are, whether their documents can be read or not."""
        try:
            names = os.listdir(self._runs)
        except FileNotFoundError:
            return set()
        found = {name.removesuffix(_DOCUMENT) for name in names if name.endswith(_DOCUMENT)}
        return {name for name in found if _ID.fullmatch(name)}

    def save(self, document: RunResult, samples: Samples | None) -> None:
        """Samples first, the document last: a run is in the history when its document is.

        Saving the same run again is fine; another run under the same id is not. Raises
        KnownError(DISK_FULL or SAVE_FAILED) and leaves nothing half-written.
        """
        target, data = self._path(document.id, _DOCUMENT), result.to_json(document)
        try:
            self._runs.mkdir(parents=True, exist_ok=True, mode=0o700)
            if target.exists() and target.read_bytes() == data:
                return
            if samples is not None and len(samples):
                atomic_file.fill(self._path(document.id, _SAMPLES), lambda file: _compress(file, samples))
            atomic_file.write_once(target, data)
        except OSError as error:
            self._forget_samples(document.id)
            raise _save_error(error) from error

    def load(self, run_id: str) -> RunResult:
        """Raises KnownError(RUN_UNKNOWN), or SAVE_FAILED for a document that cannot be understood."""
        try:
            return result.from_json(self._path(run_id, _DOCUMENT).read_bytes())
        except FileNotFoundError as error:
            raise KnownError(ErrorKind.RUN_UNKNOWN, run=run_id) from error
        except (OSError, msgspec.DecodeError) as error:
            raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=run_id + _DOCUMENT) from error

    def samples(self, run_id: str) -> Samples | None:
        """Every latency of a run in ns, in order; None where none were kept.

        Raises KnownError(FILE_UNREADABLE) for a damaged file.
        """
        path = self._path(run_id, _SAMPLES)
        try:
            with np.load(path, allow_pickle=False) as archive:
                return np.asarray(archive["latency_ns"], dtype=np.int64)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=path.name) from error

    def delete(self, run_id: str) -> None:
        """Move a run aside; raises KnownError(RUN_UNKNOWN)."""
        self._move(run_id, self._runs, self._deleted)

    def undelete(self, run_id: str) -> None:
        self._move(run_id, self._deleted, self._runs)

    def _move(self, run_id: str, source: Path, target: Path) -> None:
        if not _ID.fullmatch(run_id) or not (source / (run_id + _DOCUMENT)).exists():
            raise KnownError(ErrorKind.RUN_UNKNOWN, run=run_id)
        try:
            target.mkdir(parents=True, exist_ok=True, mode=0o700)
            for ending in (_DOCUMENT, _SAMPLES):
                if (source / (run_id + ending)).exists():
                    os.replace(source / (run_id + ending), target / (run_id + ending))
        except OSError as error:
            raise _save_error(error) from error

    def _path(self, run_id: str, ending: str) -> Path:
        """Never outside the folder: an id is letters, digits, - and _."""
        if not _ID.fullmatch(run_id):
            raise KnownError(ErrorKind.RUN_UNKNOWN, run=run_id)
        return self._runs / (run_id + ending)

    def _forget_samples(self, run_id: str) -> None:
        if run_id not in self.ids():
            self._path(run_id, _SAMPLES).unlink(missing_ok=True)


def _compress(file: object, samples: Samples) -> None:
    """As the narrowest unsigned integers that hold them; halves the file before it is compressed."""
    narrow = samples.astype(np.uint32) if int(samples.max()) < 1 << 32 else samples
    save: Callable[..., None] = np.savez_compressed
    save(file, latency_ns=narrow)


def _save_error(error: OSError) -> KnownError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    kind = ErrorKind.DISK_FULL if full else ErrorKind.SAVE_FAILED
    return KnownError(kind, error.strerror or str(error), file="history")
