"""A plan that measures its model at the sizes that all models of a comparison share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from profiler import dimensions
from profiler.messages import Description
from profiler.plan import RunPlan
from profiler.result import Tensor
from profiler.shared_shapes import Shared

_ARRAYS = (".npy", ".npz")


def with_shapes(plan: RunPlan, description: Description | None, shared: Shared) -> RunPlan:
    """The plan with its dimensions by their names in the comparison, and sizes for those that nobody gave.

    Sizes that were asked for by the name that any of the models has for them count. Arrays and whole shapes
    that were given bring their sizes with them.
    """
    if description is None or shared == Shared():
        return plan
    names = {**shared.known, **shared.names}
    asked = {names.get(name, name): size for name, size in plan.dimensions.items()}
    swept = {names.get(name, name): sizes for name, sizes in plan.sweep.dimensions.items()}
    specs = dimensions.renamed(dimensions.all_placed(description.inputs), shared.names)
    settled = {*asked, *swept, *_brought(plan, specs)}
    taken = {
        name: size
        for name, size in shared.sizes.items()
        if name not in settled and not _follows_another_batch(plan, specs, name)
    }
    return msgspec.structs.replace(
        plan,
        dimension_names=dict(shared.names),
        dimensions={**taken, **asked},
        sweep=msgspec.structs.replace(plan.sweep, dimensions=swept),
    )


def own_sizes(plan: RunPlan) -> dict[str, int]:
    """The sizes of a plan by the names that the file has for its dimensions."""
    shared = set(plan.dimension_names.values())
    kept = {name: size for name, size in plan.dimensions.items() if name not in shared}
    return kept | {
        own: plan.dimensions[name] for own, name in plan.dimension_names.items() if name in plan.dimensions
    }


def _brought(plan: RunPlan, specs: Iterable[Tensor]) -> set[str]:
    """Dimensions of inputs that come with a shape of their own."""
    every = "" in plan.input_files
    found = set()
    for spec in specs:
        if every or spec.name in plan.shapes or _is_array(plan.input_files, spec.name):
            found |= {item for item in spec.shape or () if isinstance(item, str)}
    return found


def _is_array(files: Mapping[str, str], name: str) -> bool:
    """Pictures take any size; arrays, alone or in a folder, have theirs."""
    path = Path(files[name]) if name in files else None
    if path is None or not path.is_dir():
        return path is not None and path.suffix.lower() in _ARRAYS
    try:
        return any(one.suffix.lower() in _ARRAYS for one in path.iterdir())
    except OSError:
        return True  # the run says in its own words what is wrong with it


def _follows_another_batch(plan: RunPlan, specs: Iterable[Tensor], name: str) -> bool:
    """Whether the dimension is the batch, and which batch was asked for."""
    is_batch = any(
        item == name and dimensions.follows_batch(spec, at)
        for spec in specs
        for at, item in enumerate(spec.shape or ())
    )
    return is_batch and (plan.batch != 1 or bool(plan.sweep.batch) or plan.finds_largest_batch)
