"""The parent's side of data for calibration: the child reads an .npz itself, pictures are decoded before."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from profiler import inspect_client, shapes
from profiler.checks_plan import Checks, Dataset
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan
from profiler.variants.calibration import MOST_SAMPLES
from profiler.variants.kinds import runtime_of


def ready(
    path: Path,
    format_name: str,
    given: Dataset,
    asked: Mapping[str, tuple[int, ...]],
    dimensions: Mapping[str, int],
    seed: int,
    stop_asked: Callable[[], bool],
) -> str:
    """An .npz, or the folder that labelled pictures were prepared in for a model of these inputs.

    Raises KnownError: INPUT_MISSING, CANCELLED, what reading the model raises, and DATASET_UNUSABLE.
    """
    source = Path(given.path)
    if not source.exists():
        raise KnownError(ErrorKind.INPUT_MISSING, file=source.name)
    if not source.is_dir():
        return str(source.resolve())
    from profiler.correctness import datasets

    inputs = inspect_client.describe(path, format_name).inputs
    plan = RunPlan(
        model_path=str(path),
        runtime=runtime_of(format_name),
        seed=seed,
        checks=Checks(dataset=msgspec.structs.replace(given, limit=given.limit or MOST_SAMPLES)),
    )
    concrete = shapes.concrete_shapes(inputs, 1, asked, dimensions)
    return datasets.prepare(plan, inputs, concrete, stop_asked=stop_asked).prepared
