"""The user's own inputs: read from .npy, .npz, folders of .npy, and pictures that were decoded before."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from profiler import input_layout, input_pictures
from profiler.errors import ErrorKind, KnownError
from profiler.input_layout import Notes
from profiler.input_values import Array
from profiler.result import Reason, Tensor

# How profiler.image_client names the pixels of a picture that it decoded.
PICTURE = ".picture.npy"


class Source(NamedTuple):
    """What lies in the files of one input: arrays, or pictures H×W×3 of uint8."""

    arrays: list[Array]
    are_pictures: bool = False


class Given(NamedTuple):
    """The user's samples by input, where each comes from, and what was done to them."""

    samples: dict[str, list[Array]]
    origin: dict[str, str]
    notes: tuple[Reason, ...]


def read(input_files: Mapping[str, str], specs: Sequence[Tensor]) -> dict[str, Source]:
    """The files' contents by input name; the empty name stands for one .npz with several.

    Raises KnownError: INPUT_MISSING, INPUT_UNREADABLE, INPUT_OTHER_OPTION, FILE_FORBIDDEN, INPUT_UNKNOWN.
    """
    found: dict[str, Source] = {}
    for name, path in input_files.items():
        found.update({name: _source(Path(path))} if name else _named(Path(path)))
    check_names(found, specs)
    return found


def check_names(names: Iterable[str], specs: Sequence[Tensor]) -> None:
    """Raises KnownError(INPUT_UNKNOWN) for a name that no input has."""
    known = [spec.name for spec in specs]
    for name in names:
        if name not in known:
            raise KnownError(ErrorKind.INPUT_UNKNOWN, name=name, known=", ".join(known))


def _source(path: Path) -> Source:
    if not path.is_dir():
        return Source([_array(path)])
    pictures = sorted(path.glob(f"*{PICTURE}"))
    files = pictures or sorted(file for file in path.iterdir() if file.suffix.lower() == ".npy")
    if not files:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, file=path.name, what="input_folder")
    return Source([_array(file) for file in files], bool(pictures))


def _array(path: Path) -> Array:
    loaded = _load(path)
    if isinstance(loaded, np.ndarray):
        return loaded
    with loaded:
        raise KnownError(ErrorKind.INPUT_OTHER_OPTION, ".npz", file=path.name, what="npz")


def _named(path: Path) -> dict[str, Source]:
    loaded = _load(path)
    if isinstance(loaded, np.ndarray):
        raise KnownError(ErrorKind.INPUT_OTHER_OPTION, ".npy", file=path.name, what="npy")
    with loaded:
        try:
            return {name: Source([loaded[name]]) for name in loaded.files}
        except (ValueError, OSError, zipfile.BadZipFile) as error:
            raise KnownError(ErrorKind.INPUT_UNREADABLE, str(error), file=path.name) from error


def _load(path: Path) -> Any:
    try:
        return np.load(path, allow_pickle=False)
    except FileNotFoundError as error:
        raise KnownError(ErrorKind.INPUT_MISSING, str(error), file=path.name) from error
    except PermissionError as error:
        raise KnownError(ErrorKind.FILE_FORBIDDEN, str(error), file=path.name) from error
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise KnownError(ErrorKind.INPUT_UNREADABLE, str(error), file=path.name) from error


def wanted_shapes(
    sources: Mapping[str, Source],
    specs: Sequence[Tensor],
    batch: int,
    asked: Mapping[str, tuple[int, ...]],
) -> dict[str, tuple[int, ...]]:
    """The shapes that arrays bring with them; pictures take any, and a shape that was asked for stands."""
    return {
        spec.name: input_layout.natural_shape(sources[spec.name].arrays[0], spec, batch)
        for spec in specs
        if spec.name in sources and not sources[spec.name].are_pictures and spec.name not in asked
    }


def fit(
    sources: Mapping[str, Source],
    specs: Sequence[Tensor],
    concrete: Mapping[str, tuple[int, ...]],
    distinct: int,
) -> Given:
    """At most `distinct` samples of each input, in its dtype and concrete shape.

    Raises KnownError: SHAPE_MISMATCH, INPUT_DTYPE, INPUT_NOT_FINITE, INPUT_UNREADABLE for pictures of an
    input that is none.
    """
    given, notes = Given({}, {}, ()), Notes()
    for spec in specs:
        source = sources.get(spec.name)
        if source is None:
            continue
        shape = concrete[spec.name]
        if source.are_pictures:
            found, origin = input_pictures.samples(source.arrays, spec, shape, distinct)
        else:
            cut = [one for array in source.arrays for one in input_layout.samples(array, spec, shape, notes)]
            found = cut[:distinct]
            origin = "file" if len(found) == 1 else f"files:{len(found)}"
        given.samples[spec.name], given.origin[spec.name] = found, origin
    return given._replace(notes=notes.reasons)
