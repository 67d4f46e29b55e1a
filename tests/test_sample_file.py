"""The samples' way from child to parent, and what a parent refuses to believe."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from profiler import sample_file
from profiler.child_environment import code_root
from profiler.errors import ErrorKind, KnownError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    sample_file.create(tmp_path / "samples.bin")
    return tmp_path / "samples.bin"


def _filled(path: Path, values: list[int]) -> sample_file.Writer:
    writer = sample_file.Writer(path)
    writer.make_ready(len(values))
    for index, value in enumerate(values):
        writer.durations[index] = value
    writer.advance(len(values))
    return writer


def test_an_empty_file_is_sparse_and_holds_nothing(path: Path) -> None:
    assert path.stat().st_blocks * 512 < 1_000_000
    assert len(sample_file.read_all(path).samples) == 0


def test_order_and_marks_survive(path: Path) -> None:
    writer = _filled(path, [90, 80, 30, 31, 32])
    writer.mark_cold(2)
    writer.begin_steady()
    writer.mark_block(12_345)
    writer.durations[5] = 33
    writer.advance(1)
    contents = sample_file.read_all(path)
    assert contents.samples.tolist() == [90, 80, 30, 31, 32, 33]
    assert (contents.cold_count, contents.warmup_count) == (2, 3)
    assert contents.steady.tolist() == [33]
    assert (contents.block_starts, contents.block_clock_ns) == ((0,), (12_345,))


def test_before_the_steady_state_everything_is_warm_up(path: Path) -> None:
    _filled(path, [90, 80, 30]).mark_cold(2)
    contents = sample_file.read_all(path)
    assert (contents.warmup_count, len(contents.steady)) == (1, 0)


def test_making_room_never_touches_a_sample_that_is_there(path: Path) -> None:
    writer = sample_file.Writer(path)
    writer.make_ready(10)
    for index in range(2_000):
        writer.durations[index] = 7
    writer.advance(2_000)
    writer.make_ready(5_000)
    assert set(writer.array().tolist()) == {7}


def test_a_disk_without_room_is_an_error_and_not_a_crash(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(KnownError) as caught:
        sample_file.Writer(path).make_ready(10)
    assert caught.value.kind is ErrorKind.DISK_FULL


def test_the_tail_is_the_last_counted_samples(path: Path) -> None:
    _filled(path, list(range(1, 101)))
    assert sample_file.read_tail(path, 3).tolist() == [98, 99, 100]
    assert len(sample_file.read_tail(path, 1_000)) == 100


def test_a_killed_child_leaves_the_samples_behind_its_last_count(path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from profiler import sample_file\n"
        "writer = sample_file.Writer(Path(sys.argv[1])); writer.make_ready(10)\n"
        "for i in range(3): writer.durations[i] = 10 + i\n"
        "writer.mark_cold(1); writer.advance(3); writer.begin_steady()\n"
        "for i in range(3, 7): writer.durations[i] = 10 + i\n"
        "print('ready', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=code_root(),
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        os.kill(child.pid, signal.SIGKILL)
    contents = sample_file.read_all(path, after_death=True)
    assert contents.samples.tolist() == [10, 11, 12, 13, 14, 15, 16]
    assert contents.steady.tolist() == [13, 14, 15, 16]
    assert len(sample_file.read_all(path).samples) == 3


@pytest.mark.parametrize(("word", "value"), [(0, 1), (1, -1), (1, 2**62), (2, -5), (2, 99), (4, 10**9)])
def test_a_header_that_lies_is_refused(path: Path, word: int, value: int) -> None:
    _filled(path, [1, 2, 3]).begin_steady()
    with path.open("r+b") as file:
        file.seek(8 * word)
        file.write(np.array([value], dtype="<i8").tobytes())
    with pytest.raises(ValueError, match=r"sample|count|range"):
        sample_file.read_all(path)


def test_negative_latencies_and_cut_files_are_refused(path: Path) -> None:
    _filled(path, [1, -2, 3])
    with pytest.raises(ValueError, match="contradict"):
        sample_file.read_all(path)
    os.truncate(path, 64)
    with pytest.raises(ValueError, match="not a sample file"):
        sample_file.read_all(path)
