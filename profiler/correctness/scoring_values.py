"""How far numbers are from their labels, and how much of a map is right: errors, R², IoU; arithmetic."""

from __future__ import annotations

import math
from typing import Any, Optional

import numpy as np

from profiler.blocks import Reason
from profiler.correctness.scoring import Score, threshold_of

Array = np.ndarray[Any, Any]

# Points that no label was given to: VOC's 255 where the classes end before, PyTorch's ignore_index.
UNLABELLED, UNLABELLED_TOO = 255, -100
MOST_CLASSES_TOLD = 1_000


class Values:
    """Answers beside labels, float [n, k]: errors over all numbers, R² of each column on average.

    R² = 1 - sum (own - label)^2 / sum (label - mean)^2, as scikit-learn's r2_score with uniform_average;
    sums of squares about the mean grow by the rule of Chan, Golub and LeVeque (1979).
    """

    right: Optional[int] = None

    def __init__(self) -> None:
        self._count = self._nan = 0
        self._absolute = 0.0
        self._squares: Array = np.zeros(0)
        self._mean: Array = np.zeros(0)
        self._about: Array = np.zeros(0)

    def add(self, answers: Array, labels: Array) -> None:
        own, labels = answers.astype(np.float64), labels.astype(np.float64)
        self._nan += int((~np.isfinite(own)).any(axis=1).sum())
        if not self._count:
            self._squares, self._mean, self._about = (np.zeros(labels.shape[1]) for _ in range(3))
        error = own - labels
        self._absolute += float(np.abs(error).sum())
        self._squares = self._squares + (error**2).sum(axis=0)
        self._join(labels)

    def _join(self, labels: Array) -> None:
        count, mean = len(labels), labels.mean(axis=0)
        apart, whole = mean - self._mean, self._count + count
        about = ((labels - mean) ** 2).sum(axis=0)
        self._about = self._about + about + apart**2 * self._count * count / whole
        self._mean = self._mean + apart * count / whole
        self._count = whole

    def score(self) -> Score:
        """Nothing where an answer is not finite: an error that leaves it out would flatter the model."""
        if not self._count:
            return Score()
        if self._nan:
            told = {"count": str(self._nan), "total": str(self._count)}
            return Score(notes=(Reason("answers_nan", told),))
        numbers = self._count * len(self._squares)
        varies = self._about > 0
        r2 = float(np.mean(1 - self._squares[varies] / self._about[varies])) if varies.all() else None
        return Score(
            mean_absolute_error=self._absolute / numbers,
            root_mean_square_error=math.sqrt(float(self._squares.sum()) / numbers),
            r2=r2,
        )


class Maps:
    """A class at each point: answers and labels whole numbers [n, ...] of one shape.

    IoU of a class = points of both / points of either, over all samples together; its mean over the classes
    that occur in labels or answers. Points without a label count nowhere. A point without an answer (NaN)
    is `NO_ANSWER` in the answers, and wrong.
    """

    right: Optional[int] = None

    def __init__(self, classes: int) -> None:
        self._classes = classes
        self._both, self._labels, self._answers = (np.zeros(classes, dtype=np.int64) for _ in range(3))
        self._points = self._missing = 0

    def add(self, answers: Array, labels: Array) -> None:
        """Raises IndexError for a label that no class has."""
        own, wanted = answers.reshape(-1).astype(np.int64), labels.reshape(-1).astype(np.int64)
        told = (wanted != UNLABELLED_TOO) & ((wanted != UNLABELLED) | (self._classes > UNLABELLED))
        own, wanted = own[told], wanted[told]
        if wanted.size and not 0 <= int(wanted.min()) <= int(wanted.max()) < self._classes:
            raise IndexError(int(wanted.max()) if int(wanted.min()) >= 0 else int(wanted.min()))
        self._points += int(wanted.size)
        self._missing += int((own < 0).sum())
        self._both = self._both + self._counted(wanted[own == wanted])
        self._labels = self._labels + self._counted(wanted)
        self._answers = self._answers + self._counted(own[(own >= 0) & (own < self._classes)])

    def _counted(self, values: Array) -> Array:
        return np.bincount(values, minlength=self._classes)

    def score(self) -> Score:
        if not self._points:
            return Score(classes=self._classes)
        either = self._labels + self._answers - self._both
        occurs = either > 0
        shares = [float(b) / float(e) if e else None for b, e in zip(self._both, either)]
        told = {"count": str(self._missing), "total": str(self._points)}
        return Score(
            classes=self._classes,
            mean_iou=float(np.mean(self._both[occurs] / either[occurs])),
            iou_by_class=tuple(shares) if self._classes <= MOST_CLASSES_TOLD else (),
            pixel_accuracy=int(self._both.sum()) / self._points,
            notes=(Reason("answers_nan", told),) if self._missing else (),
        )


class BinaryMaps:
    """One score at each point for class 1 against 0: both readings are kept until the range is known."""

    right: Optional[int] = None

    def __init__(self) -> None:
        self._by_threshold = {0.5: Maps(2), 0.0: Maps(2)}
        self._ends: list[tuple[float, float]] = []

    def add(self, scores: Array, labels: Array) -> None:
        broken = np.isnan(scores)
        known = scores[~broken]
        if known.size:
            self._ends.append((float(known.min()), float(known.max())))
        for threshold, maps in self._by_threshold.items():
            maps.add(np.where(broken, -1, (scores >= threshold).astype(np.int64)), labels)

    def score(self) -> Score:
        threshold = threshold_of(*self._ends)
        found = self._by_threshold[threshold].score()
        note = Reason("binary_answers", {"threshold": f"{threshold:g}"})
        return found._replace(notes=(*found.notes, note))
