"""Labelled pictures in the image child: resized and cropped by Pillow, as torchvision's transforms do."""

from __future__ import annotations

import numpy as np
from PIL import Image

from profiler.input_values import Array
from profiler.messages import Fitting

# A strip one pixel wide would grow by the square of what its shorter side does.
MOST_PIXELS = 128_000_000

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


def fitted(image: Image.Image, fitting: Fitting) -> Array:
    """uint8 height×width×3, or ×1 of grey (ITU-R BT.601, as Pillow's mode L): resize, crop, then to size.

    Whole pixels between the steps and antialiasing where it shrinks, as torchvision does with Pillow images.
    """
    given = fitting.preprocessing
    chosen = _FILTERS[given.interpolation]
    if given.channels == "grey":
        image = image.convert("L")
    if given.resize:
        wanted = _with_shorter(image.size, given.resize)
        if wanted[0] * wanted[1] > MOST_PIXELS:
            raise ValueError(f"{wanted[0]} x {wanted[1]} pixels once it is resized")
        image = image.resize(wanted, chosen)
    if given.crop:
        image = _middle(image, given.crop)
    if image.size != (fitting.width, fitting.height):
        image = image.resize((fitting.width, fitting.height), chosen)
    pixels = np.asarray(image, dtype=np.uint8)
    return pixels.reshape(fitting.height, fitting.width, -1)


def _with_shorter(size: tuple[int, int], wanted: int) -> tuple[int, int]:
    """The longer side rounded down, as torchvision.transforms.functional._compute_resized_output_size."""
    width, height = size
    if width <= height:
        return wanted, max(1, int(wanted * height / width))
    return max(1, int(wanted * width / height)), wanted


def _middle(image: Image.Image, side: int) -> Image.Image:
    """The square in the middle; beyond the picture it is black, as torchvision's center_crop pads."""
    left, top = round((image.width - side) / 2), round((image.height - side) / 2)
    return image.crop((left, top, left + side, top + side))
