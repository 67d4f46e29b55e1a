"""Pictures as a model takes them: resized, in its layout and dtype; numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Optional

import numpy as np

from profiler import input_kinds
from profiler.errors import ErrorKind, KnownError
from profiler.input_values import PICTURE_CHANNELS, Array
from profiler.pairs import paired
from profiler.result import Tensor

# Red, green and blue in the luminance of ITU-R BT.601-7, section 2.5.1.
LUMINANCE = (0.299, 0.587, 0.114)
OPAQUE = 255.0


class Layout(NamedTuple):
    """Order of the axes, sizes of a picture, and its channels: 1 for a plane of grey without an axis."""

    name: str
    height: int
    width: int
    channels: int


def layout_of(shape: Sequence[int]) -> Optional[Layout]:
    """NCHW, NHWC, CHW, HWC, NHW or HW, by where 1, 3 or 4 channels can stand; None for anything else."""
    rank = len(shape)
    if rank not in (2, 3, 4):
        return None
    if rank > 2 and shape[-3] in PICTURE_CHANNELS and (rank == 4 or shape[0] != 1 or shape[2] not in (3, 4)):
        return Layout("NCHW"[4 - rank :], shape[-2], shape[-1], shape[-3])
    if rank > 2 and shape[-1] in PICTURE_CHANNELS:
        return Layout("NHWC"[4 - rank :], shape[-3], shape[-2], shape[-1])
    return None if rank == 4 else Layout("NHW"[3 - rank :], shape[-2], shape[-1], 1)


def samples(
    pictures: Sequence[Array], spec: Tensor, shape: Sequence[int], distinct: int
) -> tuple[list[Array], str]:
    """At most `distinct` arrays of this shape in the input's dtype, and their origin as a code.

    Each picture is uint8 H×W×3. Where the shape has a batch, every sample holds as many pictures, one
    after another, beginning again behind the last. Raises KnownError(INPUT_UNREADABLE) for an input that is
    no picture.
    """
    layout = layout_of(shape)
    dtype = input_kinds.dtype_of(spec)
    if layout is None or dtype.kind not in "fiu" or any(one.ndim != 3 for one in pictures):
        raise KnownError(ErrorKind.INPUT_UNREADABLE, file=spec.name, what="not_pictures")
    batch = shape[0] if layout.name.startswith("N") else 1
    used = pictures[: batch * distinct]
    made = [_placed(one, layout, dtype) for one in used]
    count = max(1, -(-len(made) // batch))
    found = [
        np.ascontiguousarray(np.stack([made[(at * batch + k) % len(made)] for k in range(batch)])).reshape(
            tuple(shape)
        )
        for at in range(count)
    ]
    values = "0_1" if dtype.kind == "f" else "shifted" if dtype == np.int8 else "0_255"
    return found, f"images:{len(used)}:{layout.height}x{layout.width}:{layout.name}:{values}"


def _placed(picture: Array, layout: Layout, dtype: np.dtype[Any]) -> Array:
    """One picture of float 0..1, or of whole numbers 0..255 (int8: shifted by 128), without its batch."""
    sized = resized(picture, layout.height, layout.width)
    coloured = _channels(sized, layout.channels)
    if dtype.kind == "f":
        values = coloured / np.float32(255.0)
    else:
        values = np.rint(coloured) - (128 if dtype == np.int8 else 0)
    ordered = values.transpose(2, 0, 1) if "CHW" in layout.name else values
    return np.asarray(ordered).astype(dtype)


def _channels(picture: Array, count: int) -> Array:
    if count == 1:
        return (picture @ np.asarray(LUMINANCE, dtype=np.float32))[:, :, None]
    opaque = np.full((*picture.shape[:2], count - 3), OPAQUE, dtype=np.float32)
    return np.concatenate([picture, opaque], axis=2)


def resized(picture: Array, height: int, width: int) -> Array:
    """H×W×C of any numbers as float32 height×width×C.

    Along an axis that shrinks each output is the mean of the inputs under it, by the share that it covers;
    along one that grows it is linear between the two nearest centres, edges repeated. Sizes stay exact,
    proportions are not kept.
    """
    rows = _weights(picture.shape[0], height)
    columns = _weights(picture.shape[1], width).matrix()
    lines = np.empty((height, width, picture.shape[2]), dtype=np.float32)
    for at in range(height):
        # Line by line, since a large picture as float32 would be the most that the process ever holds.
        first, shares = rows.of(at)
        line = np.tensordot(shares, picture[first : first + len(shares)].astype(np.float32), axes=1)
        lines[at] = columns @ line
    return lines


class _Weights(NamedTuple):
    """For each output along an axis: its first input and the shares of those from there on."""

    size: int
    starts: list[int]
    shares: list[Array]

    def of(self, output: int) -> tuple[int, Array]:
        return self.starts[output], self.shares[output]

    def matrix(self) -> Array:
        """float32 outputs × inputs."""
        found = np.zeros((len(self.starts), self.size), dtype=np.float32)
        for row, (start, shares) in enumerate(paired(self.starts, self.shares)):
            found[row, start : start + len(shares)] = shares
        return found


def _weights(size: int, wanted: int) -> _Weights:
    each = [
        _covered(size, wanted, at) if size > wanted else _between(size, wanted, at) for at in range(wanted)
    ]
    return _Weights(size, [start for start, _ in each], [np.asarray(s, dtype=np.float32) for _, s in each])


def _covered(size: int, wanted: int, at: int) -> tuple[int, list[float]]:
    """Whole numbers, so that shares are exact: the axis is size x wanted units long."""
    low, high = at * size, (at + 1) * size
    first, last = low // wanted, -(-high // wanted)
    overlaps = [min(high, (k + 1) * wanted) - max(low, k * wanted) for k in range(first, last)]
    return first, [overlap / size for overlap in overlaps]


def _between(size: int, wanted: int, at: int) -> tuple[int, list[float]]:
    place = min(max((at + 0.5) * size / wanted - 0.5, 0.0), size - 1.0)
    first = min(int(place), max(0, size - 2))
    share = place - first
    return first, [1.0 - share, share] if size > 1 else [1.0]
