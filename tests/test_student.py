"""Student's t without a library, against printed tables."""

from __future__ import annotations

import math

import numpy as np
import pytest

from profiler.metrics import student

# Two-sided 95 % points: Fisher and Yates, Statistical Tables, table III.
TABLE = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 9: 2.262, 10: 2.228, 29: 2.045, 120: 1.980, math.inf: 1.960}


@pytest.mark.parametrize(("freedom", "value"), TABLE.items())
def test_quantiles_are_those_of_the_table(freedom: float, value: float) -> None:
    assert student.quantile(0.975, freedom) == pytest.approx(value, abs=6e-4)


def test_fractions_of_a_degree_lie_between_whole_ones() -> None:
    assert student.quantile(0.975, 3) < student.quantile(0.975, 2.5) < student.quantile(0.975, 2)


def test_below_is_a_half_at_zero_and_rises_to_one() -> None:
    assert student.below(0.0, 4) == 0.5
    assert student.below(1e9, 4) == pytest.approx(1.0)


@pytest.mark.parametrize("freedom", [2, 4, 9])
def test_a_shift_is_found_as_often_as_is_asked(freedom: int) -> None:
    draw = np.random.default_rng(0)
    shift = student.shift_found(0.95, 0.95, freedom)
    error = np.sqrt(draw.chisquare(freedom, 200_000) / freedom)
    found = draw.standard_normal(200_000) + shift > student.quantile(0.975, freedom) * error
    assert found.mean() == pytest.approx(0.95, abs=2e-3)


def test_with_a_known_error_the_shift_is_the_sum_of_two_quantiles() -> None:
    assert student.shift_found(0.95, 0.95, math.inf) == pytest.approx(1.95996 + 1.64485, abs=1e-3)
