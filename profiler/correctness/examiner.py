"""The parent's side of correctness: what a run's answers are worth, found after it was timed.

A failure here never costs what was measured: it becomes the reason why a quantity is not known.
"""

from __future__ import annotations

import functools
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from profiler import inspect_client, messages, precision_facts, shapes, survey_client
from profiler.answer_blocks import Accuracy, Agreement, Labelled, Paired
from profiler.attempt import Means
from profiler.backends import catalog
from profiler.blocks import Reason
from profiler.checks_plan import Dataset, Reference
from profiler.correctness import (
    agreement,
    dataset_errors,
    datasets,
    divergence_client,
    input_hash,
    random_operators,
    reference_plan,
    shelf,
    tolerances,
)
from profiler.correctness.asking import Asked, Told
from profiler.correctness.shelf import Kept, Shelf
from profiler.errors import ErrorKind, KnownError
from profiler.heard import Answered, Gathered, Heard
from profiler.messages import Description
from profiler.metrics import accuracy
from profiler.plan import RunPlan
from profiler.result import Tensor

# Silence that a call, or binding a large batch, may take beside loading.
CALL_S = 600.0
_SHAPES = (ErrorKind.SHAPE_MISMATCH, ErrorKind.SHAPE_NEEDED, ErrorKind.INPUT_UNKNOWN)
_CRASHES = (
    ErrorKind.CHILD_CRASHED,
    ErrorKind.CHILD_KILLED,
    ErrorKind.CHILD_ENDED,
    ErrorKind.OUT_OF_MEMORY,
)
# What can be left out of a request, by the step in which a child dies of it.
_PARTS = {"repeats": "repeats", "dataset": "scores"}
FOLDER = "answers"


def look(gathered: Gathered, chosen: Heard | None, means: Means, folder: Path, kept: Shelf) -> None:
    """Fills in `answered`, in children of their own; never raises. `kept` is that of the comparison."""
    checks = gathered.plan.checks
    if not (checks.repeats or checks.reference or checks.dataset):
        return
    left_out = _left_out(gathered, chosen, means)
    if left_out:
        gathered.answered = Answered(unavailable=_everything(Reason(left_out)))
        return
    assert chosen is not None
    examiner = _Examiner(gathered, chosen, means, folder / FOLDER, kept)
    try:
        gathered.answered = examiner.answered()
    except KnownError as error:
        gathered.answered = Answered(unavailable=examiner.unavailable | _everything(_failed(error)))
    except Exception as error:  # noqa: BLE001 - even a mistake of ours must not cost what was measured
        gathered.answered = Answered(unavailable=examiner.unavailable | _everything(_unforeseen(error)))
    finally:
        shutil.rmtree(folder / FOLDER, ignore_errors=True)  # what withstands goes with the run's folder


def _with(plan: RunPlan, dataset: Dataset | None) -> RunPlan:
    return msgspec.structs.replace(plan, checks=msgspec.structs.replace(plan.checks, dataset=dataset))


def _left_out(gathered: Gathered, chosen: Heard | None, means: Means) -> str:
    """Why this run's answers are not looked at; empty where they are."""
    if means.ranks is not None:
        return "answers_under_torchrun"
    if gathered.plan.finds_largest_batch:
        return "largest_batch_only"
    if means.cancel.is_set():
        return "run_stopped"
    return "run_cut_off" if chosen is None or chosen.loaded is None else ""


