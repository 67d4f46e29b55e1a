"""Labelled data, brought once per comparison into a form that the measuring child streams from the disk."""

from __future__ import annotations

import functools
import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from profiler import atomic_file, folders, image_client, input_pictures, messages, survey_client
from profiler.checks_plan import Dataset, Preprocessing
from profiler.correctness import dataset_sources, npz_rows, preprocessing, sample_order
from profiler.correctness.dataset_errors import unusable
from profiler.correctness.dataset_shelf import DatasetShelf
from profiler.correctness.dataset_sources import Source
from profiler.correctness.prepared import ABOUT, LABELS, Prepared, chunk
from profiler.errors import ErrorKind, KnownError
from profiler.input_pictures import Layout
from profiler.plan import RunPlan
from profiler.result import Tensor

CHUNK_PICTURES = 128
CHUNK_BYTES = 64_000_000
CHUNK_TIMEOUT_S = 600.0
MOST_DECODERS = 4
PICTURES = "pictures"
_FORM = 1

Ask = image_client.Ask
Tell = Callable[[int, int], None]
Shapes = Mapping[str, tuple[int, ...]]


def shelf() -> DatasetShelf:
    """Where this user's prepared data sets lie."""
    return DatasetShelf(folders.cache_folder() / "datasets")


def check(dataset: Dataset) -> None:
    """Whether there is labelled data at all; quick. Raises KnownError(DATASET_UNUSABLE)."""
    dataset_sources.of(dataset)


def prepare(
    plan: RunPlan,
    inputs: Sequence[Tensor],
    shapes: Shapes,
    *,
    on: DatasetShelf | None = None,
    ask: Ask | None = None,
    tell: Tell = lambda done, total: None,
    stop_asked: Callable[[], bool] = lambda: False,
    now_s: Callable[[], float] = time.time,
) -> Dataset:
    """The plan's data set with `prepared` filled in, for a model with these inputs at these shapes.

    What another run has prepared alike is taken as it is. `tell` hears of samples that are done, of how many.
    Raises KnownError: DATASET_UNUSABLE, INPUT_UNREADABLE for a picture that is none, CANCELLED.
    """
    dataset = plan.checks.dataset
    if dataset is None:
        raise unusable("dataset_missing", file="–")
    source = dataset_sources.of(dataset)
    order = sample_order.mixed(source.samples, dataset.limit, plan.seed, _classes(source))
    layout = _layout(inputs, shapes, source) if source.files else None
    given = preprocessing.fitted(dataset.preprocessing, layout) if layout else dataset.preprocessing
    place = on if on is not None else shelf()
    key = _key(dataset, source, plan.seed, layout, given)
    found = place.find(key)
    if found is None:
        asked = ask or functools.partial(_asked, stop_asked=stop_asked)
        with place.making(key, _needed(source, order, layout), now_s()) as folder:
            if layout is None:
                made = _arrays(source, order, folder, given, stop_asked, tell)
            else:
                made = _pictures(source, order, folder, layout, given, asked, stop_asked, tell)
            atomic_file.write(folder / ABOUT, msgspec.json.encode(made))
        found = place.find(key)
    if found is None:
        raise unusable("dataset_lost", file=Path(dataset.path).name)
    return msgspec.structs.replace(dataset, prepared=str(found))


def _asked(request: messages.Request, timeout_s: float, stop_asked: Callable[[], bool]) -> messages.Report:
    return survey_client.ask(request, timeout_s, stop_asked=stop_asked)


def _classes(source: Source) -> npt.NDArray[Any] | None:
    return source.labels if source.task == "classification" else None


def _layout(inputs: Sequence[Tensor], shapes: Shapes, source: Source) -> Layout:
    """Of the one input, which has to be a picture."""
    if len(inputs) != 1:
        raise unusable("dataset_one_input", count=len(inputs), file=source.path.name)
    found = input_pictures.layout_of(shapes[inputs[0].name])
    if found is None:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, file=inputs[0].name, what="not_pictures")
    return found


def _key(dataset: Dataset, source: Source, seed: int, layout: Layout | None, given: Preprocessing) -> str:
    """Everything that the prepared data depends on; files by their size and time of change."""
    size = None if layout is None else (layout.height, layout.width)
    told = [_FORM, str(source.path.resolve()), dataset.limit, seed, size, given]
    digest = hashlib.sha256(msgspec.json.encode(told))
    for path in source.files or (source.path,):
        stat = path.stat()
        digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\0".encode("utf-8", "surrogateescape"))
    digest.update(msgspec.json.encode(source.class_names))
    if source.labels is not None:
        digest.update(np.ascontiguousarray(source.labels).tobytes())
    return digest.hexdigest()


