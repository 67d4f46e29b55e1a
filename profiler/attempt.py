"""One step of a run: a child, or as many as the world size at once, from their start to what they left."""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import psutil

from profiler import allowed_copy, atomic_file, cores, messages, outcome, sample_file
from profiler.conversation import Conversation
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.gate import Gate, LocalGate
from profiler.heard import Heard
from profiler.outcome import Outcome
from profiler.plan import Scenario, Server, Stopping
from profiler.residents import Residents
from profiler.result import Model, Point, Resident
from profiler.steps import Step

HEARD = "heard.json"
SAMPLES = "samples.bin"
# Replicates count their seeds up by one; ranks keep clear of them.
SEEDS_APART = 10_007


class Ranks(Protocol):
    """The other machines of a run under torchrun: see profiler.ranks."""

    rank: int
    world_size: int
    local_rank: int
    local_world_size: int

    def gate(self, rule: Stopping) -> Gate: ...
    def gather(self, outcomes: list[Outcome]) -> list[Outcome]: ...
    def agree(self, point: Point, is_cancelled: bool) -> tuple[Point, bool]: ...


class Means(NamedTuple):
    """What every child of a run is started with. `devices` counts GPUs that processes can be spread over."""

    format: str
    listen: Callable[[messages.Report], None]
    cancel: threading.Event
    python: str = sys.executable
    module: str = "profiler.worker"
    native_library: str = ""
    devices: int = 0
    ranks: Ranks | None = None


