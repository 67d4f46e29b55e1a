"""A labelled data set as it lies on the disk for the measuring child: chunks that are mapped.

The folder holds `dataset.json`, `labels.npy`, and for each array of inputs chunks `NAME-00000.npy`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from profiler.blocks import Reason
from profiler.checks_plan import Preprocessing
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired

Array = np.ndarray[Any, Any]

ABOUT, LABELS = "dataset.json", "labels.npy"


class Prepared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a prepared data set is.

    `name` for people. `sha256` of samples, labels and their order. `kind`: pictures (one array of uint8
    n×H×W×1 or 3, red, green, blue, of the model's size) or arrays (as the user gave them). `task`, by the
    labels alone: classification (int64 [n]), values (float64 [n] or [n, k]) or maps (whole numbers
    [n, ...]). `chunks`: rows in each chunk, by the name of the array. `classes`: how many the labels speak
    of. `preprocessing`: what was done to pictures and remains to be done to numbers.
    """

    name: str
    sha256: str
    kind: str
    count: int
    task: str
    chunks: dict[str, tuple[int, ...]]
    class_names: tuple[str, ...] = ()
    classes: int = 0
    preprocessing: Preprocessing = Preprocessing()
    notes: tuple[Reason, ...] = ()


def chunk(folder: Path, name: int, number: int) -> Path:
    """Names of arrays are not names of files: `name` counts them."""
    return folder / f"array{name}-{number:05d}.npy"


class Data:
    """An open data set. Attributes: `about`, and `labels` as a mapped array of `count` rows."""

    def __init__(self, folder: Path) -> None:
        self.about = _about(folder)
        self.labels: Array = _mapped(folder / LABELS)
        self._chunks: Mapping[str, list[Array]] = {
            name: [_mapped(chunk(folder, at, number)) for number in range(len(rows))]
            for at, (name, rows) in enumerate(self.about.chunks.items())
        }
        for name, chunks in self._chunks.items():
            if [len(one) for one in chunks] != list(self.about.chunks[name]):
                raise _damaged(folder)

    def rows(self, array: str, first: int, count: int) -> Array:
        """A copy of `count` rows from `first` on, across chunks."""
        found = []
        for rows, mapped in paired(self.about.chunks[array], self._chunks[array]):
            if first < rows and count > 0:
                piece = mapped[first : first + count]
                found.append(piece)
                count -= len(piece)
            first = max(0, first - rows)
        return np.concatenate(found) if len(found) > 1 else np.array(found[0])

    def row_bytes(self) -> int:
        """Of one sample of all arrays."""
        return sum(int(chunks[0][:1].nbytes) for chunks in self._chunks.values())


def _about(folder: Path) -> Prepared:
    try:
        return msgspec.json.decode((folder / ABOUT).read_bytes(), type=Prepared)
    except (OSError, msgspec.DecodeError) as error:
        raise _damaged(folder, str(error)) from error


def _mapped(path: Path) -> Array:
    try:
        found: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError) as error:
        raise _damaged(path.parent, str(error)) from error
    return found


def _damaged(folder: Path, text: str = "") -> KnownError:
    return KnownError(ErrorKind.DATASET_UNUSABLE, text, what="dataset_lost", file=folder.name)
