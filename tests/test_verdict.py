"""Whether a number can be believed."""

from __future__ import annotations

import pytest

from profiler import wording
from profiler.metrics import verdict
from profiler.result import Boundary, Latency, Level, Reason, Steadiness


def _codes(steadiness: Steadiness | None, boundary: Boundary = Boundary(), *further: Reason) -> list[str]:  # noqa: B008
    return [reason.code for reason in verdict.judge(Latency(count=9), steadiness, boundary, further).reasons]


def test_every_code_has_a_level_and_a_sentence_in_both_languages() -> None:
    for code in verdict.LEVELS:
        english, chinese = (wording.say("reasons", code, language) for language in wording.LANGUAGES)
        assert english != chinese
        assert english.endswith(".")


def test_a_steady_run_is_trusted() -> None:
    judged = verdict.judge(Latency(count=9), Steadiness("stable", stop_rule_held=True), Boundary())
    assert judged.level is Level.TRUSTED


@pytest.mark.parametrize("status", ["drifting", "bimodal", "not_stabilised", "too_few_samples"])
def test_every_status_that_is_not_stable_is_a_caution(status: str) -> None:
    judged = verdict.judge(Latency(count=9), Steadiness(status, segment_spread=0.123), Boundary())
    assert judged.level is Level.CAUTION
    assert judged.reasons[0].code == status
    assert judged.reasons[0].parameters["spread_percent"] == "12.3"


def test_the_cost_of_the_loop_is_said_above_five_percent() -> None:
    stable = Steadiness("stable", stop_rule_held=True)
    assert "host_overhead" in _codes(stable, Boundary(null_call_ns=80, host_overhead=0.051))
    assert "host_overhead" not in _codes(stable, Boundary(null_call_ns=80, host_overhead=0.049))


def test_a_rule_that_did_not_hold_is_said() -> None:
    assert "stop_rule_not_held" in _codes(Steadiness("stable", stop_rule_held=False))


def test_the_worst_reason_decides_and_stands_first() -> None:
    further = (Reason("shapes_guessed"), Reason("file_changed"))
    judged = verdict.judge(Latency(count=9), Steadiness("stable", stop_rule_held=True), Boundary(), further)
    assert judged.level is Level.INVALID
    assert judged.reasons[0].code == "file_changed"
