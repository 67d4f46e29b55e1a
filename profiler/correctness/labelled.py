"""The child's side of accuracy: a whole labelled data set through the model, batch after batch, untimed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic, perf_counter_ns
from typing import Optional

import msgspec
import numpy as np

from profiler import inputs, messages, opening, process_memory
from profiler.answer_blocks import Labelled
from profiler.blocks import Reason
from profiler.checks_plan import Dataset, Preprocessing
from profiler.correctness import answer_forms, feeding
from profiler.correctness.dataset_errors import unusable
from profiler.correctness.difference import is_same, plain
from profiler.correctness.feeding import Feeder
from profiler.correctness.prepared import Array, Data
from profiler.correctness.scoring import Score
from profiler.correctness.user_metric import UserMetric
from profiler.errors import OUR_MISTAKES, KnownError
from profiler.metrics import accuracy
from profiler.opening import Opened
from profiler.plan import RunPlan

Send = Callable[[messages.Report], None]
Answers = dict[str, Array]

TOLD_EVERY_S = 0.1
MOST_NAMES, LONGEST_NAME = 25_000, 100


def score(opened: Opened, plan: RunPlan, send: Send, stop_asked: Callable[[], bool]) -> Labelled:
    """Every sample of the plan's prepared data set, or those until the user stops.

    Raises KnownError where labels, samples and model do not belong together, and for what the runtime raises.
    """
    return _Scoring(opened, plan, send, stop_asked).labelled()


def first_samples(opened: Opened, plan: RunPlan, most: int) -> Optional[list[Answers]]:
    """At most `most` sets of inputs at the batch that was timed, from the first sample on, and no more than
    there is room for; None without data that the model takes."""
    dataset = plan.checks.dataset
    if dataset is None or not dataset.prepared:
        return None
    try:
        data = Data(Path(dataset.prepared))
        feeder = Feeder(opened, plan, data, opened.batch)
        found: list[Answers] = []
        room = opening.INPUTS_SHARE * process_memory.available_bytes()
        for first in range(0, data.about.count, feeder.batch):
            if len(found) == most or (feeder.fill(first) < feeder.batch and found):
                break
            found.append({name: np.array(array) for name, array in feeder.inputs.items()})
            if inputs.total_bytes(found) + inputs.total_bytes(found[-1:]) > room:
                break
    except KnownError:  # whoever scores the data says what is wrong with them
        return None
    return found or None


class _Scoring:
    def __init__(self, opened: Opened, plan: RunPlan, send: Send, stop_asked: Callable[[], bool]) -> None:
        self._opened, self._plan, self._send, self._stop_asked = opened, plan, send, stop_asked
        self._dataset = plan.checks.dataset or Dataset("")
        self._data = Data(Path(self._dataset.prepared))
        self._judge: Optional[answer_forms.Judge] = None
        self._metric = (
            UserMetric(plan.checks.metric, plan.checks.metric_folder) if plan.checks.metric else None
        )
        self._output = self._dataset.output
        self._told_at = 0.0
        self._reads_buffers: Optional[bool] = None
        self._first: Answers = {}

    def labelled(self) -> Labelled:
        begin, total = perf_counter_ns(), self._data.about.count
        self._tell(0)
        if self._stop_asked():
            return self._result(0, (), perf_counter_ns() - begin)
        feeder, answers = self._begun()
        call, self._first = self._opened.session.bind(feeder.inputs), answers
        done = self._add(answers, 0, feeder)
        while done < total and not self._stop_asked():
            feeder.fill(done)
            answers = self._answered(call, feeder)
            done += self._add(answers, done, feeder)
            self._tell(done)
        self._tell(done, is_last=True)
        return self._result(done, feeder.notes, perf_counter_ns() - begin)

    def _begun(self) -> tuple[Feeder, Answers]:
        """The first batch, of the largest size that works: what a file calls free need not be."""
        sizes = feeding.batches(self._opened, self._plan, self._data)
        for size in sizes[:-1]:
            try:
                return self._first_batch(size)
            except OUR_MISTAKES:
                raise
            except Exception:  # noqa: BLE001 - whatever the runtime says of this size, the next one tells
                continue
        try:
            return self._first_batch(sizes[-1])
        except (KnownError, *OUR_MISTAKES):
            raise
        except Exception as error:
            raise self._opened.session.explain(error) from error

    def _first_batch(self, size: int) -> tuple[Feeder, Answers]:
        feeder = Feeder(self._opened, self._plan, self._data, size)
        feeder.fill(0)
        answers = self._opened.session.results(self._opened.session.bind(feeder.inputs))
        judged = self._judged(answers)
        if not feeder.is_unbatched and feeder.batch > 1 and judged.shape[:1] != (feeder.batch,):
            raise unusable("dataset_answers_batch", batch=feeder.batch, answers=_written(judged))
        return feeder, answers

    def _answered(self, call: Callable[[], object], feeder: Feeder) -> Answers:
        """By the call that reads the buffers anew each time; one that kept a copy of them is bound again.

        Which it is shows at the first batch that is answered otherwise than the one it was bound with.
        """
        session = self._opened.session
        try:
            if self._reads_buffers:
                return session.results(call)
            fresh = session.results(session.bind(feeder.inputs))
            if self._reads_buffers is None and not _are_same(fresh, self._first):
                self._reads_buffers, self._first = _are_same(session.results(call), fresh), {}
        except (KnownError, *OUR_MISTAKES):
            raise
        except Exception as error:
            raise session.explain(error) from error
        return fresh

    def _add(self, answers: Answers, first: int, feeder: Feeder) -> int:
        """Without the padding; how many samples that were."""
        count = min(feeder.batch, self._data.about.count - first)
        labels = np.array(self._data.labels[first : first + count])
        own = self._rows(self._judged(answers), feeder, count)
        if len(own) != count:
            raise unusable("dataset_answers_batch", batch=feeder.batch, answers=_written(own))
        if self._judge is None:
            self._judge = answer_forms.judge(own, self._data)
        self._counted(own, labels)
        if self._metric is not None:
            outputs = {name: self._rows(array, feeder, count) for name, array in answers.items()}
            self._metric.add(outputs, labels)
        return count

    def _rows(self, array: Array, feeder: Feeder, count: int) -> Array:
        """Without the padding. One sample's answer may lack the axis of the batch; what else lacks it is not
        of samples, and stays whole."""
        if array.ndim and len(array) == feeder.batch and not feeder.is_unbatched:
            return array[:count]
        return array if feeder.batch > 1 else array[None]

    def _counted(self, own: Array, labels: Array) -> None:
        if self._judge is None:
            return
        try:
            self._judge.add(own, labels)
        except IndexError as error:
            raise unusable("dataset_label_range", label=error.args[0], classes="–") from error

    def _judged(self, answers: Mapping[str, Array]) -> Array:
        if not self._output:
            self._output = next(iter(answers), "")
        if self._output not in answers:
            raise unusable("dataset_output", name=self._output, known=", ".join(answers) or "–")
        return answers[self._output]

    def _result(self, count: int, notes: tuple[Reason, ...], elapsed_ns: int) -> Labelled:
        about, judge = self._data.about, self._judge
        counted = judge.tally.score() if judge is not None else Score()
        value = self._metric.value() if self._metric is not None else None
        of_judge = judge.notes if judge is not None else ()
        found = Labelled(
            dataset=about.name,
            sha256=about.sha256,
            kind=judge.kind if judge is not None else _KINDS[about.task],
            count=count,
            planned=about.count,
            preprocessing=self._preprocessing(),
            output=self._output,
            class_names=tuple(name[:LONGEST_NAME] for name in about.class_names[:MOST_NAMES]),
            metric=self._plan.checks.metric,
            metric_value=value,
            expected=self._plan.checks.expected_accuracy,
            is_partial=count < about.count,
            elapsed_ns=elapsed_ns,
            notes=(*about.notes, *self._of_pictures(), *notes, *of_judge, *counted.notes),
            **{name: getattr(counted, name) for name in Score._fields if name != "notes"},
        )
        return self._held_to_expectation(found)

    def _held_to_expectation(self, found: Labelled) -> Labelled:
        keeps = accuracy.keeps(found.expected, found)
        notes = found.notes
        if self._metric is not None and self._metric.failure is not None:
            notes = (*notes, self._metric.failure)
        if keeps is None and found.expected is not None and found.count:
            notes = (*notes, Reason("expected_not_comparable"))
        return msgspec.structs.replace(found, keeps_expected=keeps, notes=notes)

    def _preprocessing(self) -> Optional[Preprocessing]:
        """What was done; arrays keep the size that they have."""
        given = self._data.about.preprocessing
        if self._data.about.kind == "pictures":
            return given
        if given == Preprocessing():
            return None
        return msgspec.structs.replace(given, resize=0, crop=0, interpolation="")

    def _of_pictures(self) -> tuple[Reason, ...]:
        if self._data.about.kind != "pictures":
            return () if self._preprocessing() is None else (Reason("preprocessing_of_arrays"),)
        given, notes = self._data.about.preprocessing, []
        if self._dataset.preprocessing == Preprocessing():
            notes.append(Reason("preprocessing_assumed"))
        height, width = self._data.rows(next(iter(self._data.about.chunks)), 0, 1).shape[1:3]
        if given.crop and (height, width) != (given.crop, given.crop):
            notes.append(Reason("dataset_resized", {"crop": str(given.crop), "size": f"{height}×{width}"}))
        return tuple(notes)

    def _tell(self, done: int, is_last: bool = False) -> None:
        now = monotonic()
        if done and not is_last and now - self._told_at < TOLD_EVERY_S:
            return
        self._told_at = now
        right = self._judge.tally.right if self._judge is not None else None
        self._send(messages.Examining("dataset", done, self._data.about.count, right))


def _are_same(one: Answers, other: Answers) -> bool:
    return all(is_same(plain(array), plain(other[name])) for name, array in one.items())


_KINDS = {"classification": "classification", "values": "regression", "maps": "segmentation"}


def _written(array: Array) -> str:
    return "×".join(map(str, array.shape)) or "()"
