"""The history keeps every run, whatever happens to its files."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from profiler import atomic_file, attempt, history_index, recovery, sample_file, steps
from profiler.child_environment import code_root
from profiler.errors import ErrorKind, KnownError
from profiler.heard import Gathered, Heard
from profiler.plan import RunPlan
from profiler.result import Latency, Model, Plan, RunResult, Status
from profiler.store import Store

PLAN = Plan("onnxruntime", "cpu", "as_is", "SingleStream", 1, 1, 2, 1, 0, "quick", 8, "auto", 3.0, 10.0)
RUN_PLAN = RunPlan("model.onnx", "onnxruntime", replicates=1)
SAMPLES = np.arange(1_000, 6_000, dtype=np.int64)


def _run(number: int = 1, name: str = "model.onnx", p50_ns: int = 5) -> RunResult:
    return RunResult(
        id=f"20260101T00000{number:04d}-aaaaaa",
        created=f"2026-01-01T00:00:{number:02d}+00:00",
        status=Status.FINISHED,
        model=Model(name, "onnx", "ab" * 32, 10),
        plan=PLAN,
        latency=Latency(count=5, p50_ns=p50_ns),
    )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "history", timeout_s=0.1)


@pytest.fixture
def index(store: Store) -> Path:
    return store.folder / "history.sqlite3"


def test_a_run_and_its_samples_come_back_as_they_were(store: Store) -> None:
    store.save(_run(), SAMPLES)
    assert store.load(_run().id) == _run()
    kept = store.samples(_run().id)
    assert kept is not None
    assert kept.dtype == np.int64
    assert np.array_equal(kept, SAMPLES)
    assert [row.p50_ns for row in store.rows()] == [5]


def test_latencies_beyond_32_bits_survive(store: Store) -> None:
    store.save(_run(), np.array([1, 1 << 40], dtype=np.int64))
    assert store.samples(_run().id).tolist() == [1, 1 << 40]  # type: ignore[union-attr]


def test_rows_are_newest_first_and_another_window_sees_them(store: Store) -> None:
    for number in (2, 1, 3):
        store.save(_run(number), None)
    assert [row.created[17:19] for row in Store(store.folder).rows()] == ["03", "02", "01"]
    assert store.samples(_run(1).id) is None


def test_a_document_is_written_once(store: Store) -> None:
    store.save(_run(), SAMPLES)
    store.save(_run(), SAMPLES)
    with pytest.raises(KnownError) as caught:
        store.save(_run(p50_ns=9), SAMPLES)
    assert caught.value.kind is ErrorKind.SAVE_FAILED
    assert store.load(_run().id).latency.p50_ns == 5
    assert store.samples(_run().id) is not None


@pytest.mark.parametrize("step", ["samples", "document"])
def test_a_full_disk_loses_nothing_and_leaves_nothing_half_written(
    store: Store, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store.save(_run(1), SAMPLES)
    real_fill, real_once = atomic_file.fill, atomic_file.write_once

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_file, "fill", full if step == "samples" else real_fill)
    monkeypatch.setattr(atomic_file, "write_once", full if step == "document" else real_once)
    with pytest.raises(KnownError) as caught:
        store.save(_run(2), SAMPLES)
    assert caught.value.kind is ErrorKind.DISK_FULL
    monkeypatch.undo()
    assert sorted(os.listdir(store.folder / "runs")) == [f"{_run(1).id}.json", f"{_run(1).id}.samples.npz"]
    store.save(_run(2), SAMPLES)
    assert len(store.rows()) == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
def test_a_write_that_runs_out_of_space_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    atomic_file.write(path, b"old")

    def write(file: Any) -> None:
        file.write(b"new")
        with open("/dev/full", "wb") as full:
            full.write(b"x" * 100_000)

    with pytest.raises(OSError, match="space"):
        atomic_file.fill(path, write)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.parametrize("damage", ["missing", "emptied", "header", "page", "truncated", "tables"])
def test_a_damaged_index_is_made_again_from_the_documents(store: Store, index: Path, damage: str) -> None:
    for number in range(1, 40):
        store.save(_run(number % 60, name="m" * 200), None)
    data = index.read_bytes()
    if damage == "missing":
        index.unlink()
    elif damage == "emptied":
        index.write_bytes(b"")
    elif damage == "header":
        index.write_bytes(b"garbage!" * 100)
    elif damage == "page":
        index.write_bytes(data[:4096] + os.urandom(4096) + data[8192:])
    elif damage == "truncated":
        index.write_bytes(data[: len(data) // 2])
    else:
        with sqlite3.connect(index) as db:
            db.execute("DROP TABLE runs")
        db.close()
    again = Store(store.folder)
    assert len(again.rows()) == 39
    assert again.problem is None
    asides = [name for name in os.listdir(store.folder) if ".damaged-" in name]
    assert bool(asides) == (damage not in ("missing", "emptied"))


def test_an_index_that_is_not_ours_is_left_alone_and_the_documents_are_read(
    store: Store, index: Path
) -> None:
    store.save(_run(), None)
    index.unlink()
    with sqlite3.connect(index) as db:
        db.execute("CREATE TABLE other (x)")
    db.close()
    before = index.read_bytes()
    assert [row.id for row in store.rows()] == [_run().id]
    assert store.problem is not None
    assert store.problem.kind == ErrorKind.HISTORY_NOT_OURS.value
    store.save(_run(2), None)
    assert len(store.rows()) == 2
    assert index.read_bytes() == before


def test_a_newer_index_is_not_written(store: Store, index: Path) -> None:
    store.save(_run(), None)
    with sqlite3.connect(index) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    before = index.read_bytes()
    store.save(_run(2), None)
    assert store.problem is not None
    assert store.problem.kind == ErrorKind.HISTORY_NEWER.value
    assert (len(store.rows()), index.read_bytes()) == (2, before)


def test_a_locked_index_delays_the_listing_but_no_run(store: Store, index: Path) -> None:
    store.save(_run(1), None)
    holder = sqlite3.connect(index, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    store.save(_run(2), None)
    assert store.problem is not None
    assert store.problem.kind == ErrorKind.HISTORY_BUSY.value
    assert len(store.rows()) == 2
    holder.close()
    assert len(store.rows()) == 2
    assert store.problem is None


def test_a_document_that_cannot_be_read_is_reported_and_hides_no_other(store: Store) -> None:
    store.save(_run(1), None)
    (store.folder / "runs" / "20260101T000002000-bbbbbb.json").write_text("{")
    assert len(store.rows()) == 1
    assert store.rebuild() == type(store.rebuild())(1, ("20260101T000002000-bbbbbb",))


@pytest.mark.parametrize("run_id", ["../../etc/passwd", "", "a/b", ".hidden", "a" * 65])
def test_an_id_never_leads_out_of_the_folder(store: Store, run_id: str) -> None:
    for act in (store.load, store.samples, store.delete, store.undelete):
        with pytest.raises(KnownError) as caught:
            act(run_id)
        assert caught.value.kind is ErrorKind.RUN_UNKNOWN


def test_a_deleted_run_can_be_brought_back(store: Store) -> None:
    store.save(_run(), SAMPLES)
    store.delete(_run().id)
    assert store.rows() == []
    store.undelete(_run().id)
    assert len(store.rows()) == 1
    assert np.array_equal(store.samples(_run().id), SAMPLES)


def test_a_pickle_among_the_samples_is_refused(store: Store) -> None:
    store.save(_run(), SAMPLES)
    np.savez(store.folder / "runs" / f"{_run().id}.samples.npz", latency_ns=np.array([{}], dtype=object))
    with pytest.raises(KnownError) as caught:
        store.samples(_run().id)
    assert caught.value.kind is ErrorKind.FILE_UNREADABLE


def test_many_threads_save_at_once(store: Store) -> None:
    patient = Store(store.folder)
    threads = [
        threading.Thread(target=patient.save, args=(_run(number), SAMPLES)) for number in range(10, 30)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(patient.rows()) == 20


def test_a_writer_that_is_killed_leaves_whole_runs_only(store: Store) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.test_store import _run, SAMPLES\n"
        "from profiler.store import Store\n"
        "store = Store(Path(sys.argv[1]))\n"
        "print('ready', flush=True)\n"
        "for number in range(1000): store.save(_run(number), SAMPLES); print(number, flush=True)\n"
    )
    for round_ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", code, str(store.folder)], stdout=subprocess.PIPE, cwd=code_root()
        ) as child:
            assert child.stdout is not None
            said = [child.stdout.readline() for _ in range(4 + round_)]
            os.kill(child.pid, signal.SIGKILL)
        acknowledged = [int(line) for line in said[1:]]
        rows = Store(store.folder).rows()
        assert len(rows) > max(acknowledged)
        for row in rows:
            assert store.load(row.id).id == row.id
            assert np.array_equal(store.samples(row.id), SAMPLES)


def test_the_settings_of_the_index_are_the_safe_ones(store: Store, index: Path) -> None:
    store.save(_run(), None)
    assert not index.with_name(index.name + "-wal").exists()
    with sqlite3.connect(index) as db:
        assert db.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert db.execute("PRAGMA application_id").fetchone() == (history_index.APPLICATION_ID,)
    db.close()


def _left_behind(folder: Path, pid: int, created: float) -> Path:
    place = folder / "running" / _run().id
    place.mkdir(parents=True)
    gathered = Gathered(RUN_PLAN, _run().id, _run().created, _run().model, [steps.point_of(RUN_PLAN)])
    recovery.note(gathered, place)
    (place / "owner.json").write_text(f'{{"pid": {pid}, "process_created": {created}}}')
    child = place / "0000" / "0"
    child.mkdir(parents=True)
    attempt.note(Heard(RUN_PLAN, _run().model), child)
    sample_file.create(child / "samples.bin")
    writer = sample_file.Writer(child / "samples.bin")
    for number in range(50):
        writer.durations[number] = 1_000_000 + number
    writer.mark_cold(2)
    writer.advance(8)
    writer.begin_steady()
    writer.close()
    return place


def test_a_run_whose_process_died_is_recovered_with_its_samples(store: Store, tmp_path: Path) -> None:
    dead = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    place = _left_behind(tmp_path, int(dead.stdout), 0.0)
    (found,) = recovery.recover(store, tmp_path / "running")
    assert found.status is Status.INTERRUPTED
    assert (found.latency.count, found.latency.min_ns) == (42, 1_000_008)
    assert store.load(found.id) == found
    assert not place.exists()
    assert recovery.recover(store, tmp_path / "running") == []


def test_a_run_in_progress_is_left_alone(store: Store, tmp_path: Path) -> None:
    import psutil

    place = _left_behind(tmp_path, os.getpid(), psutil.Process().create_time())
    assert recovery.recover(store, tmp_path / "running") == []
    assert place.exists()
    assert store.rows() == []
