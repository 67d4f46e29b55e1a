"""Where prepared data sets lie between the runs that use them: whole ones only, and not for ever."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import psutil

from profiler.correctness.dataset_errors import unusable
from profiler.correctness.prepared import ABOUT

KEPT_S = 7 * 24 * 3600.0
IN_USE_S = 6 * 3600.0
MOST_BYTES = 20_000_000_000
SPARE_BYTES = 200_000_000
_UNFINISHED = ".making-"


class DatasetShelf:
    """Folders below `place`, each by a key that stands for everything that its content depends on."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def find(self, key: str) -> Path | None:
        """A data set that is there, marked as used; None where it has to be made."""
        folder = self._place / key
        if not (folder / ABOUT).is_file():
            return None
        with contextlib.suppress(OSError):
            os.utime(folder / ABOUT)
        return folder

    @contextlib.contextmanager
    def making(self, key: str, needed_bytes: int, now_s: float) -> Iterator[Path]:
        """An empty folder that takes its place once the block has ended; ended otherwise, nothing stays.

        Raises KnownError(DATASET_UNUSABLE) where the disk has not the room.
        """
        self._place.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sweep(now_s)
        free = shutil.disk_usage(self._place).free
        if free < needed_bytes + SPARE_BYTES:
            raise unusable("dataset_room", needed_bytes=needed_bytes, available_bytes=free)
        folder = self._place / f"{_UNFINISHED}{os.getpid()}-{secrets.token_hex(4)}"
        folder.mkdir(mode=0o700)
        try:
            yield folder
            with contextlib.suppress(OSError):  # somebody else has made the same meanwhile
                os.replace(folder, self._place / key)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, now_s: float) -> None:
        """Remove what nobody has used for a week, the oldest beyond 20 GB, and what a killed process left."""
        kept: list[tuple[float, int, Path]] = []
        for folder in self._place.iterdir():
            if folder.name.startswith(_UNFINISHED):
                if not _is_alive(folder.name):
                    shutil.rmtree(folder, ignore_errors=True)
            elif (folder / ABOUT).is_file():
                kept.append((_used_s(folder), _size(folder), folder))
        total = sum(size for _, size, _ in kept)
        for used_s, size, folder in sorted(kept, key=lambda one: one[0]):
            is_in_the_way = total > MOST_BYTES and now_s - used_s > IN_USE_S
            if now_s - used_s > KEPT_S or is_in_the_way:
                shutil.rmtree(folder, ignore_errors=True)
                total -= size


def _is_alive(name: str) -> bool:
    number = name.removeprefix(_UNFINISHED).partition("-")[0]
    return number.isdecimal() and psutil.pid_exists(int(number))


def _used_s(folder: Path) -> float:
    try:
        return (folder / ABOUT).stat().st_mtime
    except OSError:
        return 0.0


def _size(folder: Path) -> int:
    with contextlib.suppress(OSError):
        return sum(file.stat().st_size for file in folder.iterdir())
    return 0
