"""Limits as people write them."""

from __future__ import annotations

import pytest

from profiler import limits
from profiler.limits import Limit


def test_limits_are_read_in_the_units_of_the_plan() -> None:
    read = limits.parse("p99=10ms, memory=500MB,accuracy_loss=0.5%")
    assert read == (Limit("p99", 10e6), Limit("memory", 500e6), Limit("accuracy_loss", 0.005))
    assert limits.by_quantity(read) == {"p99": 10e6, "memory": 500e6, "accuracy_loss": 0.005}


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("p50=100us", 1e5),
        ("p50=100\u00b5s", 1e5),
        ("p50=100\u03bcs", 1e5),
        ("P95 = 1.5 S", 1.5e9),
        ("mean=1e3ns", 1e3),
        ("p90=.5ms", 5e5),
        ("memory=2GiB", 2.0**31),
        ("size=96mb", 96e6),
        ("energy=2mJ", 2e-3),
        ("energy=3J", 3.0),
        ("accuracy_loss=0%", 0.0),
    ],
)
def test_every_unit_is_understood(text: str, most: float) -> None:
    (limit,) = limits.parse(text)
    assert limit.most == pytest.approx(most)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A limit is written like p99=10ms, not ''."),
        ("p99", "A limit is written like p99=10ms, not 'p99'."),
        ("p99=10ms,", "A limit is written like p99=10ms, not ''."),
        ("speed=3ms", "'speed' cannot be limited; these can: p50, p90, p95, p99, mean, memory, energy,"),
        ("p99=", "'p99' needs a number with a unit, like p99=10ms."),
        ("p99=1.2.3ms", "'p99' needs a number with a unit, like p99=10ms."),
        ("memory=lots", "'memory' needs a number with a unit, like memory=500MB."),
        ("p99=10", "'p99' needs one of the units ns, us, µs, ms, s."),
        ("p99=10MB", "'p99' needs one of the units"),
        ("memory=10ms", "'memory' needs one of the units B, kB, MB, GB, TB, KiB, MiB, GiB."),
        ("energy=10MJ", "'energy' needs one of the units uJ, µJ, mJ, J, kJ."),
        ("accuracy_loss=0.5", "'accuracy_loss' needs one of the units %."),
        ("p99=0ms", "'p99' needs a number above zero, not '0'."),
        ("p99=-3ms", "'p99' needs a number above zero, not '-3'."),
        ("p99=1e999ms", "'p99' needs a number above zero, not '1e999'."),
        ("p99=1ms,p99=2ms", "'p99' is limited twice."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as caught:
        limits.parse(text)
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("quantity", limits.QUANTITIES)
def test_examples_can_be_parsed_and_shown(quantity: str) -> None:
    (limit,) = limits.parse(limits.example(quantity))
    assert limits.parse(f"{quantity}={limits.text_of(quantity, limit.most)}") == (limit,)


def test_limits_are_shown_with_three_digits() -> None:
    shown = [limits.text_of("p99", 1e7), limits.text_of("energy", 0.002), limits.text_of("energy", 2e-6)]
    assert shown == ["10.0 ms", "2.00 mJ", "2.00 µJ"]
    assert limits.text_of("accuracy_loss", 0.005) == "0.500 %"
