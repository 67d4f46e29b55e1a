"""A/A: equals are called different in at most 5 of 100 comparisons, with the noise of real processes."""

from __future__ import annotations

import pytest

from profiler.comparison.records import Ratio
from tests.benchmarks import alike, recorded_noise

COMPARISONS = 2_000
SERIES = recorded_noise.load()


@pytest.mark.parametrize("processes", alike.COUNTS)
def test_equals_that_took_turns_are_rarely_called_different(processes: int) -> None:
    found = alike.simulated(SERIES, processes, COMPARISONS, seed=0)
    assert found.called <= alike.MOST_CALLED
    assert found.called > 0, "a judge that never calls anything is none"


@pytest.mark.parametrize("processes", alike.COUNTS)
def test_equals_that_did_not_take_turns_are_rarely_called_different(processes: int) -> None:
    found = alike.simulated(SERIES, processes, COMPARISONS, seed=0, in_turns=False)
    assert found.called <= alike.MOST_CALLED


def test_more_processes_find_smaller_differences() -> None:
    found = [alike.simulated(SERIES, count, 500, seed=1).found for count in alike.COUNTS]
    assert found == sorted(found, reverse=True)


def test_what_is_found_is_the_difference_that_would_have_been_called() -> None:
    ratios = [Ratio(1.0, 1 / high, high, call="no_clear_difference") for high in (1.1, 1.2, 1.3, 1.4)]
    calls = [*ratios, Ratio(1.2, 1.1, 1.3, call="worse")]
    found = alike.judged(calls)
    assert (found.comparisons, found.called) == (5, 0.2)
    assert found.found == pytest.approx(1.4)


def test_the_record_names_no_machine() -> None:
    text = recorded_noise.FILE.read_text(encoding="utf-8")
    assert "host" not in text
    assert len(text) < 100_000
    for one in SERIES:
        assert {len(values) for values in one.figures.values()} == {len(one.blocks)}
        assert len(one.blocks) >= 60
