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
    first = queue.advance()
    assert first is not None
    assert first.name == "a.onnx"
    queue.end(first, State.DONE)
    second = queue.advance()
    assert second is not None
    assert second.name == "b.onnx"


def test_only_one_run_goes_on_at_a_time() -> None:
    queue = _queue("a.onnx", "b.onnx")
    first = queue.advance()
    assert queue.advance() is None
    assert queue.current is first


def test_stopping_drops_what_waits_but_not_what_goes_on() -> None:
    queue = _queue("a.onnx", "b.onnx", "c.onnx")
    queue.advance()
    queue.drop_waiting()
    assert [run.state for run in queue] == [State.RUNNING, State.DROPPED, State.DROPPED]


def test_a_failed_run_keeps_its_reason_and_the_next_goes_on() -> None:
    queue = _queue("a.onnx", "b.onnx")
    first = queue.advance()
    assert first is not None
    queue.end(first, State.FAILED, ErrorInfo("child_crashed"))
    assert first.error == ErrorInfo("child_crashed")
    assert queue.advance() is not None


def test_a_queue_that_is_over_begins_anew() -> None:
    queue = _queue("a.onnx")
    first = queue.advance()
    assert first is not None
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
    first = queue.advance()
    assert first is not None
    with pytest.raises(ValueError, match="WAITING"):
        queue.end(first, State.WAITING)
