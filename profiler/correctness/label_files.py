"""Labels files: a line for each picture with its name and its label, as .csv or .txt."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.correctness.dataset_errors import unusable

MOST_BYTES = 256_000_000
_HEADS = {"file", "filename", "file_name", "image", "image_name", "path", "name", "picture", "img", "id"}
_DELIMITERS = (",", ";", "\t")


class Line(NamedTuple):
    """A picture and its label as they are written, with the number of the line, from 1."""

    file: str
    label: str
    number: int


class Labels(NamedTuple):
    """int64 class numbers or float64 values [n], and the names of the classes where labels are words."""

    values: npt.NDArray[Any]
    class_names: tuple[str, ...] = ()


def read(path: Path) -> list[Line]:
    """The lines in order, without a head; raises KnownError(DATASET_UNUSABLE)."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise unusable("dataset_labels_unreadable", file=path.name)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise unusable("dataset_labels_missing", str(error), file=path.name) from error
    except (OSError, UnicodeDecodeError) as error:
        raise unusable("dataset_labels_unreadable", str(error), file=path.name) from error
    lines = list(_lines(text, path))
    if lines and lines[0].file.strip().lower() in _HEADS:
        lines = lines[1:]
    if not lines:
        raise unusable("dataset_labels_empty", file=path.name)
    return lines


def _lines(text: str, path: Path) -> Iterator[Line]:
    """Comma, semicolon or tab, whichever the first line has; else the last blank of each line."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = next((one for one in _DELIMITERS if one in first), "")
    try:
        rows: Sequence[tuple[int, list[str]]]
        if delimiter:
            reader = csv.reader(text.splitlines(), delimiter=delimiter, skipinitialspace=True)
            rows = [(reader.line_num, row) for row in reader]
        else:
            rows = [(at, line.rsplit(maxsplit=1)) for at, line in enumerate(text.splitlines(), 1)]
    except csv.Error as error:
        raise unusable("dataset_labels_unreadable", str(error), file=path.name) from error
    for number, row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise unusable("dataset_labels_line", file=path.name, line=number)
        yield Line(cells[0], cells[1], number)


def understood(written: Sequence[str], class_names: Sequence[str] = ()) -> Labels:
    """Whole numbers are classes, other numbers values, and words classes in the order of their names.

    With `class_names` given words count by their place there. Raises KnownError(DATASET_UNUSABLE).
    """
    if class_names:
        places = {name: at for at, name in enumerate(class_names)}
        if all(label in places for label in written):
            return Labels(np.array([places[label] for label in written], dtype=np.int64), tuple(class_names))
    try:
        return Labels(np.array([int(label) for label in written], dtype=np.int64), tuple(class_names))
    except (ValueError, OverflowError):
        """Not all of them are whole numbers."""
    try:
        values = np.array([float(label) for label in written], dtype=np.float64)
    except ValueError:
        if class_names:
            missing = next(label for label in written if label not in class_names)
            raise unusable("dataset_class_unknown", name=missing) from None
        names = sorted(set(written))
        places = {name: at for at, name in enumerate(names)}
        return Labels(np.array([places[label] for label in written], dtype=np.int64), tuple(names))
    if not np.isfinite(values).all():
        raise unusable("dataset_label_not_finite", count=int(np.sum(~np.isfinite(values))))
    return Labels(values)
