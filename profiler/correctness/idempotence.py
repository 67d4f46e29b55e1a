"""The child's side of idempotence: the same input alone, at every place of a batch, and among other calls."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter_ns
from typing import Optional

import numpy as np

from profiler import allowed_copy, dimensions, opening, process_memory
from profiler.answer_blocks import Idempotence, Repeat
from profiler.backends.base import Array, LoadOptions, Session
from profiler.blocks import Reason
from profiler.checks_plan import Tolerance
from profiler.correctness import parity
from profiler.correctness.difference import plain
from profiler.errors import ErrorKind, KnownError
from profiler.opening import Opened
from profiler.pairs import paired
from profiler.plan import RunPlan
from profiler.subject import Tensor

Answers = dict[str, Array]
Tell = Callable[[int, int], None]

BATCH = LANES = 4
# Calls of a slow model are fewer: each of the three parts keeps to this, though it makes one round at least.
PART_NS = 1_500_000_000
# Of what is left of the memory, for calls that hold several times what one holds.
ROOM = 0.5
# Compiled for as many calls at once as it is to answer; other runtimes take any number on one session.
_COMPILED_FOR_LANES = ("openvino",)
LONGEST_RELOAD_NS = 10_000_000_000
_SWITCH_INTERVAL_S = 0.0005
_STATES = ("identical", "within", "differs")


class Verdict:
    """The worst that any repetition came to."""

    def __init__(self, tolerance: Tolerance) -> None:
        self._tolerance = tolerance
        self._state, self._count, self._most = 0, 0, 0.0

    def add(self, own: Mapping[str, Array], first: Mapping[str, Array]) -> None:
        found = parity.beside(_OneSet(own), _OneSet(first), self._tolerance)
        self._count += 1
        if not found.is_exact:
            self._state = max(self._state, 2 if found.is_beyond else 1)
            self._most = max([self._most, *(row.max_absolute or 0.0 for row in found.rows)])

    def repeat(self) -> Repeat:
        return Repeat(_STATES[self._state], self._count, self._most)


class _OneSet:
    """Answers to one set of inputs, as parity takes them."""

    sets = 1

    def __init__(self, answers: Mapping[str, Array]) -> None:
        self._answers = answers
        self.outputs = tuple(answers)

    def array(self, output: str, at: int) -> Array:
        return plain(self._answers[output])


class Repeats:
    """Carries it out on an open model; `repeats` calls a part, fewer of a model that takes its time."""

    def __init__(
        self, opened: Opened, plan: RunPlan, tolerance: Tolerance, stop_asked: Callable[[], bool], tell: Tell
    ) -> None:
        self._opened, self._plan, self._tolerance = opened, plan, tolerance
        self._stop_asked, self._tell = stop_asked, tell
        self._call_ns = 0

    def all(self, random_operators: Sequence[str]) -> Idempotence:
        """Each part in turn; of a model that is random only the first says anything."""
        first = self._answer(self._opened.session, self._opened.pool[0])
        alone = self._alone(first)
        is_random = alone.state == "differs" or (bool(random_operators) and alone.state != "identical")
        if is_random:
            left_out = _not_tried("repeats_random")
            return Idempotence(alone, left_out, left_out, True, tuple(random_operators))
        sets = [self._opened.pool[at % len(self._opened.pool)] for at in range(max(BATCH, LANES))]
        in_batch = self._tried(lambda: self._in_batch(sets[:BATCH]), "repeats_batch_refused")
        concurrent = self._tried(lambda: self._at_once(sets[:LANES]), "repeats_lanes_refused")
        return Idempotence(
            alone,
            in_batch,
            concurrent,
            batch=BATCH * max(1, self._opened.batch) if in_batch.state != "not_tried" else 0,
            lanes=LANES if concurrent.state != "not_tried" else 0,
        )

    def _alone(self, first: Answers) -> Repeat:
        session, verdict = self._opened.session, Verdict(self._tolerance)
        call = session.bind(self._opened.pool[0])
        before = process_memory.resident_bytes()
        begin = perf_counter_ns()
        for at in range(max(1, self._plan.checks.repeats - 1)):
            verdict.add(session.results(call), first)
            self._tell(at + 1, self._plan.checks.repeats)
            spent = perf_counter_ns() - begin
            self._call_ns = spent // (at + 1)
            if spent > PART_NS or self._stop_asked():
                break
        self._call_bytes = max(0, before - self._opened.after_load_bytes)
        return verdict.repeat()

    def _tried(self, part: Callable[[], Repeat], refused: str) -> Repeat:
        """What a runtime says to calls that it was not measured with is a reason, and no failure."""
        if self._stop_asked():
            return _not_tried("run_stopped")
        if BATCH * self._call_bytes > ROOM * process_memory.available_bytes():
            return _not_tried("repeats_no_room")
        try:
            return part()
        except (NameError, AttributeError, AssertionError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever a runtime raises for what it cannot do
            said = self._opened.session.explain(error).info
            return _not_tried(
                "run_stopped" if said.kind == ErrorKind.CANCELLED else refused, said.text or said.kind
            )

    def _in_batch(self, sets: Sequence[Mapping[str, Array]]) -> Repeat:
        """Each set at every place of a batch of all, as long as there is time: against its answer alone."""
        session, opened = self._opened.session, self._opened
        axes = batch_axes(dimensions.all_placed(session.inputs), opened.pool[0])
        if not axes:
            return _not_tried("repeats_batch_fixed")
        shared = {name: array for name, array in sets[0].items() if name not in axes}
        own = [{**one, **shared} for one in sets]
        alone = [self._answer(session, one) for one in own]
        verdict = Verdict(self._tolerance)
        begin = perf_counter_ns()
        for first in range(len(own)):
            order = [(first + place) % len(own) for place in range(len(own))]
            together = self._answer(session, joined([own[at] for at in order], axes))
            for place, at in enumerate(order):
                part = part_of(together, alone[at], place, len(own))
                if not part:
                    return _not_tried("repeats_batch_mixed")
                verdict.add(part, {name: alone[at][name] for name in part})
            self._tell(first + 1, len(own))
            if perf_counter_ns() - begin > PART_NS or self._stop_asked():
                break
        return verdict.repeat()

    def _at_once(self, sets: Sequence[Mapping[str, Array]]) -> Repeat:
        """Each lane asks one set again and again beside the others: against the answer of a quiet model."""
        opened = self._opened
        with_lanes = self._compiled_for(len(sets))
        session = with_lanes or opened.session
        try:
            alone = [self._answer(session, one) for one in sets]
            rounds = max(1, min(self._plan.checks.repeats, PART_NS // max(1, self._call_ns * len(sets))))
            verdict = Verdict(self._tolerance)
            for at, answers in enumerate(_lanes(session, sets, int(rounds), self._stop_asked)):
                for one in answers:
                    verdict.add(one, alone[at])
            return verdict.repeat()
        finally:
            if with_lanes is not None:
                with_lanes.close()

    def _compiled_for(self, lanes: int) -> Optional[Session]:
        """A session of its own where calls that are to run at once must be known when it is compiled."""
        plan, opened = self._plan, self._opened
        if plan.runtime not in _COMPILED_FOR_LANES or opened.load_ns > LONGEST_RELOAD_NS:
            return None
        threads = max(1, opening.usable_cpus() // lanes)
        options = LoadOptions(
            plan.device, threads, plan.precision, plan.flush_denormals, lanes=lanes, preallocates=False
        )
        with allowed_copy.of(Path(plan.model_path), plan.runtime, plan.model_sha256) as path:
            return opened.backend.load(path, options)

    def _answer(self, session: Session, inputs: Mapping[str, Array]) -> Answers:
        return session.results(session.bind(inputs))


def batch_axes(specs: Sequence[Tensor], inputs: Mapping[str, Array]) -> dict[str, int]:
    """Where each input holds its batch, of those that may have several sizes of it."""
    found = {}
    for spec in specs:
        if spec.shape is None:
            found[spec.name] = 0
            continue
        free = [at for at, item in enumerate(spec.shape) if isinstance(item, str)]
        follows = [at for at in free if dimensions.follows_batch(spec, at)]
        if not follows and spec.is_example and 0 in free:
            follows = [0]
        if follows:
            found[spec.name] = follows[0]
    return {name: axis for name, axis in found.items() if name in inputs and inputs[name].ndim > axis}


def joined(sets: Sequence[Mapping[str, Array]], axes: Mapping[str, int]) -> dict[str, Array]:
    """One set of inputs that holds all of these behind one another; those without a batch as in the first."""
    return {
        name: np.ascontiguousarray(np.concatenate([one[name] for one in sets], axes[name]))
        if name in axes
        else array
        for name, array in sets[0].items()
    }


def part_of(together: Answers, alone: Answers, place: int, count: int) -> Answers:
    """What belongs to one of `count` sets, of outputs that grew with the batch; empty where none did."""
    found = {}
    for name, array in together.items():
        if name not in alone or array.ndim != alone[name].ndim:
            continue
        sizes = list(paired(array.shape, alone[name].shape))
        grown = [at for at, (whole, one) in enumerate(sizes) if whole != one]
        if len(grown) == 1 and array.shape[grown[0]] == count * alone[name].shape[grown[0]]:
            size = alone[name].shape[grown[0]]
            found[name] = np.take(array, range(place * size, (place + 1) * size), axis=grown[0])
    return found


def _lanes(
    session: Session, sets: Sequence[Mapping[str, Array]], rounds: int, stop_asked: Callable[[], bool]
) -> list[list[Answers]]:
    """The answers of each lane; raises what any of them raised, after all have ended."""
    calls = [session.bind(one, lane) for lane, one in enumerate(sets)]
    answers: list[list[Answers]] = [[] for _ in sets]
    errors: list[Exception] = []
    together = threading.Barrier(len(sets))

    def work(lane: int) -> None:
        try:
            together.wait()
            for _ in range(rounds):
                if stop_asked() or errors:
                    return
                answers[lane].append(session.results(calls[lane]))
        except Exception as error:  # noqa: BLE001 - handed to the thread that waits
            errors.append(error)

    threads = [threading.Thread(target=work, args=(lane,)) for lane in range(len(sets))]
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    if errors:
        raise errors[0]
    if stop_asked():
        raise KnownError(ErrorKind.CANCELLED)
    return answers


def _not_tried(code: str, detail: str = "") -> Repeat:
    return Repeat("not_tried", reason=Reason(code, {"detail": detail} if detail else {}))
