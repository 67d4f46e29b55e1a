"""Several files of one command are compared: their plans feed them alike, at the same sizes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from profiler import inspect_client, shared_kinds, shared_plans, shared_shapes
from profiler.backends import catalog
from profiler.errors import KnownError
from profiler.messages import Description
from profiler.plan import RunPlan

MOST_READERS = 4

Describe = Callable[[Path, str], Description]


def alike(plans: Sequence[RunPlan], describe: Describe = inspect_client.describe) -> list[RunPlan]:
    """Plans of one comparison with the same kinds and sizes of inputs; what was asked for stays as it is."""
    if len(plans) < 2:
        return list(plans)
    paths = list(dict.fromkeys(one.model_path for one in plans))
    # Children that read a file each: nothing is measured yet, so several processors may help.
    with ThreadPoolExecutor(max_workers=min(MOST_READERS, os.cpu_count() or 1)) as readers:
        answers = readers.map(lambda path: _described(path, describe), paths)
        described = dict(zip(paths, answers, strict=True))
    found = [described[plan.model_path] for plan in plans]
    kinds, shapes = shared_kinds.of(found), shared_shapes.of(found)
    return [
        shared_plans.with_shapes(
            msgspec.structs.replace(plan, input_kinds={**own, **plan.input_kinds}), description, shared
        )
        for plan, description, own, shared in zip(plans, found, kinds, shapes, strict=True)
    ]


def _described(model: str, describe: Describe) -> Description | None:
    """None for a file that its own run will refuse in its own words."""
    path = Path(model)
    try:
        return describe(path, catalog.recognise(path).name)
    except KnownError:
        return None