class _Examiner:
    """One run. Attribute `unavailable`: what is known not to be known, by dotted names."""

    def __init__(self, gathered: Gathered, chosen: Heard, means: Means, folder: Path, kept: Shelf) -> None:
        self._gathered, self._means, self._folder, self._shelf = gathered, means, folder, kept
        self._chosen = chosen
        self._reference = gathered.plan.checks.reference
        self.unavailable: dict[str, Reason] = {}

    def answered(self) -> Answered:
        plan = reference_plan.of_candidate(self._gathered.plan, self._gathered.plan.model_path)
        plan = self._with_dataset(plan)
        own = self._own(plan)
        self.unavailable |= own.examined.unavailable | accuracy.gaps(own.examined.labelled)
        found = self._beside(own)
        examined = own.examined
        whole = _with_labels(found, examined.labelled)
        whole = msgspec.structs.replace(whole, idempotence=examined.idempotence)
        reasons = (
            *self._reasons,
            *_of_repeats(whole),
            *accuracy.concerns(examined.labelled, self.unavailable),
        )
        return Answered(whole, reasons, self.unavailable)

    _reasons: tuple[Reason, ...] = ()

    def _with_dataset(self, plan: RunPlan) -> RunPlan:
        """The plan with its labelled data made ready; what is wrong with them is a reason."""
        loaded = self._chosen.loaded
        if plan.checks.dataset is None or loaded is None:
            return plan
        try:
            return self._prepared(plan, loaded.inputs, loaded.shapes)
        except KnownError as error:
            self.unavailable |= dataset_errors.missing(error)
            return _with(plan, None)

    def _prepared(
        self, plan: RunPlan, inputs: Sequence[Tensor], sizes: Mapping[str, tuple[int, ...]]
    ) -> RunPlan:
        stop = self._means.cancel.is_set
        return _with(plan, datasets.prepare(plan, inputs, sizes, tell=self._tell_data, stop_asked=stop))

    def _with_dataset_of(self, plan: RunPlan, inputs: Sequence[Tensor]) -> RunPlan:
        """The reference may take pictures of another size; where that is not told, those of the candidate."""
        if plan.checks.dataset is None or not inputs:
            return plan
        try:
            return self._prepared(
                plan, inputs, shapes.concrete_shapes(inputs, 1, plan.shapes, plan.dimensions)
            )
        except KnownError as error:
            if error.kind is ErrorKind.CANCELLED:
                raise
            return plan

    def _tell_data(self, done: int, total: int) -> None:
        self._means.listen(messages.Examining("data", done, total))

    def _own(self, plan: RunPlan) -> Kept:
        """Of the model itself; on the shelf where it is the reference that others are held against."""
        described, form = self._gathered.description, self._means.format
        if self._reference is not None and reference_plan.is_candidate(self._reference, self._gathered.plan):
            return self._shelf.examined(
                shelf.key_of(plan), lambda folder: self._examined(plan, form, described, folder)
            )
        self._folder.mkdir(mode=0o700)
        return self._examined(plan, form, described, self._folder)

    def _examined(self, plan: RunPlan, form: str, described: Description | None, folder: Path) -> Kept:
        kinds = {one.type: one.count for one in described.operators} if described is not None else {}
        weights = described.weights_by_dtype if described is not None else {}
        loaded = self._chosen.loaded
        said = loaded.precision_effective if loaded is not None else ""
        request = messages.Examine(
            plan,
            form,
            str(folder),
            keeps_answers=self._reference is not None,
            sets=reference_plan.SETS,
            random_operators=random_operators.among(kinds),
            precision=tolerances.row_of_model(self._effective(said, plan, described), weights, kinds),
        )
        told = self._asked(request)
        ran = self._effective(told.examined.precision_effective, plan, described)
        return Kept(plan, form, told, folder, tolerances.row_of_model(ran, weights, kinds))

    def _effective(self, said: str, plan: RunPlan, described: Description | None) -> str:
        nodes = described.nodes if described is not None else ()
        weights = described.weights_by_dtype if described is not None else {}
        machine = self._gathered.machine
        found = precision_facts.effective(said, plan.runtime, plan.device, machine, nodes, weights)
        return found or "unknown"

    def _asked(self, request: messages.Examine) -> Told:
        """A model that cannot be asked again and again without crashing is asked once all the same; so is one
        that labelled data, or the user's own metric, bring down."""
        asked = self._put(request)
        try:
            return asked.hold()
        except KnownError as error:
            part = _PARTS.get(asked.step)
            if part is None or not getattr(request, part) or error.kind not in _CRASHES:
                raise
            names = ("idempotence",) if part == "repeats" else dataset_errors.FIGURES
            why = {f"accuracy.{name}": _failed(error) for name in names}
        told = self._asked(msgspec.structs.replace(request, **{part: False}))
        unavailable = {**told.examined.unavailable, **why}
        return told._replace(examined=msgspec.structs.replace(told.examined, unavailable=unavailable))

    def _put(self, request: messages.Examine) -> Asked:
        limit_s = (request.plan.load_timeout_s or survey_client.LONGEST_S) + CALL_S
        listen = self._means.listen
        if request.plan.model_path != self._gathered.plan.model_path:
            listen = functools.partial(self._tell_of, Path(request.plan.model_path).name)
        return Asked(request, self._python(request.plan), self._means.cancel, listen, limit_s)

    def _tell_of(self, model: str, report: messages.Report) -> None:
        """What a child says that looks at the reference."""
        if isinstance(report, messages.Examining):
            report = msgspec.structs.replace(report, model=model)
        self._means.listen(report)

    def _python(self, plan: RunPlan) -> str:
        return plan.python or self._means.python

    def _beside(self, own: Kept) -> Accuracy:
        """Agreement with the reference, output by output."""
        reference = self._reference
        if reference is None:
            return Accuracy()
        if reference_plan.is_candidate(reference, self._gathered.plan):
            name = Path(reference.model_path).name
            state = Agreement("is_reference", own.row, inputs=own.examined.inputs)
            return Accuracy(reference=name, agreement=state)
        name = _name(reference, self._gathered)
        try:
            other = self._of_reference(reference, own)
        except (KnownError, OSError) as error:
            failed = _unforeseen(error)
            is_stop = failed.code == "run_stopped"
            why = failed if is_stop else Reason("reference_failed", failed.parameters)
            return Accuracy(reference=name, agreement=Agreement("unknown", own.row, reason=why))
        try:
            found = self._compared(own, other)
        except (KnownError, OSError) as error:
            found = Accuracy(agreement=Agreement("unknown", own.row, reason=_unforeseen(error)))
        paired = _paired(own.examined.labelled, other.examined.labelled)
        return msgspec.structs.replace(found, reference=name, beside_reference=paired)

    def _of_reference(self, reference: Reference, own: Kept) -> Kept:
        """Fed like the candidate: where sizes of its own make other inputs, at the candidate's shapes."""
        form = catalog.recognise(Path(reference.model_path)).name
        described = _described(Path(reference.model_path), form)
        inputs, theirs = own.told.loaded.inputs, described.inputs if described is not None else ()
        plan = reference_plan.of_reference(reference, own.plan, inputs, theirs)
        plan = self._with_dataset_of(plan, theirs)
        found: Kept | None = None
        try:
            found = self._on_shelf(plan, form, described)
            if input_hash.sets_alike(own.examined.inputs_sha256, found.examined.inputs_sha256):
                return found
        except KnownError as error:
            if error.kind not in _SHAPES:
                raise
        try:
            sizes = own.told.loaded.shapes
            return self._on_shelf(reference_plan.at_shapes(plan, sizes, inputs, theirs), form, described)
        except KnownError as error:
            # What it got right of the labelled data holds at its own sizes, too.
            if found is None or found.examined.labelled is None or error.kind not in _SHAPES:
                raise
            return found

    def _on_shelf(self, plan: RunPlan, form: str, described: Description | None) -> Kept:
        key = shelf.key_of(plan)
        return self._shelf.examined(key, lambda folder: self._examined(plan, form, described, folder))

    def _compared(self, own: Kept, other: Kept) -> Accuracy:
        checks = self._gathered.plan.checks
        judged = agreement.between(own, other, checks.tolerances)
        self._reasons = judged.reasons
        found = Accuracy(parity=judged.rows, agreement=judged.agreement)
        if judged.agreement.state != "beyond" or not checks.finds_divergence:
            return found
        here, there = (
            divergence_client.Model(one.plan, one.format, self._python(one.plan)) for one in (own, other)
        )
        stop_asked = self._means.cancel.is_set
        where = divergence_client.look(here, there, judged.agreement.tolerance, stop_asked)
        return msgspec.structs.replace(found, divergence=where)


