"""The list of contents of a zip archive, read with caps and without expanding anything."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

from profiler.backends import zip_records
from profiler.errors import ErrorKind, KnownError

ENTRY_LIMIT = 100_000
DIRECTORY_LIMIT_BYTES = 32 << 20
EXPANDED_CODE_LIMIT_BYTES = 64 << 20

_ENCRYPTED = 0x1


def entries(path: Path) -> list[zipfile.ZipInfo]:
    """The central directory of an archive; nothing else is read.

    Raises KnownError(MODEL_DAMAGED) with `what`: zip_cut_short (no directory), zip_contradicts, zip_too_many,
    zip_name_twice, zip_name_outside, zip_encrypted; and OSError.
    """
    with path.open("rb") as file:
        try:
            zip_records.check(file, ENTRY_LIMIT, DIRECTORY_LIMIT_BYTES)
            with zipfile.ZipFile(file) as archive:
                infos = archive.infolist()
        except zip_records.RecordsError as error:
            raise damaged(error.what, path) from error
        except (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError) as error:
            raise damaged("zip_cut_short", path, str(error)) from error
    _check_names(infos, path)
    if sum(info.compress_size for info in infos) > path.stat().st_size:
        raise damaged("zip_cut_short", path, "entries claim more bytes than there are")
    return infos


def damaged(what: str, path: Path, text: str = "") -> KnownError:
    """MODEL_DAMAGED of one sub-kind, ready to be raised."""
    return KnownError(ErrorKind.MODEL_DAMAGED, text, file=path.name, what=what)


def refuse_compressed(infos: Sequence[zipfile.ZipInfo], path: Path) -> None:
    """PyTorch compresses its sources and nothing else; anything else that is compressed was made by hand.

    Raises KnownError(MODEL_DAMAGED): zip_compressed, or zip_too_big where the sources expand beyond 64 MiB.
    """
    packed = [info for info in infos if info.compress_type != zipfile.ZIP_STORED]
    plain = (info for info in infos if info.compress_type == zipfile.ZIP_STORED)
    if any(info.file_size != info.compress_size for info in plain):
        raise damaged("zip_cut_short", path, "stored entries of two sizes")
    for info in packed:
        if "/code/" not in info.filename or info.compress_type != zipfile.ZIP_DEFLATED:
            raise damaged("zip_compressed", path, info.filename)
    if sum(info.file_size for info in packed) > EXPANDED_CODE_LIMIT_BYTES:
        raise damaged("zip_too_big", path)


def _check_names(infos: Sequence[zipfile.ZipInfo], path: Path) -> None:
    if len({info.filename for info in infos}) < len(infos):
        raise damaged("zip_name_twice", path)
    for info in infos:
        if _leads_outside(info.filename) or _leads_outside(info.orig_filename):
            raise damaged("zip_name_outside", path, info.filename)
        if info.flag_bits & _ENCRYPTED:
            raise damaged("zip_encrypted", path, info.filename)


def _leads_outside(name: str) -> bool:
    parts = name.split("/")
    return not parts[0] or ".." in parts or "\\" in name or "\0" in name or ":" in parts[0]
