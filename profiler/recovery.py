"""What a process that was killed in the middle of a run left behind becomes an interrupted run."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import psutil

from profiler import result, sample_file
from profiler.errors import KnownError
from profiler.metrics import latency
from profiler.result import Reason, RunResult, SamplesRef, Throughput
from profiler.store import Store


class Owner(msgspec.Struct, frozen=True):
    """The process that runs a run; `process_created` tells it from a later one with the same number."""

    pid: int
    process_created: float


def recover(store: Store, running_folder: Path) -> list[RunResult]:
    """Save every run whose owner is gone, and hand them back; one that cannot be saved stays where it is."""
    if not running_folder.is_dir():
        return []
    folders = sorted(folder for folder in running_folder.iterdir() if folder.is_dir())
    recovered = (_recover_one(store, folder) for folder in folders if not _is_owned(folder))
    return [one for one in recovered if one is not None]


def _is_owned(folder: Path) -> bool:
    """A folder that nobody has signed yet is left alone: its owner may be about to."""
    try:
        owner = msgspec.json.decode((folder / "owner.json").read_bytes(), type=Owner)
    except (OSError, msgspec.DecodeError):
        return not (folder / "partial.json").exists()
    try:
        return bool(abs(psutil.Process(owner.pid).create_time() - owner.process_created) < 1)
    except psutil.Error:
        return False


def _recover_one(store: Store, folder: Path) -> RunResult | None:
    try:
        partial = result.from_json((folder / "partial.json").read_bytes())
        contents = sample_file.read_all(folder / "samples.bin", after_death=True)
    except (OSError, ValueError, msgspec.DecodeError):
        return None
    document = _interrupted(partial, contents)
    try:
        store.save(document, contents.samples)
    except KnownError:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    return document


def _interrupted(partial: RunResult, contents: sample_file.Contents) -> RunResult:
    steady = contents.steady
    total_ns = int(steady.sum())
    per_s = len(steady) / (total_ns / 1e9) if total_ns else None
    return msgspec.structs.replace(
        partial,
        latency=latency.summarise(steady, seed=partial.plan.seed),
        throughput=Throughput(per_s, per_s * partial.plan.batch if per_s is not None else None),
        samples=SamplesRef(partial.id, len(contents.samples), contents.cold_count, contents.warmup_count),
        unavailable={"phases": Reason("run_cut_off"), "memory": Reason("run_cut_off")},
    )
