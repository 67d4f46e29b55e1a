"""Where an ONNX model keeps weights outside its file, and whether those places may be read.

A location is relative and stays in the real folder of the model. The cache of Hugging Face keeps links to a
folder `blobs` beside each other: there, the model's own link leads to the folder that its data may lie in.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

import onnx

from profiler.backends import onnx_tensors
from profiler.errors import ErrorKind, KnownError


class Place(NamedTuple):
    """A stretch of a file: `length` None reaches to its end."""

    location: str
    offset: int
    length: int | None


def places(model: onnx.ModelProto) -> list[Place]:
    """Every stretch of external data, as the model names it; raises ValueError for bad numbers."""
    return [_place(tensor) for tensor in _external(model)]


def sizes(model: onnx.ModelProto, path: Path) -> dict[str, int]:
    """Bytes of each file that external data lies in, by its location; raises as `check` does."""
    return {location: _size(location, path) for location in dict.fromkeys(p.location for p in places(model))}


def check(model: onnx.ModelProto, path: Path) -> None:
    """Raises KnownError: EXTERNAL_DATA_OUTSIDE, EXTERNAL_DATA_MISSING; MODEL_DAMAGED where data is short."""
    try:
        named = places(model)
    except ValueError as error:
        raise KnownError(ErrorKind.MODEL_DAMAGED, str(error), file=path.name) from error
    known = sizes(model, path)
    for place in named:
        if place.offset + (place.length or 0) > known[place.location]:
            raise KnownError(
                ErrorKind.MODEL_DAMAGED, file=path.name, data=place.location, what="external_data_short"
            )


def _external(model: onnx.ModelProto) -> Iterator[Any]:
    for tensors in (onnx_tensors.initialisers(model), onnx_tensors.constants(model)):
        for tensor in tensors:
            if tensor.data_location == onnx.TensorProto.EXTERNAL:
                yield tensor


def _place(tensor: Any) -> Place:
    entries = {entry.key: entry.value for entry in tensor.external_data}
    offset = int(entries.get("offset") or 0)
    length = int(entries["length"]) if entries.get("length") else None
    if offset < 0 or (length or 0) < 0:
        raise ValueError(f"negative offset or length of {tensor.name}")
    return Place(entries.get("location", ""), offset, length)


def _size(location: str, path: Path) -> int:
    """Bytes of the file at a location, after it was found to lie inside."""
    if not _is_plain(location):
        raise KnownError(ErrorKind.EXTERNAL_DATA_OUTSIDE, file=path.name, data=location)
    try:
        real = (path.parent / location).resolve(strict=True)
        status = real.stat()
    except (OSError, RuntimeError) as error:
        text = str(error)
        raise KnownError(ErrorKind.EXTERNAL_DATA_MISSING, text, file=path.name, data=location) from error
    allowed = (path.parent.resolve(), path.resolve().parent)
    if not any(real.is_relative_to(folder) for folder in allowed) or not stat.S_ISREG(status.st_mode):
        raise KnownError(ErrorKind.EXTERNAL_DATA_OUTSIDE, file=path.name, data=location)
    return status.st_size


def _is_plain(location: str) -> bool:
    """Relative on every system, without a step upwards, a drive or a NUL."""
    posix, windows = PurePosixPath(location), PureWindowsPath(location)
    steps = {*posix.parts, *windows.parts}
    rooted = posix.is_absolute() or windows.drive or windows.root
    return bool(location) and not rooted and ".." not in steps and "\0" not in location
