"""What was chosen for the inputs of the files, and what it puts into the plan of one; no widget."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from profiler import dimensions, input_kinds, shared_kinds
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan

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


def guessed(files: Sequence[ChosenFile]) -> list[str]:
    """Named dimensions for whose size of 1 nothing speaks."""
    return list(dimensions.guessed(_specs(files), ()))


def shared(files: Sequence[ChosenFile]) -> dict[Path, dict[str, str]]:
    """Kinds by file that make every export of one network get the same (profiler.shared_kinds)."""
    found = shared_kinds.of([file.description for file in files])
    return {file.path: kinds for file, kinds in zip(files, found, strict=True) if kinds}


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
