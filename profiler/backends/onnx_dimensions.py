"""Shapes of an ONNX file's inputs and outputs with the names of free dimensions, read without onnx.

OpenVINO forgets these names when it reads such a file. Only what lies around weights is looked at. Numbers of
fields: onnx.proto of ONNX 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Optional

from profiler.backends import protobuf_fields
from profiler.backends.protobuf_fields import Span
from profiler.dimensions import Dimension

_GRAPH = 7
_INPUT, _OUTPUT = 11, 12
_NAME, _TYPE = 1, 2
_TENSOR = 1
_SHAPE = 2
_DIMENSION = 1
_SIZE, _WORD = 1, 2
_LONGEST_NAME = 10_000
_LARGEST = 1 << 62

Shapes = dict[str, tuple[Dimension, ...]]


def read(path: Path) -> Shapes:
    """By the name of an input or output; without those whose rank the file does not tell.

    Raises OSError only: what cannot be read has no names.
    """
    found: Shapes = {}
    with path.open("rb") as file:
        whole = Span(0, 0, path.stat().st_size)
        for value in _inside(file, whole, _GRAPH, (_INPUT, _OUTPUT)):
            name = next((_text(file, each) for each in _fields(file, value) if each.number == _NAME), "")
            shapes = list(_inside(file, value, _TYPE, (_TENSOR,)))
            dims = [each for tensor in shapes for each in _fields(file, tensor) if each.number == _SHAPE]
            if name and dims:
                sizes = (each for each in _fields(file, dims[0]) if each.number == _DIMENSION)
                found[name] = tuple(_dimension(file, each) for each in sizes)
    return found


def _fields(file: BinaryIO, span: Span) -> Iterator[Span]:
    return protobuf_fields.spans(file, span)


def _inside(file: BinaryIO, span: Span, outer: int, wanted: tuple[int, ...]) -> Iterator[Span]:
    """Fields of these numbers within fields of another."""
    for each in _fields(file, span):
        if each.number == outer:
            yield from (inner for inner in _fields(file, each) if inner.number in wanted)


def _dimension(file: BinaryIO, span: Span) -> Dimension:
    found: Dimension = None
    for each in _fields(file, span):
        if each.number == _SIZE and each.value is not None:
            found = each.value if each.value < _LARGEST else None  # some exporters write -1
        elif each.number == _WORD:
            found = _text(file, each) or None
    return found


def _text(file: BinaryIO, span: Span) -> str:
    if not 0 < span.end - span.start <= _LONGEST_NAME:
        return ""
    file.seek(span.start)
    return _decoded(file.read(span.end - span.start)) or ""


def _decoded(data: bytes) -> Optional[str]:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None
