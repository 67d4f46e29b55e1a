"""Which kind of answer a model gives to which kind of label, and both in one form to be counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Optional, Union

import numpy as np

from profiler.blocks import Reason
from profiler.correctness.dataset_errors import unusable
from profiler.correctness.prepared import Data
from profiler.correctness.scoring import NO_ANSWER, Binary, Classes, Numbers
from profiler.correctness.scoring_values import UNLABELLED, BinaryMaps, Maps, Values

Array = np.ndarray[Any, Any]

# Each class of a map is counted: a single stray label must not take all of the memory.
MOST_CLASSES = 1_000_000
Tally = Union[Classes, Numbers, Binary, Values, Maps, BinaryMaps]
Turn = Callable[[Array], Array]


class Judge(NamedTuple):
    """`kind` as in Labelled; answers and labels of a batch go through their turns into `tally`."""

    kind: str
    tally: Tally
    of_answers: Turn
    of_labels: Turn
    notes: tuple[Reason, ...] = ()

    def add(self, answers: Array, labels: Array) -> None:
        self.tally.add(self.of_answers(answers), self.of_labels(labels))


def judge(answers: Array, data: Data) -> Judge:
    """By the first batch of answers, n×..., and the labels; raises KnownError(DATASET_UNUSABLE)."""
    task = data.about.task
    if task == "classification":
        return _of_classes(answers, data)
    return _of_values(answers, data) if task == "values" else _of_maps(answers, data)


def _same(array: Array) -> Array:
    return array


def _flat(array: Array) -> Array:
    return array.reshape(len(array), -1)


def _single(array: Array) -> Array:
    return array.reshape(len(array))


def _of_classes(answers: Array, data: Data) -> Judge:
    shape, classes = answers.shape[1:], data.about.classes
    width = int(np.prod(shape, dtype=object))
    if answers.dtype.kind in "OSU" and width == 1:
        return Judge("classification", Numbers(classes), _named(data.about.class_names), _same)
    if answers.dtype.kind not in "fiub" or (width != 1 and sum(size != 1 for size in shape) != 1):
        raise _apart(answers, data)
    if width == 1 and answers.dtype.kind in "iub":
        return Judge("classification", Numbers(classes), _single, _same)
    if width == 1 and classes <= 2:
        return Judge("classification", Binary(), _single, _same)
    if width == 1:
        return Judge("regression", Values(), _flat, _flat, (Reason("classes_as_values"),))
    return _of_scores(data, width)


def _of_scores(data: Data, width: int) -> Judge:
    largest = int(data.labels.max())
    if largest >= width:
        raise unusable("dataset_label_range", label=largest, classes=width)
    return Judge("classification", Classes(data.about.classes), _flat, _same)


def _of_values(answers: Array, data: Data) -> Judge:
    labels = data.labels
    width, wanted = int(np.prod(answers.shape[1:], dtype=object)), int(labels[:1].size)
    if answers.dtype.kind not in "fiub":
        raise _apart(answers, data)
    if width == wanted:
        return Judge("regression", Values(), _flat, _flat)
    is_whole = wanted == 1 and bool((labels == np.rint(labels)).all()) and float(labels.min()) >= 0
    if not is_whole or sum(size != 1 for size in answers.shape[1:]) != 1:
        raise _apart(answers, data)
    found = _of_scores(data, width)
    # Class numbers that were saved as floats: how many there are is only known by them.
    return found._replace(
        tally=Classes(int(labels.max()) + 1), of_labels=lambda array: _single(array).astype(np.int64)
    )


def _of_maps(answers: Array, data: Data) -> Judge:
    points = _points(data.labels.shape[1:])

    def of_labels(array: Array) -> Array:
        return array.reshape(len(array), *points)

    shape = answers.shape[1:]
    if _points(shape) == points and answers.dtype.kind in "iub":
        return Judge("segmentation", Maps(_classes(data)), lambda a: a.reshape(len(a), *points), of_labels)
    if answers.dtype.kind not in "fiub":
        raise _apart(answers, data)
    if _points(shape) == points:
        tally = BinaryMaps()
        return Judge("segmentation", tally, lambda a: a.reshape(len(a), *points), of_labels)
    axis = next((axis for axis in (1, answers.ndim - 1) if _without(shape, axis - 1) == points), None)
    if axis is None:
        raise _apart(answers, data)
    width = shape[axis - 1]
    largest = _largest(data)
    if largest >= width:
        raise unusable("dataset_label_range", label=largest, classes=width)
    return Judge("segmentation", Maps(width), lambda array: _largest_at(array, axis), of_labels)


def _points(shape: Sequence[int]) -> tuple[int, ...]:
    """Height and width, without an axis for a single channel."""
    if len(shape) == 3 and 1 in (shape[0], shape[2]):
        return tuple(shape[1:]) if shape[0] == 1 else tuple(shape[:2])
    return tuple(shape)


def _without(shape: Sequence[int], axis: int) -> tuple[int, ...]:
    return tuple(size for at, size in enumerate(shape) if at != axis)


def _largest_at(scores: Array, axis: int) -> Array:
    """The class with the largest score at each point; none where one of its scores is not a number."""
    broken = np.isnan(scores).any(axis=axis) if scores.dtype.kind == "f" else None
    found = np.asarray(scores.argmax(axis=axis))
    return found if broken is None else np.where(broken, NO_ANSWER, found)


def _largest(data: Data) -> int:
    """The largest class in the maps, without what stands for no label."""
    found = 0
    for at in range(len(data.labels)):
        row = data.labels[at]
        known = row[row != UNLABELLED]
        found = max(found, int(known.max())) if known.size else found
    return found


def _classes(data: Data) -> int:
    found = _largest(data) + 1
    if found > MOST_CLASSES:
        raise unusable("dataset_label_range", label=found - 1, classes=MOST_CLASSES)
    return found


def _named(names: Sequence[str]) -> Turn:
    """Words as class numbers; what no class is called is no answer."""
    places = {name: at for at, name in enumerate(names)}

    def turn(array: Array) -> Array:
        return np.array([_place(one, places) for one in array.reshape(-1)], dtype=np.int64)

    return turn


def _place(word: object, places: dict[str, int]) -> int:
    text = word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)
    found: Optional[int] = places.get(text)
    if found is not None:
        return found
    return int(text) if text.isascii() and text.isdecimal() else NO_ANSWER


def _apart(answers: Array, data: Data) -> Exception:
    def written(shape: Sequence[int]) -> str:
        return "×".join(map(str, shape)) or "1"

    return unusable(
        "dataset_answers", answers=written(answers.shape[1:]), labels=written(data.labels.shape[1:])
    )
