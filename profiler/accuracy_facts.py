"""What a result says of a model's answers: what the timed child noticed, what was found after it; pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from profiler.heard import Answered, Gathered, Heard
from profiler.result import Accuracy, Reason, RunResult

_RANDOM = {"model_is_random", "model_is_random_by"}


def accuracy(gathered: Gathered, heard: Heard | None) -> Accuracy:
    """Of the child that was timed, with whatever an examination filled in."""
    finished = heard.finished if heard is not None else None
    timed = finished.accuracy if finished is not None else Accuracy()
    found = answered(gathered).accuracy
    return msgspec.structs.replace(
        found, idempotent=timed.idempotent, max_repeat_difference=timed.max_repeat_difference
    )


def answered(gathered: Gathered) -> Answered:
    return gathered.answered or Answered()


def reasons(gathered: Gathered, others: Iterable[Reason]) -> list[Reason]:
    """For the verdict, with `others`: a model that is known to draw random numbers need not also be said to
    answer differently."""
    own = answered(gathered).reasons
    is_random = any(reason.code in _RANDOM for reason in own)
    return [*(one for one in others if not (is_random and one.code == "not_idempotent")), *own]


def unavailable(result: RunResult, gathered: Gathered) -> dict[str, Reason]:
    """Why each part is not known: what the examination said, else what was not asked for."""
    checks, found = gathered.plan.checks, result.accuracy
    by_default = {
        "idempotence": "run_cut_off" if checks.repeats else "repeats_not_asked",
        "agreement": "run_cut_off" if checks.reference else "no_reference",
        "reference": "run_cut_off" if checks.reference else "no_reference",
        "divergence": _no_divergence(found, gathered),
        "beside_reference": _nothing_beside(found, gathered),
    }
    for name in ("labelled", "dataset", "dataset_size"):
        by_default[name] = "run_cut_off" if checks.dataset else "no_dataset"
    for name in ("top1", "top5"):
        by_default[name] = "no_classes" if found.labelled else by_default["dataset"]
    said = answered(gathered).unavailable
    return {
        f"accuracy.{name}": said.get(f"accuracy.{name}", Reason(code))
        for name, code in by_default.items()
        if getattr(found, name) is None
    }


def _no_divergence(found: Accuracy, gathered: Gathered) -> str:
    if gathered.plan.checks.reference is None:
        return "no_reference"
    is_beyond = found.agreement is not None and found.agreement.state == "beyond"
    return "divergence_not_asked" if is_beyond else "divergence_not_needed"


def _nothing_beside(found: Accuracy, gathered: Gathered) -> str:
    checks = gathered.plan.checks
    if checks.reference is None or checks.dataset is None:
        return "no_dataset" if checks.reference else "no_reference"
    is_reference = found.agreement is not None and found.agreement.state == "is_reference"
    return "is_reference_itself" if is_reference else "not_paired"
