"""The largest batch that fits, found on models of memory whose answer is known."""

from collections.abc import Callable

import pytest

from profiler.metrics import batch_fit
from profiler.metrics.batch_fit import Fit, Tried

MB = 1 << 20
LIMIT = 8_000 * MB


def _found(peak: Callable[[int], int], limit: int = LIMIT) -> tuple[Fit, list[int]]:
    going, asked = batch_fit.search(limit), []
    batch = next(going)
    while True:
        asked.append(batch)
        fits = peak(batch) <= limit
        try:
            batch = going.send(Tried(batch, fits, peak(batch) if fits else None))
        except StopIteration as end:
            return end.value, asked


@pytest.mark.parametrize(
    ("each", "base"), [(1 * MB, 200 * MB), (50_000, 90 * MB), (300 * MB, 500 * MB), (2_500 * MB, 100 * MB)]
)
def test_it_closes_in_on_the_largest_of_a_model_whose_memory_grows_evenly(each: int, base: int) -> None:
    fit, asked = _found(lambda batch: base + each * batch)
    true = (LIMIT - base) // each
    assert 0.98 * true - 1 <= fit.largest <= true < fit.smallest_failing
    assert fit.smallest_failing - fit.largest <= max(1, 0.02 * fit.largest)
    assert len(asked) <= 14
    assert len(set(asked)) == len(asked)


def test_a_model_that_grows_in_steps_is_found_too() -> None:
    fit, _ = _found(lambda batch: 100 * MB + 64 * MB * (2 ** (batch - 1).bit_length()))
    assert fit.largest == 64
    assert fit.smallest_failing == 65


def test_one_that_does_not_fit_at_all_and_one_that_never_fails() -> None:
    assert _found(lambda batch: LIMIT + 1) == (Fit(0, 1), [1])
    fit, asked = _found(lambda batch: 100 * MB)
    assert fit == Fit(batch_fit.LARGEST, 0)
    assert len(asked) <= batch_fit.MOST_TRIES


def test_nothing_far_beyond_the_limit_is_tried_once_the_slope_is_known() -> None:
    _, asked = _found(lambda batch: 200 * MB + 10 * MB * batch)
    assert max(asked) <= 1.1 * 780
