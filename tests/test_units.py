"""Numbers as text."""

import math

import pytest

from profiler import units


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(4_100_000, "4.10 ms"), (999.6, "1.00 µs"), (70, "70 ns"), (1.5e9, "1.50 s"), (0, "0 ns"), (None, "–"),
     (math.nan, "–"), (999_999, "1.00 ms"), (12_345_678_900, "12.3 s")],
)  # fmt: skip
def test_duration_has_three_digits_and_the_unit_that_fits(nanoseconds: float | None, text: str) -> None:
    assert units.duration(nanoseconds) == text


def test_flops_count_and_speed_never_share_a_unit() -> None:
    assert units.flops(8.178e9) == "8.18 GFLOPs"
    assert units.flop_rate(310e9) == "310 GFLOP/s"
    assert units.flops(12) == "12 FLOPs"


def test_sizes_are_decimal() -> None:
    assert units.size(96_000_000) == "96.0 MB"
    assert units.size(512) == "512 B"
    assert units.size(16) == "16 B"


def test_rates_counts_and_shares() -> None:
    assert units.rate(1234.5) == "1,230"
    assert units.quantity(25_557_032) == "25.6 M"
    assert units.percent(0.0123) == "1.23 %"
    assert units.percent(None) == "–"
