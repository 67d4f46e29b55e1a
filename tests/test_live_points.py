"""A sweep fills in on the live page while it is measured."""

from __future__ import annotations

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from gui.live_points import LivePoints
from gui.pages.live import READY, LivePage
from gui.run_queue import QueuedRun
from profiler import messages
from profiler.errors import ErrorInfo
from profiler.plan import RunPlan
from profiler.result import Point, Status
from profiler.runner import PointBegun, PointDone
from tests import builders_engine


@pytest.fixture
def points(qtbot: QtBot) -> LivePoints:
    made = LivePoints()
    qtbot.addWidget(made)
    return made


def _rows(points: LivePoints) -> list[list[str]]:
    model = points.model
    return [
        [str(model.index(row, column).data()) for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def _begun(index: int, point: Point, total: int | None = 3, replicate: int = 0) -> PointBegun:
    return PointBegun(index, total, point, replicate, 2)


def test_one_point_needs_no_table(points: LivePoints) -> None:
    points.begin(_begun(0, Point(1, 1, 1), total=1))
    assert points.isHidden()


def test_points_fill_in_one_after_another(points: LivePoints) -> None:
    first, second, *_ = builders_engine.concurrency_result().points
    points.begin(_begun(0, Point(1, 1, 1, status=Status.INTERRUPTED)))
    assert not points.isHidden()
    assert _rows(points)[0][-1] == "measuring…"
    points.done(PointDone(0, first))
    points.begin(_begun(1, Point(1, 2, 1, status=Status.INTERRUPTED)))
    rows = _rows(points)
    assert [row[-1] for row in rows] == ["measured", "measuring…"]
    assert rows[0][1] == "3.99 ms"
    assert rows[0][0] != rows[1][0]
    points.done(PointDone(1, second))
    assert len(points.curve._points) == 2
    points.clear()
    assert points.isHidden()


def test_a_point_that_failed_and_a_rate_that_did_not_keep_are_told(points: LivePoints) -> None:
    failed = msgspec.structs.replace(Point(64, 1, 1, status=Status.FAILED), error=ErrorInfo("out_of_memory"))
    points.begin(_begun(0, failed))
    points.done(PointDone(0, failed))
    assert _rows(points)[0][-1] == "failed"
    points.clear()
    for index, point in enumerate(builders_engine.search_result().points):
        points.begin(_begun(index, point, total=None))
        points.done(PointDone(index, point))
    assert [row[-1] for row in _rows(points)] == [
        "measured", "keeps the limit", "breaks the limit", "undecided", "keeps the limit", "keeps the limit",
    ]  # fmt: skip


def test_each_process_starts_the_page_again_and_is_counted(qtbot: QtBot) -> None:
    page = LivePage()
    qtbot.addWidget(page)
    page.begin(QueuedRun(RunPlan("/m/a.onnx", "onnxruntime")))
    page.take(_begun(0, Point(1, 1, 1), total=1))
    page.take(messages.FirstInference(5))
    page.take(messages.Measuring(12, "steady"))
    page.take(PointDone(0, Point(1, 1, 1)))
    assert page.stop.isEnabled()
    page.take(_begun(0, Point(1, 1, 1), total=1, replicate=1))
    assert page.phases.current == READY
    assert page.position.text() == "process 2 of 2"
    assert page.points.isHidden()
