"""The records at the end of a zip archive: where its list of contents lies, how long it is, what it counts.

A reader may take the plain record, the zip64 one before it or the one that a locator points at, and may go by
bytes or by counts; each reader must see the same list, and none may be led to build more than is allowed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

_END, _END_FORM = b"PK\x05\x06", struct.Struct("<4s4H2LH")
_LOCATOR, _LOCATOR_FORM = b"PK\x06\x07", struct.Struct("<4sLQL")
_ZIP64, _ZIP64_FORM = b"PK\x06\x06", struct.Struct("<4sQ2H2L4Q")
_ENTRY, _ENTRY_FORM = b"PK\x01\x02", struct.Struct("<4s24x3H12x")
_COMMENT_LIMIT_BYTES = 1 << 16
_SHORT, _LONG = 0xFFFF, 0xFFFFFFFF


class RecordsError(ValueError):
    """The archive cannot be read. Attribute `what`: zip_cut_short, zip_contradicts or zip_too_many."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Contents(NamedTuple):
    """The list of contents: its place and length in bytes, and how many entries it is said to hold."""

    start: int
    size: int
    entries: int


def check(file: BinaryIO, most_entries: int, most_bytes: int) -> None:
    """Walk through the list without keeping any of it; raises RecordsError, also beyond either limit."""
    contents = _contents(file)
    if contents.size > most_bytes or contents.entries > most_entries:
        raise RecordsError("zip_too_many")
    file.seek(contents.start)
    found = 0
    for found, _ in enumerate(_entries(file.read(contents.size)), 1):
        if found > most_entries:
            raise RecordsError("zip_too_many")
    if found != contents.entries:
        raise RecordsError("zip_contradicts")


def _contents(file: BinaryIO) -> Contents:
    place, record = _end(file)
    count, size, offset = record
    locator = _read(file, place - _LOCATOR_FORM.size, _LOCATOR_FORM)
    if locator is not None and locator[0] == _LOCATOR:
        place -= _LOCATOR_FORM.size + _ZIP64_FORM.size
        count, size, offset = _of_zip64(file, place, locator)
        longs = ((record[0], count, _SHORT), (record[1], size, _LONG), (record[2], offset, _LONG))
        if any(short not in (long, most) for short, long, most in longs):
            raise RecordsError("zip_contradicts")
    if size > place:
        raise RecordsError("zip_cut_short")
    if offset + size != place:
        raise RecordsError("zip_contradicts")
    return Contents(offset, size, count)


def _end(file: BinaryIO) -> tuple[int, tuple[int, int, int]]:
    """Where the last record begins, and its count, size and offset."""
    total = file.seek(0, 2)
    start = max(0, total - _END_FORM.size - _COMMENT_LIMIT_BYTES)
    file.seek(start)
    tail = file.read()
    position = tail.rfind(_END)
    if position < 0 or len(tail) - position < _END_FORM.size:
        raise RecordsError("zip_cut_short")
    _, disk, first_disk, here, count, size, offset, _ = _END_FORM.unpack_from(tail, position)
    if here != count or disk not in (0, _SHORT) or first_disk not in (0, _SHORT):
        raise RecordsError("zip_contradicts")
    return start + position, (count, size, offset)


def _of_zip64(file: BinaryIO, place: int, locator: tuple[Any, ...]) -> tuple[int, int, int]:
    """Count, size and offset of the record that ends where the locator begins, as it must itself say."""
    record = _read(file, place, _ZIP64_FORM)
    _, disk, pointed_at, disks = locator
    if record is None or record[0] != _ZIP64:
        raise RecordsError("zip_cut_short")
    _, own, _, _, this_disk, first_disk, here, count, size, offset = record
    if pointed_at != place or own + 12 != _ZIP64_FORM.size or here != count:
        raise RecordsError("zip_contradicts")
    if disk or disks > 1 or this_disk or first_disk:
        raise RecordsError("zip_contradicts")
    return count, size, offset


def _read(file: BinaryIO, place: int, form: struct.Struct) -> tuple[Any, ...] | None:
    if place < 0:
        return None
    file.seek(place)
    data = file.read(form.size)
    return form.unpack(data) if len(data) == form.size else None


def _entries(listed: bytes) -> Iterator[int]:
    """The place of each entry; raises RecordsError where one is none, or reaches beyond the list."""
    place = 0
    while place < len(listed):
        if place + _ENTRY_FORM.size > len(listed):
            raise RecordsError("zip_cut_short")
        signature, name, extra, comment = _ENTRY_FORM.unpack_from(listed, place)
        if signature != _ENTRY:
            raise RecordsError("zip_cut_short")
        yield place
        place += _ENTRY_FORM.size + name + extra + comment
    if place != len(listed):
        raise RecordsError("zip_cut_short")
