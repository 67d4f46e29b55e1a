"""The answer of every load in one sentence: what was measured, for people who do not program."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from profiler import answer, answer_limits
from profiler.result import Accuracy, Agreement, Paired, Status
from tests import builders, builders_engine

LOADS = builders_engine.every_load()
ANSWERS = {
    "sweep": "the best is batch size 16: 800 samples per second",
    "concurrency": "More load stops paying off at 2 in flight: 476 samples per second",
    "search": "It keeps P99 ≤ 12.0 ms up to 240 requests per second (95 % sure).",
    "no_rate": "No rate was found that is proved to keep P99 ≤ 12.0 ms.",
    "server": "At 100 requests per second, 99 of 100 answers came within",
    "rates": "It keeps up with 200 requests per second: there 99 of 100 answers came within",
    "replicated": "One answer takes about 4.16 ms",
    "world": "2 processes at once answer 460 samples per second",
    "together": "1.50 times as long",
    "multistream": "99 of 100 queries of 8 samples were done within",
    "empty": "The model could not be measured.",
}


@pytest.mark.parametrize("load", ANSWERS)
def test_the_answer_says_what_the_load_was_measured_for(load: str) -> None:
    assert ANSWERS[load] in answer.sentence(LOADS[load], "en")


def test_offline_without_limits_names_the_most_samples_and_not_the_knee() -> None:
    plan = msgspec.structs.replace(LOADS["sweep"].plan, limits={})
    result = builders_engine.sweep_result(plan=plan, best_point=None)
    assert answer.sentence(result, "en").startswith("800 samples per second is the most, reached with batch")


def test_a_limit_that_no_setting_keeps_is_said() -> None:
    result = builders_engine.sweep_result(best_point=None)
    assert answer.sentence(result, "en").startswith("No setting keeps P99 ≤ 25.0 ms; batch size 16")


def test_a_limit_on_what_was_not_measured_is_not_said_to_be_broken() -> None:
    plan = msgspec.structs.replace(LOADS["sweep"].plan, limits={"energy": 0.5})
    result = builders_engine.sweep_result(plan=plan, best_point=None)
    assert answer.sentence(result, "en").startswith("No setting is proved to keep energy ≤ 500 mJ")


def test_a_sweep_that_was_stopped_at_its_first_point_says_whether_that_keeps_the_limit() -> None:
    result = builders_engine.sweep_result(points=LOADS["sweep"].points[:1], status=Status.STOPPED)
    assert "keeps P99 ≤ 25.0 ms. The run was stopped" in answer.sentence(result, "en")


def test_a_search_that_was_stopped_at_its_first_try_says_nothing_of_the_limit_but_that_no_rate_is_known() -> (
    None
):
    result = builders_engine.search_result(points=LOADS["search"].points[:1], best_point=None, chosen_point=0)
    assert answer.sentence(result, "en") == "No rate was found that is proved to keep P99 ≤ 12.0 ms."


def test_rates_that_it_falls_behind_at_are_named() -> None:
    assert answer.sentence(LOADS["rates"], "en").endswith(" With 400 requests per second it falls behind.")
    everywhere = builders_engine.rates_result(behind=(100.0, 200.0, 400.0))
    assert "at every rate that was tried, even with 100 requests" in answer.sentence(everywhere, "en")
    nowhere = builders_engine.rates_result(behind=())
    assert answer.sentence(nowhere, "en").startswith("It keeps up with 400 requests per second")
    assert "falls behind" not in answer.sentence(nowhere, "en")


def test_where_the_backlog_is_not_known_nothing_is_said_of_keeping_up() -> None:
    points = list(builders_engine.rates_result().points)
    late = builders_engine.lateness(backlog_grows=None)
    points[2] = msgspec.structs.replace(points[2], lateness=late)
    result = builders_engine.rates_result(points=tuple(points))
    assert "keeps up" not in answer.sentence(result, "en")


def test_other_models_are_compared_by_the_mean_which_sees_what_comes_in_pieces() -> None:
    alone, idle, busy = LOADS["together"].points
    pieces = msgspec.structs.replace(busy.latency, p50_ns=alone.latency.p50_ns)
    points = (alone, idle, msgspec.structs.replace(busy, latency=pieces))
    sentence = answer.sentence(builders_engine.together_result(points=points), "en")
    assert sentence.endswith("1.50 times as long.")


def test_other_models_within_what_two_starts_differ_by_are_not_blamed() -> None:
    alone, idle, busy = LOADS["together"].points
    points = (alone, idle, msgspec.structs.replace(busy, latency=idle.latency))
    sentence = answer.sentence(builders_engine.together_result(points=points), "en")
    assert "times as long" not in sentence
    assert "no further apart than two starts" in sentence


def test_failing_beside_busy_models_is_said() -> None:
    alone, idle, _ = LOADS["together"].points
    failed = builders_engine.failed_point(batch=1, together="busy")
    result = builders_engine.together_result(points=(alone, idle, failed))
    assert "while they were busy, it failed" in answer.sentence(result, "en")


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({"p99": 10e6, "memory": 1e9}, " It keeps P99 ≤ 10.0 ms, memory ≤ 1.00 GB."),
        ({"p99": 1e6, "memory": 1e9}, " It does not keep P99 ≤ 1.00 ms."),
        ({"p99": 10e6, "energy": 0.5}, " Whether it keeps energy ≤ 500 mJ cannot be said"),
        ({"size": 1.0}, " It does not keep size ≤ 1 B."),
        ({}, "within 5.18 ms."),
    ],
)
def test_one_point_says_whether_it_keeps_its_limits(limits: dict[str, float], told: str) -> None:
    sentence = answer.sentence(builders.result(plan=builders.plan(limits=limits)), "en")
    assert told in sentence
    assert sentence.count("keep") == bool(limits)


def test_a_run_that_was_stopped_says_so_behind_its_answer() -> None:
    result = builders_engine.sweep_result(status=Status.STOPPED)
    assert answer.sentence(result, "en").endswith("The run was stopped early.")


def test_a_limit_on_the_loss_of_accuracy_is_judged_by_labelled_data_or_by_the_answers() -> None:
    plan = msgspec.structs.replace(builders.result(builders.samples()).plan, limits={"accuracy_loss": 0.005})
    run = builders.result(builders.samples(), plan=plan)

    def told(**accuracy: Any) -> str:
        return answer_limits.sentence(msgspec.structs.replace(run, accuracy=Accuracy(**accuracy)), "en")

    assert "cannot be said" in told()
    assert "keeps" in told(agreement=Agreement("within"))
    assert "cannot" not in told(agreement=Agreement("beyond"))
    lost = Paired(0.02, (0.01, 0.03), 9, 1, 0.02, True)
    assert told(beside_reference=lost) == told(agreement=Agreement("beyond"))
    assert told(beside_reference=msgspec.structs.replace(lost, loss=0.001)) == told(
        agreement=Agreement("exact")
    )
