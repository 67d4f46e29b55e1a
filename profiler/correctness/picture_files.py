"""Labelled pictures on the disk: a sub-folder for each class, or one folder beside a labels file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from profiler.correctness import label_files
from profiler.correctness.dataset_errors import unusable
from profiler.image_client import SUFFIXES

CLASSES = "classes.txt"
_LABELS = ("labels.csv", "labels.txt")


class Pictures(NamedTuple):
    """Files with a label each, in the order of their names, and what the classes are called."""

    files: list[Path]
    labels: npt.NDArray[Any]
    class_names: tuple[str, ...]


def found(folder: Path, labels: str) -> Pictures:
    """Every picture and its label; raises KnownError(DATASET_UNUSABLE) with what is missing."""
    beside = Path(labels) if labels else next((folder / n for n in _LABELS if (folder / n).is_file()), None)
    try:
        if beside is not None:
            return _of_labels_file(folder, beside)
        places = sorted(entry.name for entry in os.scandir(folder) if _is_class(entry))
    except OSError as error:
        raise unusable("dataset_unreadable", error.strerror or str(error), file=folder.name) from error
    if not places:
        raise unusable("dataset_no_labels", file=folder.name)
    return _of_folders(folder, places)


def _is_class(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir() and not entry.name.startswith((".", "__"))


def _of_folders(folder: Path, places: Sequence[str]) -> Pictures:
    """Classes in sorted order, as torchvision's ImageFolder; names that are all numbers are the classes."""
    names = _class_names(folder)
    if names:
        unknown = next((place for place in places if place not in names), None)
        if unknown is not None:
            raise unusable("dataset_class_unknown", name=unknown)
        numbers = [names.index(place) for place in places]
    elif all(place.isascii() and place.isdecimal() for place in places):
        numbers = [int(place) for place in places]
    else:
        names, numbers = tuple(places), list(range(len(places)))
    files: list[Path] = []
    labels: list[int] = []
    for place, number in sorted(zip(places, numbers, strict=True), key=lambda pair: pair[1]):
        inside = _pictures_below(folder / place)
        if not inside:
            raise unusable("dataset_class_empty", name=place)
        files += inside
        labels += [number] * len(inside)
    return Pictures(files, np.array(labels, dtype=np.int64), names)


def _pictures_below(folder: Path) -> list[Path]:
    found = [
        Path(root) / name
        for root, _, names in os.walk(folder)
        for name in names
        if name.lower().endswith(SUFFIXES) and not name.startswith(".")
    ]
    return sorted(found)


def _class_names(folder: Path) -> tuple[str, ...]:
    """The lines of classes.txt, in the order of the model's classes; nothing without one."""
    path = folder / CLASSES
    if not path.is_file():
        return ()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise unusable("dataset_labels_unreadable", str(error), file=path.name) from error
    return tuple(line.strip() for line in lines if line.strip())


def _of_labels_file(folder: Path, path: Path) -> Pictures:
    lines = label_files.read(path)
    files = [_picture(folder, line, path) for line in lines]
    understood = label_files.understood([line.label for line in lines], _class_names(folder))
    return Pictures(files, understood.values, understood.class_names)


def _picture(folder: Path, line: label_files.Line, labels: Path) -> Path:
    """A picture inside the folder: a labels file of a stranger must not make any other file be read."""
    path = folder / line.file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise unusable("dataset_picture_outside", file=labels.name, line=line.number, picture=line.file)
    if not path.is_file():
        raise unusable("dataset_picture_missing", file=labels.name, line=line.number, picture=line.file)
    if path.suffix.lower() not in SUFFIXES:
        raise unusable("dataset_picture_kind", file=labels.name, line=line.number, picture=line.file)
    return path
