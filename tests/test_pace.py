"""How long what was chosen takes, and that time in words."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gui import time_words
from gui.loads import Load, Task
from gui.pace import Pace
from profiler.plan import Preset


def test_a_question_of_several_points_takes_several_times_as_long() -> None:
    pace = Pace(Preset.QUICK)
    assert pace.seconds(Load()) == (3, 10)
    assert pace.seconds(Load(Task.RISING_LOAD, (1, 2, 4))) == (9, 30)
    assert pace.seconds(Load(Task.AT_RANDOM, rates=(5.0, 10.0))) == (6, 20)
    assert pace.seconds(Load(Task.TOGETHER)) == (9, 30)


def test_a_duration_takes_the_place_of_the_preset_but_not_in_a_search() -> None:
    pace = Pace(Preset.STANDARD, duration_s=2.5)
    assert pace.seconds(Load(Task.MOST_PER_SECOND, (1, 4))) == (5, 5)
    search = Load(Task.AT_RANDOM, highest=True)
    assert pace.seconds(search) == Pace(Preset.STANDARD).seconds(search) == (18, 240)


def test_processes_are_counted_over_points_replicates_and_the_world() -> None:
    assert Pace(Preset.STANDARD).processes(Load()) == 3
    assert Pace(Preset.STANDARD, replicates=2).processes(Load(Task.RISING_LOAD, (1, 2))) == 4
    assert Pace(Preset.QUICK).processes(Load(Task.PROCESSES, processes=4)) == 4


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.5, "0.5 s"), (40, "40 s"), (60, "1 min"), (90, "90 s"), (4200, "1 h 10 min"), (7200, "2 h")],
)
def test_a_span_is_said_as_people_say_it(qapp: QApplication, seconds: float, words: str) -> None:
    assert time_words.span(seconds) == words


def test_a_unit_is_said_once(qapp: QApplication) -> None:
    assert time_words.between(3, 10) == "3 to 10 s"
    assert time_words.between(10, 60) == "10 s to 1 min"
    assert time_words.between(60, 600) == "1 to 10 min"
    assert time_words.between(1800, 4200) == "30 min to 1 h 10 min"
    assert time_words.between(5, 5) == "5 s"
