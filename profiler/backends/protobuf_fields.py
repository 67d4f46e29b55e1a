"""The top-level fields of a protobuf message, stepped over without parsing what is in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple, Optional

FIELD_LIMIT = 200_000
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_PREVIEW_BYTES = 32
_VARINT_LIMIT_BYTES = 10
_FIELD_NUMBER_LIMIT = 1 << 20
_LENGTH_LIMIT_BYTES = 1 << 40


class Field(NamedTuple):
    """One top-level field: `value` of a varint, else the length in bytes; `preview` its first bytes."""

    number: int
    wire: int
    value: int
    preview: bytes


class Span(NamedTuple):
    """A field inside a message: where what it holds lies, or the `value` of a varint."""

    number: int
    start: int
    end: int
    value: Optional[int] = None


class Fields(NamedTuple):
    """What was read; `state` is whole, cut_short (a field reaches beyond the end) or broken (no protobuf)."""

    fields: list[Field]
    state: str


class _BrokenError(Exception):
    pass


class _CutShortError(Exception):
    pass


def walk(file: BinaryIO, size: int) -> Fields:
    """Step over the fields from the start of `file`, which holds `size` bytes; raises OSError only."""
    fields: list[Field] = []
    file.seek(0)
    try:
        while file.tell() < size:
            fields.append(_field(file))
            if len(fields) > FIELD_LIMIT:
                raise _BrokenError
        if file.tell() > size:
            raise _CutShortError
    except _CutShortError:
        return Fields(fields, "cut_short")
    except _BrokenError:
        return Fields(fields, "broken")
    return Fields(fields, "whole")


def spans(file: BinaryIO, message: Span) -> Iterator[Span]:
    """The fields of a message that lies in a file; it ends where they make no sense. Raises OSError only."""
    at = message.start
    for _ in range(FIELD_LIMIT):
        if at >= message.end:
            return
        try:
            file.seek(at)
            found, at = _span(file)
        except (_BrokenError, _CutShortError):
            return
        if at > message.end:
            return
        yield found


def _span(file: BinaryIO) -> tuple[Span, int]:
    """A field and where the next one begins."""
    key = _varint(file)
    number, wire = key >> 3, key & 7
    if wire == _VARINT:
        value = _varint(file)
        return Span(number, file.tell(), file.tell(), value), file.tell()
    if wire == _BYTES:
        length = _varint(file)
    elif wire in (_FIXED32, _FIXED64):
        length = 4 if wire == _FIXED32 else 8
    else:
        raise _BrokenError
    start = file.tell()
    return Span(number, start, start + length), start + length


def _field(file: BinaryIO) -> Field:
    key = _varint(file)
    number, wire = key >> 3, key & 7
    if not 0 < number < _FIELD_NUMBER_LIMIT:
        raise _BrokenError
    if wire == _VARINT:
        return Field(number, wire, _varint(file), b"")
    if wire == _BYTES:
        return _skip(file, number, _varint(file))
    if wire in (_FIXED32, _FIXED64):
        return _skip(file, number, 4 if wire == _FIXED32 else 8, wire)
    raise _BrokenError


def _skip(file: BinaryIO, number: int, length: int, wire: int = _BYTES) -> Field:
    """A field that reaches beyond the end is handed back too: it tells what the file was going to be."""
    start = file.tell()
    preview = file.read(min(length, _PREVIEW_BYTES))
    if length > _LENGTH_LIMIT_BYTES:
        raise _BrokenError
    file.seek(start + length)
    return Field(number, wire, length, preview)


def _varint(file: BinaryIO) -> int:
    value = 0
    for index in range(_VARINT_LIMIT_BYTES):
        byte = file.read(1)
        if not byte:
            raise _CutShortError
        value |= (byte[0] & 0x7F) << (7 * index)
        if not byte[0] & 0x80:
            return value
    raise _BrokenError
