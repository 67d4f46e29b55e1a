"""The file that carries every latency from child to parent: the child maps and fills it, the parent reads.

Layout, little-endian int64: 8 words of header, then the start of each steady block (its first index and
its clock reading), then the samples. The parent never maps it (a file that shrinks would kill it), copies
what it reads and believes none of it without a check: the child may belong to a hostile model.
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

Samples = npt.NDArray[np.int64]

MAGIC = 0x314C504D53464E49
CAPACITY = 20_000_000
FULL_BYTES = 8 * CAPACITY
BLOCK_CAPACITY = 16_384
_HEADER = 8
_COUNT, _COLD, _WARMUP, _BLOCKS, _IS_STEADY = 1, 2, 3, 4, 5
_FIRST = _HEADER + 2 * BLOCK_CAPACITY
_WORD = 8
_PAGE_WORDS = mmap.PAGESIZE // _WORD


class Contents(NamedTuple):
    """All samples in order, how many of them are cold calls and warm-up, and where steady blocks begin."""

    samples: Samples
    cold_count: int
    warmup_count: int
    block_starts: tuple[int, ...]
    block_clock_ns: tuple[int, ...]

    @property
    def steady(self) -> Samples:
        return self.samples[self.cold_count + self.warmup_count :]


def lane_path(first: Path, lane: int) -> Path:
    """The sample file of a lane: samples.bin, samples.1.bin, ..."""
    return first if not lane else first.with_suffix(f".{lane}{first.suffix}")


def create(path: Path) -> None:
    """An empty sample file of full length; it is sparse, so it takes no space until it is filled."""
    with path.open("xb") as file:
        file.truncate((_FIRST + CAPACITY) * _WORD)
        file.write(np.array([MAGIC], dtype="<i8").tobytes())


class Writer:
    """The child's side.

    Attributes: `durations` a view of the samples that takes int64 nanoseconds by index; `count` how many
    are filled.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self._words = memoryview(self._map).cast("q")
        self.durations = self._words[_FIRST:]
        self.count = 0
        self._ready = 0
        for word in (_COUNT, _COLD, _WARMUP, _BLOCKS, _IS_STEADY):
            self._words[word] = 0

    @property
    def room(self) -> int:
        return CAPACITY - self.count

    @property
    def touched_bytes(self) -> int:
        """Pages of the map that are resident because of us: taken off the child's memory figures."""
        return self._ready * _WORD

    def make_ready(self, count: int) -> None:
        """Reserve and touch the pages of the next `count` samples, so that no fault falls between two calls.

        Raises KnownError(DISK_FULL): touching a page that the disk has no room for would be a SIGBUS.
        """
        end = min(self.count + count, CAPACITY)
        self._reserve(end)
        for index in range(max(self._ready, self.count), end, _PAGE_WORDS):
            self.durations[index] = 0
        self._ready = max(self._ready, end)

    def _reserve(self, end: int) -> None:
        reserve = getattr(os, "posix_fallocate", None)
        if reserve is None or end <= self._ready:
            return
        start = (_FIRST + self._ready) * _WORD if self._ready else 0
        try:
            with self._path.open("r+b") as file:
                reserve(file.fileno(), start, (_FIRST + end) * _WORD - start)
        except OSError as error:
            raise KnownError(ErrorKind.DISK_FULL, str(error), file="samples.bin") from error

    def begin_steady(self) -> None:
        self._words[_WARMUP] = self.count - self._words[_COLD]
        self._words[_IS_STEADY] = 1

    def mark_cold(self, count: int) -> None:
        self._words[_COLD] = count

    def mark_block(self, clock_ns: int) -> None:
        """A steady block begins at the next sample, at this reading of the clock."""
        blocks = self._words[_BLOCKS]
        if blocks < BLOCK_CAPACITY:
            self._words[_HEADER + 2 * blocks] = self.count
            self._words[_HEADER + 2 * blocks + 1] = clock_ns
            self._words[_BLOCKS] = blocks + 1

    def advance(self, count: int) -> None:
        """That many samples were filled in behind the last ones."""
        self.count += count
        self._words[_COUNT] = self.count

    def array(self, first: int = 0) -> Samples:
        """The samples from `first` on, as a view; drop it before `close`."""
        return np.frombuffer(
            self._map, dtype="<i8", count=self.count - first, offset=(_FIRST + first) * _WORD
        )

    def close(self) -> None:
        self.durations.release()
        self._words.release()
        self._map.close()


def read_all(path: Path, after_death: bool = False) -> Contents:
    """What the child left. `after_death`: it was cut off, so samples behind the last count are kept too.

    Raises ValueError for a file that is not ours or contradicts itself, OSError where it cannot be read.
    """
    with open_regular(path) as file:
        words = np.frombuffer(file.read(_FIRST * _WORD), dtype="<i8")
        if len(words) != _FIRST or words[0] != MAGIC:
            raise ValueError("not a sample file")
        count, cold, warmup, blocks = (int(words[at]) for at in (_COUNT, _COLD, _WARMUP, _BLOCKS))
        if not (0 <= count <= CAPACITY and 0 <= blocks <= BLOCK_CAPACITY and cold >= 0 and warmup >= 0):
            raise ValueError("counts out of range")
        samples = _tail(file.read((CAPACITY if after_death else count) * _WORD), count)
    if not after_death and len(samples) != count:
        raise ValueError("samples missing")
    if not words[_IS_STEADY]:
        warmup = max(0, len(samples) - cold)
    if cold + warmup > len(samples) or (len(samples) and int(samples.min()) < 0):
        raise ValueError("samples contradict the counts")
    pairs = words[_HEADER : _HEADER + 2 * blocks]
    starts = tuple(int(start) - cold - warmup for start in pairs[0::2])
    if any(start < 0 or start > len(samples) for start in starts) or list(starts) != sorted(starts):
        raise ValueError("blocks out of order")
    return Contents(samples, cold, warmup, starts, tuple(int(at) for at in pairs[1::2]))


def read_tail(path: Path, most: int) -> Samples:
    """The last `most` samples that the child has counted; raises as `read_all` does."""
    with open_regular(path) as file:
        words = np.frombuffer(file.read(_HEADER * _WORD), dtype="<i8")
        if len(words) != _HEADER or words[0] != MAGIC or not 0 <= words[_COUNT] <= CAPACITY:
            raise ValueError("not a sample file")
        count = min(int(words[_COUNT]), most)
        file.seek((_FIRST + int(words[_COUNT]) - count) * _WORD)
        return np.frombuffer(file.read(count * _WORD), dtype="<i8").astype(np.int64)


def _tail(data: bytes, count: int) -> Samples:
    values = np.frombuffer(data, dtype="<i8").astype(np.int64)
    behind = values[count:]
    empty = np.flatnonzero(behind == 0)
    return values[: count + (int(empty[0]) if len(empty) else len(behind))]
