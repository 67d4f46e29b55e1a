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
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import psutil

from hardware import probe
from profiler import (
    afterwards,
    assembly,
    atomic_file,
    campaign,
    folders,
    image_client,
    messages,
    model_files,
    native_build,
    other_python,
    outcome,
    points,
    rate_search,
    recovery,
    sample_file,
    settling,
    surroundings,
)
from profiler.attempt import Attempt, Means, Ranks
from profiler.backends import catalog
from profiler.correctness.shelf import Shelf
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.heard import Gathered
from profiler.outcome import Outcome
from profiler.plan import RunPlan
from profiler.result import Check, Model, Point, Reason, RunResult
from profiler.steps import Step, is_search
from profiler.store import Store

LIVE_SAMPLES = 50_000
FLUSHED_S = 2.0
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


@dataclass(frozen=True)
class PointBegun:
    """A child is about to measure a point; `total` points, None where a search decides."""

    index: int
    total: int | None
    point: Point
    replicate: int
    replicates: int


@dataclass(frozen=True)
class PointDone:
    """A point as far as it is known after one more child."""

    index: int
    point: Point


Event = messages.Report | PointBegun | PointDone | Ended | Refused
Turn = Callable[[], contextlib.AbstractContextManager[object]]
Listener = Callable[[Event], None]


_asking = threading.Lock()


def known_machine() -> dict[str, Any]:
    """The machine as plain data, asked once; who asks meanwhile waits for the same answer."""
    with _asking:
        return _machine_asked()


def ask_machine() -> None:
    """Ask for the machine on a thread, while something else is prepared."""
    threading.Thread(target=known_machine, name="machine", daemon=True).start()


@functools.cache
def _machine_asked() -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(probe.probe_in_child()))
    return found


def new_run_id(now: datetime) -> str:
    """Sortable: UTC to the millisecond, then chance."""
    return f"{now:%Y%m%dT%H%M%S}{now.microsecond // 1000:03d}-{secrets.token_hex(3)}"


