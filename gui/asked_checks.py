"""What is asked about the answers on the run page, and what it puts into the plans; no widget."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence

import msgspec

from profiler.checks_plan import Checks, Dataset, Preprocessing, Reference, Tolerance
from profiler.plan import RunPlan

FIRST, NOTHING, OTHER = "", "nothing", "other"


class AskedChecks(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """`reference`: FIRST for the first file, NOTHING, or a path. `preprocessing` as
    profiler.correctness.preprocessing reads it, empty for the usual one. `expected` is a share, 0 to 1;
    `tolerances` by precision, where they differ from ours. The rest as in profiler.checks_plan.
    """

    reference: str = FIRST
    dataset: str = ""
    labels: str = ""
    preprocessing: str = ""
    limit: int = 0
    metric: str = ""
    expected: float | None = None
    tolerances: dict[str, Tolerance] = {}
    repeats: bool = True
    finds_divergence: bool = True


def troubles(asked: AskedChecks) -> dict[str, str]:
    """What is wrong by the field that it is wrong in; nothing starts while there is one."""
    from profiler.correctness import preprocessing

    found = {}
    if asked.dataset and asked.preprocessing:
        try:
            preprocessing.parse(asked.preprocessing)
        except preprocessing.Unreadable as error:
            found["preprocessing"] = str(error)
    place, colon, name = asked.metric.rpartition(":")
    if asked.metric and not (colon and place.strip() and name.isidentifier()):
        found["metric"] = "form"
    elif asked.metric and place.endswith(".py") and not os.path.isfile(place):
        found["metric"] = "missing"
    return found


def with_checks(plans: Sequence[RunPlan], asked: AskedChecks, other: RunPlan | None = None) -> list[RunPlan]:
    """The plans with what is asked; `other` opens a reference that is not among them.

    Raises profiler.correctness.preprocessing.Unreadable where `troubles` names it.
    """
    checks = Checks(
        repeats=Checks().repeats if asked.repeats else 0,
        reference=_reference(plans, asked, other),
        tolerances=dict(asked.tolerances),
        dataset=_dataset(asked),
        metric=asked.metric if asked.dataset else "",
        metric_folder=os.getcwd() if asked.metric and asked.dataset else "",
        expected_accuracy=asked.expected if asked.dataset else None,
        finds_divergence=asked.finds_divergence,
    )
    return [msgspec.structs.replace(plan, checks=checks) for plan in plans]


def without(plans: Sequence[RunPlan], denied: Collection[str]) -> list[RunPlan]:
    """The plans, with the first of them as reference where theirs may not be opened."""
    instead = reference_of(plans[0]) if len(plans) > 1 else None
    found = []
    for plan in plans:
        is_denied = plan.checks.reference is not None and plan.checks.reference.model_path in denied
        checks = msgspec.structs.replace(plan.checks, reference=instead) if is_denied else plan.checks
        found.append(msgspec.structs.replace(plan, checks=checks))
    return found


def _reference(plans: Sequence[RunPlan], asked: AskedChecks, other: RunPlan | None) -> Reference | None:
    """A single run has nothing to be compared with, unless a file is named."""
    if asked.reference == NOTHING:
        return None
    if asked.reference == FIRST:
        return reference_of(plans[0]) if len(plans) > 1 else None
    listed = next((plan for plan in plans if plan.model_path == asked.reference), other)
    return reference_of(listed) if listed is not None else None


def reference_of(plan: RunPlan) -> Reference:
    """The model of this plan, opened as it is measured."""
    return Reference(
        model_path=plan.model_path,
        runtime=plan.runtime,
        device=plan.device,
        precision=plan.precision,
        python=plan.python,
        dimension_names=plan.dimension_names,
        dimensions=plan.dimensions,
    )


def _dataset(asked: AskedChecks) -> Dataset | None:
    if not asked.dataset:
        return None
    return Dataset(asked.dataset, asked.labels, prepared_by(asked.preprocessing), asked.limit)


def prepared_by(text: str) -> Preprocessing:
    """Raises profiler.correctness.preprocessing.Unreadable."""
    from profiler.correctness import preprocessing

    return preprocessing.parse(text) if text else Preprocessing()
