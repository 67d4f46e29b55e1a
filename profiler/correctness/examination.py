"""The child's side of an examination: answers to sets of inputs, the same ones again, and labelled data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic, perf_counter_ns
from typing import Optional

import numpy as np

from profiler import messages
from profiler.answer_blocks import Idempotence, Labelled
from profiler.backends.base import Array, Call
from profiler.blocks import Reason
from profiler.correctness import idempotence, input_hash, tolerances
from profiler.correctness.difference import plain
from profiler.errors import OUR_MISTAKES, KnownError
from profiler.opening import Opened, Pool, open_beside

Send = Callable[[messages.Report], None]

TOLD_EVERY_S = 0.1
# Sets of inputs are fewer where a model takes its time: no more are begun after this.
ANSWERS_NS = 3_000_000_000
# One set of answers is kept even where it is larger than all were to be, up to this many times.
LARGEST_SET = 4


def examine(request: messages.Examine, send: Send, stop_asked: Callable[[], bool]) -> messages.Examined:
    """Raises KnownError, also for what the runtime raises. Stopped, it tells what was found until then."""
    send(messages.Examining("load"))
    opened = open_beside(request.plan, request.format, send)
    send(opened.loaded())
    try:
        found = _Examination(request, opened, send, stop_asked).found()
    except OUR_MISTAKES:
        raise
    except Exception as error:
        raise opened.session.explain(error) from error
    opened.session.close()
    return found


class _Examination:
    def __init__(
        self, request: messages.Examine, opened: Opened, send: Send, stop_asked: Callable[[], bool]
    ) -> None:
        self._request, self._opened, self._send, self._stop_asked = request, opened, send, stop_asked
        self._folder = Path(request.folder)
        self._unavailable: dict[str, Reason] = {}
        self._told_at = 0.0

    def found(self) -> messages.Examined:
        request, opened = self._request, self._opened
        pool, origin = self._pool()
        self._settle(pool)
        hashes, files = self._answers(pool) if request.keeps_answers else ([], [])
        repeated, labelled = self._repeats(), self._labelled()
        return messages.Examined(
            precision_effective=opened.session.precision_effective,
            runtime_version=opened.backend.version(),
            inputs_sha256=tuple(hashes),
            inputs=origin,
            batch=opened.batch,
            answers=tuple(files),
            idempotence=repeated,
            labelled=labelled,
            unavailable=self._unavailable,
        )

    def _pool(self) -> tuple[Pool, str]:
        """Samples of the labelled data where there are any, for which the model was made; else the plan's."""
        plan, opened = self._request.plan, self._opened
        if plan.checks.dataset is not None and plan.checks.dataset.prepared:
            from profiler.correctness import labelled

            samples = labelled.first_samples(opened, plan, self._request.sets)
            if samples:
                return samples, "dataset"
        is_file = any(origin.startswith(("file", "images")) for origin in opened.origin.values())
        return opened.pool[: self._request.sets], "files" if is_file else "made"

    def _answers(self, pool: Pool) -> tuple[list[str], list[messages.AnswerFile]]:
        """Each distinct set once, from the first on; at least one."""
        hashes: list[str] = []
        files: list[messages.AnswerFile] = []
        size, begin = 0, perf_counter_ns()
        for at, inputs in enumerate(pool):
            name = input_hash.of(inputs)
            if name in hashes:
                continue
            if hashes and (self._stop_asked() or perf_counter_ns() - begin > ANSWERS_NS):
                break
            self._tell("answers", at, len(pool))
            answers = self._storable(self._opened.session.results(self._bound(inputs)))
            own = sum(array.nbytes for array in answers.values())
            if size + own > self._request.most_bytes * (1 if hashes else LARGEST_SET):
                if not hashes:
                    self._unavailable["accuracy.agreement"] = Reason("answers_too_large")
                break
            size += own
            files += self._written(answers, len(hashes))
            hashes.append(name)
        return hashes, files

    def _bound(self, inputs: dict[str, Array]) -> Call:
        return self._opened.session.bind(inputs)

    def _storable(self, answers: dict[str, Array]) -> dict[str, Array]:
        """Numbers, flags and text as .npy takes them without pickle."""
        found = {}
        for name, array in answers.items():
            kept = plain(array)
            if kept.dtype.kind not in "biufcU":
                self._unavailable["accuracy.agreement"] = Reason("answers_no_numbers", {"output": name})
                continue
            found[name] = kept
        return found

    def _written(self, answers: dict[str, Array], at: int) -> list[messages.AnswerFile]:
        files = []
        for index, (output, array) in enumerate(answers.items()):
            file = f"{at:04d}-{index:03d}.npy"
            np.save(self._folder / file, array, allow_pickle=False)
            files.append(messages.AnswerFile(output, at, file))
        return files

    def _settle(self, pool: Pool) -> None:
        """As where a model is measured: what the first call of some runtimes settles holds for the others."""
        call = self._bound(pool[0])
        call()
        if self._opened.session.settle(call):
            self._send(self._opened.loaded())

    def _repeats(self) -> Optional[Idempotence]:
        request, plan = self._request, self._request.plan
        if not request.repeats or plan.checks.repeats < 1:
            return None
        if self._stop_asked():
            self._unavailable["accuracy.idempotence"] = Reason("run_stopped")
            return None
        row = request.precision or self._opened.session.precision_effective
        repeats = idempotence.Repeats(
            self._opened,
            plan,
            tolerances.of(row, plan.checks.tolerances),
            self._stop_asked,
            lambda done, total: self._tell("repeats", done, total),
        )
        self._tell("repeats", 0, plan.checks.repeats, is_first=True)
        return repeats.all(request.random_operators)

    def _labelled(self) -> Optional[Labelled]:
        request, plan = self._request, self._request.plan
        if not request.scores or plan.checks.dataset is None or not plan.checks.dataset.prepared:
            return None
        from profiler.correctness import dataset_errors, labelled

        self._tell("dataset", 0, 0, is_first=True)  # said first: importing the user's metric may end us
        try:
            return labelled.score(self._opened, plan, self._send, self._stop_asked)
        except KnownError as error:
            self._unavailable.update(dataset_errors.missing(error))
            return None

    def _tell(self, step: str, done: int, total: int, is_first: bool = False) -> None:
        now = monotonic()
        if is_first or now - self._told_at >= TOLD_EVERY_S:
            self._told_at = now
            self._send(messages.Examining(step, done, total))
