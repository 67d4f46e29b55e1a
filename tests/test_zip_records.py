"""The end of an archive is looked at before anything is built of its list of contents."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from profiler.backends import catalog, zip_directory, zip_records
from profiler.errors import ErrorKind, KnownError

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
LOCAL = b"PK\x03\x04" + bytes(26)


def _listed(names: list[bytes], extra: bytes = b"") -> bytes:
    one = struct.Struct("<IHHHHHHIIIHHHHHII")
    return b"".join(
        one.pack(0x02014B50, 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), len(extra), 0, 0, 0, 0, 0)
        + name
        + extra
        for name in names
    )


def _end(count: int, size: int, offset: int, here: int | None = None) -> bytes:
    return struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count if here is None else here, count, size, offset, 0)


def _zip64(count: int, size: int, offset: int, place: int, own: int = 44) -> bytes:
    record = struct.pack("<IQHHIIQQQQ", 0x06064B50, own, 45, 45, 0, 0, count, count, size, offset)
    return record + struct.pack("<IIQI", 0x07064B50, 0, place, 1)


def _what(path: Path) -> str:
    with pytest.raises(KnownError) as caught:
        catalog.recognise(path)
    assert caught.value.kind is ErrorKind.MODEL_DAMAGED
    return caught.value.info.parameters["what"]


def _file(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a.pt"
    path.write_bytes(data)
    return path


def _peak_bytes(path: Path, what: str) -> int:
    tracemalloc.start()
    try:
        assert _what(path) == what
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_too_many_entries_are_refused_before_they_are_built(tmp_path: Path) -> None:
    names = [b"%x" % number for number in range(zip_directory.ENTRY_LIMIT + 100)]
    listed = _listed(names)
    path = _file(tmp_path, LOCAL + listed + _end(65_535, len(listed), len(LOCAL)))
    assert _peak_bytes(path, "zip_too_many") < 2 * len(listed) + (1 << 20)


def test_a_list_that_is_too_long_is_not_even_read(tmp_path: Path) -> None:
    listed = _listed([b"a" * 65_000, b"b" * 65_000] * 300)
    path = _file(tmp_path, LOCAL + listed + _end(600, len(listed), len(LOCAL)))
    assert _peak_bytes(path, "zip_too_many") < 1 << 20


def test_the_zip64_record_counts_wherever_there_is_one(tmp_path: Path) -> None:
    """The plain record claims little; zipfile follows the other one all the same."""
    names = [b"%x" % number for number in range(zip_directory.ENTRY_LIMIT + 100)]
    listed, offset = _listed(names), len(LOCAL)
    large = _zip64(len(names), len(listed), offset, offset + len(listed))
    path = _file(tmp_path, LOCAL + listed + large + _end(1, 100, offset))
    assert _peak_bytes(path, "zip_contradicts") < 1 << 20
    path = _file(tmp_path, LOCAL + listed + large + _end(65_535, len(listed), offset))
    assert _peak_bytes(path, "zip_too_many") < 1 << 20


LISTED = _listed([b"a", b"b"])
SIZE, START = len(LISTED), len(LOCAL)
PLACE = START + SIZE
GOOD = _end(2, SIZE, START)
LARGE = _zip64(2, SIZE, START, PLACE)


@pytest.mark.parametrize(
    ("records", "what"),
    [
        (_end(1, SIZE, START), "zip_contradicts"),
        (_end(2, SIZE, START, here=1), "zip_contradicts"),
        (_end(2, SIZE, START - 1), "zip_contradicts"),
        (_end(2, SIZE - 1, START + 1), "zip_cut_short"),
        (_end(2, 10 * SIZE, START), "zip_cut_short"),
        (_zip64(2, SIZE, START, PLACE - 1) + GOOD, "zip_contradicts"),
        (_zip64(2, SIZE, START, PLACE, own=45) + GOOD, "zip_contradicts"),
        (_zip64(3, SIZE, START, PLACE) + GOOD, "zip_contradicts"),
        (_zip64(3, SIZE, START, PLACE) + _end(0xFFFF, SIZE, START), "zip_contradicts"),
        (_zip64(2, 1 << 62, START, PLACE) + _end(2, 0xFFFFFFFF, START), "zip_cut_short"),
        (bytes(56) + LARGE[56:] + GOOD, "zip_cut_short"),
        (b"PK\x05\x06", "zip_cut_short"),
        (b"", "zip_cut_short"),
    ],
)
def test_records_that_contradict_each_other_are_refused(records: bytes, what: str) -> None:
    with pytest.raises(zip_records.RecordsError) as caught:
        zip_records.check(io.BytesIO(LOCAL + LISTED + records), 10, 1 << 20)
    assert caught.value.what == what


@pytest.mark.parametrize(
    "records",
    [GOOD, LARGE + GOOD, LARGE + _end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF), GOOD[:-2] + b"\x03\x00PK!"],
)
def test_records_that_agree_pass(records: bytes) -> None:
    zip_records.check(io.BytesIO(LOCAL + LISTED + records), 2, SIZE)
    with pytest.raises(zip_records.RecordsError):
        zip_records.check(io.BytesIO(LOCAL + LISTED + records), 1, SIZE)


@pytest.mark.parametrize("at", [0, 30, SIZE // 2])
def test_a_list_with_an_entry_that_is_none_is_cut_short(at: int) -> None:
    listed = bytearray(LISTED)
    listed[at : at + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(zip_records.RecordsError, match="zip_cut_short"):
        zip_records.check(io.BytesIO(LOCAL + bytes(listed) + GOOD), 10, 1 << 20)


def test_what_python_and_pytorch_write_passes(tmp_path: Path) -> None:
    for path in SAMPLES.glob("*.pt*"):
        assert zip_directory.entries(path)
    many = tmp_path / "many.zip"
    with zipfile.ZipFile(many, "w") as archive:  # beyond 65,535 entries Python writes zip64, too
        for number in range(66_000):
            archive.writestr(zipfile.ZipInfo(f"{number:x}"), b"")
        archive.comment = b"written by hand"
    assert len(zip_directory.entries(many)) == 66_000
