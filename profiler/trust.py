"""What a file is allowed to do: tiers, and consent remembered by the SHA-256 of the bytes, never by path."""

from __future__ import annotations

import enum
import errno
import hashlib
import json
import re
from importlib import resources
from pathlib import Path

from profiler import atomic_file, folders
from profiler.errors import ErrorKind, KnownError

_SHA256 = re.compile(r"[0-9a-f]{64}")
_STORE_LIMIT_BYTES = 4 << 20
_CHUNK_BYTES = 1 << 20


class Tier(enum.IntEnum):
    """SAFETY.md, section 1: data is run without asking, code after consent, a program asks every time."""

    DATA = 0
    CODE = 1
    PROGRAM = 2


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes in lower-case hexadecimal; raises OSError."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def is_trusted(sha256: str, tier: Tier) -> bool:
    """Whether a file with these bytes may be opened without asking now."""
    if tier is Tier.DATA:
        return True
    return tier is Tier.CODE and sha256 in _remembered() | _bundled()


def remember(sha256: str) -> None:
    """Trust these bytes from now on; raises KnownError(DISK_FULL or SAVE_FAILED) where it cannot be kept.

    Meant for Tier.CODE only: `is_trusted` never says yes to a program, whatever is remembered.
    """
    if not _SHA256.fullmatch(sha256):
        raise ValueError(f"not a SHA-256: {sha256!r}")
    hashes = _remembered() | {sha256}
    try:
        _store().parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write(_store(), json.dumps({"trusted": sorted(hashes)}, indent=2).encode())
    except OSError as error:
        kind = ErrorKind.DISK_FULL if error.errno == errno.ENOSPC else ErrorKind.SAVE_FAILED
        raise KnownError(kind, str(error.strerror or error), file=_store().name) from error


def _store() -> Path:
    return folders.data_folder() / "trusted.json"


def _remembered() -> frozenset[str]:
    """A store that is missing, too large or damaged trusts nothing: the user is asked again."""
    try:
        with _store().open("rb") as file:
            document = json.loads(file.read(_STORE_LIMIT_BYTES + 1)[:_STORE_LIMIT_BYTES])
    except (OSError, ValueError, RecursionError):
        return frozenset()
    return _hashes(document.get("trusted") if isinstance(document, dict) else None)


def _bundled() -> frozenset[str]:
    """The samples that come with the product."""
    listed = resources.files("resources").joinpath("samples", "trusted.json")
    return _hashes(json.loads(listed.read_text(encoding="utf-8"))) if listed.is_file() else frozenset()


def _hashes(values: object) -> frozenset[str]:
    if not isinstance(values, list):
        return frozenset()
    return frozenset(value for value in values if isinstance(value, str) and _SHA256.fullmatch(value))
