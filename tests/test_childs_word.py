"""A child may belong to a hostile model: nothing that it says or leaves may hang or crash the parent."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from profiler import assembly, child_files, childs_word, messages, recovery, requests_file, sample_file, steps
from profiler.errors import ErrorKind, KnownError
from profiler.heard import Gathered, Heard
from profiler.plan import Companion, RunPlan
from profiler.residents import Residents
from profiler.result import Accuracy, Boundary, Flops, Memory, Model, Phases, Reason
from profiler.store import Store

PLAN = RunPlan("model.onnx", "onnxruntime", replicates=1)
MODEL = Model("model.onnx", "onnx", "ab" * 32, 10)


def _finished(**changes: object) -> messages.Finished:
    whole = messages.Finished(
        False, Phases(first_inference_ns=5), Boundary(), Memory(), Flops(), Accuracy(), None, 1, (), True
    )
    return msgspec.structs.replace(whole, **changes)


def test_an_honest_word_passes() -> None:
    childs_word.check(_finished(reasons=(Reason("answers_not_finite"),)))


@pytest.mark.parametrize(
    "changes",
    [
        {"reasons": (Reason("bogus_code"),)},
        {"phases": Phases(first_inference_ns=10**400)},
        {"steady_ns": -(10**30)},
        {"lane_elapsed_ns": (1, 1 << 62)},
    ],
)
def test_a_word_that_cannot_be_is_garbage(changes: dict[str, object]) -> None:
    with pytest.raises(KnownError) as caught:
        childs_word.check(_finished(**changes))
    assert caught.value.kind is ErrorKind.CHILD_GARBAGE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes in the file system here")
def test_a_pipe_in_the_place_of_a_file_blocks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "samples.bin"
    os.mkfifo(path)
    for read in (sample_file.read_all, requests_file.read, child_files.open_regular):
        with pytest.raises(OSError, match="regular"):
            read(path)
    with pytest.raises(OSError, match="regular"):
        sample_file.read_tail(path, 5)
    assert child_files.tail_of(path, 5) == b""


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_a_link_in_the_place_of_a_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "child.log").symlink_to(tmp_path / "secret")
    assert child_files.tail_of(tmp_path / "child.log", 100) == b""


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    (tmp_path / "child.log").write_bytes(b"a" * 100_000 + b"the end")
    assert child_files.tail_of(tmp_path / "child.log", 7) == b"the end"


def test_a_run_that_cannot_be_put_together_keeps_no_other_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = tmp_path / "running"
    for name in ("20260101T000000001-aaaaaa", "20260101T000000002-bbbbbb"):
        folder = running / name
        folder.mkdir(parents=True)
        recovery.note(
            Gathered(PLAN, name, "2026-01-01T00:00:00+00:00", MODEL, [steps.point_of(PLAN)]), folder
        )
        (folder / "owner.json").write_text('{"pid": 1, "process_created": 1.0}')
    real = assembly.assemble

    def broken(gathered: Gathered, outcomes: object) -> assembly.Assembled:
        if gathered.id.endswith("aaaaaa"):
            raise KeyError("bogus_code")
        return real(gathered, [])

    monkeypatch.setattr(assembly, "assemble", broken)
    store = Store(tmp_path / "history")
    assert [found.id[-6:] for found in recovery.recover(store, running)] == ["bbbbbb"]
    assert [folder.suffix for folder in running.iterdir()] == [recovery.UNREADABLE]
    assert recovery.recover(store, running) == []


class Gone:
    """A companion's child that has died."""

    class process:
        @staticmethod
        def poll() -> int:
            return -9

    @staticmethod
    def last_words() -> str:
        return "Killed"


def test_a_companion_that_died_fails_the_point_that_it_was_for(tmp_path: Path) -> None:
    residents = Residents(PLAN, True, tmp_path, "python", "profiler.worker")
    residents.check()
    residents._children.append((Companion("/m/other.onnx", "onnxruntime"), Gone()))  # type: ignore[arg-type]
    with pytest.raises(KnownError) as caught:
        residents.check()
    assert caught.value.kind is ErrorKind.CHILD_KILLED
    assert caught.value.info.parameters["file"] == "other.onnx"


def test_what_a_heard_child_says_survives_the_way_to_disk() -> None:
    heard = Heard(PLAN, MODEL, finished=_finished())
    assert msgspec.json.decode(msgspec.json.encode(heard), type=Heard) == heard
