"""What a labelled data set is, before any sample of it is read: pictures or arrays, and a label for each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.checks_plan import Dataset
from profiler.correctness import npz_rows, picture_files
from profiler.correctness.dataset_errors import unusable
from profiler.result import Reason

LABEL_NAMES = ("y", "labels")
INPUT_NAMES = ("x", "inputs")


class Source(NamedTuple):
    """Pictures (`files`) or the arrays `names` of an .npz, with the `labels` of all of them.

    `task` as in prepared.Prepared. `labels` None: maps, which lie in the array `labels_name` and are only
    read row by row.
    """

    path: Path
    samples: int
    task: str
    labels: npt.NDArray[Any] | None
    class_names: tuple[str, ...] = ()
    files: Sequence[Path] = ()
    names: tuple[str, ...] = ()
    labels_name: str = ""
    notes: tuple[Reason, ...] = ()

    @property
    def classes(self) -> int:
        """How many classes the labels speak of; 0 where they are no classes, or maps."""
        if self.class_names:
            return len(self.class_names)
        is_classes = self.task == "classification" and self.labels is not None
        return int(self.labels.max()) + 1 if is_classes and self.labels is not None else 0


class Told(NamedTuple):
    """Labels brought into one form."""

    task: str
    labels: npt.NDArray[Any]
    notes: tuple[Reason, ...] = ()


def of(dataset: Dataset) -> Source:
    """Raises KnownError(DATASET_UNUSABLE) with what is wrong."""
    path = Path(dataset.path)
    if path.is_dir():
        found = picture_files.found(path, dataset.labels)
        told = told_by(found.labels, path.name)
        source = Source(path, len(found.files), told.task, told.labels, found.class_names, found.files)
    elif not path.exists():
        raise unusable("dataset_missing", file=path.name)
    elif path.suffix.lower() != ".npz":
        raise unusable("dataset_kind", file=path.name)
    elif dataset.labels:
        raise unusable("dataset_labels_twice", file=path.name)
    else:
        source = _of_arrays(path)
    _check_range(source)
    return source


def _of_arrays(path: Path) -> Source:
    with npz_rows.opened(path) as archive:
        heads = archive.heads
        labels_name = next((name for name in LABEL_NAMES if name in heads), None)
        if labels_name is None:
            raise unusable("dataset_no_label_array", file=path.name, known=", ".join(heads) or "–")
        plain = next((name for name in INPUT_NAMES if name in heads), None)
        names = (plain,) if plain else tuple(name for name in heads if name != labels_name)
        if not names:
            raise unusable("dataset_no_input_array", file=path.name)
        count = heads[labels_name].rows
        for name in names:
            if heads[name].rows != count:
                raise unusable(
                    "dataset_lengths", file=path.name, name=name, inputs=heads[name].rows, labels=count
                )
        if not count:
            raise unusable("dataset_empty", file=path.name)
        head = heads[labels_name]
        if len(head.shape) > 2 and head.dtype.kind in "iub":
            return Source(path, count, "maps", None, names=names, labels_name=labels_name)
        told = told_by(archive.whole(labels_name), path.name)
    return Source(path, count, told.task, told.labels, names=names, labels_name=labels_name, notes=told.notes)


def told_by(labels: npt.NDArray[Any], file: str) -> Told:
    """Classes as int64 [n], values as float64, maps as they are.

    A table with a single one in each row of zeros is classes. Raises KnownError(DATASET_UNUSABLE).
    """
    if labels.dtype.kind == "f" and not np.isfinite(labels).all():
        raise unusable("dataset_label_not_finite", count=int(np.sum(~np.isfinite(labels))))
    flat = labels.reshape(len(labels)) if labels.size == len(labels) else labels
    if flat.ndim == 2 and _is_one_hot(flat):
        return Told("classification", flat.argmax(axis=1).astype(np.int64), (Reason("labels_one_hot"),))
    if labels.dtype.kind == "f":
        if flat.ndim > 2:
            raise unusable("dataset_label_shape", file=file, shape="×".join(map(str, labels.shape)))
        return Told("values", flat.astype(np.float64))
    return Told("classification", flat.astype(np.int64)) if flat.ndim == 1 else Told("maps", flat)


def _is_one_hot(labels: npt.NDArray[Any]) -> bool:
    is_flags = ((labels == 0) | (labels == 1)).all()
    return labels.shape[1] > 1 and bool(is_flags) and bool((labels.sum(axis=1) == 1).all())


def _check_range(source: Source) -> None:
    if source.task != "classification" or source.labels is None:
        return
    low, high = int(source.labels.min()), int(source.labels.max())
    if low < 0:
        raise unusable("dataset_label_negative", label=low)
    if source.class_names and high >= len(source.class_names):
        raise unusable("dataset_label_range", label=high, classes=len(source.class_names))
