"""STRIDED_SLICE as an index of numpy: its five masks say what begin, end and stride mean."""

from __future__ import annotations

from typing import Any

import numpy as np

from profiler.backends.tflite_view import Unknown, View

_BEGIN, _END, _ELLIPSIS, _NEW_AXIS, _SHRINK, _OFFSET = range(6)


def sliced(view: View) -> tuple[Any, ...]:
    """Raises Unknown where begin, end or strides are not known, or for ends counted from the beginning."""
    begin, end, strides = (view.numbers(position) for position in (1, 2, 3))
    if view.option(_OFFSET, "?") or not len(begin) == len(end) == len(strides):
        raise Unknown
    return tuple(_item(view, place, begin, end, strides) for place in range(len(begin)))


def _item(view: View, place: int, begin: list[int], end: list[int], strides: list[int]) -> Any:
    if _is_set(view, _ELLIPSIS, place):
        return Ellipsis
    if _is_set(view, _NEW_AXIS, place):
        return None
    if _is_set(view, _SHRINK, place):
        return begin[place]
    start = None if _is_set(view, _BEGIN, place) else begin[place]
    stop = None if _is_set(view, _END, place) else end[place]
    return slice(start, stop, strides[place])


def _is_set(view: View, mask: int, place: int) -> bool:
    return bool(view.option(mask) >> place & 1)


def shape_of(view: View) -> tuple[int, ...]:
    """The shape of what is cut out; numpy does it on an array that has a shape and no data."""
    hollow = np.broadcast_to(np.int8(0), view.shape(0))
    return tuple(hollow[sliced(view)].shape)
