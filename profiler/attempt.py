"""One step of a run: a child, or as many as the world size at once, from their start to what they left."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec
import psutil

from profiler import atomic_file, cores, messages, outcome, sample_file
from profiler.conversation import Conversation
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.gate import Gate, LocalGate
from profiler.heard import Heard
from profiler.outcome import Outcome
from profiler.residents import Residents
from profiler.result import Model, Point, Resident
from profiler.steps import Step

HEARD = "heard.json"
SAMPLES = "samples.bin"


class Ranks(Protocol):
    """The other machines of a run under torchrun: see profiler.ranks."""

    rank: int
    world_size: int
    local_rank: int
    local_world_size: int

    def gate(self, duration_s: float) -> Gate: ...
    def gather(self, outcomes: list[Outcome]) -> list[Outcome]: ...
    def agree(self, point: Point) -> Point: ...


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
        except KnownError as error:
            heard = Heard(self._step.plan, self._model, self._step.index, self._step.replicate)
            heard.error = error.info
            outcomes = [Outcome(heard)]
        ranks = self._means.ranks
        return outcomes if ranks is None else ranks.gather(outcomes)

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
            yield

    def _ranks(self) -> list[Outcome]:
        ranks, world = self._means.ranks, self._step.plan.world_size
        duration_s = self._step.plan.stopping.minimum_s
        if ranks is not None and world > 1:
            return [self._one(ranks.rank, ranks.gate(duration_s), ranks.local_rank, ranks.local_world_size)]
        if world == 1:
            return [self._one(0, None, 0, 1)]
        return self._at_once(world, LocalGate(world, duration_s))

    def _at_once(self, world: int, gate: Gate) -> list[Outcome]:
        found: list[Outcome | None] = [None] * world

        def work(rank: int) -> None:
            try:
                found[rank] = self._one(rank, gate, rank, world)
            except KnownError as error:
                heard = Heard(self._step.plan, self._model, self._step.index, self._step.replicate, rank)
                heard.error = error.info
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
        plan = msgspec.structs.replace(step.plan, threads=place.threads, device=place.device)
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
            looks_further=step.replicate == 0 and step.index == 0 and gate is None,
        )
        listen = self._listener(heard, folder, is_first=local == 0)
        Conversation(heard, folder, listen, means.cancel, self._begun_ns, gate).hold(
            request, means.python, means.module
        )
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
