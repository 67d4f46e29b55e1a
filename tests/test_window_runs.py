"""Runs in the window: from a file to a result, waiting for a turn, stopping, and asking for trust."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.page_maker import LIVE, RESULTS, RUN, START
from gui.run_queue import State
from profiler import messages
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import RunPlan
from profiler.result import Status
from profiler.runner import Refused
from tests.fakes import FakeDialogs
from tests.windows import World, ended, shown, started, surveyed

ONNX, TORCH = RunPlan("/m/net.onnx", "onnxruntime"), RunPlan("/m/net.pt", "torchscript")


def test_from_start_to_the_result(window: MainWindow, world: World, qtbot: QtBot) -> None:
    started(window, world, qtbot, ONNX)
    assert window.current == LIVE
    world.runs[0].listen(messages.FirstInference(5))
    world.runs[0].end(ended())
    qtbot.waitUntil(lambda: window.current == RESULTS)
    assert shown(window).id == "20260102T030405-0001"


def test_two_plans_run_one_after_the_other(window: MainWindow, world: World, qtbot: QtBot) -> None:
    started(window, world, qtbot, ONNX, RunPlan("/m/other.onnx", "onnxruntime"))
    assert len(world.runs) == 1
    world.runs[0].end(ended("20260102T030405-0001"))
    qtbot.waitUntil(lambda: len(world.runs) == 2)
    assert window.current == LIVE
    world.runs[1].end(ended("20260102T030406-0002"))
    qtbot.waitUntil(lambda: window.current == RESULTS)
    assert shown(window).id == "20260102T030406-0002"
    assert len(window.page(RESULTS)._kept) == 2


def test_a_failed_run_does_not_keep_the_next_from_running(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX, RunPlan("/m/other.onnx", "onnxruntime"))
    world.runs[0].end(Refused(ErrorInfo(ErrorKind.FILE_MISSING.value, {"file": "net.onnx"})))
    qtbot.waitUntil(lambda: len(world.runs) == 2)
    assert [run.state for run in window.desk.queue] == [State.REFUSED, State.RUNNING]
    assert "net.onnx" in window.page(LIVE).queue.rows[0].sentence.text()


def test_a_failed_run_is_shown_on_the_results_page(window: MainWindow, world: World, qtbot: QtBot) -> None:
    started(window, world, qtbot, ONNX)
    error = ErrorInfo(ErrorKind.CHILD_KILLED.value, {"phase": "load"})
    world.runs[0].end(ended(status=Status.FAILED, error=error))
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    assert window.current == RESULTS
    assert shown(window).status is Status.FAILED


def test_why_a_run_could_not_begin_stays_in_sight(window: MainWindow, world: World, qtbot: QtBot) -> None:
    started(window, world, qtbot, ONNX)
    with qtbot.waitSignal(window.desk.all_over):
        world.runs[0].end(Refused(ErrorInfo(ErrorKind.FILE_MISSING.value, {"file": "net.onnx"})))
    assert window.current == LIVE
    assert "net.onnx" in window.page(LIVE).queue.rows[0].sentence.text()
    assert window.page(LIVE).queue.rows[0].state.text() == "could not begin"


def test_starting_beside_a_run_shows_that_the_new_one_waits(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    window.show_page(RUN)
    with qtbot.waitSignal(window.desk.queued):
        window.desk.start([RunPlan("/m/other.onnx", "onnxruntime")])
    assert window.current == LIVE
    assert [row.state.text() for row in window.page(LIVE).queue.rows] == ["now", "waits"]


# turns -----------------------------------------------------------------------------------------------


class Slow:
    """Work of the window that ends when the test says so."""

    def __init__(self) -> None:
        self.is_begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self, *_: object) -> Any:
        self.is_begun.set()
        assert self.may_end.wait(20)
        return surveyed()


@pytest.fixture
def slow(window: MainWindow) -> Iterator[Slow]:
    """The survey of the runtimes goes on while the test begins."""
    work = Slow()
    window.turns.do(work, lambda _: None)
    assert work.is_begun.wait(20)
    yield work
    work.may_end.set()


def test_a_run_waits_until_nothing_of_ours_is_at_work_and_says_so(
    window: MainWindow, world: World, slow: Slow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.desk.delayed):
        window.desk.start([ONNX])
    assert world.runs == []
    assert window.page(LIVE).doing.text().startswith("Waiting until this program has no other work")
    slow.may_end.set()
    qtbot.waitUntil(lambda: bool(world.runs) and world.runs[0].is_started)


def test_a_file_that_is_added_during_a_run_is_described_after_it(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    window.open_files(["/m/added.onnx"])
    row = window.page(RUN).list.rows[0]
    qtbot.waitUntil(lambda: row.file.form is not None)
    assert "its inputs are read after the run" in row.facts.text()
    assert not row.file.is_described
    assert window.page(RUN).start.isEnabled()
    world.runs[0].end(ended())
    qtbot.waitUntil(lambda: row.file.is_described)
    assert "after the run" not in row.facts.text()


def test_a_run_that_waits_can_be_stopped_and_never_begins(
    window: MainWindow, world: World, slow: Slow, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(window.desk.delayed):
        window.desk.start([ONNX, RunPlan("/m/other.onnx", "onnxruntime")])
    with qtbot.waitSignal(window.desk.all_over):
        window.page(LIVE).stop.click()
    slow.may_end.set()
    qtbot.waitUntil(lambda: not window.jobs.is_busy)
    assert [run.state for run in window.desk.queue] == [State.DROPPED, State.DROPPED]
    assert world.runs == []
    assert window.current == LIVE
    assert not window.turns.is_held


def test_a_window_whose_run_still_waits_closes_at_once(
    window: MainWindow, world: World, dialogs: FakeDialogs, slow: Slow, qtbot: QtBot
) -> None:
    dialogs.closes = True
    with qtbot.waitSignal(window.desk.delayed):
        window.desk.start([ONNX])
    assert not window.close()
    slow.may_end.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert world.runs == []


def test_start_cannot_be_pressed_again_while_files_are_looked_at(window: MainWindow, qtbot: QtBot) -> None:
    window.open_files(["/m/net.onnx"])
    page = window.page(RUN)
    qtbot.waitUntil(page.start.isEnabled)
    page.start.click()
    assert not page.start.isEnabled()
    assert page.ready.text() == "Checking the files…"
    page.request_start()
    qtbot.waitUntil(page.start.isEnabled)
    assert len(window.desk.queue) == 1


def test_whoever_looked_elsewhere_is_not_dragged_to_the_result(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    window.show_page(START)
    with qtbot.waitSignal(window.desk.all_over):
        world.runs[0].end(ended())
    assert window.current == START


def test_samples_are_read_only_while_the_live_page_is_shown(
    window: MainWindow, world: World, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    assert window.desk.bridge.is_watched
    window.page(LIVE).pause.click()
    assert not window.desk.bridge.is_watched
    window.page(LIVE).pause.click()
    window.show_page(START)
    assert not window.desk.bridge.is_watched


def test_escape_stops_the_run_and_the_queue(window: MainWindow, world: World, qtbot: QtBot) -> None:
    started(window, world, qtbot, ONNX, RunPlan("/m/other.onnx", "onnxruntime"))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert world.runs[0].is_cancelled
    world.runs[0].end(ended(status=Status.STOPPED))
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    assert [run.state for run in window.desk.queue] == [State.STOPPED, State.DROPPED]
    assert len(world.runs) == 1


# trust -----------------------------------------------------------------------------------------------


def test_torchscript_is_asked_about_once_for_its_content(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    dialogs.trusts = True
    started(window, world, qtbot, TORCH)
    assert dialogs.asked == [("trust", "net.pt", f"{'net':0<64}")]
    assert world.trusted == {f"{'net':0<64}"}
    world.runs[0].end(ended())
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    window.desk.start([TORCH])
    qtbot.waitUntil(lambda: len(world.runs) == 2)
    assert len(dialogs.asked) == 1


def test_without_consent_nothing_of_the_file_runs(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    started(window, world, qtbot, TORCH, ONNX)
    assert dialogs.asked[0][:2] == ("trust", "net.pt")
    assert [run.plan for run in world.runs] == [ONNX]
    assert world.trusted == set()


def test_onnx_is_not_asked_about(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    started(window, world, qtbot, ONNX)
    assert dialogs.asked == []
    assert world.hashed == []


def test_a_file_that_went_away_before_start_is_one_sentence(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    window.desk.start([RunPlan("/m/readme.txt", "onnxruntime")])
    qtbot.waitUntil(lambda: bool(dialogs.sentences))
    assert "readme.txt" in dialogs.sentences[0]
    assert world.runs == []


# what is kept ----------------------------------------------------------------------------------------