class Run:
    """One run on a thread of its own; `listen` is called on that thread, last with Ended or Refused.

    `turn` is entered around each child: runs that are compared hand it round, so that their processes
    alternate. `ranks` are the other processes of torchrun; only rank 0 saves. `shelf` is that of the
    comparison, on which its reference is examined once; by itself a run has one of its own.
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
        checks: Callable[[], tuple[Check, ...]] = surroundings.checks,
        turn: Turn = contextlib.nullcontext,
        ranks: Ranks | None = None,
        group: str = "",
        shelf: Shelf | None = None,
    ) -> None:
        now = datetime.now(UTC)
        self.id, self.plan = new_run_id(now), plan
        self._created = now.isoformat(timespec="milliseconds")
        self._store, self._listen = store, listen
        self._python, self._module, self._machine, self._checks = python, module, machine, checks
        self._turn, self._ranks, self._group = turn, ranks, group
        self._shelf = shelf
        self._cancel, self._over = threading.Event(), threading.Event()
        self._agreed_to_stop = False
        self._folder = folders.running_folder() / self.id
        self._live: Path | None = None
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
        """The last latencies in ns that the present child has counted, for a live view."""
        if self._live is None:
            return np.empty(0, dtype=np.int64)
        try:
            return outcome.tail(self._live, most)
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
        begun, begun_wall = time.monotonic_ns(), time.time_ns()
        path = Path(self.plan.model_path)
        form = settling.check(self.plan)
        stamps = model_files.stamps(path, form.name)
        plan = settling.settle(self.plan, path, form, 0 if self._ranks is None else self._ranks.world_size)
        other = other_python.of_plan(plan)
        self._python = other.path if other is not None else self._python
        model = Model(path.name, form.name, plan.model_sha256, path.stat().st_size)
        model = msgspec.structs.replace(model, parts=model_files.parts(path, form.name))
        gathered = Gathered(plan, self.id, self._created, model, group=self._group)
        gathered.os = platform.platform(terse=True)
        gathered.python = other.version if other is not None else platform.python_version()
        gathered.version = importlib.metadata.version("inferometer")
        gathered.machine, gathered.readiness = self._machine(), self._checks()
        begun += self._prepare(gathered)
        with surroundings.Watch() as watch:
            outcomes = self._measure(gathered, form, begun)
            gathered.machine_summary = watch.summary(outcomes)
        gathered.cancelled = self._cancel.is_set() or self._agreed_to_stop
        gathered.file_changed = model_files.stamps(path, form.name) != stamps
        with self._turn():
            with contextlib.nullcontext(self._shelf) if self._shelf is not None else Shelf() as shelf:
                afterwards.look(gathered, outcomes, self._means(gathered, form), self._folder, shelf)
            afterwards.look_at_parts(gathered, path, begun_wall)
        return self._save(gathered, outcomes)

    def _prepare(self, gathered: Gathered) -> int:
        """The time in ns that the user's pictures took, which is not the model's."""
        self._folder = _private_folder(self.id)
        asked_ns = time.monotonic_ns()
        try:
            gathered.plan = image_client.decoded(gathered.plan, self._folder)
        except KnownError:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        spent_ns = time.monotonic_ns() - asked_ns
        owner = {"pid": os.getpid(), "process_created": psutil.Process().create_time()}
        atomic_file.write(self._folder / "owner.json", msgspec.json.encode(owner))
        recovery.note(gathered, self._folder)
        return spent_ns

    def _measure(self, gathered: Gathered, form: catalog.Format, begun_ns: int) -> list[Outcome]:
        """Every child of the run, in the order that the campaign says."""
        outcomes: list[Outcome] = []
        means = self._means(gathered, form)
        steps = campaign.steps(gathered.plan)
        step: Step | None = next(steps, None)
        while step is not None and not self._is_over():
            try:
                point = self._one_step(gathered, outcomes, step, means, begun_ns)
            except KnownError as error:
                # A rank is gone, or the user stopped while others had their turn: what there is, is kept.
                gathered.reasons = (*gathered.reasons, *_of_loss(error))
                break
            begun_ns = time.monotonic_ns()
            try:
                step = steps.send(point)
            except StopIteration as end:
                step, gathered.reasons = None, end.value
        return outcomes

    def _is_over(self) -> bool:
        """Ranks stop only where they have agreed to: one that left alone would leave the others waiting."""
        return self._cancel.is_set() if self._ranks is None else self._agreed_to_stop

    def _means(self, gathered: Gathered, form: catalog.Format) -> Means:
        native = native_build.native_library().path
        gpus = gathered.machine.get("gpus")
        return Means(
            form.name,
            self._listen,
            self._cancel,
            self._python,
            self._module,
            str(native or ""),
            len(gpus) if isinstance(gpus, list | tuple) else 0,
            self._ranks,
        )

    def _one_step(
        self, gathered: Gathered, outcomes: list[Outcome], step: Step, means: Means, begun_ns: int
    ) -> Point:
        if step.index == len(gathered.points):
            gathered.points.append(step.point)
            recovery.note(gathered, self._folder)
        asked_ns = time.monotonic_ns()
        with self._turn():
            begun_ns += time.monotonic_ns() - asked_ns
            if self._cancel.is_set() and self._ranks is None:
                raise KnownError(ErrorKind.CANCELLED)
            if step.total != 1 or step.replicates > 1:
                self._listen(PointBegun(step.index, step.total, step.point, step.replicate, step.replicates))
            folder = self._folder / f"{len(outcomes):04d}"
            attempt = Attempt(step, gathered.model, folder, means, begun_ns)
            self._live = attempt.samples_file
            outcomes += attempt.run()
        if attempt.residents:
            assembly.note_residents(gathered, attempt.residents, outcomes[-1], attempt.free_bytes)
        own = [one for one in outcomes if one.heard.point == step.index]
        point = points.fill(gathered.points[step.index], own, gathered.plan.seed)
        if is_search(gathered.plan) and point.stage != "capacity":
            kept = rate_search.decided(point, own[-1].steady, gathered.plan)
            point = msgspec.structs.replace(point, kept=kept)
            gathered.points[step.index] = msgspec.structs.replace(gathered.points[step.index], kept=kept)
        if self._ranks is not None:
            point, is_over = self._ranks.agree(point, self._cancel.is_set())
            self._agreed_to_stop = is_over
        if step.total != 1:
            self._listen(PointDone(step.index, point))
        return point

    def _save(self, gathered: Gathered, outcomes: Sequence[Outcome]) -> Ended:
        document, samples = assembly.assemble(gathered, outcomes)
        if self._ranks is not None and self._ranks.rank:
            shutil.rmtree(self._folder, ignore_errors=True)
            return Ended(document, samples, saved=False, save_error=None)
        try:
            self._store.save(document, samples)
        except KnownError as error:
            return Ended(document, samples, saved=False, save_error=error.info)
        shutil.rmtree(self._folder, ignore_errors=True)
        return Ended(document, samples, saved=True, save_error=None)


def _of_loss(error: KnownError) -> tuple[Reason, ...]:
    return (Reason("rank_lost"),) if error.kind is ErrorKind.RANK_LOST else ()


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
