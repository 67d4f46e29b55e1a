"""Latency by distinct input: a model whose time depends on its data has no one latency."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int64]

FEWEST = 20


def medians(samples: Samples, distinct: int, first: int = 0) -> tuple[int, ...]:
    """The median of each of `distinct` inputs, int64 ns; `samples` rotate over them in order from `first`.

    Nothing where an input has fewer than twenty samples.
    """
    if distinct < 2 or len(samples) < FEWEST * distinct:
        return ()
    return tuple(
        round(float(np.median(samples[(number - first) % distinct :: distinct])))
        for number in range(distinct)
    )


def spread(by_input: tuple[int, ...]) -> float | None:
    """How much longer the slowest input takes than the fastest, as a share; None where nothing is known."""
    return max(by_input) / min(by_input) - 1 if by_input and min(by_input) > 0 else None
