"""The verdict above the numbers: sign, word and colour, how many processes, and every reason on demand."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from gui import theme
from gui.results.verdict_line import VerdictLine
from profiler.result import Level, Reason, Verdict
from tests import builders, builders_engine

REASONS = (Reason("search_none_passes"), Reason("run_cut_off"))


@pytest.fixture
def line(qtbot: QtBot) -> VerdictLine:
    made = VerdictLine()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize("level", list(Level))
def test_each_level_has_a_sign_a_word_and_a_colour_of_its_own(line: VerdictLine, level: Level) -> None:
    line.show_result(builders.result(verdict=Verdict(level, REASONS)))
    others = VerdictLine()
    others.show_result(builders.result(verdict=Verdict(next(one for one in Level if one is not level))))
    role = QPalette.ColorRole.WindowText
    assert line.level.palette().color(role) != others.level.palette().color(role)
    assert line.level.text()[0] != others.level.text()[0]
    assert len(line.level.text()) > 3


def test_every_reason_is_a_sentence_and_their_number_is_on_the_button(line: VerdictLine) -> None:
    line.show_result(builders.result(verdict=Verdict(Level.CAUTION, REASONS)))
    assert "2" in line.why.text()
    assert line.reasons.isHidden()
    line.why.click()
    assert len(line.reasons.text().splitlines()) == 2
    assert not line.reasons.isHidden()


def test_what_cannot_be_relied_on_says_why_unasked(line: VerdictLine) -> None:
    line.show_result(builders.result(verdict=Verdict(Level.INVALID, REASONS)))
    assert not line.reasons.isHidden()
    line.show_result(builders.result())
    assert line.reasons.isHidden()


def test_the_colour_follows_the_theme(line: VerdictLine) -> None:
    line.show_result(builders.result())
    role = QPalette.ColorRole.WindowText
    line.setPalette(theme.palette(dark=False))
    light = line.level.palette().color(role).name()
    line.setPalette(theme.palette(dark=True))
    assert (light, line.level.palette().color(role).name()) == ("#005a8c", "#56b4e9")


def test_measurements_are_told_with_their_processes(line: VerdictLine) -> None:
    line.show_result(builders_engine.replicated_result())
    assert "3,000 measurements in 3 processes" in line.summary.text()
    line.show_result(builders.result())
    assert "processes" not in line.summary.text()


@pytest.mark.parametrize(
    "status",
    [
        "stable",
        "drifting",
        "disturbed",
        "throttled",
        "bimodal",
        "not_stabilised",
        "too_few_samples",
    ],
)
def test_every_state_of_a_run_is_a_word(line: VerdictLine, status: str) -> None:
    whole = builders.result()
    assert whole.steadiness is not None
    steadiness = msgspec.structs.replace(whole.steadiness, status=status)
    line.show_result(msgspec.structs.replace(whole, steadiness=steadiness))
    said = line.summary.text().partition(" · ")[0]
    assert said
    assert "_" not in said
    assert line._steady("a_state_of_later") == "a_state_of_later"
