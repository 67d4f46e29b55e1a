"""Right answers counted: classes, one score against another, classes at each point; pure arithmetic."""

from __future__ import annotations

from typing import Any, NamedTuple, Optional

import numpy as np

from profiler.answer_blocks import Share
from profiler.blocks import Reason
from profiler.metrics import accuracy

Array = np.ndarray[Any, Any]

MOST_CELLS = 4_000
MOST_BITS = 4_000_000
NO_ANSWER = -1
# Labels count as shifted where that makes most answers right, and several times as many as before.
SHIFTED_SHARE, SHIFTED_TIMES = 0.5, 3


class Score(NamedTuple):
    """Of all samples so far; shares are None where nothing was answered. Fields as in Labelled."""

    classes: Optional[int] = None
    top1: Optional[float] = None
    top1_ci: Optional[Share] = None
    top5: Optional[float] = None
    top5_ci: Optional[Share] = None
    confusion: tuple[tuple[int, int, int], ...] = ()
    right_bits: str = ""
    mean_absolute_error: Optional[float] = None
    root_mean_square_error: Optional[float] = None
    r2: Optional[float] = None
    mean_iou: Optional[float] = None
    iou_by_class: tuple[Optional[float], ...] = ()
    pixel_accuracy: Optional[float] = None
    notes: tuple[Reason, ...] = ()


class Classes:
    """Class scores float or whole [n, C], the largest of which is the answer; of equals the first.

    `named`: how many classes the labels speak of. A model may have one more at 0, for the background (as
    TensorFlow's ImageNet of 1,001): that reading is kept beside the plain one, and taken where it is right
    more often.
    """

    def __init__(self, named: int) -> None:
        self._named, self._width = named, 0
        self._labels: list[Array] = []
        self._answers: list[Array] = []
        self._in_top: dict[int, list[Array]] = {0: [], 1: []}
        self._nan = self._right = 0

    @property
    def right(self) -> int:
        return self._right

    def add(self, scores: Array, labels: Array) -> None:
        """`labels` int64 [n] from 0 to below C."""
        self._width = scores.shape[1]
        values = scores.astype(np.float64)
        broken = np.isnan(values).any(axis=1)
        answers = np.where(broken, NO_ANSWER, np.where(np.isnan(values), -np.inf, values).argmax(axis=1))
        self._nan += int(broken.sum())
        self._answers.append(answers)
        self._labels.append(labels)
        for shift, found in self._in_top.items():
            found.append(~broken & _is_among_first(values, labels + shift))
        self._right += int((answers == labels).sum())

    def score(self) -> Score:
        if not self._labels:
            return Score()
        labels, answers = np.concatenate(self._labels), np.concatenate(self._answers)
        shift = self._shift(labels, answers)
        notes = list(_of_nan(self._nan, len(labels)))
        is_background = shift == 1 and self._width == self._named + 1
        if is_background:
            notes.append(Reason("background_class", {"classes": str(self._width)}))
            answers = np.where(answers > 0, answers - 1, answers)
            answers[np.concatenate(self._answers) == 0] = NO_ANSWER
        elif shift:
            shifted = _share(answers - shift == labels)
            told = {"shift": f"{shift:+d}", "value": _percent(_share(answers == labels))}
            notes.append(Reason("labels_shifted", {**told, "shifted": _percent(shifted)}))
        classes = self._named if is_background else self._width
        found = _of_answers(labels, answers, classes)
        in_top = np.concatenate(self._in_top[1 if is_background else 0])
        if classes > accuracy.FIRST:
            top5 = int(in_top.sum())
            interval = accuracy.wilson(top5, len(labels))
            found = found._replace(top5=top5 / len(labels), top5_ci=interval)
        return found._replace(notes=tuple(notes))

    def _shift(self, labels: Array, answers: Array) -> int:
        """By how much the answers lie beside the labels; 0 where they fit as they are."""
        plain = _share(answers == labels)
        best = max((1, -1), key=lambda by: _share((answers - by == labels) & (answers != NO_ANSWER)))
        other = _share((answers - best == labels) & (answers != NO_ANSWER))
        if best == 1 and self._width == self._named + 1 and other > plain:
            return 1
        return best if other >= SHIFTED_SHARE and other > SHIFTED_TIMES * plain else 0


