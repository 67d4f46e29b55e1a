"""Files of variants get their places whole or not at all, and never that of another file unasked."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import psutil

from profiler import inspect_client
from profiler.errors import ErrorKind, KnownError
from profiler.messages import Variant
from profiler.variants import kinds

_STAGING = ".inferometer-"


def refuse_existing(targets: Sequence[Path]) -> None:
    """Raises KnownError(VARIANT_EXISTS) where one of them, or its weights, is there."""
    for place in _with_weights(targets):
        if place.exists() or place.is_symlink():
            raise KnownError(ErrorKind.VARIANT_EXISTS, file=place.name)


def refuse_original(path: Path, format_name: str, targets: Sequence[Path]) -> None:
    """Weights of the original may lie in a file of any name, even one that a variant would get.

    Raises KnownError(VARIANT_EXISTS), and what reading the original raises.
    """
    parts = inspect_client.describe(path, format_name).parts
    own = {(path.parent / name).resolve() for name in (path.name, *(part.name for part in parts))}
    for place in _with_weights(targets):
        if place.resolve() in own:
            raise KnownError(ErrorKind.VARIANT_EXISTS, file=place.name, what="variant_original")


def _with_weights(targets: Sequence[Path]) -> Iterator[Path]:
    for target in targets:
        yield target
        yield _weights(target)


def _weights(target: Path) -> Path:
    return target.with_name(target.name + kinds.DATA)


@contextlib.contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A folder of ours inside `folder`, on the same disk, which is gone again behind the block.

    Raises KnownError(SAVE_FAILED or DISK_FULL).
    """
    is_new = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        place = Path(tempfile.mkdtemp(prefix=f"{_own()}{os.getpid()}-", dir=folder.resolve()))
    except OSError as error:
        raise _not_saved(error, folder) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        if is_new:
            with contextlib.suppress(OSError):  # it holds variants
                folder.rmdir()


def _own() -> str:
    """What our folders on this machine begin with; another one may see the same disk."""
    return f"{_STAGING}{platform.node()}-"


def _sweep(folder: Path) -> None:
    """Take away what a process left that was killed; variants in the making are large."""
    for left in folder.glob(f"{glob.escape(_own())}*"):
        number = left.name.removeprefix(_own()).partition("-")[0]
        if number.isdecimal() and len(number) < 10 and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)


def settle(made: Sequence[Variant], staged: Path, folder: Path, overwrite: bool) -> tuple[Variant, ...]:
    """Rename what lies below `staged` in a folder for each kind; the variants with whole paths and sizes.

    Where one cannot be, those that came before it go again. Raises KnownError: VARIANT_EXISTS, SAVE_FAILED,
    DISK_FULL, and CHILD_GARBAGE for a variant that is not there.
    """
    placed: list[Path] = []
    try:
        return tuple(_settled(one, staged / one.kind, folder.resolve(), overwrite, placed) for one in made)
    except (OSError, KnownError) as error:
        if not overwrite:
            for path in placed:
                path.unlink(missing_ok=True)
        if isinstance(error, FileExistsError):
            name = Path(str(error.filename2 or error.filename)).name
            raise KnownError(ErrorKind.VARIANT_EXISTS, file=name) from error
        raise _not_saved(error, folder) if isinstance(error, OSError) else error from error


def _settled(one: Variant, staged: Path, folder: Path, overwrite: bool, placed: list[Path]) -> Variant:
    if one.missing is not None:
        return one
    source = staged / one.file
    is_plain = bool(one.file) and Path(one.file).name == one.file
    if not is_plain or not _is_file(source):  # the name is the child's word
        raise KnownError(ErrorKind.CHILD_GARBAGE, f"no file {one.file!r}")
    target = folder / one.file
    size = 0
    # Weights first, so that a model is never there without them.
    for place in (_weights(target), target):
        file = staged / place.name
        if _is_file(file):
            size += file.stat().st_size
            _rename(file, place, overwrite)
            placed.append(place)
        elif overwrite:
            place.unlink(missing_ok=True)
    return msgspec.structs.replace(one, file=str(target), size_bytes=size)


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _rename(file: Path, place: Path, overwrite: bool) -> None:
    """A link fails where the target exists, which a plain rename does not."""
    if overwrite:
        os.replace(file, place)
        return
    try:
        os.link(file, place)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if place.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(place)) from None
        os.rename(file, place)


def _not_saved(error: OSError, folder: Path) -> KnownError:
    kind = ErrorKind.DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else ErrorKind.SAVE_FAILED
    return KnownError(kind, error.strerror or str(error), file=folder.name or str(folder))
