"""Several files of one command are compared: their plans feed them alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from profiler import inspect_client, shared_kinds
from profiler.backends import catalog
from profiler.errors import KnownError
from profiler.messages import Description
from profiler.plan import RunPlan

Describe = Callable[[Path, str], Description]


def alike(plans: Sequence[RunPlan], describe: Describe = inspect_client.describe) -> list[RunPlan]:
    """Plans of one comparison with the same kinds of inputs; those that were asked for stay as they are."""
    if len(plans) < 2:
        return list(plans)
    shared = shared_kinds.of([_described(plan, describe) for plan in plans])
    return [
        msgspec.structs.replace(plan, input_kinds={**kinds, **plan.input_kinds})
        for plan, kinds in zip(plans, shared, strict=True)
    ]


def _described(plan: RunPlan, describe: Describe) -> Description | None:
    """None for a file that its own run will refuse in its own words."""
    path = Path(plan.model_path)
    try:
        return describe(path, catalog.recognise(path).name)
    except KnownError:
        return None
