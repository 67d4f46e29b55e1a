"""Numbers below the normal range, counted in every float format."""

from __future__ import annotations

import numpy as np
import pytest

from profiler import denormals


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_only_numbers_between_zero_and_the_smallest_normal_one_count(dtype: type) -> None:
    tiny = np.finfo(dtype).tiny
    values = np.array([0.0, -0.0, tiny, -tiny, tiny / 2, -tiny / 2, 1.0, -3.0], dtype=dtype)
    assert denormals.fraction([values]) == 0.25


def test_integers_and_nothing_tell_nothing() -> None:
    assert denormals.fraction([]) is None
    assert denormals.fraction([np.arange(5)]) is None


def test_a_large_tensor_is_judged_by_its_beginning() -> None:
    values = np.ones(denormals.MOST_A_TENSOR + 10, dtype=np.float32)
    values[-10:] = 1e-40
    assert denormals.fraction([values]) == 0.0
    values[: denormals.MOST_A_TENSOR // 2] = 1e-40
    assert denormals.fraction([values, np.arange(3)]) == 0.5
