"""Labelled data, brought once per comparison into a form that the measuring child streams from the disk."""

from __future__ import annotations

import contextlib
import errno
import functools
import hashlib
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from profiler import folders, image_client, input_pictures, messages, survey_client
from profiler.checks_plan import Dataset
from profiler.correctness import dataset_making, dataset_sources, preprocessing, sample_order
from profiler.correctness.dataset_errors import unusable
from profiler.correctness.dataset_making import Means, Wanted
from profiler.correctness.dataset_shelf import DatasetShelf
from profiler.correctness.dataset_sources import Source
from profiler.errors import ErrorKind, KnownError
from profiler.input_pictures import Layout
from profiler.plan import RunPlan
from profiler.result import Tensor

# Raised by one where the form on the disk changes: what an older version prepared is then made anew.
_FORM = 1

Shapes = Mapping[str, tuple[int, ...]]


def shelf() -> DatasetShelf:
    """Where this user's prepared data sets lie."""
    return DatasetShelf(folders.cache_folder() / "datasets")


def check(dataset: Dataset) -> int:
    """How many labelled samples there are; quick. Raises KnownError(DATASET_UNUSABLE)."""
    with _refusing(Path(dataset.path).name):
        return dataset_sources.of(dataset).samples


def prepare(
    plan: RunPlan,
    inputs: Sequence[Tensor],
    shapes: Shapes,
    *,
    on: DatasetShelf | None = None,
    ask: image_client.Ask | None = None,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stop_asked: Callable[[], bool] = lambda: False,
    now_s: Callable[[], float] = time.time,
) -> Dataset:
    """The plan's data set with `prepared` filled in, for a model with these inputs at these shapes.

    What another run has prepared alike is taken as it is. `tell` hears of samples that are done, of how many.
    Raises KnownError: DATASET_UNUSABLE, INPUT_UNREADABLE for a picture that is none, DISK_FULL, CANCELLED.
    """
    dataset = plan.checks.dataset
    if dataset is None:
        raise unusable("dataset_missing", file="–")
    place = on if on is not None else shelf()
    means = Means(ask or functools.partial(_asked, stop_asked=stop_asked), tell, stop_asked)
    with _refusing(Path(dataset.path).name):
        wanted = _wanted(dataset, plan.seed, inputs, shapes)
        key = _key(wanted)
        found = place.find(key)
        if found is None:
            with place.making(key, wanted.needed_bytes(), now_s()) as folder:
                dataset_making.make(wanted, folder, means)
            found = place.find(key)
    if found is None:
        raise unusable("dataset_lost", file=Path(dataset.path).name)
    return msgspec.structs.replace(dataset, prepared=str(found))


@contextlib.contextmanager
def _refusing(name: str) -> Iterator[None]:
    """What the system says of files is an error of the user's world, too."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise KnownError(ErrorKind.DISK_FULL, str(error), file=name) from error
        raise unusable("dataset_unreadable", error.strerror or str(error), file=name) from error


def _asked(request: messages.Request, timeout_s: float, stop_asked: Callable[[], bool]) -> messages.Report:
    return survey_client.ask(request, timeout_s, stop_asked=stop_asked)


def _wanted(dataset: Dataset, seed: int, inputs: Sequence[Tensor], shapes: Shapes) -> Wanted:
    source = dataset_sources.of(dataset)
    classes = source.labels if source.task == "classification" else None
    order = sample_order.mixed(source.samples, dataset.limit, seed, classes)
    if not source.files:
        return Wanted(source, order, dataset.preprocessing, None)
    layout = _layout(inputs, shapes, source)
    return Wanted(source, order, preprocessing.fitted(dataset.preprocessing, layout), layout)


def _layout(inputs: Sequence[Tensor], shapes: Shapes, source: Source) -> Layout:
    """Of the one input, which has to be a picture."""
    if len(inputs) != 1:
        raise unusable("dataset_one_input", count=len(inputs), file=source.path.name)
    found = input_pictures.layout_of(shapes[inputs[0].name])
    if found is None:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, file=inputs[0].name, what="not_pictures")
    return found


def _key(wanted: Wanted) -> str:
    """Everything that the prepared data depends on; files by their size and time of change."""
    source, layout = wanted.source, wanted.layout
    size = None if layout is None else (layout.height, layout.width)
    told = [_FORM, str(source.path.resolve()), size, wanted.given, source.class_names, source.task]
    digest = hashlib.sha256(msgspec.json.encode(told))
    digest.update(wanted.order.tobytes())
    for path in source.files or (source.path,):
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe would keep its reader waiting for ever
            raise unusable("dataset_unreadable", f"{path.name} is no regular file", file=path.name)
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
    if source.labels is not None:
        digest.update(np.ascontiguousarray(source.labels).tobytes())
    return digest.hexdigest()
