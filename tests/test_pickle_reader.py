"""Pickles as plain data: what PyTorch writes is understood, everything else is refused, nothing is called."""

from __future__ import annotations

import collections
import pickle
from pathlib import Path

import pytest

from profiler.backends import pickle_reader
from profiler.backends.pickle_reader import Called, Global, UnreadableError
from tests import bad_files


def test_plain_values_are_read_as_they_are() -> None:
    value = {"a": [1, 2.5, None], "b": (True, False, "x"), "c": {"d": ()}, "e": -(2**40)}
    assert pickle_reader.read(pickle.dumps(value, 2)) == value


def test_a_call_becomes_a_record(tmp_path: Path) -> None:
    read = pickle_reader.read(pickle.dumps(bad_files.Payload(tmp_path), 2))
    assert isinstance(read, Called)
    assert isinstance(read.target, Global)
    assert read.target.name == "open"
    assert read.arguments == (str(tmp_path / bad_files.MARKER), "w")
    assert list(tmp_path.iterdir()) == []


def test_a_state_is_kept_beside_what_it_was_for() -> None:
    data = b"\x80\x02c__torch__\nNet\n)\x81}X\x01\x00\x00\x00aK\x07sb."
    read = pickle_reader.read(data)
    assert isinstance(read, Called)
    assert isinstance(read.target, Global)
    assert (read.target.path, read.state) == ("__torch__.Net", {"a": 7})


def test_an_ordered_dictionary_is_a_record_too() -> None:
    read = pickle_reader.read(pickle.dumps(collections.OrderedDict(a=1), 2))
    assert isinstance(read, Called)


def test_a_structure_nested_into_itself_costs_nothing() -> None:
    doubled = b"\x80\x02)" + b"q\x00h\x00\x86" * 60 + b"."
    assert isinstance(pickle_reader.read(doubled), tuple)


def test_a_key_that_would_have_to_be_hashed_deeply_is_left_out() -> None:
    doubled = b"\x80\x02})" + b"q\x00h\x00\x86" * 60 + b"K\x01s."
    assert pickle_reader.read(doubled) == {}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"\x80\x02",
        b"\x80\x02K\x01",
        b"\x80\x02K\x01K\x02.",
        b"\x80\x02h\x07.",
        b"\x80\x02K\x01e.",
        b"\x80\x02(K\x01K\x02s.",
        b"\x80\x02K\x01}b.",
        b"\x80\x02R.",
        b"\x80\x02X\xff\xff\xff\x7fa.",
        b"cos\nsystem\n(S'true'\ntR.",
        pickle.dumps({1, 2}, 4),
        pickle.dumps(object, 4),
        b"\x80\x02" + b"K\x01" * 100,
    ],
)
def test_what_pytorch_does_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        pickle_reader.read(data)


def test_too_many_opcodes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickle_reader, "OPCODE_LIMIT", 100)
    with pytest.raises(UnreadableError, match="opcodes"):
        pickle_reader.read(pickle.dumps(list(range(1000)), 2))


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pickle_reader, "SIZE_LIMIT_BYTES", 100)
    with pytest.raises(UnreadableError, match="large"):
        pickle_reader.read(pickle.dumps("x" * 200, 2))
