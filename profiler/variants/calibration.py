"""What a model is calibrated with: samples of the given data, spread over all of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from profiler.backends.base import Array
from profiler.errors import ErrorKind, KnownError
from profiler.input_pictures import layout_of

MOST_SAMPLES = 128
MADE_UP = 16
# What datasets call the samples and their labels.
SAMPLES, LABELS = "x", ("y", "labels")


def written(path: Path, fed: Mapping[str, Array], folder: Path) -> tuple[dict[str, str], int]:
    """One .npy for each input below `folder`, by input name, with at most 128 samples; and how many.

    `fed`: arrays that the model takes, by input name. `path` is an .npz with arrays by the names of inputs,
    or with `x` for a model of one input; or a folder that profiler.correctness.datasets prepared. Of an .npz
    samples are taken at equal distances, because files are often sorted by class; prepared ones are mixed.
    Raises KnownError: INPUT_MISSING, INPUT_UNREADABLE, INPUT_UNKNOWN, FILE_FORBIDDEN, DATASET_UNUSABLE.
    """
    arrays = _prepared(path, fed) if path.is_dir() else _arrays(path, fed)
    counts = {len(array) if array.ndim else 0 for array in arrays.values()}
    if len(counts) != 1 or 0 in counts:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, file=path.name, what="calibration")
    count = counts.pop()
    files = {}
    for number, (name, array) in enumerate(arrays.items()):
        place = folder / f"{number}.npy"
        np.save(place, np.ascontiguousarray(array[spread(count)]))
        files[name] = str(place)
    return files, min(count, MOST_SAMPLES)


def spread(count: int, most: int = MOST_SAMPLES) -> Array:
    """Places of at most `most` of `count` samples, at equal distances; int64."""
    if count <= most:
        return np.arange(count)
    return np.linspace(0, count - 1, most).round().astype(np.int64)


def _prepared(folder: Path, fed: Mapping[str, Array]) -> dict[str, Array]:
    """The first samples of a prepared data set, pictures with the numbers that the model is to see."""
    from profiler.correctness import preprocessing
    from profiler.correctness.prepared import Data

    data = Data(folder)
    about = data.about
    count = min(about.count, MOST_SAMPLES)
    held = {name: data.rows(name, 0, count) for name in about.chunks}
    if len(fed) == 1 and len(held) == 1:
        held = {next(iter(fed)): next(iter(held.values()))}
    _check_names(held, fed)
    if about.kind != "pictures":
        return held
    made = {}
    for name, pixels in held.items():
        layout = layout_of(fed[name].shape)
        if layout is None:
            raise KnownError(ErrorKind.INPUT_UNREADABLE, file=name, what="not_pictures")
        made[name] = preprocessing.of_pixels(pixels, about.preprocessing, layout, fed[name].dtype)
    return made


def _check_names(held: Iterable[str], known: Iterable[str]) -> None:
    for name in held:
        if name not in known:
            raise KnownError(ErrorKind.INPUT_UNKNOWN, name=name, known=", ".join(known))


def _arrays(path: Path, names: Mapping[str, Array]) -> dict[str, Array]:
    try:
        with _opened(path) as archive:
            held = list(archive.files)
            wanted = {name: name for name in names if name in held}
            if not wanted and len(names) == 1 and SAMPLES in held:
                wanted = {next(iter(names)): SAMPLES}
            _check_names([name for name in held if name not in (*wanted.values(), *LABELS)], names)
            if not wanted:
                raise ValueError("no array is called as an input of the model")
            return {name: archive[key] for name, key in wanted.items()}
    except FileNotFoundError as error:
        raise KnownError(ErrorKind.INPUT_MISSING, str(error), file=path.name) from error
    except PermissionError as error:
        raise KnownError(ErrorKind.FILE_FORBIDDEN, str(error), file=path.name) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise KnownError(
            ErrorKind.INPUT_UNREADABLE, str(error), file=path.name, what="calibration"
        ) from error


def _opened(path: Path) -> Any:
    """Raises ValueError for anything but an .npz without pickles."""
    loaded = np.load(path, allow_pickle=False)
    if isinstance(loaded, np.ndarray):
        raise ValueError("a single array")
    return loaded