def _described(path: Path, form: str) -> Description | None:
    """None where the file does not say what it is: its answers may be had all the same."""
    try:
        return inspect_client.describe(path, form)
    except KnownError:
        return None


def _name(reference: Reference, gathered: Gathered) -> str:
    """The file; the runtime too, where both run the same file."""
    name = Path(reference.model_path).name
    return name if name != gathered.model.name else f"{name} ({catalog.runtime(reference.runtime).title})"


def _of_repeats(found: Accuracy) -> Iterable[Reason]:
    repeated = found.idempotence
    if repeated is None:
        return
    if repeated.is_random:
        names = ", ".join(repeated.random_operators)
        yield Reason("model_is_random_by", {"operators": names}) if names else Reason("model_is_random")
        return
    if repeated.in_batch.state == "differs":
        yield Reason("batch_changes_answers", {"batch": str(repeated.batch)})
    if repeated.concurrent.state == "differs":
        yield Reason("calls_change_answers", {"lanes": str(repeated.lanes)})


def _with_labels(found: Accuracy, labels: Labelled | None) -> Accuracy:
    if labels is None:
        return found
    return msgspec.structs.replace(
        found,
        labelled=labels,
        top1=labels.top1,
        top5=labels.top5,
        dataset=labels.dataset,
        dataset_size=labels.count,
    )


def _paired(own: Labelled | None, other: Labelled | None) -> Paired | None:
    return accuracy.paired(own, other) if own is not None and other is not None else None


def _failed(error: KnownError) -> Reason:
    if error.kind is ErrorKind.CANCELLED:
        return Reason("run_stopped")
    return Reason("examination_failed", {"detail": error.info.text or error.info.kind})


def _unforeseen(error: Exception) -> Reason:
    if isinstance(error, KnownError):
        return _failed(error)
    said = (error.strerror if isinstance(error, OSError) else None) or f"{type(error).__name__}: {error}"
    return Reason("examination_failed", {"detail": said})


def _everything(why: Reason) -> dict[str, Reason]:
    names = ("agreement", "idempotence", "labelled", "top1", "top5", "dataset", "dataset_size")
    return {f"accuracy.{name}": why for name in (*names, "beside_reference", "reference", "divergence")}
