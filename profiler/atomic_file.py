"""A whole file or nothing: written beside its place, made durable, then renamed into it."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

Fill = Callable[[BinaryIO], object]


def write(path: Path, data: bytes) -> None:
    """Replace or create `path`; raises OSError and leaves the old file, if any, untouched."""
    fill(path, lambda file: file.write(data))


def write_once(path: Path, data: bytes) -> None:
    """Create `path`; raises FileExistsError where it exists already, whatever happens meanwhile."""
    _fill_beside(path, lambda file: file.write(data), _link)


def fill(path: Path, how: Fill) -> None:
    """As `write`, for content that is produced piece by piece."""
    _fill_beside(path, how, os.replace)


def _fill_beside(path: Path, how: Fill, settle: Callable[[Path, Path], None]) -> None:
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            how(file)
            file.flush()
            os.fsync(file.fileno())
        settle(beside, path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
    _sync_folder(path.parent)


def _link(source: Path, target: Path) -> None:
    """A link fails where the target exists; file systems without links get a checked rename."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        if target.exists():
            raise FileExistsError(target) from None
        os.rename(source, target)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
