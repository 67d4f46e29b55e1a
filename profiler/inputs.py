"""The sets of inputs that a model is called with: made from its specs and a seed, or the user's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Optional

import numpy as np

from profiler import input_kinds, input_values
from profiler.errors import ErrorKind, KnownError
from profiler.input_values import Array
from profiler.result import Tensor

Samples = Mapping[str, Sequence[Array]]


def check_room(specs: Sequence[Tensor], shapes: Mapping[str, tuple[int, ...]], available_bytes: int) -> int:
    """Bytes of one set of inputs; raises KnownError(OUT_OF_MEMORY) where it alone cannot fit."""
    each = sum(
        int(np.prod(shapes[spec.name], dtype=object)) * input_kinds.dtype_of(spec).itemsize for spec in specs
    )
    if each > available_bytes:
        raise KnownError(ErrorKind.OUT_OF_MEMORY, needed_bytes=each, available_bytes=available_bytes)
    return each


def make(
    specs: Sequence[Tensor],
    shapes: Mapping[str, tuple[int, ...]],
    seed: int,
    limits: Optional[Mapping[str, int]] = None,
    given: Optional[Samples] = None,
    kinds: Optional[Mapping[str, str]] = None,
    index: int = 0,
) -> dict[str, Array]:
    """Set number `index` of the inputs, contiguous, with the dtypes of `specs` and the concrete `shapes`.

    `given` holds the user's own samples by input, which are rotated; everything else is made up of the
    kind in `kinds` or the one that fits (profiler.input_kinds), integers below the table in `limits`.
    What is made depends on seed, index, shape, kind of dtype, and the input's number among those that are
    alike in these: not on names, so that every export of one network gets the same. Raises KnownError:
    INPUT_KIND, INPUT_DTYPE for a dtype that cannot be made up, such as strings.
    """
    found: dict[str, Array] = {}
    alike: Counter[tuple[object, ...]] = Counter()
    for spec in specs:
        own = (given or {}).get(spec.name)
        if own:
            found[spec.name] = own[index % len(own)]
            continue
        kind = kind_of(spec, kinds or {}, limits or {})
        dtype, shape = input_kinds.dtype_of(spec), shapes[spec.name]
        likeness = (input_values.canonical(shape), input_values.group_of(dtype))
        identity = (seed, index, alike[likeness])
        alike[likeness] += 1
        found[spec.name] = input_values.made(kind, shape, dtype, identity)
    return found


def kind_of(spec: Tensor, kinds: Mapping[str, str], limits: Mapping[str, int]) -> input_kinds.Kind:
    """What is made up for this input; raises KnownError as `make` does."""
    return input_kinds.chosen(spec, kinds.get(spec.name, ""), limits.get(spec.name))


def total_bytes(pool: Sequence[Mapping[str, Array]]) -> int:
    """Bytes of distinct arrays in a pool of input sets."""
    arrays = {id(array): array.nbytes for inputs in pool for array in inputs.values()}
    return sum(arrays.values())
