"""A sweep fills in on the live page while it is measured."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.live_points import LivePoints
from gui.pages.live import READY, LivePage
from gui.run_queue import QueuedRun
from profiler import messages
from profiler.errors import ErrorInfo
from profiler.plan import RunPlan, Server, Sweep
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


def _begun(
    index: int, point: Point, total: int | None = 3, replicate: int = 0, replicates: int = 1
) -> PointBegun:
    return PointBegun(index, total, point, replicate, replicates)


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
    page.take(_begun(0, Point(1, 1, 1), total=1, replicates=2))
    page.take(messages.FirstInference(5))
    page.take(messages.Measuring(12, "steady"))
    page.take(PointDone(0, Point(1, 1, 1)))
    assert page.stop.isEnabled()
    page.take(_begun(0, Point(1, 1, 1), total=1, replicate=1, replicates=2))
    assert page.phases.current == READY
    assert page.position.text() == "process 2 of 2"
    assert page.points.isHidden()


def _sweep(**changes: Any) -> RunPlan:
    return msgspec.structs.replace(
        RunPlan("/m/a.onnx", "onnxruntime", sweep=Sweep(concurrency=(1, 2, 4))), **changes
    )


def _search() -> RunPlan:
    return _sweep(scenario=Server(None), sweep=Sweep(), limits={"p99": 12e6})


def _page(qtbot: QtBot, plan: RunPlan) -> LivePage:
    page = LivePage()
    qtbot.addWidget(page)
    page.begin(QueuedRun(plan))
    return page


def test_a_point_is_named_by_what_was_swept_and_by_nothing_that_follows_from_it(points: LivePoints) -> None:
    first = msgspec.structs.replace(builders_engine.concurrency_result().points[0], threads=2)
    points.clear(_sweep())
    points.begin(_begun(0, first))
    points.done(PointDone(0, first))
    points.begin(_begun(1, Point(1, 2, 0, status=Status.INTERRUPTED)))
    assert [row[0] for row in _rows(points)] == ["1 in flight", "2 in flight"]


def test_rates_of_a_search_are_named_by_their_rate(points: LivePoints) -> None:
    points.clear(_search())
    for index, point in enumerate(builders_engine.search_result().points[:2]):
        points.begin(_begun(index, point, total=None))
        points.done(PointDone(index, point))
    names = [row[0] for row in _rows(points)]
    assert names == ["capacity: 1 in flight", "bracket: 125/s"]


def test_a_point_that_waits_for_more_processes_says_so(points: LivePoints) -> None:
    point = builders_engine.concurrency_result().points[0]
    points.begin(_begun(0, point, replicates=2))
    points.done(PointDone(0, point))
    assert _rows(points)[0][-1] == "1 of 2 processes"
    points.begin(_begun(0, point, replicate=1, replicates=2))
    points.done(PointDone(0, point))
    assert _rows(points)[0][-1] == "measured"


def test_points_that_wait_or_failed_do_not_keep_the_others_from_being_drawn(points: LivePoints) -> None:
    first, second, *_ = builders_engine.concurrency_result().points
    failed = Point(1, 64, 0, status=Status.FAILED, error=ErrorInfo("out_of_memory"))
    for index, point in enumerate((first, second, failed)):
        points.begin(_begun(index, point))
        points.done(PointDone(index, point))
    points.begin(_begun(3, Point(1, 128, 0, status=Status.INTERRUPTED)))
    assert len(points.curve._points) == 3
    assert not points.curve.isHidden()
    points.clear()
    assert points.curve.isHidden()


def test_the_best_point_so_far_is_marked_with_its_limit(points: LivePoints) -> None:
    known = builders_engine.concurrency_result().points[:2]
    slowest = max(point.latency.p99_ns or 0 for point in known)
    for most, best in ((slowest, True), (1.0, False)):
        points.clear(_sweep(limits={"p99": most}))
        for index, point in enumerate(known):
            points.begin(_begun(index, point))
            points.done(PointDone(index, point))
        assert (points.curve._marks.best is not None) is best
        assert points.curve._marks.limit_ns == (most if best else None)


def test_points_are_counted_and_of_a_search_nobody_knows_how_many(qtbot: QtBot) -> None:
    page = _page(qtbot, _sweep())
    page.take(_begun(1, Point(1, 2, 0), replicate=1, replicates=3))
    assert page.position.text() == "point 2 of 3 · process 2 of 3"
    page.take(_begun(4, Point(1, 2, 0), total=None))
    assert page.position.text() == "point 5"


def test_every_batch_of_a_list_is_named(qtbot: QtBot) -> None:
    assert _page(qtbot, _sweep(sweep=Sweep(batch=(1, 4)))).context.text() == "ONNX Runtime, CPU, batch 1, 4"


def test_waits_that_nobody_sees_are_not_drawn(qtbot: QtBot) -> None:
    page = _page(qtbot, _sweep())
    with qtbot.waitSignal(page.drawing_changed) as changed:
        page.take(_begun(0, Point(1, 1, 0)))
    assert changed.args == [False]
    page.take(messages.FirstInference(5))
    page.tick(None, np.full(40, 1_000_000, dtype=np.int64))
    assert page._chart is None
    with qtbot.waitSignal(page.drawing_changed) as again:
        page.begin(QueuedRun(RunPlan("/m/b.onnx", "onnxruntime")))
    assert again.args == [True]


def test_the_last_report_of_a_child_is_not_taken_for_the_next_ones(qtbot: QtBot) -> None:
    page = _page(qtbot, _sweep())
    page.take(_begun(0, Point(1, 1, 0)))
    page.take(messages.FirstInference(5))
    page.take(messages.Measuring(12, "steady"))
    page.take(_begun(1, Point(1, 2, 0)))
    page.tick(messages.Progress(99, 10, 5, 0.9), None)
    assert page.bar.value() == 0
    assert [reading.number.text() for reading in page.readings] == ["–", "0", "0"]


def test_a_wait_that_the_child_does_not_tell_is_not_zero(qtbot: QtBot) -> None:
    page = _page(qtbot, _sweep())
    page.take(messages.FirstInference(5))
    page.take(messages.Measuring(12, "steady"))
    page.tick(messages.Progress(99, 10, 0, 0.5), None)
    assert [reading.number.text() for reading in page.readings[:2]] == ["–", "99"]


def test_of_a_search_the_best_is_a_rate_that_kept_the_limit(points: LivePoints) -> None:
    result = builders_engine.search_result()
    points.clear(_search())
    for index, point in enumerate(result.points):
        points.begin(_begun(index, point, total=None))
        points.done(PointDone(index, point))
    best = points.curve._marks.best
    assert best is not None
    kept = [point.rate_per_s for point in result.points if point.kept and point.rate_per_s]
    assert points.curve._points[best].rate_per_s == max(kept)


def test_the_row_that_is_measured_is_in_sight(qtbot: QtBot, qapp: QApplication) -> None:
    page = _page(qtbot, _search())
    page.resize(840, 560)
    page.show()
    known = builders_engine.search_result().points
    for index, point in enumerate(known):
        page.take(_begun(index, point, total=None))
        if index < len(known) - 1:
            page.take(PointDone(index, point))
    qapp.processEvents()
    table = page.points.table
    row = table.visualRect(page.points.model.index(len(known) - 1, 0))
    assert table.viewport().rect().contains(row.center())
