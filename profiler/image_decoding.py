"""The child's side of decoding pictures: PNG and JPEG to arrays, within limits; nothing else opens them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from profiler import image_fitting, messages
from profiler.errors import ErrorKind, KnownError
from profiler.input_files import PICTURE
from profiler.input_values import Array

MOST_BYTES = 64_000_000
MOST_PIXELS = 32_000_000
MOST_PIXELS_IN_ALL = 256_000_000
# Pillow looks for no other decoder, whatever the bytes claim to be.
FORMATS = ("PNG", "JPEG")


def decode(request: messages.DecodeImages) -> messages.Decoded:
    """Every picture as uint8 H×W×3 in one .npy, upright as its EXIF data say, transparency dropped.

    With `fitting` as that says. Raises KnownError(INPUT_UNREADABLE) for what is no such picture, or too
    large.
    """
    if request.fitting is not None:
        return _fitted(request.files, request.fitting)
    sizes: list[tuple[int, int]] = []
    for number, name in enumerate(request.files):
        path = Path(name)
        left = min(MOST_PIXELS, MOST_PIXELS_IN_ALL - sum(height * width for height, width in sizes))
        pixels = _decoded(path, left)
        np.save(Path(request.folder) / f"{number:05d}{PICTURE}", pixels)
        sizes.append((pixels.shape[0], pixels.shape[1]))
    return messages.Decoded(tuple(sizes))


def _fitted(files: Sequence[str], fitting: messages.Fitting) -> messages.Decoded:
    channels = 1 if fitting.preprocessing.channels == "grey" else 3
    shape = (len(files), fitting.height, fitting.width, channels)
    together = np.lib.format.open_memmap(Path(fitting.file), mode="w+", dtype=np.uint8, shape=shape)
    sizes: list[tuple[int, int]] = []
    for at, name in enumerate(files):

        def fit(image: Image.Image) -> Array:
            sizes.append((image.height, image.width))
            return image_fitting.fitted(image, fitting)

        together[at] = _decoded(Path(name), MOST_PIXELS, fit)
    together.flush()
    return messages.Decoded(tuple(sizes))


def _pixels(image: Image.Image) -> Array:
    return np.asarray(image, dtype=np.uint8)


def _decoded(path: Path, most_pixels: int, made: Callable[[Image.Image], Array] = _pixels) -> Array:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _too_large(path, f"{size / 1e6:.0f} MB", f"{MOST_BYTES / 1e6:.0f} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _opened(path, most_pixels, made)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        text = f"{type(error).__name__}: {error}".replace(str(path), path.name)
        raise KnownError(ErrorKind.INPUT_UNREADABLE, text, file=path.name, what="image") from error


def _opened(path: Path, most_pixels: int, made: Callable[[Image.Image], Array]) -> Array:
    with Image.open(path, formats=FORMATS) as image:
        if image.width * image.height > most_pixels:
            given = f"{image.width} × {image.height}"
            raise _too_large(path, given, f"{most_pixels / 1e6:.0f} Mpx")
        return made(_in_colour(ImageOps.exif_transpose(image)))


def _in_colour(image: Image.Image) -> Image.Image:
    """Eight bits a channel; of sixteen the upper ones, which Pillow would clip to white."""
    if image.mode.startswith("I"):
        high = np.clip(np.asarray(image, dtype=np.int64) >> 8, 0, 255).astype(np.uint8)
        return Image.fromarray(high).convert("RGB")
    return image.convert("RGB")


def _too_large(path: Path, given: str, most: str) -> KnownError:
    return KnownError(ErrorKind.INPUT_UNREADABLE, file=path.name, what="image_size", given=given, most=most)
