"""What is asked about a model's answers, beside its speed; a part of profiler.plan.RunPlan."""

from __future__ import annotations

from typing import Optional

import msgspec


class Tolerance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far answers may be from the reference's and still agree; what is None is not judged by.

    `max_relative`: largest absolute difference as a share of the largest absolute value of the reference's
    output; `min_cosine` of the flattened outputs; `min_snr_db` = 10 log10(sum ref^2 / sum (ref - own)^2);
    `min_top1` share of rows whose largest value stands at the same place, 0 to 1.
    """

    max_relative: Optional[float] = None
    min_cosine: Optional[float] = None
    min_snr_db: Optional[float] = None
    min_top1: Optional[float] = None


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The model whose answers count as right. `dimension_names` as in RunPlan."""

    model_path: str
    runtime: str
    device: str = "cpu"
    precision: str = "as_is"
    model_sha256: str = ""
    python: str = ""
    dimension_names: dict[str, str] = {}
    dimensions: dict[str, int] = {}


class Preprocessing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From a picture to an input, in this order; kept with the result.

    `resize`: the shorter side in pixels, 0: both sides straight to the model's size; `crop`: a square from
    the middle, 0: none. `channels`: rgb, bgr or grey. `values`: 0_1, -1_1 or 0_255; then (value - mean) /
    std by channel where these are given. `preset` is the name it was chosen by, empty for one of the
    user's own. The layout (NCHW, NHWC) follows the model. `interpolation` is empty where nothing was resized.
    """

    preset: str = ""
    resize: int = 0
    crop: int = 0
    channels: str = "rgb"
    values: str = "0_1"
    mean: tuple[float, ...] = ()
    std: tuple[float, ...] = ()
    interpolation: str = "bilinear"


class Dataset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Labelled data: a folder with a sub-folder for each class, a folder of pictures with `labels` (a .csv or
    .txt of file and label), or an .npz that holds `x` and `y`.

    `limit`: at most so many samples, spread over the classes, 0: all. `output`: which output is judged,
    empty: the first. `prepared`: the folder that profiler.correctness.datasets made of it, filled in by
    the runner.
    """

    path: str
    labels: str = ""
    preprocessing: Preprocessing = Preprocessing()
    limit: int = 0
    output: str = ""
    prepared: str = ""


class Checks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is looked at after the timed runs, in a child of its own.

    `repeats` calls with one input, 0: no idempotence check. `reference` None: no parity. `tolerances` by
    effective precision, in place of profiler.correctness.tolerances' own. `metric` is MODULE:FUNCTION or
    FILE.py:FUNCTION, looked up in `metric_folder`; it runs in the child. `expected_accuracy`: the share
    reached in training, 0 to 1. `finds_divergence`: where answers are beyond tolerance, look for the first
    tensor that is.
    """

    repeats: int = 10
    reference: Optional[Reference] = None
    tolerances: dict[str, Tolerance] = {}
    dataset: Optional[Dataset] = None
    metric: str = ""
    metric_folder: str = ""
    expected_accuracy: Optional[float] = None
    finds_divergence: bool = True
