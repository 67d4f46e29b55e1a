"""The parent's side of a run: prepares it, lets a child measure, and saves what is left as one result."""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import os
import platform
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import psutil

from hardware import probe
from profiler import assembly, atomic_file, folders, inspect_client, messages, result, sample_file, trust
from profiler.assembly import Heard
from profiler.backends import catalog
from profiler.conversation import Conversation
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.plan import RunPlan
from profiler.result import Model, RunResult
from profiler.store import Store

LIVE_SAMPLES = 50_000
ROOM_BYTES = sample_file.FULL_BYTES + 20_000_000


class Ended(NamedTuple):
    """A run that was begun is over; it is in the history if `saved`, else `save_error` says why not."""

    result: RunResult
    samples: sample_file.Samples
    saved: bool
    save_error: ErrorInfo | None


class Refused(NamedTuple):
    """A run could not be begun; nothing was written."""

    error: ErrorInfo


Event = messages.Report | Ended | Refused
Listener = Callable[[Event], None]


@functools.cache
def known_machine() -> dict[str, Any]:
    """The machine as plain data, asked once."""
    found: dict[str, Any] = msgspec.to_builtins(probe.probe_in_child())
    return found


def new_run_id(now: datetime) -> str:
    """Sortable: UTC to the millisecond, then chance."""
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{secrets.token_hex(3)}"


class Run:
    """One run on a thread of its own; `listen` is called on that thread, last with Ended or Refused.

    Attributes: `id` sorts by the time the run was made; `plan` as it was given.
    """

    def __init__(
        self,
        plan: RunPlan,
        store: Store,
        listen: Listener,
        *,
        python: str = sys.executable,
        module: str = "profiler.worker",
        machine: Callable[[], dict[str, Any]] = known_machine,
    ) -> None:
        now = datetime.now(UTC)
        self.id, self.plan = new_run_id(now), plan
        self._created = now.isoformat(timespec="milliseconds")
        self._store, self._listen = store, listen
        self._python, self._module, self._machine = python, module, machine
        self._cancel, self._over = threading.Event(), threading.Event()
        self._folder = folders.running_folder() / self.id
        self._thread = threading.Thread(target=self._work, name=f"run {self.id}")

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        """Ask the run to stop; what was measured is kept. Ended follows within seconds."""
        self._cancel.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Whether the run is over: its last event was heard.

        Not by joining the thread: a join that Ctrl-C interrupts takes the thread for ended (Python 3.11).
        """
        return self._over.wait(timeout_s)

    def samples_so_far(self, most: int = LIVE_SAMPLES) -> sample_file.Samples:
        """The last latencies in ns that the child has counted, for a live view; empty before the first."""
        try:
            return sample_file.read_tail(self._folder / "samples.bin", most)
        except (OSError, ValueError):
            return np.empty(0, dtype=np.int64)

    def _work(self) -> None:
        try:
            ended: Event = self._carry_out()
        except KnownError as error:
            ended = Refused(error.info)
        except Exception as error:  # noqa: BLE001 - a bug of ours must end the run as an event, not as silence
            text = f"{type(error).__name__}: {error}"
            ended = Refused(ErrorInfo(ErrorKind.BUG.value, {"detail": text}, text))
        try:
            self._listen(ended)
        finally:
            self._over.set()

    def _carry_out(self) -> Ended:
        begun = time.monotonic_ns()
        path = Path(self.plan.model_path)
        form, stamp = check(self.plan), _stamp(path)
        plan = msgspec.structs.replace(
            self.plan, model_path=str(path.resolve()), model_sha256=trust.sha256_of(path)
        )
        if not trust.is_trusted(plan.model_sha256, form.tier):
            raise KnownError(ErrorKind.TRUST_NEEDED, file=path.name, sha256=plan.model_sha256)
        model = Model(path.name, form.name, plan.model_sha256, path.stat().st_size)
        heard = Heard(plan, self.id, self._created, model, os=platform.platform(terse=True))
        heard.python, heard.version = platform.python_version(), importlib.metadata.version("inferometer")
        self._prepare(heard)
        Conversation(heard, self._folder, self._listen, self._cancel, begun).hold(
            form.name, self._python, self._module
        )
        heard.cancelled = self._cancel.is_set()
        heard.file_changed = _stamp(path) != stamp
        self._describe(heard, form.name)
        heard.machine = self._machine()
        return self._save(heard)

    def _prepare(self, heard: Heard) -> None:
        self._folder = _private_folder(self.id)
        owner = {"pid": os.getpid(), "process_created": psutil.Process().create_time()}
        atomic_file.write(self._folder / "owner.json", msgspec.json.encode(owner))
        atomic_file.write(self._folder / "partial.json", result.to_json(assembly.interrupted(heard)))
        sample_file.create(self._folder / "samples.bin")

    def _describe(self, heard: Heard, format_name: str) -> None:
        shapes = heard.loaded.shapes if heard.loaded is not None else heard.plan.shapes
        try:
            heard.description = inspect_client.describe(
                Path(heard.plan.model_path),
                format_name,
                batch=heard.plan.batch,
                shapes=shapes,
                dimensions=heard.plan.dimensions,
            )
        except KnownError as error:
            heard.description_error = error.info

    def _save(self, heard: Heard) -> Ended:
        cut_off = heard.finished is None
        try:
            contents = sample_file.read_all(self._folder / "samples.bin", after_death=cut_off)
        except (OSError, ValueError) as error:
            contents = None
            heard.error = heard.error or ErrorInfo(ErrorKind.CHILD_GARBAGE.value, text=str(error))
        document = assembly.assemble(heard, contents)
        samples = contents.samples if contents is not None else np.empty(0, dtype=np.int64)
        try:
            self._store.save(document, samples)
        except KnownError as error:
            return Ended(document, samples, saved=False, save_error=error.info)
        shutil.rmtree(self._folder, ignore_errors=True)
        return Ended(document, samples, saved=True, save_error=None)


def check(plan: RunPlan) -> catalog.Format:
    """The file's format; raises KnownError where the plan cannot be begun. Opens no runtime."""
    form = catalog.recognise(Path(plan.model_path))
    if plan.runtime not in form.runtimes:
        raise KnownError(
            ErrorKind.RUNTIME_UNKNOWN, runtime=plan.runtime, known=", ".join(form.runtimes), format=form.title
        )
    if plan.precision != "as_is":
        raise KnownError(ErrorKind.PRECISION_UNKNOWN, precision=plan.precision, known="as_is")
    return form


def _private_folder(run_id: str) -> Path:
    """Where the run's files lie: in the data folder, where a later start finds what a cut-off run left.

    A full or forbidden data folder must not keep anybody from measuring: the run then lives in the
    system's folder for temporary files. Raises KnownError(DISK_FULL) where that is full too.
    """
    folder = folders.running_folder() / run_id
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, mode=0o700)
        if shutil.disk_usage(folder).free > ROOM_BYTES:
            return folder
        folder.rmdir()
    try:
        other = Path(tempfile.mkdtemp(prefix=f"inferometer-{run_id}-"))
    except OSError as error:
        raise KnownError(ErrorKind.DISK_FULL, str(error), file=run_id) from error
    return other


def _stamp(path: Path) -> tuple[int, int, int, int]:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
