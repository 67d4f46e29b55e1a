"""Arrays inside an .npz, a row at a time: a big data set never lies in memory whole."""

from __future__ import annotations

import contextlib
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.backends import zip_records
from profiler.correctness.child_arrays import UNREADABLE
from profiler.correctness.dataset_errors import unusable

MOST_ENTRIES = 10_000
MOST_DIRECTORY_BYTES = 4_000_000
MOST_WHOLE_BYTES = 2_000_000_000
_CHUNK_BYTES = 8_000_000
_READERS = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError, *UNREADABLE)


class Head(NamedTuple):
    """What an array is, before any of it is read."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]

    @property
    def row_bytes(self) -> int:
        return int(np.prod(self.shape[1:], dtype=object)) * self.dtype.itemsize

    @property
    def rows(self) -> int:
        return self.shape[0] if self.shape else 1


class Archive:
    """An open .npz. Attribute: `heads` of its arrays by name. Raises KnownError(DATASET_UNUSABLE)."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self._path, self._archive = path, archive
        self.heads: Mapping[str, Head] = {
            name[: -len(".npy")]: self._head(name) for name in archive.namelist() if name.endswith(".npy")
        }

    def whole(self, name: str) -> npt.NDArray[Any]:
        """The array in memory; at most 2 GB."""
        head = self.heads[name]
        if head.row_bytes * head.rows > MOST_WHOLE_BYTES:
            raise unusable("dataset_array_large", file=self._path.name, name=name)
        with self._refusing(name), self._archive.open(f"{name}.npy") as file:
            found = np.lib.format.read_array(file, allow_pickle=False)
            return np.asarray(found)

    def copy(self, name: str, target: Path, places: npt.NDArray[np.int64], stop: Callable[[], None]) -> None:
        """Write the rows to `target` as .npy: row i to places[i], none where that is -1.

        `stop` is called now and then and may raise.
        """
        head, kept = self.heads[name], int(np.sum(places >= 0))
        written = np.lib.format.open_memmap(
            target, mode="w+", dtype=head.dtype, shape=(kept, *head.shape[1:])
        )
        if head.is_fortran:
            every = self.whole(name)
            written[places[places >= 0]] = every[places >= 0]
            return
        with self._refusing(name), self._archive.open(f"{name}.npy") as file:
            _read_head(file)
            for first, rows in _blocks(file, head):
                stop()
                wanted = places[first : first + len(rows)]
                written[wanted[wanted >= 0]] = rows[wanted >= 0]

    def _head(self, name: str) -> Head:
        with self._refusing(name), self._archive.open(name) as file:
            head = _read_head(file)
            if any(length < 0 for length in head.shape) or (head.rows and not head.row_bytes):
                raise ValueError("rows of no length")
            if head.row_bytes * head.rows > self._archive.getinfo(name).file_size:
                raise ValueError("the shape claims more than there is")
        if head.dtype.hasobject or head.dtype.kind not in "fiub" or not head.shape:
            raise unusable("dataset_array", file=self._path.name, name=name.removesuffix(".npy"))
        return head

    @contextlib.contextmanager
    def _refusing(self, name: str) -> Iterator[None]:
        try:
            yield
        except (*_BROKEN, OSError) as error:
            short = name.removesuffix(".npy")
            raise unusable("dataset_array", str(error), file=self._path.name, name=short) from error


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive, its list of contents checked first. Raises KnownError(DATASET_UNUSABLE)."""
    with contextlib.ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb"))
            zip_records.check(file, MOST_ENTRIES, MOST_DIRECTORY_BYTES)
            archive = stack.enter_context(zipfile.ZipFile(file))
        except FileNotFoundError as error:
            raise unusable("dataset_missing", str(error), file=path.name) from error
        except (*_BROKEN, OSError) as error:
            raise unusable("dataset_unreadable", str(error), file=path.name) from error
        yield Archive(path, archive)


def _read_head(file: IO[bytes]) -> Head:
    reader = _READERS.get(np.lib.format.read_magic(file))
    if reader is None:
        raise ValueError("an .npy of a version that is not known")
    shape, is_fortran, dtype = reader(file)
    return Head(shape, is_fortran and len(shape) > 1, dtype)


def _blocks(file: IO[bytes], head: Head) -> Iterator[tuple[int, npt.NDArray[Any]]]:
    """The number of the first row, and rows; raises EOFError where the entry ends before its shape does."""
    if not head.row_bytes:
        return
    most = max(1, _CHUNK_BYTES // head.row_bytes)
    for first in range(0, head.shape[0], most):
        count = min(most, head.shape[0] - first)
        data = file.read(count * head.row_bytes)
        if len(data) < count * head.row_bytes:
            raise EOFError("the entry ends before its shape does")
        yield first, np.frombuffer(data, dtype=head.dtype).reshape(count, *head.shape[1:])
