"""How models are opened to look at their answers: a candidate as measured, the reference as that is fed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

import msgspec

from profiler import campaign, dimensions, input_values
from profiler.checks_plan import Reference
from profiler.plan import RunPlan, SingleStream
from profiler.subject import Tensor

Value = TypeVar("Value")

# More sets of inputs say more about top 1; slow models answer fewer.
SETS = 32


def of_candidate(plan: RunPlan, model_path: str) -> RunPlan:
    """One call at a time at the run's first point: what a sweep or a load asks for changes no answer."""
    first = campaign.point_plans(plan)[0]
    return msgspec.structs.replace(
        first,
        model_path=model_path,
        scenario=SingleStream(),
        companions=(),
        world_size=1,
        distinct_inputs=SETS,
    )


def is_candidate(reference: Reference, plan: RunPlan) -> bool:
    """Whether the model of the plan is the reference itself."""
    own = (plan.model_sha256, plan.runtime, plan.device, plan.precision, plan.python)
    other = reference
    return own == (other.model_sha256, other.runtime, other.device, other.precision, other.python)


def of_reference(
    reference: Reference, candidate: RunPlan, own: Sequence[Tensor], theirs: Sequence[Tensor]
) -> RunPlan:
    """As the candidate is fed: what is said by name of its inputs, `own`, holds for those of the reference.

    Inputs are the same by name where all names are, else by their order.
    """
    names = _partners(own, theirs)
    known = {item for spec in dimensions.renamed(dimensions.all_placed(theirs), reference.dimension_names)
             for item in spec.shape or () if isinstance(item, str)}  # fmt: skip
    sizes = reference.dimensions or {
        name: size for name, size in candidate.dimensions.items() if name in known
    }
    return msgspec.structs.replace(
        candidate,
        model_path=reference.model_path,
        model_sha256=reference.model_sha256,
        runtime=reference.runtime,
        device=reference.device,
        precision=reference.precision,
        python=reference.python,
        dimension_names=reference.dimension_names,
        dimensions=sizes,
        shapes=_renamed(candidate.shapes, names),
        input_files=_renamed(candidate.input_files, names),
        input_kinds=_renamed(candidate.input_kinds, names),
    )


def at_shapes(
    plan: RunPlan, shapes: Mapping[str, tuple[int, ...]], own: Sequence[Tensor], theirs: Sequence[Tensor]
) -> RunPlan:
    """The reference's plan at the very shapes that the candidate ran with, whatever its own sizes are."""
    names = _partners(own, theirs)
    wanted = {names[name]: shape for name, shape in shapes.items() if name in names}
    by_name = {spec.name: spec for spec in theirs}
    turned = {name: _as_declared(shape, by_name[name]) for name, shape in wanted.items()}
    return msgspec.structs.replace(plan, shapes=turned or plan.shapes, dimensions={}, dimension_names={})


def _as_declared(shape: tuple[int, ...], spec: Tensor) -> tuple[int, ...]:
    """With the channels of a picture where the reference has them."""
    declared = spec.shape or ()
    if len(shape) != 4 or len(declared) != 4:
        return shape
    is_last = input_values.is_channels_last(shape)
    wants = [item if isinstance(item, int) else 0 for item in declared]
    if is_last and wants[1] in (shape[3], 0) and wants[3] not in (shape[3],):
        return (shape[0], shape[3], shape[1], shape[2])
    if not is_last and input_values.is_channels_last(wants) and wants[3] == shape[1]:
        return (shape[0], shape[2], shape[3], shape[1])
    return shape


def _partners(own: Sequence[Tensor], theirs: Sequence[Tensor]) -> dict[str, str]:
    names = [spec.name for spec in own]
    others = [spec.name for spec in theirs]
    if set(names) == set(others):
        return {name: name for name in names}
    return dict(zip(names, others, strict=False))


def _renamed(values: Mapping[str, Value], names: Mapping[str, str]) -> dict[str, Value]:
    """The empty name stands for all inputs, and stays."""
    return {names.get(name, name): value for name, value in values.items()}
