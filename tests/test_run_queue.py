"""The queue without a window: one at a time, in order, and every end counted."""

from __future__ import annotations

import pytest

from gui.run_queue import RunQueue, State
from profiler.errors import ErrorInfo
from profiler.plan import RunPlan


def _queue(*names: str) -> RunQueue:
    queue = RunQueue()
    queue.add([RunPlan(f"/models/{name}", "onnxruntime") for name in names])
    return queue


def test_runs_come_in_the_order_in_which_they_were_added() -> None:
    queue = _queue("a.onnx", "b.onnx")
    (first,) = queue.advance()
    assert first.name == "a.onnx"
    queue.end(first, State.DONE)
    (second,) = queue.advance()
    assert second.name == "b.onnx"


def test_only_one_run_goes_on_at_a_time() -> None:
    queue = _queue("a.onnx", "b.onnx")
    first = queue.advance()
    assert queue.advance() == ()
    assert queue.current == first


def test_stopping_drops_what_waits_but_not_what_goes_on() -> None:
    queue = _queue("a.onnx", "b.onnx", "c.onnx")
    queue.advance()
    queue.drop_waiting()
    assert [run.state for run in queue] == [State.RUNNING, State.DROPPED, State.DROPPED]


def test_a_failed_run_keeps_its_reason_and_the_next_goes_on() -> None:
    queue = _queue("a.onnx", "b.onnx")
    (first,) = queue.advance()
    queue.end(first, State.FAILED, ErrorInfo("child_crashed"))
    assert first.error == ErrorInfo("child_crashed")
    assert len(queue.advance()) == 1


def test_a_queue_that_is_over_begins_anew() -> None:
    queue = _queue("a.onnx")
    (first,) = queue.advance()
    queue.end(first, State.DONE)
    assert queue.is_over
    queue.add([RunPlan("b.onnx", "onnxruntime")])
    assert [run.name for run in queue] == ["b.onnx"]


def test_more_plans_join_a_queue_that_goes_on() -> None:
    queue = _queue("a.onnx")
    queue.advance()
    queue.add([RunPlan("b.onnx", "onnxruntime")])
    assert (queue.position, len(queue)) == (1, 2)


def test_a_state_that_is_no_end_is_refused() -> None:
    queue = _queue("a.onnx")
    (first,) = queue.advance()
    with pytest.raises(ValueError, match="WAITING"):
        queue.end(first, State.WAITING)


def _comparison(*names: str) -> RunQueue:
    queue = RunQueue()
    queue.add([RunPlan(f"/models/{name}", "onnxruntime") for name in names], "c0ffee")
    return queue


def test_a_comparison_begins_as_a_whole_and_what_comes_behind_it_waits() -> None:
    queue = _comparison("a.onnx", "b.onnx")
    queue.add([RunPlan("/models/c.onnx", "onnxruntime")])
    assert [run.name for run in queue.advance()] == ["a.onnx", "b.onnx"]
    assert queue.advance() == ()
    assert [run.name for run in queue.of_group("c0ffee")] == ["a.onnx", "b.onnx"]


def test_a_comparison_goes_on_until_the_last_of_it_is_over() -> None:
    queue = _comparison("a.onnx", "b.onnx")
    queue.add([RunPlan("/models/c.onnx", "onnxruntime")])
    first, second = queue.advance()
    queue.end(first, State.REFUSED, ErrorInfo("file_missing"))
    assert queue.current == (second,)
    assert queue.advance() == ()
    queue.end(second, State.DONE)
    assert [run.name for run in queue.advance()] == ["c.onnx"]


def test_the_turn_is_one_runs_and_ends_with_it() -> None:
    queue = _comparison("a.onnx", "b.onnx")
    first, second = queue.advance()
    queue.turn_to(second)
    assert (first.has_turn, second.has_turn) == (False, True)
    second.begun = 1
    assert second.measured == 0
    queue.turn_to(first)
    assert second.measured == 1
    queue.turn_to(second)
    queue.end(second, State.DONE)
    assert not second.has_turn


def test_runs_without_a_group_are_no_comparison() -> None:
    assert _queue("a.onnx", "b.onnx").of_group("") == ()