def _needed(source: Source, order: sample_order.Order, layout: Layout | None) -> int:
    """Bytes on the disk."""
    if layout is not None:
        return len(order) * (layout.height * layout.width * 3 + 8)
    with npz_rows.opened(source.path) as archive:
        names = (*source.names, source.labels_name)
        return len(order) * sum(archive.heads[name].row_bytes for name in names)


def _pictures(
    source: Source, order: sample_order.Order, folder: Path, layout: Layout, given: Preprocessing,
    ask: Ask, stop_asked: Callable[[], bool], tell: Tell,
) -> Prepared:  # fmt: skip
    """Chunk after chunk in children of their own, several at once; the first error ends all."""
    files = [source.files[at] for at in order]
    picture_bytes = layout.height * layout.width * 3
    step = max(1, min(CHUNK_PICTURES, CHUNK_BYTES // picture_bytes))
    pieces = [files[at : at + step] for at in range(0, len(files), step)]

    def work(number: int) -> list[bytes]:
        _stop(stop_asked)
        names = tuple(str(path.resolve()) for path in pieces[number])
        fitting = messages.Fitting(str(chunk(folder, 0, number)), layout.height, layout.width, given)
        answer = ask(messages.DecodeImages(names, str(folder), fitting), CHUNK_TIMEOUT_S)
        if not isinstance(answer, messages.Decoded) or len(answer.sizes) != len(names):
            raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
        return [_sha256(path) for path in pieces[number]]

    labels = _labels(source)[order]
    digest, done = hashlib.sha256(), 0
    with ThreadPoolExecutor(min(MOST_DECODERS, os.cpu_count() or 1)) as decoders:
        for hashes in _in_order(decoders, work, len(pieces)):
            for one in hashes:
                digest.update(one)
            done += len(hashes)
            tell(done, len(files))
    chunks = {PICTURES: tuple(len(piece) for piece in pieces)}
    return _written(source, labels, digest, folder, chunks, given)


def _in_order(
    decoders: ThreadPoolExecutor, work: Callable[[int], list[bytes]], count: int
) -> Iterator[list[bytes]]:
    waiting = [decoders.submit(work, number) for number in range(count)]
    try:
        for one in waiting:
            yield one.result()
    finally:
        for one in waiting:
            one.cancel()


def _arrays(
    source: Source, order: sample_order.Order, folder: Path, given: Preprocessing,
    stop_asked: Callable[[], bool], tell: Tell,
) -> Prepared:  # fmt: skip
    places = np.full(source.samples, -1, dtype=np.int64)
    places[order] = np.arange(len(order))
    digest = hashlib.sha256()
    with npz_rows.opened(source.path) as archive:
        for at, name in enumerate(source.names):
            target = chunk(folder, at, 0)
            archive.copy(name, target, places, lambda: _stop(stop_asked))
            _update(digest, target, lambda: _stop(stop_asked))
        if source.labels is None:
            archive.copy(source.labels_name, folder / LABELS, places, lambda: _stop(stop_asked))
    tell(len(order), len(order))
    labels = None if source.labels is None else source.labels[order]
    chunks: dict[str, tuple[int, ...]] = {name: (len(order),) for name in source.names}
    return _written(source, labels, digest, folder, chunks, given)


def _labels(source: Source) -> npt.NDArray[Any]:
    if source.labels is None:
        raise unusable("dataset_no_labels", file=source.path.name)
    return source.labels


def _written(
    source: Source, labels: npt.NDArray[Any] | None, digest: Any, folder: Path,
    chunks: dict[str, tuple[int, ...]], given: Preprocessing,
) -> Prepared:  # fmt: skip
    """The labels on the disk, and what the whole is."""
    if labels is not None:
        np.save(folder / LABELS, labels)
    _update(digest, folder / LABELS, lambda: None)
    return Prepared(
        name=source.path.name,
        sha256=digest.hexdigest(),
        kind="pictures" if source.files else "arrays",
        count=sum(next(iter(chunks.values()))),
        task=source.task,
        chunks=chunks,
        class_names=source.class_names,
        classes=source.classes,
        preprocessing=given,
        notes=source.notes,
    )


def _update(digest: Any, path: Path, stop: Callable[[], None]) -> None:
    with path.open("rb") as file:
        while block := file.read(CHUNK_BYTES):
            stop()
            digest.update(block)


def _sha256(path: Path) -> bytes:
    digest = hashlib.sha256()
    _update(digest, path, lambda: None)
    return digest.digest()


def _stop(stop_asked: Callable[[], bool]) -> None:
    if stop_asked():
        raise KnownError(ErrorKind.CANCELLED)
