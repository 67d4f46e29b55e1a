"""What a set of inputs is known by, whatever layout and width of numbers a format takes them in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from profiler import input_values
from profiler.input_values import Array


def of(inputs: Mapping[str, Array]) -> str:
    """Three SHA-256 behind one another, joined by colons: of the numbers of every input, whatever the
    order; of the inputs' names; of names and numbers together.

    Pictures with their channels last count as if these stood second; floating-point numbers are rounded to
    float16 first, so that widths do not matter, whole ones widened to int64.
    """
    digests = {name: _digest(array) for name, array in inputs.items()}
    named = [f"{name}={digests[name]}" for name in sorted(digests)]
    return ":".join(_joined(part) for part in (sorted(digests.values()), sorted(digests), named))


def are_alike(one: str, other: str) -> bool:
    """Whether two sets hold the same numbers; where both have the same names, each under its own."""
    left, right = one.split(":"), other.split(":")
    if len(left) != 3 or len(right) != 3 or left[0] != right[0]:
        return False
    return left[1] != right[1] or left[2] == right[2]


def sets_alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many sets from the first on are alike."""
    pairs = list(zip(one, other))
    return next((at for at, pair in enumerate(pairs) if not are_alike(*pair)), len(pairs))


def _joined(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _digest(array: Array) -> str:
    turned = array.transpose(0, 3, 1, 2) if input_values.is_channels_last(array.shape) else array
    digest = hashlib.sha256(repr(tuple(turned.shape)).encode())
    digest.update(np.ascontiguousarray(_widthless(turned)).tobytes())
    return digest.hexdigest()


def _widthless(array: Array) -> Array:
    kind = array.dtype.kind
    if kind == "f":
        with np.errstate(over="ignore", under="ignore"):
            return array.astype(np.float16)
    if kind in "biu":
        return array.astype(np.int64)
    return array if kind in "cV" else array.astype(str)
