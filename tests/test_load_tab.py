"""A result of several points in the window; what does not apply to a result is not there."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.plots.curve import LoadCurve
from gui.plots.curve_points import Marks, swept
from gui.plots.waterfall import Bar, Waterfall
from gui.results.view import ResultView
from profiler.answer import sentence
from profiler.result import Boundary, Check, RunResult
from tests import builders, builders_engine


@pytest.fixture
def view(qtbot: QtBot) -> ResultView:
    made = ResultView(sentence)
    qtbot.addWidget(made)
    return made


def _shown(view: ResultView) -> list[str]:
    return [view.tabs.tabText(at) for at in range(view.tabs.count()) if view.tabs.isTabVisible(at)]


def test_a_single_point_has_no_load_tab(view: ResultView) -> None:
    view.show_result(builders.result(), builders.samples())
    assert "Load" not in _shown(view)
    assert "Phases" in _shown(view)


def test_a_sweep_opens_on_its_curve_with_a_row_a_point(view: ResultView) -> None:
    result = builders_engine.sweep_result()
    view.show_result(result, builders.samples())
    assert view.tabs.currentWidget() is view.load
    assert view.load.model.rowCount() == len(result.points)
    assert view.load.table.currentIndex().row() == result.chosen_point
    assert "Knee: batch size 4" in view.load.curve.note.text()
    assert "Failed: batch size 64" in view.load.curve.note.text()
    assert view.load.curve.accessibleDescription() == " ".join(view.load.curve._notes())


def test_a_failed_point_says_why_when_it_is_chosen(view: ResultView) -> None:
    result = builders_engine.sweep_result()
    view.show_result(result, builders.samples())
    failed = next(at for at, point in enumerate(result.points) if point.error is not None)
    with_error = [view.load.point_chosen]
    seen: list[int] = []
    with_error[0].connect(seen.append)
    view.load.table.selectRow(failed)
    assert seen == [failed]
    assert "9.00 GB" in view.load.about.text()


def test_the_tries_of_a_search_are_told_in_order(view: ResultView) -> None:
    result = builders_engine.search_result()
    view.show_result(result, builders.samples())
    stages = [view.load.model.index(row, 0).data() for row in range(view.load.model.rowCount())]
    assert len(stages) == len(result.points)
    assert stages[0].startswith("capacity")
    assert "240" in view.answer.text()


def test_models_that_live_together_have_a_table_and_no_curve(view: ResultView) -> None:
    view.show_result(builders_engine.together_result(), builders.samples())
    assert view.load.above.isHidden()
    assert view.load.model.rowCount() == 3
    headings = [table.accessibleName() for table in view.more.tables]
    assert any("Memory" in heading for heading in headings)


@pytest.mark.parametrize(
    ("result", "rows"),
    [(builders_engine.replicated_result(), 3), (builders_engine.world_result(), 2)],
    ids=["replicates", "ranks"],
)
def test_each_process_has_a_line(view: ResultView, result: RunResult, rows: int) -> None:
    view.show_result(result, builders.samples())
    assert "Processes and machine" in _shown(view)
    assert view.more.tables[0].texts.rowCount() == rows


def test_charts_of_waits_take_only_what_counts_of_every_process(view: ResultView) -> None:
    result, samples = builders_engine.replicated_result(), builders_engine.replicated_samples()
    view.show_result(result, samples)
    assert len(view.waits._samples) == 3_000
    assert (len(view.order._samples), view.order._cold, view.order._warmup) == (3_252, 2, 250)


def test_a_device_has_its_call_beside_the_phases(view: ResultView) -> None:
    plain = builders.result()
    view.show_result(plain, builders.samples())
    assert view.phases.call.isHidden()
    boundary = Boundary(h2d_ns=200_000, compute_ns=3_000_000, d2h_ns=100_000, device_ns=3_300_000)
    view.show_result(builders.result(boundary=boundary), builders.samples())
    assert not view.phases.call.isHidden()
    assert "on the device alone: P50 3.30 ms" in view.phases.both.accessibleDescription()


def test_phases_are_read_aloud_in_order(qtbot: QtBot) -> None:
    chart = Waterfall()
    qtbot.addWidget(chart)
    chart.set_bars([Bar("Load", 2_000_000, True), Bar("Warm-up", 1_000_000_000, False)])
    assert chart.accessibleDescription() == "Load 2.00 ms, Warm-up 1.00 s"
    chart.resize(400, chart.sizeHint().height())
    assert not chart.grab().isNull()


def test_the_curve_goes_by_what_was_swept(qtbot: QtBot) -> None:
    points = builders_engine.concurrency_result().points
    assert swept(points) == "concurrency"
    curve = LoadCurve()
    qtbot.addWidget(curve)
    curve.set_points(points, Marks(knee=1, limit_ns=9e6, limit_name="P99"))
    assert "No point keeps the limit." in curve.note.text()
    curve.show_by_load(True)
    (line,) = curve._lines["p50_ns"]
    assert line.getData()[0].tolist() == [0, 1, 2, 3]
    assert curve.bottom.labelText == "requests under way at once"


def test_every_load_is_shown_without_a_word_too_many(view: ResultView, qtbot: QtBot) -> None:
    for result in builders_engine.every_load().values():
        view.show_result(result, builders.samples() if result.samples is not None else None)
        assert view.numbers.model() is not None
        view.grab()
    assert view.tabs.focusPolicy() != Qt.FocusPolicy.NoFocus


def test_results_of_one_kind_stay_on_the_page_that_is_read(view: ResultView) -> None:
    view.show_result(builders_engine.sweep_result(), builders.samples())
    view.tabs.setCurrentWidget(view.phases)
    view.show_result(builders_engine.concurrency_result(), builders.samples())
    assert view.tabs.currentWidget() is view.phases
    view.show_result(builders_engine.server_result(), builders.samples())
    assert view.tabs.currentWidget() is view.schedule
    view.show_result(builders.failed(), None)
    assert view.tabs.currentWidget() is view.settings
    view.show_result(builders.result(), builders.samples())
    assert view.tabs.currentWidget() is view.waits


def test_only_the_page_that_is_seen_makes_the_tabs_high(view: ResultView) -> None:
    high = _machine_result()
    view.show_result(msgspec.structs.replace(high, points=builders_engine.sweep_result().points), None)
    low = view.tabs.minimumSizeHint().height()
    view.tabs.setCurrentWidget(view.more)
    assert view.tabs.minimumSizeHint().height() > low


@pytest.mark.parametrize("width", [700, 1_700])
def test_a_table_of_a_section_is_as_high_as_its_rows_at_every_width(view: ResultView, width: int) -> None:
    view.resize(300, 900)
    view.show()
    view.show_result(_machine_result(), None)
    view.tabs.setCurrentWidget(view.more)
    view.resize(width, 900)
    view.grab()
    assert len(view.more.tables) == 2
    for table in view.more.tables:
        last = table.visualRect(table.texts.index(table.texts.rowCount() - 1, 0))
        assert 0 <= table.viewport().height() - last.bottom() <= 6


def _machine_result() -> RunResult:
    """Three processes, and a line for each of thirty checks."""
    checks = tuple(
        Check("power_profile", "warning", {"setting": f"a long name of a setting, number {at}"})
        for at in range(30)
    )
    return builders_engine.replicated_result(readiness=checks)
