"""The bytes that somebody allowed to run, in a private copy: nothing comes between the look and the opening.

Code and programs are allowed by the SHA-256 of their bytes, which the parent took; a file may be replaced
after that, so a child opens what it has read and hashed itself.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from profiler import child_files
from profiler.backends import catalog, pt2_archive, pt2_package
from profiler.errors import ErrorKind, KnownError
from profiler.trust import Tier

_PREFIX = "allowed_"
_CHUNK_BYTES = 1 << 20


@contextlib.contextmanager
def of(path: Path, runtime: str, sha256: str) -> Iterator[Path]:
    """What `runtime` opens in place of `path`: the file itself where it is data, else a copy of it meanwhile.

    The copy has the file's name, in a new folder of this process's place for temporary files, for this user
    alone. What the runtime can run counts, not what the file was last taken for. Raises KnownError:
    FILE_SWAPPED where these are not the allowed bytes, FILE_MISSING, FILE_FORBIDDEN, FILE_UNREADABLE,
    DISK_FULL.
    """
    if catalog.tier_of(runtime) is Tier.DATA:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as folder:
        copy = Path(folder) / path.name
        if _copied(path, copy) != sha256:
            raise KnownError(ErrorKind.FILE_SWAPPED, file=path.name)
        _bring_signature(path, copy)
        yield copy


def clear(folder: Path) -> None:
    """Take away the copies of a child that was killed while it loaded; they are as large as the model."""
    for left in folder.glob(f"{_PREFIX}*"):
        shutil.rmtree(left, ignore_errors=True)  # what withstands goes with the run's folder


def _copied(path: Path, copy: Path) -> str:
    """The SHA-256 of what was written, which is what the file held when it was opened and no byte more."""
    try:
        with child_files.open_regular(path) as source, _created(copy) as target:
            return _pour(source, target, os.fstat(source.fileno()).st_size)
    except FileNotFoundError as error:
        raise KnownError(ErrorKind.FILE_MISSING, file=path.name, path=path) from error
    except PermissionError as error:
        raise KnownError(ErrorKind.FILE_FORBIDDEN, file=path.name) from error
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        kind = ErrorKind.DISK_FULL if full else ErrorKind.FILE_UNREADABLE
        raise KnownError(kind, str(error), file=path.name) from error


def _created(copy: Path) -> BinaryIO:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(copy, flags, 0o600), "wb")


def _pour(source: BinaryIO, target: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size and (chunk := source.read(min(size, _CHUNK_BYTES))):
        digest.update(chunk)
        target.write(chunk)
        size -= len(chunk)
    return digest.hexdigest()


def _bring_signature(path: Path, copy: Path) -> None:
    """The list of inputs that may lie beside a package; it is data, and no more than its reader takes."""
    beside = path.with_name(path.stem + pt2_package.BESIDE)
    if not beside.is_file():
        return
    try:
        with child_files.open_regular(beside.resolve()) as source:
            copy.with_name(beside.name).write_bytes(source.read(pt2_archive.TEXT_LIMIT_BYTES + 1))
    except OSError as error:
        raise KnownError(ErrorKind.FILE_UNREADABLE, str(error), file=beside.name) from error
