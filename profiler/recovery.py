"""What a process that was killed in the middle of a run left behind becomes an interrupted run."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import psutil

from profiler import assembly, atomic_file, attempt
from profiler.errors import KnownError
from profiler.heard import Gathered
from profiler.result import RunResult, Status
from profiler.store import Store

RUN = "run.json"
# A folder that could not be put together is kept under this ending, and not tried again.
UNREADABLE = ".unreadable"


class Owner(msgspec.Struct, frozen=True):
    """The process that runs a run; `process_created` tells it from a later one with the same number."""

    pid: int
    process_created: float


def recover(store: Store, running_folder: Path) -> list[RunResult]:
    """Save every run whose owner is gone, and hand them back; one that cannot be saved stays where it is."""
    if not running_folder.is_dir():
        return []
    folders = sorted(
        folder for folder in running_folder.iterdir() if folder.is_dir() and folder.suffix != UNREADABLE
    )
    recovered = (_recover_one(store, folder) for folder in folders if not _is_owned(folder))
    return [one for one in recovered if one is not None]


def _is_owned(folder: Path) -> bool:
    """A folder that nobody has signed yet is left alone: its owner may be about to."""
    try:
        owner = msgspec.json.decode((folder / "owner.json").read_bytes(), type=Owner)
    except (OSError, msgspec.DecodeError):
        return not (folder / RUN).exists()
    try:
        return bool(abs(psutil.Process(owner.pid).create_time() - owner.process_created) < 1)
    except psutil.Error:
        return False


def note(gathered: Gathered, folder: Path) -> None:
    """Write down what the run is, so that it can be put together again if its process is killed."""
    atomic_file.write(folder / RUN, msgspec.json.encode(gathered))


def _recover_one(store: Store, folder: Path) -> RunResult | None:
    try:
        gathered = msgspec.json.decode((folder / RUN).read_bytes(), type=Gathered)
    except (OSError, msgspec.DecodeError):
        return None
    try:
        document, samples = assembly.assemble(gathered, attempt.left_in(folder))
    except Exception:  # noqa: BLE001 - one run that cannot be put together must not keep the others out
        folder.rename(folder.with_name(folder.name + UNREADABLE))
        return None
    document = msgspec.structs.replace(document, status=Status.INTERRUPTED)
    try:
        store.save(document, samples)
    except KnownError:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    return document
