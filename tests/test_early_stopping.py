"""How many queries prove a percentile, against the table of MEASURING.md, 1.3."""

from __future__ import annotations

import math

import numpy as np
import pytest

from profiler.metrics import binomial
from profiler.metrics import early_stopping as rule

NONE_OVER = [
    (0.50, 5, 7),
    (0.90, 29, 44),
    (0.95, 59, 90),
    (0.97, 99, 152),
    (0.99, 299, 459),
    (0.999, 2_995, 4_603),
]
ONE_OVER = [
    (0.50, 7, 8, 11),
    (0.90, 38, 46, 64),
    (0.95, 77, 93, 130),
    (0.97, 129, 157, 219),
    (0.99, 388, 473, 662),
    (0.999, 3_889, 4_742, 6_636),
]
RANKS = [(1_000, 4), (5_000, 38), (10_000, 83), (24_576, 219)]


@pytest.mark.parametrize(("p", "at_95", "at_99"), NONE_OVER)
def test_queries_without_one_over_the_limit(p: float, at_95: int, at_99: int) -> None:
    assert rule.least_good(0, p, 0.95) == at_95
    assert rule.least_good(0, p, 0.99) == at_99


@pytest.mark.parametrize(("p", "at_90", "at_95", "at_99"), ONE_OVER)
def test_queries_with_one_over_the_limit(p: float, at_90: int, at_95: int, at_99: int) -> None:
    found = [1 + rule.least_good(1, p, confidence) for confidence in (0.90, 0.95, 0.99)]
    assert found == [at_90, at_95, at_99]


@pytest.mark.parametrize(("count", "t"), RANKS)
def test_rank_to_quote_as_upper_bound_of_p99(count: int, t: int) -> None:
    assert rule.discarded(count, 0.99) == t - 1
    samples = np.random.default_rng(0).permutation(np.arange(1, count + 1))
    assert rule.percentile_bound(samples, 0.99) == count - (t - 1)
    assert rule.passes(count, t, 0.99)
    assert not rule.passes(count, t + 1, 0.99)


def test_no_bound_below_the_samples_that_it_needs() -> None:
    assert rule.percentile_bound(np.arange(472), 0.99) is None
    assert rule.percentile_bound(np.arange(473), 0.99) == 472


def test_a_run_passes_from_exactly_the_count_on() -> None:
    assert rule.passes(299, 0, 0.99)
    assert not rule.passes(298, 0, 0.99)
    assert rule.passes(473, 1, 0.99)
    assert not rule.passes(472, 1, 0.99)
    assert not rule.passes(3, 3, 0.99)


def test_further_queries_make_it_pass_and_one_fewer_does_not() -> None:
    needed = rule.further_queries_needed(1_000, 8, 0.99)
    assert needed > 0
    assert rule.passes(1_000 + needed, 8, 0.99)
    assert not rule.passes(1_000 + needed - 1, 8, 0.99)
    assert rule.further_queries_needed(473, 1, 0.99) == 0


def test_too_many_over_the_limit_are_a_proof_of_failure() -> None:
    # P(X >= 16) = 0.048, P(X >= 15) = 0.082 of Binomial(1000, 0.01)
    assert not rule.fails(1_000, 15, 0.99)
    assert rule.fails(1_000, 16, 0.99)
    assert not rule.fails(0, 0, 0.99)


def test_tolerance_makes_the_claim_easier() -> None:
    assert rule.least_good(0, 0.99, 0.99, d=0.01) == rule.least_good(0, 0.98, 0.99)


@pytest.mark.parametrize(("over", "p", "confidence"), [(-1, 0.99, 0.95), (0, 1.0, 0.95), (0, 0.5, 1.0)])
def test_impossible_questions_are_refused(over: int, p: float, confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        rule.least_good(over, p, confidence)


@pytest.mark.parametrize(("n", "p"), [(1, 0.5), (20, 0.3), (299, 0.01), (1_500, 0.999)])
def test_binomial_tails_are_the_sum_of_their_terms(n: int, p: float) -> None:
    terms = [
        math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
            + k * math.log(p) + (n - k) * math.log1p(-p)
        )
        for k in range(n + 1)
    ]  # fmt: skip
    for k in sorted({0, 1, n // 3, n // 2, n - 1, n, round(n * p)}):
        assert binomial.at_most(k, n, p) == pytest.approx(math.fsum(terms[: k + 1]), rel=1e-9, abs=1e-300)
        assert binomial.more_than(k, n, p) == pytest.approx(math.fsum(terms[k + 1 :]), rel=1e-9, abs=1e-15)
    assert (binomial.at_most(-1, n, p), binomial.more_than(-1, n, p)) == (0.0, 1.0)


def test_binomial_tail_of_ten_million_trials_is_that_of_the_normal() -> None:
    n, p = 10_000_000, 0.01
    k = n * p + 1.645 * math.sqrt(n * p * (1 - p))
    assert binomial.more_than(round(k), n, p) == pytest.approx(0.05, rel=0.01)