class Attempt:
    """Carries out one step in a folder of its own, which it makes.

    Attributes: `samples_file` of the first child, for a live view; after `run`: `residents` and
    `free_bytes`, where models live together.
    """

    def __init__(self, step: Step, model: Model, folder: Path, means: Means, begun_ns: int) -> None:
        self._step, self._model, self._folder, self._means = step, model, folder, means
        self._begun_ns = begun_ns
        self.samples_file = folder / "0" / SAMPLES
        self.residents: list[Resident] = []
        self.free_bytes: int | None = None

    def run(self) -> list[Outcome]:
        """One outcome a rank; of all machines where there are several. Raises KnownError(DISK_FULL)."""
        self._folder.mkdir(mode=0o700)
        try:
            with self._beside():
                outcomes = self._ranks()
        except (KnownError, OSError) as error:
            heard = Heard(self._step.plan, self._model, self._step.index, self._step.replicate)
            heard.error = _as_error(error)
            outcomes = [Outcome(heard)]
        ranks = self._means.ranks
        if ranks is None:
            return outcomes
        try:
            return ranks.gather(outcomes)
        except KnownError as error:
            for one in outcomes:
                one.heard.error = one.heard.error or error.info
            return outcomes

    @contextlib.contextmanager
    def _beside(self) -> Iterator[None]:
        """The companions of this step, resident before the measured model is opened."""
        plan, means = self._step.plan, self._means
        if not plan.companions:
            yield
            return
        is_busy = self._step.point.together == "busy"
        with Residents(plan, is_busy, self._folder, means.python, means.module) as residents:
            self.residents = residents.settle(means.cancel.is_set)
            # What companions took to load is not the measured model's.
            self._begun_ns = time.monotonic_ns()
            yield
            residents.check()

    def _ranks(self) -> list[Outcome]:
        ranks, world = self._means.ranks, self._step.plan.world_size
        rule = self._step.plan.stopping
        if ranks is not None and world > 1:
            return [self._one(ranks.rank, ranks.gate(rule), ranks.local_rank, ranks.local_world_size)]
        if world == 1:
            return [self._one(0, None, 0, 1)]
        return self._at_once(world, LocalGate(world, rule))

    def _at_once(self, world: int, gate: Gate) -> list[Outcome]:
        found: list[Outcome | None] = [None] * world

        def work(rank: int) -> None:
            try:
                found[rank] = self._one(rank, gate, rank, world)
            except Exception as error:  # noqa: BLE001 - whatever it is, the other ranks must not wait for it
                heard = Heard(self._step.plan, self._model, self._step.index, self._step.replicate, rank)
                heard.error = _as_error(error)
                found[rank] = Outcome(heard)
                gate.give_up()

        threads = [threading.Thread(target=work, args=(rank,), name=f"rank {rank}") for rank in range(world)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return [one for one in found if one is not None]

    def _one(self, rank: int, gate: Gate | None, local: int, locals_: int) -> Outcome:
        step, means = self._step, self._means
        place = cores.Place((), step.plan.threads, step.plan.device)
        if locals_ > 1:
            place = cores.place(
                local, locals_, cores.usable(), step.plan.threads, step.plan.device, means.devices
            )
        plan = msgspec.structs.replace(
            step.plan,
            threads=place.threads,
            device=place.device,
            scenario=_share_of_arrivals(step.plan.scenario, rank, step.plan.world_size),
        )
        host = socket.gethostname() if means.ranks is not None else None
        heard = Heard(plan, self._model, step.index, step.replicate, rank, host, place.cpus)
        folder = self._folder / str(local)
        folder.mkdir(mode=0o700)
        sample_file.create(folder / SAMPLES)
        note(heard, folder)
        request = messages.Measure(
            plan,
            means.format,
            str(folder / SAMPLES),
            means.native_library,
            is_gated=gate is not None,
            cpus=place.cpus,
            looks_further=step.replicate == 0
            and step.index == 0
            and gate is None
            and not plan.finds_largest_batch,
        )
        listen = self._listener(heard, folder, is_first=local == 0)
        Conversation(heard, folder, listen, means.cancel, self._begun_ns, gate).hold(
            request, means.python, means.module
        )
        allowed_copy.clear(folder)
        heard.cancelled = means.cancel.is_set()
        note(heard, folder)
        return _read(heard, folder)

    def _listener(self, heard: Heard, folder: Path, is_first: bool) -> Callable[[messages.Report], None]:
        def listen(report: messages.Report) -> None:
            if isinstance(report, messages.Loaded):
                note(heard, folder)
            elif isinstance(report, messages.Measuring):
                self.free_bytes = int(psutil.virtual_memory().available)
            if is_first:
                self._means.listen(report)

        return listen


def _share_of_arrivals(scenario: Scenario, rank: int, world: int) -> Scenario:
    """The rate is that of the world: each rank answers its part, with arrivals of its own."""
    if not isinstance(scenario, Server) or world == 1 or scenario.rate_per_s is None:
        return scenario
    seed = scenario.seed + rank * SEEDS_APART
    return msgspec.structs.replace(scenario, rate_per_s=scenario.rate_per_s / world, seed=seed)


def _as_error(error: Exception) -> ErrorInfo:
    """What ended a step before its child could say anything."""
    if isinstance(error, KnownError):
        return error.info
    if isinstance(error, OSError):
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        kind = ErrorKind.DISK_FULL if full else ErrorKind.SAVE_FAILED
        return ErrorInfo(kind.value, {"file": SAMPLES}, error.strerror or str(error))
    return ErrorInfo(ErrorKind.BUG.value, {"detail": f"{type(error).__name__}: {error}"}, str(error))


def _read(heard: Heard, folder: Path) -> Outcome:
    try:
        return outcome.read(heard, folder)
    except (OSError, ValueError) as error:
        heard.error = heard.error or ErrorInfo(ErrorKind.CHILD_GARBAGE.value, text=str(error))
        return Outcome(heard)


def note(heard: Heard, folder: Path) -> None:
    """Write down what was heard so far, so that a run that is cut off can be put together again."""
    atomic_file.write(folder / HEARD, msgspec.json.encode(heard))


def left_in(folder: Path) -> list[Outcome]:
    """The outcomes that lie in a run's folder, in the order in which the children ran."""
    found = []
    for place in sorted(folder.glob(f"*/*/{HEARD}"), key=lambda path: path.stat().st_mtime_ns):
        try:
            heard = msgspec.json.decode(place.read_bytes(), type=Heard)
        except (OSError, msgspec.DecodeError):
            continue
        found.append(_read(heard, place.parent))
    return found
