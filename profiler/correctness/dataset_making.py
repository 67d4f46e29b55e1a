"""A labelled data set written to the disk in the form that the measuring child streams it from."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from profiler import atomic_file, image_client, messages
from profiler.checks_plan import Preprocessing
from profiler.correctness import npz_rows
from profiler.correctness.dataset_sources import Source
from profiler.correctness.prepared import ABOUT, LABELS, Prepared, chunk
from profiler.correctness.sample_order import Order
from profiler.errors import ErrorKind, KnownError
from profiler.input_pictures import Layout

PICTURES = "pictures"
CHUNK_PICTURES = 128
CHUNK_BYTES = 64_000_000
CHUNK_TIMEOUT_S = 600.0
MOST_DECODERS = 4

Chunks = dict[str, tuple[int, ...]]


class Wanted(NamedTuple):
    """The samples of `source` in this `order`; pictures for a model of this `layout`, which arrays lack."""

    source: Source
    order: Order
    given: Preprocessing
    layout: Layout | None

    def needed_bytes(self) -> int:
        """On the disk."""
        if self.layout is not None:
            return len(self.order) * (self.layout.height * self.layout.width * 3 + 8)
        with npz_rows.opened(self.source.path) as archive:
            names = (*self.source.names, self.source.labels_name)
            return len(self.order) * sum(archive.heads[name].row_bytes for name in names)


class Means(NamedTuple):
    """How it is made: pictures by asking children; `tell` hears of samples that are done, of how many."""

    ask: image_client.Ask
    tell: Callable[[int, int], None]
    stop_asked: Callable[[], bool]

    def stop(self) -> None:
        """Raises KnownError(CANCELLED)."""
        if self.stop_asked():
            raise KnownError(ErrorKind.CANCELLED)


def make(wanted: Wanted, folder: Path, means: Means) -> None:
    """Fill an empty folder; raises KnownError and OSError."""
    digest = hashlib.sha256()
    if wanted.layout is not None:
        chunks = _pictures(wanted, wanted.layout, folder, means, digest)
    else:
        chunks = _arrays(wanted, folder, means, digest)
    source = wanted.source
    if source.labels is not None:
        np.save(folder / LABELS, source.labels[wanted.order])
    _update(digest, folder / LABELS, means)
    about = Prepared(
        name=source.path.name,
        sha256=digest.hexdigest(),
        kind="pictures" if wanted.layout is not None else "arrays",
        count=len(wanted.order),
        task=source.task,
        chunks=chunks,
        class_names=source.class_names,
        classes=source.classes,
        preprocessing=wanted.given,
        notes=source.notes,
    )
    atomic_file.write(folder / ABOUT, msgspec.json.encode(about))


def _pictures(wanted: Wanted, layout: Layout, folder: Path, means: Means, digest: Any) -> Chunks:
    """Chunk after chunk in children of their own, several at once; the first error ends all."""
    files = [wanted.source.files[at] for at in wanted.order]
    step = max(1, min(CHUNK_PICTURES, CHUNK_BYTES // (layout.height * layout.width * 3)))
    pieces = [files[at : at + step] for at in range(0, len(files), step)]

    def work(number: int) -> list[bytes]:
        means.stop()
        names = tuple(str(path.resolve()) for path in pieces[number])
        target = str(chunk(folder, 0, number))
        fitting = messages.Fitting(target, layout.height, layout.width, wanted.given)
        answer = means.ask(messages.DecodeImages(names, str(folder), fitting), CHUNK_TIMEOUT_S)
        if not isinstance(answer, messages.Decoded) or len(answer.sizes) != len(names):
            raise KnownError(ErrorKind.CHILD_GARBAGE, type(answer).__name__)
        return [_sha256(path, means) for path in pieces[number]]

    done = 0
    with ThreadPoolExecutor(min(MOST_DECODERS, os.cpu_count() or 1)) as decoders:
        for hashes in _in_order(decoders, work, len(pieces)):
            digest.update(b"".join(hashes))
            done += len(hashes)
            means.tell(done, len(files))
    return {PICTURES: tuple(len(piece) for piece in pieces)}


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


def _arrays(wanted: Wanted, folder: Path, means: Means, digest: Any) -> Chunks:
    source, count = wanted.source, len(wanted.order)
    places = np.full(source.samples, -1, dtype=np.int64)
    places[wanted.order] = np.arange(count)
    with npz_rows.opened(source.path) as archive:
        for at, name in enumerate(source.names):
            target = chunk(folder, at, 0)
            archive.copy(name, target, places, means.stop)
            _update(digest, target, means)
        if source.labels is None:
            archive.copy(source.labels_name, folder / LABELS, places, means.stop)
    means.tell(count, count)
    return dict.fromkeys(source.names, (count,))


def _update(digest: Any, path: Path, means: Means) -> None:
    with path.open("rb") as file:
        while block := file.read(CHUNK_BYTES):
            means.stop()
            digest.update(block)


def _sha256(path: Path, means: Means) -> bytes:
    digest = hashlib.sha256()
    _update(digest, path, means)
    return digest.digest()
