"""Threads of the window: answers arrive on its own thread, often-said things four times a second."""

from __future__ import annotations

import threading
from typing import Any, cast

from pytestqt.qtbot import QtBot

from gui.background import Bridge, Jobs
from gui.run_queue import QueuedRun
from profiler import messages
from profiler.plan import RunPlan
from tests.fakes import FakeRun


def _fail(error: Exception) -> Any:
    raise error


def _bridge() -> tuple[Bridge, FakeRun]:
    bridge = Bridge()
    made: list[FakeRun] = []
    turns: list[Any] = []

    def make(_run: QueuedRun, listen: Any, turn: Any) -> Any:
        turns.append(turn)
        made.append(FakeRun(None, None, listen))
        return made[0]

    bridge.begin([QueuedRun(RunPlan("a.onnx", "onnxruntime"))], make)
    with turns[0]():
        """Its first process measures."""
    return bridge, made[0]


def _on_a_thread(work: Any) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_an_answer_arrives_on_the_thread_of_the_window(qtbot: QtBot) -> None:
    jobs, seen = Jobs(), []
    jobs.do(threading.get_ident, lambda there: seen.append((there, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    there, here = seen[0]
    assert here == threading.get_ident() != there
    assert jobs.close()


def test_a_failure_arrives_as_the_exception_that_it_was(qtbot: QtBot) -> None:
    jobs, seen, error = Jobs(), cast(list[Exception], []), OSError("disk on fire")
    jobs.do(lambda: _fail(error), lambda _: None, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [error]
    assert jobs.close()


def test_a_failure_nobody_expects_is_raised_where_the_crash_dialog_sees_it(qtbot: QtBot) -> None:
    jobs = Jobs()
    with qtbot.capture_exceptions() as caught:
        jobs.do(lambda: _fail(ValueError("ours")), lambda _: None)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ValueError
    assert jobs.close()


def test_after_closing_no_answer_is_delivered_any_more(qtbot: QtBot) -> None:
    jobs, go, seen = Jobs(), threading.Event(), cast(list[object], [])
    jobs.do(go.wait, seen.append)
    assert not jobs.close(timeout_s=0.01)
    go.set()
    qtbot.waitUntil(lambda: not jobs.is_busy)
    assert jobs.close()
    qtbot.waitUntil(lambda: True)
    assert seen == []


def test_events_of_a_run_arrive_at_once_and_in_order(qtbot: QtBot) -> None:
    bridge, run = _bridge()
    seen: list[object] = []
    bridge.happened.connect(lambda _run, event: seen.append(event))
    events = [messages.Loading("import"), messages.FirstInference(7), messages.Measuring(52, "stable")]
    _on_a_thread(lambda: [run.listen(event) for event in events])
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == events
    run.is_over = True
    bridge.finish()


def test_of_much_progress_only_the_newest_is_handed_over(qtbot: QtBot) -> None:
    bridge, run = _bridge()
    seen: list[Any] = []
    bridge.ticked.connect(lambda latest, samples: seen.append((latest, samples)))
    run.so_far = [5, 6, 7]
    _on_a_thread(lambda: [run.listen(messages.Progress(n, n, 4, 0.1)) for n in range(1_000)])
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0][0].count == 999
    assert list(seen[0][1]) == [5, 6, 7]
    assert len(seen) == 1
    run.is_over = True
    bridge.finish()


def test_the_refresh_is_four_times_a_second_at_most(qtbot: QtBot) -> None:
    bridge, run = _bridge()
    assert bridge._timer.interval() >= 250
    run.is_over = True
    bridge.finish()


def test_samples_are_not_read_while_nobody_looks(qtbot: QtBot) -> None:
    bridge, run = _bridge()
    bridge.is_watched = False
    with qtbot.waitSignal(bridge.ticked) as ticked:
        pass
    assert ticked.args == [None, None]
    assert run.times_read == 0
    run.is_over = True
    bridge.finish()
