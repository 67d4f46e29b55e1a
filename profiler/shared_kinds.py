"""What whole-number inputs are made of where several exports are compared: the same in each of them.

One export may tell the length of the table that its ids are looked up in, or call a mask a mask, where
another does not; left to itself each would be fed something else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from profiler import input_kinds
from profiler.messages import Description
from profiler.result import Tensor

_IDS = ("int32", "int64")


def of(descriptions: Sequence[Description | None]) -> list[dict[str, str]]:
    """Kinds by input for each model, only where they differ from what it would get by itself.

    Models are taken for exports of one network where they have as many inputs of whole numbers with the
    same ranks; these go together by their names where those are the same, else by their order.
    """
    found: list[dict[str, str]] = [{} for _ in descriptions]
    alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for at, description in enumerate(descriptions):
        ids = _ids(description)
        if ids:
            alike[tuple(None if spec.shape is None else len(spec.shape) for spec in ids)].append(at)
    for group in alike.values():
        known = [(at, description) for at in group if (description := descriptions[at]) is not None]
        for slot in _slots([description for _, description in known]):
            wanted = _wanted(slot)
            for (at, _), (spec, table) in zip(known, slot, strict=True):
                if wanted and wanted != str(input_kinds.chosen(spec, "", table)):
                    found[at][spec.name] = wanted
    return found


def _ids(description: Description | None) -> list[Tensor]:
    return [spec for spec in description.inputs if spec.dtype in _IDS] if description is not None else []


Slot = list[tuple[Tensor, int | None]]


def _slots(group: Sequence[Description]) -> list[Slot]:
    """What goes together: one input of each model, with the length of its table where that is known."""
    specs = [_ids(one) for one in group]
    if len({frozenset(spec.name for spec in each) for each in specs}) == 1:
        specs = [sorted(each, key=lambda spec: spec.name) for each in specs]
    limits = [one.input_limits for one in group]
    return [
        [(spec, table.get(spec.name)) for spec, table in zip(slot, limits, strict=True)]
        for slot in zip(*specs, strict=True)
    ]


def _wanted(slot: Slot) -> str:
    """A mask where one of them says so, else ids that every table has; empty where nobody knows."""
    if any("mask" in spec.name.lower() for spec, _ in slot):
        return "mask"
    tables = [table for _, table in slot if table is not None]
    return f"tokens:{min(tables)}" if tables else ""
