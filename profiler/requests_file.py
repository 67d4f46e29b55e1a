"""The file that carries each request of an open loop from child to parent: when due, begun, and how long.

Layout, little-endian int64: 8 words of header, then three words for each request of the schedule, in the
order in which they were due. As with profiler.sample_file the parent copies it and believes nothing.
"""

from __future__ import annotations

import mmap
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.child_files import open_regular
from profiler.errors import ErrorKind, KnownError

Times = npt.NDArray[np.int64]

MAGIC = 0x52514E464D545253
MOST = 4_000_000
# Sums of two stay within int64.
LATEST_NS = 1 << 61
COLUMNS = 3
_HEADER = 8
_COUNT, _CUT = 1, 2
_WORD = 8


def path_beside(samples: Path) -> Path:
    """Where the requests of an open loop lie: beside the child's sample file."""
    return samples.with_name("requests.bin")


class Requests(NamedTuple):
    """The requests that were due before the run was cut, in that order; int64 ns on one clock.

    `begin` and `duration` are 0 where a request was never answered; `cut_ns` when the run ended.
    """

    due: Times
    begin: Times
    duration: Times
    cut_ns: int

    @property
    def answered(self) -> npt.NDArray[np.bool_]:
        return self.duration > 0

    @property
    def response(self) -> Times:
        """From due to answer; for an unanswered request the least that it can have been."""
        return np.where(self.answered, self.begin + self.duration, self.cut_ns) - self.due


class Writer:
    """The child's side; makes the file.

    Attributes: `words` takes int64 by index: begin of request i at 3 * i + 1, duration behind it.
    """

    def __init__(self, path: Path, due: Times) -> None:
        """Write the schedule `due`; raises KnownError(DISK_FULL) where there is no room for it."""
        size = (_HEADER + COLUMNS * len(due)) * _WORD
        try:
            with path.open("x+b") as file:
                file.truncate(size)
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, size)
                self._map = mmap.mmap(file.fileno(), 0)
        except OSError as error:
            raise KnownError(ErrorKind.DISK_FULL, str(error), file=path.name) from error
        whole = np.frombuffer(self._map, dtype="<i8")
        whole[0], whole[_COUNT] = MAGIC, len(due)
        whole[_HEADER::COLUMNS] = due
        # Writing zeros touches every page, so that no fault falls into a call.
        whole[_HEADER + 1 :: COLUMNS] = 0
        del whole
        self._words = memoryview(self._map).cast("q")
        self.words = self._words[_HEADER:]

    def cut(self, clock_ns: int) -> None:
        """The run is over: requests due after this do not count."""
        self._words[_CUT] = clock_ns

    def close(self) -> None:
        self.words.release()
        self._words.release()
        self._map.close()


def read(path: Path) -> Requests | None:
    """What the child left; None where it made no such file.

    Raises ValueError for a file that is not ours or contradicts itself, OSError where it cannot be read.
    """
    try:
        with open_regular(path) as file:
            words = np.frombuffer(file.read((_HEADER + COLUMNS * MOST) * _WORD), dtype="<i8").astype(np.int64)
    except FileNotFoundError:
        return None
    if len(words) < _HEADER or words[0] != MAGIC or len(words) != _HEADER + COLUMNS * words[_COUNT]:
        raise ValueError("not a file of requests")
    rows = words[_HEADER:].reshape(-1, COLUMNS)
    due, begin, duration = (np.ascontiguousarray(rows[:, at]) for at in range(COLUMNS))
    if len(words) and int(np.abs(words[1:]).max(initial=0)) > LATEST_NS:
        raise ValueError("requests out of all time")
    if (np.diff(due) < 0).any() or (duration < 0).any() or (begin[duration > 0] < due[duration > 0]).any():
        raise ValueError("requests contradict each other")
    cut = int(words[_CUT]) or int((begin + duration).max(initial=0))
    counted = due <= cut
    return Requests(due[counted], begin[counted], duration[counted], cut)
