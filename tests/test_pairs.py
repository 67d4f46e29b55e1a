"""Pairs of equally long collections."""

from __future__ import annotations

import numpy as np
import pytest

from profiler.pairs import paired


def test_pairs_stand_in_order() -> None:
    assert list(paired("ab", [1, 2])) == [("a", 1), ("b", 2)]
    assert [float(right) for _, right in paired((1, 2), np.array([3.0, 4.0]))] == [3.0, 4.0]


@pytest.mark.parametrize(("left", "right"), [("a", ""), ("", "a"), ("ab", "abc")])
def test_unequal_lengths_are_refused_before_the_first_pair(left: str, right: str) -> None:
    with pytest.raises(ValueError, match="beside"):
        paired(left, right)
