"""Labelled data made for a test: the bundled digits as pictures or arrays, and what a model takes of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from profiler.checks_plan import Checks, Dataset
from profiler.commands.demo import sample_paths
from profiler.correctness.dataset_shelf import DatasetShelf
from profiler.plan import RunPlan
from profiler.result import Tensor

DIGITS = sample_paths()[0]
DIGITS_TEST = DIGITS.with_name("digits_test.npz")
INPUTS = (Tensor("image", "float32", ("batch", 1, 8, 8)),)
SHAPES = {"image": (1, 1, 8, 8)}


def digits(count: int = 360) -> tuple[Any, Any]:
    """float32 [n, 1, 8, 8] of 0 to 1, and int64 [n]."""
    with np.load(DIGITS_TEST) as data:
        return data["x"][:count], data["y"][:count]


def as_pictures(folder: Path, count: int = 360) -> list[tuple[Path, int]]:
    """A sub-folder for each class with 8x8 PNGs in grey."""
    made = []
    for at, (image, label) in enumerate(zip(*digits(count), strict=True)):
        place = folder / str(label)
        place.mkdir(parents=True, exist_ok=True)
        path = place / f"{at:04d}.png"
        Image.fromarray(np.rint(image[0] * 255).astype(np.uint8)).save(path)
        made.append((path, int(label)))
    return made


def plan_with(dataset: Dataset, model: Path = DIGITS, **checks: Any) -> RunPlan:
    return RunPlan(str(model), "onnxruntime", threads=1, checks=Checks(dataset=dataset, **checks))


def shelf(tmp_path: Path) -> DatasetShelf:
    return DatasetShelf(tmp_path / "shelf")
