"""What was chosen for the inputs of the files, and what it puts into the plan of one; no widget."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from profiler import dimensions, input_kinds, shared_kinds, shared_shapes
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan
from profiler.shared_shapes import Shared

if TYPE_CHECKING:
    from gui.choices import ChosenFile
    from profiler.result import Tensor

Sizes = Mapping[str, Sequence[int]]


def _specs(files: Sequence[ChosenFile]) -> list[Tensor]:
    return [spec for file in files if file.description is not None for spec in file.description.inputs]


def offered_kinds(files: Sequence[ChosenFile]) -> dict[str, tuple[str, ...]]:
    """The kinds that each input of the files can be made of, by its name; text takes none."""
    found: dict[str, tuple[str, ...]] = {}
    for spec in _specs(files):
        found.setdefault(spec.name, input_kinds.fitting(spec))
    return found


def renamed(file: ChosenFile, shared: Shared) -> tuple[Tensor, ...]:
    """The inputs with their free dimensions by their names in the comparison."""
    return dimensions.renamed(dimensions.all_placed(_specs([file])), shared.names)


def sizes(file: ChosenFile, shared: Shared) -> dict[str, int]:
    """Every free dimension that is not the batch, by its name in the comparison, with its size unasked."""
    offered = dimensions.offered(renamed(file, shared)).items()
    return {name: shared.sizes.get(name, unasked.size) for name, unasked in offered}


def guessed(files: Sequence[ChosenFile]) -> list[str]:
    """Free dimensions for whose size nothing speaks, in none of the files."""
    both = list(zip(files, same_shapes(files), strict=True))
    found = [name for file, of in both for name in dimensions.guessed(renamed(file, of), of.sizes)]
    return list(dict.fromkeys(found))


def same_shapes(files: Sequence[ChosenFile]) -> list[Shared]:
    """Names and sizes by which every export of one network does the same work (profiler.shared_shapes)."""
    return shared_shapes.of([file.description for file in files])


def shared(files: Sequence[ChosenFile]) -> dict[Path, dict[str, str]]:
    """Kinds by file that make every export of one network get the same (profiler.shared_kinds)."""
    found = shared_kinds.of([file.description for file in files])
    return {file.path: kinds for file, kinds in zip(files, found, strict=True) if kinds}


def shared_by_path(files: Sequence[ChosenFile]) -> dict[Path, Shared]:
    """As same_shapes, of those files that share anything."""
    found = zip(files, same_shapes(files), strict=True)
    return {file.path: shared for file, shared in found if shared != Shared()}


def fields(file: ChosenFile, kinds: Mapping[str, str], sources: Mapping[str, str]) -> dict[str, Any]:
    """Kinds and files of this model's own inputs, as fields of a RunPlan.

    Raises KnownError(INPUT_KIND) for a kind that an input's type cannot hold.
    """
    specs = _specs([file])
    own = {spec.name: kinds[spec.name] for spec in specs if spec.name in kinds}
    for spec in specs:
        if spec.name in own:
            input_kinds.chosen(spec, own[spec.name])
    given = {spec.name: sources[spec.name] for spec in specs if spec.name in sources}
    return {"input_kinds": own, "input_files": given}


def with_sizes(plan: RunPlan, sizes: Sizes) -> RunPlan:
    """The plan that goes through these sizes; raises KnownError where its load is a search."""
    several = {name: tuple(each) for name, each in sizes.items() if len(each) > 1}
    if not several:
        return plan
    if getattr(plan.scenario, "rate_per_s", 0.0) is None and not plan.sweep.rate_per_s:
        raise KnownError(ErrorKind.SHAPE_MISMATCH, dimension=next(iter(several)), what="sizes_in_search")
    return msgspec.structs.replace(plan, sweep=msgspec.structs.replace(plan.sweep, dimensions=several))


def shapes_of(plan: RunPlan) -> int:
    """How many shapes a plan goes through."""
    return math.prod(len(each) for each in plan.sweep.dimensions.values())
