"""Reading FlatBuffers as data: tables by field number, every offset checked, nothing interpreted.

The layout is that of FlatBuffers' own description (flatbuffers.dev, "FlatBuffer Internals"): little-endian,
a table starts with the signed distance back to its vtable, which holds the length of itself and of the
table, then the place of each field, 0 where a field has its default.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

MOST_ITEMS = 1 << 24
_READINGS, _SPARE_BYTES, _TABLE_BYTES = 4, 1 << 20, 8
_NUMPY = {"i1": "<i1", "u1": "<u1", "i4": "<i4", "u4": "<u4", "i8": "<i8", "u8": "<u8"}


class Damaged(ValueError):
    """An offset or a length that points outside the file."""


class Allowance:
    """How much may be read of a file in all: offsets that meet again and again in one place would make a
    small file into work without end. No writer shares more than a few names."""

    def __init__(self, size: int) -> None:
        self._left = _READINGS * size + _SPARE_BYTES

    def take(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise Damaged("tables that hold each other many times over")


class Table:
    """One table; fields are asked for by their number in the schema."""

    def __init__(self, data: bytes | memoryview, place: int, allowance: Allowance) -> None:
        self._data, self._place, self._allowance = data, place, allowance
        allowance.take(_TABLE_BYTES)
        back = self._unpack("<i", place)
        self._vtable = place - back
        self._length = self._unpack("<H", self._vtable)

    def number(self, field: int, kind: str, default: float = 0) -> Any:
        """A scalar; `kind` a struct code such as `i` or `B`."""
        place = self._field(field)
        return default if place is None else self._unpack(f"<{kind}", place)

    def text(self, field: int) -> str:
        """A string, empty where there is none; bytes that are no UTF-8 are replaced."""
        place = self._target(field)
        if place is None:
            return ""
        length = self._unpack("<I", place)
        return bytes(self._slice(place + 4, length)).decode("utf-8", "replace")

    def table(self, field: int) -> Table | None:
        place = self._target(field)
        return None if place is None else Table(self._data, place, self._allowance)

    def tables(self, field: int) -> Iterator[Table]:
        """The tables of a vector, in order."""
        place = self._target(field)
        if place is None:
            return
        for index in range(self._items(place, 4)):
            at = place + 4 + 4 * index
            yield Table(self._data, at + self._unpack("<I", at), self._allowance)

    def texts(self, field: int) -> Iterator[str]:
        """The strings of a vector, in order."""
        place = self._target(field)
        if place is None:
            return
        for index in range(self._items(place, 4)):
            at = place + 4 + 4 * index
            start = at + self._unpack("<I", at)
            yield bytes(self._slice(start + 4, self._unpack("<I", start))).decode("utf-8", "replace")

    def numbers(self, field: int, kind: str) -> list[int] | None:
        """A vector of integers; `kind` as numpy writes it, i4 for one; None where it is not there."""
        place = self._target(field)
        if place is None:
            return None
        dtype = np.dtype(_NUMPY[kind])
        count = self._items(place, dtype.itemsize)
        found: list[int] = self._array(place, dtype, count)
        return found

    def floats(self, field: int) -> list[float] | None:
        """A vector of 32-bit floating-point numbers."""
        place = self._target(field)
        if place is None:
            return None
        count = self._items(place, 4)
        found: list[float] = self._array(place, np.dtype("<f4"), count)
        return found

    def octets(self, field: int) -> bytes | None:
        """A vector of bytes, copied."""
        place = self._target(field)
        if place is None:
            return None
        return bytes(self._slice(place + 4, int(self._unpack("<I", place))))

    def span(self, field: int) -> tuple[int, int]:
        """Where the bytes of a vector begin in the file and how many they are; none of them is read."""
        place = self._target(field)
        if place is None:
            return 0, 0
        length = int(self._unpack("<I", place))
        if place + 4 + length > len(self._data):
            raise Damaged(f"{length} bytes at {place}")
        return place + 4, length

    def _field(self, field: int) -> int | None:
        """Where a field lies; None where it has its default."""
        entry = 4 + 2 * field
        if entry + 2 > self._length:
            return None
        offset = self._unpack("<H", self._vtable + entry)
        return self._place + offset if offset else None

    def _target(self, field: int) -> int | None:
        place = self._field(field)
        return None if place is None else place + self._unpack("<I", place)

    def _items(self, place: int, each: int) -> int:
        count = int(self._unpack("<I", place))
        if count > MOST_ITEMS or place + 4 + count * each > len(self._data):
            raise Damaged(f"a vector of {count} items at {place}")
        self._allowance.take(count * each)
        return count

    def _slice(self, start: int, length: int) -> bytes | memoryview:
        if start < 0 or start + length > len(self._data):
            raise Damaged(f"{length} bytes at {start}")
        self._allowance.take(length)
        return self._data[start : start + length]

    def _array(self, place: int, dtype: np.dtype[Any], count: int) -> list[Any]:
        """The items of a vector whose length was checked; numpy takes no empty piece at a file's end."""
        return np.frombuffer(self._data, dtype, count, place + 4).tolist() if count else []

    def _unpack(self, code: str, place: int) -> Any:
        if place < 0:
            raise Damaged(f"an offset of {place}")
        try:
            return struct.unpack_from(code, self._data, place)[0]
        except struct.error as error:
            raise Damaged(str(error)) from error


def root(data: bytes | memoryview) -> Table:
    """The table that a file is; raises Damaged where it cannot be one."""
    try:
        start = struct.unpack_from("<I", data, 0)[0]
    except struct.error as error:
        raise Damaged(str(error)) from error
    return Table(data, start, Allowance(len(data)))
