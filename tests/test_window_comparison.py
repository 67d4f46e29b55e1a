"""Several files in the window: one comparison whose processes alternate, and what becomes of each."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.page_maker import COMPARE, LIVE, RESULTS, RUN
from gui.run_queue import QueuedRun, State
from gui.services import Among
from profiler import messages
from profiler.errors import ErrorInfo, ErrorKind
from profiler.plan import Preset, RunPlan
from profiler.result import Point, Status
from profiler.runner import PointBegun, Refused
from tests.windows import World, ended

A, B = (RunPlan(f"/m/{name}.onnx", "onnxruntime", replicates=2) for name in "ab")


class Candidate:
    """A run on a thread of its own: each of its processes takes a turn, and lasts until the test lets it."""

    def __init__(self, plan: Any, store: Any, listen: Any, among: Among, log: list[str]) -> None:
        self._store = store
        self.plan, self.listen, self.among, self._log = plan, listen, among, log
        self.may_go_on = threading.Semaphore(0)
        self.is_cancelled = self.is_refused = False
        self._thread = threading.Thread(target=self._work)

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        self.is_cancelled = True
        self.may_go_on.release(9)

    def wait(self, timeout_s: float | None = None) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def samples_so_far(self, most: int = 0) -> Any:
        return None

    def _work(self) -> None:
        if self.is_refused:
            self.listen(Refused(ErrorInfo(ErrorKind.FILE_MISSING.value, {"file": self.plan.model_path})))
            return
        measured = 0
        for replicate in range(self.plan.replicates):
            with self.among.turn():
                if self.is_cancelled:
                    break
                self.listen(PointBegun(0, 1, Point(1, 1, 1), replicate, self.plan.replicates))
                self._log.append(f"{self.plan.model_path[3]}{replicate}")
                assert self.may_go_on.acquire(timeout=20)
                measured += 1
        status = Status.STOPPED if self.is_cancelled else Status.FINISHED
        last = ended(f"20260102T030405-{self.plan.model_path[3]}{measured}", status=status)
        self._store.kept[last.result.id] = last.result, last.samples
        self.listen(last)


class Alternating(World):
    """A world whose runs are candidates; `log` names processes in the order in which they measured."""

    def __init__(self) -> None:
        super().__init__()
        self.log: list[str] = []
        self.candidates: list[Candidate] = []
        self.refused = ""

    def begin(self, plan: RunPlan, store: Any, listen: Any, among: Among) -> Any:
        made = Candidate(plan, store, listen, among, self.log)
        made.is_refused = plan.model_path == self.refused
        self.candidates.append(made)
        return made


@pytest.fixture
def world() -> Iterator[Alternating]:
    made = Alternating()
    yield made
    for candidate in made.candidates:
        candidate.cancel()
    for candidate in made.candidates:
        assert candidate.wait(20)


def _step(world: Alternating, qtbot: QtBot, at: int, then: str) -> None:
    """The process of this candidate is over; wait until the one behind it measures."""
    world.candidates[at].may_go_on.release()
    qtbot.waitUntil(lambda: world.log[-1] == then)


def _begun(window: MainWindow, world: Alternating, qtbot: QtBot, *plans: RunPlan) -> None:
    window.desk.start(plans, in_turns=True)
    qtbot.waitUntil(lambda: bool(world.log))


def test_processes_of_a_comparison_alternate(window: MainWindow, world: Alternating, qtbot: QtBot) -> None:
    _begun(window, world, qtbot, A, B)
    _step(world, qtbot, 0, "b0")
    _step(world, qtbot, 1, "b1")
    _step(world, qtbot, 1, "a1")
    world.candidates[0].may_go_on.release()
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    assert world.log == ["a0", "b0", "b1", "a1"]
    assert [run.state for run in window.desk.queue] == [State.DONE, State.DONE]


def test_runs_of_a_comparison_share_a_group_and_others_have_none(
    window: MainWindow, world: Alternating, qtbot: QtBot
) -> None:
    _begun(window, world, qtbot, A, B)
    first, second = (candidate.among.group for candidate in world.candidates)
    assert first == second != ""
    window.desk.stop()
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    window.desk.start([A, B])
    qtbot.waitUntil(lambda: len(world.candidates) == 3)
    assert world.candidates[2].among.group == ""


def test_the_live_page_says_whose_turn_it_is_and_which_round(
    window: MainWindow, world: Alternating, qtbot: QtBot
) -> None:
    _begun(window, world, qtbot, A, B)
    page = window.page(LIVE)
    qtbot.waitUntil(lambda: page.position.text() == "model 1 of 2 · round 1 of 2")
    assert page.queue.title.text() == "Compared in turns"
    assert [row.state.text() for row in page.queue.rows] == [
        "now  ·  0 of 2 measured",
        "waits for its turn",
    ]
    _step(world, qtbot, 0, "b0")
    _step(world, qtbot, 1, "b1")
    qtbot.waitUntil(lambda: page.position.text() == "model 2 of 2 · round 2 of 2")
    assert page.title.accessibleName() == "b.onnx"
    assert page.queue.rows[1].state.text() == "now  ·  1 of 2 measured"
    assert page.stop.isEnabled()


def test_stopping_a_comparison_keeps_what_each_candidate_measured(
    window: MainWindow, world: Alternating, qtbot: QtBot
) -> None:
    _begun(window, world, qtbot, A, B)
    _step(world, qtbot, 0, "b0")
    _step(world, qtbot, 1, "b1")
    window.page(LIVE).stop.click()
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    assert [run.state for run in window.desk.queue] == [State.STOPPED, State.STOPPED]
    kept = [result.id for result, _ in window.page(RESULTS)._kept]
    assert kept == ["20260102T030405-a1", "20260102T030405-b2"]


def test_a_refused_candidate_costs_only_itself(window: MainWindow, world: Alternating, qtbot: QtBot) -> None:
    world.refused = A.model_path
    _begun(window, world, qtbot, A, B)
    page = window.page(LIVE)
    _step(world, qtbot, 1, "b1")
    qtbot.waitUntil(page.stop.isEnabled)
    world.candidates[1].may_go_on.release()
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    assert [run.state for run in window.desk.queue] == [State.REFUSED, State.DONE]
    assert window.current == LIVE
    assert "a.onnx" in page.queue.rows[0].sentence.text()
    page.onward.click()
    assert window.current == RESULTS


def test_results_of_a_comparison_are_shown_only_when_nothing_measures_any_more(
    window: MainWindow, world: Alternating, qtbot: QtBot
) -> None:
    compared: list[list[str]] = []
    window.desk.compared.connect(compared.append)
    _begun(window, world, qtbot, A, B)
    _step(world, qtbot, 0, "b0")
    _step(world, qtbot, 1, "b1")
    _step(world, qtbot, 1, "a1")
    qtbot.waitUntil(
        lambda: window.desk.queue.of_group(world.candidates[0].among.group)[1].state is State.DONE
    )
    assert window.page(RESULTS)._kept == []
    world.candidates[0].may_go_on.release()
    qtbot.waitUntil(lambda: window.desk.queue.is_over)
    assert compared == [["20260102T030405-a2", "20260102T030405-b2"]]
    assert len(window.page(RESULTS)._kept) == 2
    qtbot.waitUntil(lambda: window.current == COMPARE)


def test_two_files_are_measured_in_turns_unless_that_is_unticked(window: MainWindow, qtbot: QtBot) -> None:
    window.open_files(["/m/a.onnx"])
    page = window.page(RUN)
    qtbot.waitUntil(page.start.isEnabled)
    assert not page.form.in_turns
    assert page.form.turns.isHidden()
    assert page.plans[0].processes == 3
    window.open_files(["/m/b.onnx"])
    qtbot.waitUntil(lambda: len(page.plans) == 2)
    assert page.form.in_turns
    assert [plan.processes for plan in page.plans] == [5, 5]
    assert "in turns; each of 10 process" in page.hint.text()
    assert page.form.replicates.text() == "5 for each point"
    page.form.turns.setChecked(False)
    assert [plan.processes for plan in page.plans] == [3, 3]
    assert "each of 6 process" in page.hint.text()


def test_a_number_of_processes_and_quick_stay_as_they_were_asked_for(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.open_files(["/m/a.onnx", "/m/b.onnx"])
    page = window.page(RUN)
    qtbot.waitUntil(lambda: len(page.plans) == 2)
    page.form.replicates.setValue(4)
    assert [plan.processes for plan in page.plans] == [4, 4]
    page.form.replicates.setValue(0)
    page.set_preset(Preset.QUICK)
    assert [plan.processes for plan in page.plans] == [1, 1]


def test_checking_of_answers_is_a_step_of_its_own(window: MainWindow, qtbot: QtBot) -> None:
    page = window.page(LIVE)
    page.begin(QueuedRun(A))
    page.tick(messages.Examining("dataset", 120, 500, 118), None)
    assert page.phases.accessibleName() == "Checking answers"
    assert "120 of 500" in page.doing.text()
    assert "right so far: 118 (98.3 %)" in page.doing.text()
    assert page.bar.value() == 240
