"""The page of the run that goes on: what it says of reports and samples."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.background import LIVE_SAMPLES
from gui.pages.live import MEASURING, OVER, PRACTICE, READY, LivePage, ticks_between_drawings
from gui.run_queue import QueuedRun, RunQueue, State
from profiler import messages
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import RunPlan
from profiler.runner import Refused


@pytest.fixture
def page(qtbot: QtBot) -> LivePage:
    made = LivePage()
    qtbot.addWidget(made)
    made.show()
    made.begin(QueuedRun(RunPlan("/m/net.onnx", "onnxruntime", batch=4)))
    return made


def _measuring(page: LivePage, first_index: int = 12) -> None:
    page.take(messages.FirstInference(5))
    page.take(messages.Measuring(first_index, "stable"))


def test_phases_follow_the_reports(page: LivePage) -> None:
    assert page.phases.current == READY
    page.take(messages.Loading("load"))
    assert page.doing.text() == "Loading the model…"
    page.take(messages.FirstInference(5))
    assert page.phases.current == PRACTICE
    page.take(messages.Measuring(12, "stable"))
    assert page.phases.current == MEASURING
    assert page.stop.isEnabled()
    page.take(Refused(ErrorInfo("bug")))
    assert page.phases.current == OVER
    assert not page.stop.isEnabled()


def test_the_name_shown_has_no_folder(page: LivePage) -> None:
    assert page.title.accessibleName() == "net.onnx"
    assert page.context.text() == "ONNX Runtime, CPU, batch 4"


def test_practice_is_shown_as_practice(page: LivePage) -> None:
    page.take(messages.FirstInference(5))
    page.tick(messages.Warming(40, 10, 2_000_000), None)
    wait, counted, practised = page.readings
    assert (wait.word.text(), wait.number.text()) == ("Typical wait in practice", "2.00 ms")
    assert (counted.number.text(), practised.number.text()) == ("0", "40")


def test_what_was_typical_in_practice_is_not_passed_off_as_measured(page: LivePage) -> None:
    page.take(messages.FirstInference(5))
    page.tick(messages.Warming(40, 10, 2_000_000), None)
    page.take(messages.Measuring(42, "stable"))
    assert page.readings[0].word.text() == "Typical wait so far"
    assert page.readings[0].number.text() == "–"


def test_the_typical_wait_is_the_median_of_what_counts_and_one_that_was_observed(page: LivePage) -> None:
    _measuring(page, first_index=4)
    samples = np.array([90, 80, 70, 60, 1_000_000, 3_000_000, 2_000_000, 4_000_000], dtype=np.int64)
    page.tick(messages.Progress(4, 10, 5, 0.25), samples)
    assert page.readings[0].number.text() == "2.00 ms"
    assert page.readings[1].number.text() == "4"
    assert page.bar.value() == 250


def test_cold_calls_and_practice_are_shaded(page: LivePage) -> None:
    _measuring(page, first_index=12)
    page.tick(None, np.full(40, 1_000_000, dtype=np.int64))
    assert "Shaded: 2 first calls and 10 practice runs" in page.chart.note.text()


def test_until_measuring_begins_everything_is_practice(page: LivePage) -> None:
    page.take(messages.FirstInference(5))
    page.tick(None, np.full(40, 1_000_000, dtype=np.int64))
    assert "Shaded: 2 first calls and 38 practice runs" in page.chart.note.text()


def test_when_only_the_last_waits_are_there_practice_moves_out(page: LivePage) -> None:
    _measuring(page, first_index=300)
    tail = np.full(LIVE_SAMPLES, 1_000_000, dtype=np.int64)
    page.tick(messages.Progress(LIVE_SAMPLES - 100, 10, 5, 0.5), tail)
    assert "0 first calls and 100 practice runs" in page.chart.note.text()
    page.tick(messages.Progress(LIVE_SAMPLES + 1, 10, 5, 0.5), tail)
    assert "Shaded" not in page.chart.note.text()


def test_while_drawing_pauses_the_reports_still_count(page: LivePage, qtbot: QtBot) -> None:
    _measuring(page)
    with qtbot.waitSignal(page.drawing_changed) as changed:
        page.pause.click()
    assert changed.args == [False]
    page.tick(messages.Progress(77, 10, 3_000_000, 0.5), None)
    assert page.readings[0].number.text() == "3.00 ms"
    assert page.readings[1].number.text() == "77"


def test_the_queue_says_where_each_run_stands_and_why_one_failed(page: LivePage) -> None:
    queue = RunQueue()
    queue.add([RunPlan(f"/m/{name}.onnx", "onnxruntime") for name in "abc"])
    (first,) = queue.advance()
    queue.end(first, State.FAILED, ErrorInfo(ErrorKind.FILE_MISSING, {"file": "a.onnx"}))
    queue.advance()
    page.follow(queue)
    assert page.position.text() == "run 2 of 3"
    assert [row.state.text() for row in page.queue.rows] == ["failed", "now", "waits"]
    assert "a.onnx" in page.queue.rows[0].sentence.text()
    assert not page.queue.rows[1].sentence.isVisible()


def test_a_shorter_queue_leaves_no_old_rows_behind(page: LivePage) -> None:
    queue = RunQueue()
    queue.add([RunPlan(f"{name}.onnx", "onnxruntime") for name in "abc"])
    page.follow(queue)
    shorter = RunQueue()
    shorter.add([RunPlan("d.onnx", "onnxruntime")])
    page.follow(shorter)
    assert [row.isVisible() for row in page.queue.rows] == [True, False, False]


def test_stop_asks_to_stop(page: LivePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.stop_requested):
        page.stop.click()


def test_a_new_run_starts_from_nothing(page: LivePage) -> None:
    _measuring(page)
    page.tick(messages.Progress(40, 10, 5, 0.9), np.full(40, 1_000_000, dtype=np.int64))
    page.begin(QueuedRun(RunPlan("/m/b.onnx", "onnxruntime")))
    assert page.phases.current == READY
    assert page.bar.value() == 0
    assert [reading.number.text() for reading in page.readings] == ["–", "0", "0"]


@pytest.mark.parametrize(
    ("middle_ns", "ticks"), [(None, 1), (2_000, 1), (600_000, 1), (1_000_000, 2), (5_000_000, 8), (1e9, 20)]
)
def test_the_chart_of_a_slow_model_is_drawn_more_rarely(middle_ns: float | None, ticks: int) -> None:
    assert ticks_between_drawings(middle_ns) == ticks


def test_while_answers_are_looked_at_what_the_run_had_measured_is_there_again(page: LivePage) -> None:
    first, second = (QueuedRun(RunPlan(name, "onnxruntime"), group="g") for name in ("a.onnx", "b.onnx"))
    page.begin(first)
    _measuring(page)
    page.tick(messages.Progress(90, 10, 3_000_000, 0.5), None)
    page.turn_to(second)
    assert page.readings[1].number.text() == "0"
    page.turn_to(first)
    waits = np.full(102, 3_000_000)
    page.tick(messages.Examining("dataset", 3, 9, 3), waits)
    assert [one.number.text() for one in page.readings] == ["3.00 ms", "90", "10"]
    # 2 first calls and 10 practice runs are shaded, and the rest was counted.
    assert (page.chart._cold, page.chart._warmup) == (2, 10)
