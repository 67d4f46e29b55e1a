"""From a picture to a model's input: presets, how a preprocessing is written, and its numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Optional

import msgspec
import numpy as np

from profiler.checks_plan import Preprocessing
from profiler.input_layout import Notes
from profiler.input_pictures import OPAQUE, Layout
from profiler.input_values import Array

CHANNELS = ("rgb", "bgr", "grey")
VALUES = ("0_1", "-1_1", "0_255")
INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos")
MOST_PIXELS = 8192

_IMAGENET_MEAN, _IMAGENET_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)

PRESETS: dict[str, Preprocessing] = {
    one.preset: one
    for one in (
        # Pixels as they are in the picture.
        Preprocessing("none", values="0_255"),
        Preprocessing("raw", values="0_255"),
        Preprocessing("unit", values="0_1"),
        # torchvision.transforms._presets.ImageClassification, what its weights were evaluated with.
        Preprocessing("imagenet", 256, 224, mean=_IMAGENET_MEAN, std=_IMAGENET_STD),
        # The same for its newer weights (IMAGENET1K_V2), which resize to 232.
        Preprocessing("imagenet-v2", 232, 224, mean=_IMAGENET_MEAN, std=_IMAGENET_STD),
        # keras.applications.imagenet_utils.preprocess_input, mode "tf"; the crop of 87.5 % is TF-Slim's.
        Preprocessing("imagenet-tf", 256, 224, values="-1_1"),
        # The same, mode "caffe": BGR in 0 to 255, the mean subtracted.
        Preprocessing("imagenet-caffe", 256, 224, "bgr", "0_255", mean=(103.939, 116.779, 123.68)),
        # openai/CLIP, clip.py, _transform.
        Preprocessing(
            "clip", 224, 224, mean=(0.48145466, 0.4578275, 0.40821073),
            std=(0.26862954, 0.26130258, 0.27577711), interpolation="bicubic",
        ),
        # Hugging Face ViTImageProcessor: both sides straight to the model's size.
        Preprocessing("vit", mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5)),
        # pytorch/examples, mnist/main.py.
        Preprocessing("mnist", channels="grey", mean=(0.1307,), std=(0.3081,)),
    )
}  # fmt: skip


class Unreadable(ValueError):
    """A preprocessing as text that is none; the message names the part that is wrong."""


def parse(text: str) -> Preprocessing:
    """A preset's name, `resize=256,crop=224,mean=0.485/0.456/0.406,...`, or a preset with parts of one's own.

    Raises Unreadable.
    """
    first, *rest = [part.strip() for part in text.split(",")]
    found = Preprocessing()
    if "=" in first:
        rest = [first, *rest]
    elif first in PRESETS:
        found = PRESETS[first]
    else:
        raise Unreadable(first)
    given = dict(_part(part) for part in rest)
    if given:
        found = msgspec.structs.replace(found, preset="", **given)
    # Written out, what is asked for must not look like nothing having been asked for.
    found = PRESETS["unit"] if found == Preprocessing() else found
    _check(found, text)
    return found


def _part(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    reader = _READERS.get(name)
    if reader is None:
        raise Unreadable(text)
    try:
        return name, reader(value)
    except ValueError as error:
        raise Unreadable(text) from error


def _pixels(text: str) -> int:
    size = int(text)
    if not 0 <= size <= MOST_PIXELS:
        raise ValueError(text)
    return size


def _numbers(text: str) -> tuple[float, ...]:
    found = tuple(float(part) for part in text.split("/"))
    if len(found) not in (1, 3) or not np.isfinite(found).all():
        raise ValueError(text)
    return found


def _one_of(known: Sequence[str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read


_READERS: dict[str, Callable[[str], Any]] = {
    "resize": _pixels,
    "crop": _pixels,
    "channels": _one_of(CHANNELS),
    "values": _one_of(VALUES),
    "mean": _numbers,
    "std": _numbers,
    "interpolation": _one_of(INTERPOLATIONS),
}


def _check(found: Preprocessing, text: str) -> None:
    if any(value <= 0 for value in found.std):
        raise Unreadable(text)
    if found.channels == "grey" and max(len(found.mean), len(found.std)) > 1:
        raise Unreadable(text)
    if found.crop and found.resize and found.crop > found.resize:
        raise Unreadable(text)


def text_of(given: Preprocessing) -> str:
    """As `parse` reads it: the preset where it is one still, else every part that is not as by default."""
    if given == PRESETS.get(given.preset):
        return given.preset
    plain = Preprocessing()
    parts = [
        f"{name}={_written(getattr(given, name))}"
        for name in _READERS
        if getattr(given, name) != getattr(plain, name)
    ]
    return ",".join(parts) or "unit"


def _written(value: object) -> str:
    return "/".join(f"{number:.10g}" for number in value) if isinstance(value, tuple) else str(value)


def fitted(given: Preprocessing, layout: Layout) -> Preprocessing:
    """What really happens for a model of this size and these channels.

    A preset's crop is for one size of model: for another square one it grows or shrinks with its margin, as
    timm does. A model of one channel sees grey.
    """
    side = layout.height
    if given.preset and given.crop and layout.width == side != given.crop:
        resize = round(given.resize * side / given.crop)
        given = msgspec.structs.replace(given, resize=resize, crop=side)
    if layout.channels == 1 and given.channels != "grey":
        mean = given.mean and (sum(given.mean) / len(given.mean),)
        std = given.std and (sum(given.std) / len(given.std),)
        given = msgspec.structs.replace(given, channels="grey", mean=mean, std=std)
    return given


def of_pixels(
    pixels: Array, given: Preprocessing, layout: Layout, dtype: np.dtype[Any], notes: Optional[Notes] = None
) -> Array:
    """uint8 n×H×W×1 or 3 (red, green, blue), of the layout's size, as n inputs of its layout and dtype.

    Whole-number inputs get pixels 0 to 255, shifted by 128 where the dtype ends at 127: values, mean and
    std are then part of the model, and `notes` says so.
    """
    coloured = _coloured(pixels, given, layout.channels)
    if dtype.kind == "f":
        values = _scaled(coloured, given)
    else:
        values = coloured.astype(np.int32) - (128 if dtype == np.int8 else 0)
        if notes is not None and (given.mean or given.std or given.values != "0_255"):
            notes.say("dataset_whole_numbers", dtype.name)
    ordered = values.transpose(0, 3, 1, 2) if "CHW" in layout.name else values
    if "C" not in layout.name:
        ordered = ordered[..., 0]
    return np.ascontiguousarray(ordered.astype(dtype))


def _coloured(pixels: Array, given: Preprocessing, channels: int) -> Array:
    if pixels.shape[-1] == 1 and channels > 1:
        pixels = np.repeat(pixels, 3, axis=-1)
    elif given.channels == "bgr":
        pixels = pixels[..., ::-1]
    if channels == 4:
        opaque = np.full((*pixels.shape[:-1], 1), OPAQUE, dtype=pixels.dtype)
        pixels = np.concatenate([pixels, opaque], axis=-1)
    return pixels


def _scaled(pixels: Array, given: Preprocessing) -> Array:
    values = pixels.astype(np.float32)
    if given.values == "0_1":
        values /= np.float32(255.0)
    elif given.values == "-1_1":
        values = values / np.float32(127.5) - np.float32(1.0)
    return normalised(values, given)


def normalised(values: Array, given: Preprocessing) -> Array:
    """(value - mean) / std by channel, which is the last axis; a fourth channel is opacity and stays."""
    count = min(values.shape[-1], 3)
    colours = values[..., :count]
    if given.mean:
        colours = colours - np.asarray(given.mean, dtype=np.float32)
    if given.std:
        colours = colours / np.asarray(given.std, dtype=np.float32)
    return colours if count == values.shape[-1] else np.concatenate([colours, values[..., count:]], axis=-1)