class Numbers:
    """Answers that are class numbers already: whole [n]."""

    def __init__(self, named: int) -> None:
        self._named, self._right = named, 0
        self._labels: list[Array] = []
        self._answers: list[Array] = []

    @property
    def right(self) -> int:
        return self._right

    def add(self, answers: Array, labels: Array) -> None:
        self._answers.append(answers.astype(np.int64))
        self._labels.append(labels)
        self._right += int((self._answers[-1] == labels).sum())

    def score(self) -> Score:
        if not self._labels:
            return Score()
        labels, answers = np.concatenate(self._labels), np.concatenate(self._answers)
        classes = max(self._named, int(answers.max()) + 1, int(labels.max()) + 1)
        notes = (Reason("answers_are_classes"),)
        return _of_answers(labels, answers, classes)._replace(notes=notes)


class Binary:
    """One score a sample, float [n], for class 1 against 0.

    A probability where all of them lie in 0 to 1, and then 1 from 0.5 on; else a logit, and 1 from 0 on.
    """

    def __init__(self) -> None:
        self._labels: list[Array] = []
        self._scores: list[Array] = []

    @property
    def right(self) -> int:
        return 0 if not self._labels else int((self._answers() == np.concatenate(self._labels)).sum())

    def add(self, scores: Array, labels: Array) -> None:
        self._scores.append(scores.astype(np.float64))
        self._labels.append(labels)

    def score(self) -> Score:
        if not self._labels:
            return Score()
        labels, nan = np.concatenate(self._labels), int(np.isnan(np.concatenate(self._scores)).sum())
        code = Reason("binary_answers", {"threshold": f"{self._threshold():g}"})
        return _of_answers(labels, self._answers(), 2)._replace(notes=(*_of_nan(nan, len(labels)), code))

    def _threshold(self) -> float:
        return threshold_of(*(_ends(scores) for scores in self._scores))

    def _answers(self) -> Array:
        scores = np.concatenate(self._scores)
        return np.where(np.isnan(scores), NO_ANSWER, (scores >= self._threshold()).astype(np.int64))


def threshold_of(*ends: tuple[float, float]) -> float:
    """0.5 for probabilities, 0 for logits, by the lowest and highest value of each part."""
    return 0.5 if all(low >= 0 and high <= 1 for low, high in ends) else 0.0


def _ends(scores: Array) -> tuple[float, float]:
    known = scores[~np.isnan(scores)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)


def _is_among_first(values: Array, labels: Array) -> Array:
    """Whether fewer than five scores come before the label's: larger ones, and equal ones to its left."""
    is_there = labels < values.shape[1]
    at = np.where(is_there, labels, 0)[:, None]
    own = np.take_along_axis(values, at, axis=1)
    places = np.arange(values.shape[1])[None, :]
    before = (values > own) | ((values == own) & (places < at))
    found: Array = is_there & (before.sum(axis=1) < accuracy.FIRST)
    return found


def _of_answers(labels: Array, answers: Array, classes: int) -> Score:
    hits = answers == labels
    right, count = int(hits.sum()), len(labels)
    return Score(
        classes=classes,
        top1=right / count,
        top1_ci=accuracy.wilson(right, count),
        confusion=_confusion(labels, answers),
        right_bits=accuracy.packed(hits) if count <= MOST_BITS else "",
    )


def _confusion(labels: Array, answers: Array) -> tuple[tuple[int, int, int], ...]:
    """(label, answer, count), the most frequent first; samples without an answer are left out."""
    told = (answers >= 0) & (labels >= 0)
    pairs, counts = np.unique(np.stack([labels[told], answers[told]]), axis=1, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:MOST_CELLS]
    return tuple((int(pairs[0, at]), int(pairs[1, at]), int(counts[at])) for at in order)


def _of_nan(nan: int, count: int) -> tuple[Reason, ...]:
    return (Reason("answers_nan", {"count": str(nan), "total": str(count)}),) if nan else ()


def _share(hits: Array) -> float:
    return float(hits.mean()) if hits.size else 0.0


def _percent(share: float) -> str:
    return f"{share * 100:.3g} %"
