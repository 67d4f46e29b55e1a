"""Nothing of our own is at work beside a measurement, and neither waits for the other for ever."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.background import Jobs
from gui.turns import LONGEST_WAIT_MS, Turns


class Work:
    """Work that goes on until the test lets it end."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.may_end.wait(20)
        return "done"


@pytest.fixture
def turns(qtbot: QtBot) -> Iterator[Turns]:
    jobs = Jobs()
    yield Turns(jobs)
    assert jobs.close()


def test_a_measurement_begins_at_once_where_nothing_goes_on(turns: Turns) -> None:
    begun: list[str] = []
    turns.take(lambda: begun.append("run"))
    assert begun == ["run"]
    assert turns.is_held
    assert not turns.is_waiting


def test_a_measurement_waits_for_the_work_that_goes_on(turns: Turns, qtbot: QtBot) -> None:
    work, order = Work(), []
    turns.do(work, order.append)
    turns.take(lambda: order.append("run"))
    assert work.begun.wait(20)
    assert (order, turns.is_waiting) == ([], True)
    work.may_end.set()
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["done", "run"]
    assert not turns.is_waiting


def test_work_that_fails_does_not_keep_a_measurement_waiting(turns: Turns, qtbot: QtBot) -> None:
    errors: list[Exception] = []
    begun: list[str] = []

    def fail() -> None:
        raise OSError("no")

    turns.do(fail, lambda _: None, errors.append)
    turns.take(lambda: begun.append("run"))
    qtbot.waitUntil(lambda: bool(begun))
    assert isinstance(errors[0], OSError)


def test_an_answer_that_breaks_does_not_keep_a_measurement_waiting(turns: Turns, qtbot: QtBot) -> None:
    begun: list[str] = []

    def broken(_: object) -> None:
        raise ValueError("ours")

    with qtbot.capture_exceptions() as caught:
        turns.do(lambda: None, broken)
        turns.take(lambda: begun.append("run"))
        qtbot.waitUntil(lambda: bool(begun))
    assert caught[0][0] is ValueError


@pytest.mark.parametrize("is_waiting", [False, True])
def test_work_does_not_begin_while_a_measurement_has_the_turn(
    turns: Turns, qtbot: QtBot, is_waiting: bool
) -> None:
    before, work = Work(), Work()
    order: list[str] = []
    if is_waiting:
        turns.do(before, lambda _: order.append("before"))
    turns.take(lambda: order.append("run"))
    turns.do(work, lambda _: order.append("after"))
    before.may_end.set()
    qtbot.waitUntil(lambda: "run" in order)
    assert not work.begun.is_set()
    work.may_end.set()
    turns.release()
    qtbot.waitUntil(lambda: "after" in order)
    assert order.index("run") < order.index("after")


def test_whoever_is_held_hears_of_it(turns: Turns) -> None:
    heard: list[bool] = []
    turns.held_changed.connect(heard.append)
    turns.take(lambda: None)
    turns.release()
    assert heard == [True, False]
    assert not turns.is_held


def test_a_measurement_that_is_given_up_never_begins(turns: Turns, qtbot: QtBot) -> None:
    work, order = Work(), []
    turns.do(work, order.append)
    turns.take(lambda: order.append("run"))
    turns.release()
    work.may_end.set()
    qtbot.waitUntil(lambda: bool(order))
    assert order == ["done"]


def test_work_that_hangs_does_not_keep_the_user_from_measuring(turns: Turns, qtbot: QtBot) -> None:
    work, order = Work(), []
    assert turns._patience.interval() == LONGEST_WAIT_MS
    turns._patience.setInterval(1)
    turns.do(work, order.append)
    turns.take(lambda: order.append("run"))
    qtbot.waitUntil(lambda: order == ["run"])
    work.may_end.set()
    qtbot.waitUntil(lambda: len(order) == 2)
    assert order == ["run", "done"]


def test_two_measurements_at_once_are_a_mistake(turns: Turns) -> None:
    turns.take(lambda: None)
    with pytest.raises(RuntimeError):
        turns.take(lambda: None)
