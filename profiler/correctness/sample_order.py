"""In which order labelled samples are gone through: mixed, so that any beginning speaks for the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Order = npt.NDArray[np.int64]


def mixed(count: int, limit: int, seed: int, classes: npt.NDArray[Any] | None = None) -> Order:
    """Positions of at most `limit` samples (0: all), the same for the same seed.

    Every class is dealt out evenly over the whole, so that the first samples hold the classes in the shares
    of the data set: sample k of the n of a class stands at (k + 1/2) / n.
    """
    shuffled = np.random.default_rng([seed, count]).permutation(count).astype(np.int64)
    if classes is not None and count:
        kinds = classes[shuffled]
        together = np.argsort(kinds, kind="stable")
        _, sizes = np.unique(kinds, return_counts=True)
        within = np.concatenate([np.arange(size) for size in sizes])
        at = (within + 0.5) / np.repeat(sizes, sizes)
        shuffled = shuffled[together][np.lexsort((kinds[together], at))]
    return shuffled[:limit] if limit else shuffled
