"""The native helpers are compiled once, into a folder of this user alone, and never at any price."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from pathlib import Path

import psutil
import pytest

from profiler import native_build, wording
from profiler.native_build import native_library

posix = pytest.mark.skipif(os.name != "posix", reason="built on POSIX systems only")
compiler = pytest.mark.skipif(not any(map(shutil.which, native_build.COMPILERS)), reason="needs a C compiler")


def script(folder: Path, text: str) -> str:
    """A compiler that a test wrote itself."""
    path = folder / "fake-cc"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def code(built: native_build.Built) -> str:
    assert built.path is None
    assert built.reason is not None
    assert wording.say("native", built.reason.code, "en", **built.reason.parameters).count("–") == 0
    return built.reason.code


@posix
@compiler
def test_the_library_is_built_once_and_found_again(tmp_path: Path) -> None:
    first = native_library(tmp_path / "native")
    assert first.path is not None
    made = first.path.stat()
    assert native_library(tmp_path / "native") == first
    assert first.path.stat().st_mtime_ns == made.st_mtime_ns
    assert [path.name for path in first.path.parent.iterdir()] == [first.path.name]


@posix
@compiler
def test_folder_and_library_are_closed_to_others(tmp_path: Path) -> None:
    built = native_library(tmp_path / "native")
    assert built.path is not None
    assert stat.S_IMODE(built.path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(built.path.stat().st_mode) == 0o700


@posix
@compiler
def test_it_lies_under_the_home_that_was_chosen() -> None:
    built = native_library()
    assert built.path is not None
    assert built.path.is_relative_to(os.environ["INFEROMETER_HOME"])


@posix
def test_no_compiler_is_a_reason(tmp_path: Path) -> None:
    assert code(native_library(tmp_path, lambda name: None)) == "native_no_compiler"


@posix
def test_a_compiler_from_the_working_folder_is_not_run(tmp_path: Path) -> None:
    assert code(native_library(tmp_path, lambda name: f"./{name}")) == "native_no_compiler"


@posix
def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    fake = script(tmp_path, "exit 0")
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o777)
    assert code(native_library(folder, lambda name: fake)) == "native_folder_unsafe"


@posix
def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    fake = script(tmp_path, "exit 0")
    (tmp_path / "link").symlink_to(tmp_path)
    assert code(native_library(tmp_path / "link", lambda name: fake)) == "native_folder_unsafe"


@posix
@compiler
def test_a_library_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    built = native_library(tmp_path / "native")
    assert built.path is not None
    built.path.chmod(0o722)
    assert code(native_library(tmp_path / "native")) == "native_folder_unsafe"


@posix
def test_the_words_of_a_failing_compiler_are_kept_and_nothing_else(tmp_path: Path) -> None:
    fake = script(tmp_path, "echo no such header >&2; exit 1")
    built = native_library(tmp_path / "native", lambda name: fake)
    assert code(built) == "native_build_failed"
    assert built.reason is not None
    assert built.reason.parameters["detail"] == "no such header"
    assert list((tmp_path / "native").iterdir()) == []


@posix
def test_a_compiler_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"
    fake = script(tmp_path, f"sleep 600 & echo $! > {note}; wait")
    built = native_library(tmp_path / "native", lambda name: fake, time_limit_s=0.5)
    assert code(built) == "native_build_failed"
    with contextlib.suppress(psutil.NoSuchProcess):
        _, alive = psutil.wait_procs([psutil.Process(int(note.read_text()))], timeout=3)
        assert not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]


@posix
def test_a_folder_that_cannot_be_made_is_a_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    fake = script(tmp_path, "exit 0")
    assert code(native_library(tmp_path / "file" / "native", lambda name: fake)) == "native_build_failed"


@posix
@compiler
def test_another_compiler_gives_another_file(tmp_path: Path) -> None:
    real = next(path for name in native_build.COMPILERS if (path := shutil.which(name)))
    fake = script(tmp_path, f'exec {real} "$@"')
    one = native_library(tmp_path / "native")
    other = native_library(tmp_path / "native", lambda name: fake)
    assert one.path is not None
    assert other.path is not None
    assert one.path != other.path
