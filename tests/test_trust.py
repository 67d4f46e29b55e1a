"""Consent is remembered by content, and a program is never trusted."""

from __future__ import annotations

import errno
import hashlib
import json
from pathlib import Path

import pytest

from profiler import atomic_file, trust
from profiler.errors import ErrorKind, KnownError
from profiler.trust import Tier

SAMPLES = Path(__file__).parent.parent / "resources" / "samples"
SOME = "ab" * 32


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    monkeypatch.setenv("INFEROMETER_HOME", str(folder))
    return folder


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "large"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    assert trust.sha256_of(path) == hashlib.sha256(path.read_bytes()).hexdigest()


def test_data_needs_no_consent_and_code_does() -> None:
    assert trust.is_trusted(SOME, Tier.DATA)
    assert not trust.is_trusted(SOME, Tier.CODE)


def test_consent_is_remembered_beside_earlier_consent(home: Path) -> None:
    trust.remember(SOME)
    trust.remember("cd" * 32)
    assert trust.is_trusted(SOME, Tier.CODE)
    assert trust.is_trusted("cd" * 32, Tier.CODE)
    assert [path.name for path in home.iterdir()] == ["trusted.json"]


def test_a_program_is_asked_about_every_time() -> None:
    trust.remember(SOME)
    assert not trust.is_trusted(SOME, Tier.PROGRAM)


def test_a_changed_file_is_asked_about_again(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"one")
    trust.remember(trust.sha256_of(path))
    path.write_bytes(b"two")
    assert not trust.is_trusted(trust.sha256_of(path), Tier.CODE)


def test_the_bundled_samples_are_trusted() -> None:
    assert trust.is_trusted(trust.sha256_of(SAMPLES / "digits.torchscript.pt"), Tier.CODE)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"trusted": 3}', b'{"trusted": [3, "short", null]}', b"[" * 100_000, b"\xff\xfe"],
)
def test_a_damaged_store_trusts_nothing(content: bytes, home: Path) -> None:
    home.mkdir()
    (home / "trusted.json").write_bytes(content)
    assert not trust.is_trusted(SOME, Tier.CODE)


def test_a_damaged_store_can_be_written_again(home: Path) -> None:
    home.mkdir()
    (home / "trusted.json").write_bytes(b"{")
    trust.remember(SOME)
    assert json.loads((home / "trusted.json").read_text()) == {"trusted": [SOME]}


@pytest.mark.parametrize("wrong", ["", "AB" * 32, "ab" * 31, "../" + "a" * 61])
def test_only_hashes_are_remembered(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        trust.remember(wrong)


@pytest.mark.parametrize(
    ("number", "kind"), [(errno.ENOSPC, ErrorKind.DISK_FULL), (errno.EACCES, ErrorKind.SAVE_FAILED)]
)
def test_consent_that_cannot_be_kept_is_said(
    number: int, kind: ErrorKind, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, data: bytes) -> None:
        raise OSError(number, "refused")

    monkeypatch.setattr(atomic_file, "write", refuse)
    with pytest.raises(KnownError) as caught:
        trust.remember(SOME)
    assert caught.value.kind is kind
    assert not trust.is_trusted(SOME, Tier.CODE)
