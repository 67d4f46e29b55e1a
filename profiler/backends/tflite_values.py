"""Small integers that follow from shapes: converters write a free batch as arithmetic on a shape."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Optional

import numpy as np

from profiler.backends.tflite_slices import sliced
from profiler.backends.tflite_tensors import MOST_VALUES
from profiler.backends.tflite_view import Unknown, Values, View

Rule = Callable[[View], Values]


def of(view: View) -> Optional[Values]:
    """The value of an operator's first output, or None where it does not follow or is no small integer."""
    rule = _RULES.get(view.kind)
    if rule is None or view.result_dtype() not in ("int32", "int64"):
        return None
    try:
        with np.errstate(all="ignore"):
            found = np.asarray(rule(view), dtype=np.int64)
    except (Unknown, IndexError, ValueError, OverflowError):
        return None
    return found if found.size <= MOST_VALUES else None


def _shape(view: View) -> Values:
    return np.array(view.shape(0), dtype=np.int64)


def _same(view: View) -> Values:
    return view.value(0)


def _reshaped(view: View) -> Values:
    return view.value(0).reshape(view.result())


def _joined(view: View) -> Values:
    return np.concatenate(_all(view), axis=view.option(0))


def _packed(view: View) -> Values:
    return np.stack(_all(view), axis=view.option(1))


def _all(view: View) -> list[Values]:
    if len(view.inputs) > MOST_VALUES:
        raise Unknown
    return [view.value(position) for position in range(len(view.inputs))]


def _gathered(view: View) -> Values:
    if view.option(1):
        raise Unknown
    return np.asarray(np.take(view.value(0), view.value(1), axis=view.option(0)), dtype=np.int64)


def _sliced(view: View) -> Values:
    return np.asarray(view.value(0)[sliced(view)], dtype=np.int64)


def _filled(view: View) -> Values:
    if math.prod(view.result()) > MOST_VALUES:
        raise Unknown
    return np.broadcast_to(view.value(1), view.result())


def _reduced(function: Callable[..., Values]) -> Rule:
    def rule(view: View) -> Values:
        axes = tuple(view.numbers(1))
        return function(view.value(0), axis=axes, keepdims=bool(view.option(0, "?")))

    return rule


def _both(function: Callable[[Values, Values], Values]) -> Rule:
    return lambda view: function(view.value(0), view.value(1))


_RULES: dict[str, Rule] = {
    "SHAPE": _shape,
    **dict.fromkeys(("CAST", "IDENTITY"), _same),
    **dict.fromkeys(("RESHAPE", "SQUEEZE", "EXPAND_DIMS"), _reshaped),
    "CONCATENATION": _joined,
    "PACK": _packed,
    "GATHER": _gathered,
    "STRIDED_SLICE": _sliced,
    "FILL": _filled,
    "REDUCE_PROD": _reduced(np.prod),
    "SUM": _reduced(np.sum),
    "REDUCE_MAX": _reduced(np.max),
    "REDUCE_MIN": _reduced(np.min),
    "ADD": _both(np.add),
    "SUB": _both(np.subtract),
    "MUL": _both(np.multiply),
    "DIV": _both(np.floor_divide),
    "FLOOR_DIV": _both(np.floor_divide),
    "FLOOR_MOD": _both(np.mod),
    "MAXIMUM": _both(np.maximum),
    "MINIMUM": _both(np.minimum),
}
