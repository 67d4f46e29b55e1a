"""The table of points: sorted by numbers, copied as rows; a point is found wherever it stands."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gui import table_copy
from gui.models.column_table import ColumnTable
from gui.models.text_table import TextTable
from gui.results import point_text
from gui.results.load_tab import LoadTab
from profiler.reports import points_table
from profiler.result import Level, Reason, RunResult, Verdict
from tests import builders_engine
from tests.builders_engine import point, with_points

Down, Up = Qt.SortOrder.DescendingOrder, Qt.SortOrder.AscendingOrder


@pytest.fixture
def model() -> ColumnTable:
    return _filled(builders_engine.sweep_result())


def _filled(result: RunResult) -> ColumnTable:
    made = ColumnTable()
    made.set_rows(points_table.columns(result, "en"), result.points)
    return made


def _column(model: ColumnTable, head: str) -> int:
    return [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())].index(head)


def _cells(model: ColumnTable, head: str) -> list[str]:
    column = _column(model, head)
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_the_model_keeps_qts_rules(model: ColumnTable, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)


def test_numbers_are_sorted_as_numbers_and_what_failed_stays_last(model: ColumnTable) -> None:
    assert _cells(model, "batch") == ["1", "4", "16", "64"]
    model.sort(_column(model, "P99"), Down)
    assert _cells(model, "batch") == ["16", "4", "1", "64"]
    model.sort(_column(model, "P99"), Up)
    assert _cells(model, "batch") == ["1", "4", "16", "64"]
    assert _cells(model, "P99")[-1] == "–"


def test_a_point_is_found_after_sorting_and_a_third_click_restores_the_order(model: ColumnTable) -> None:
    model.sort(_column(model, "batch"), Down)
    assert model.row_of(3) == 0
    model.sort(-1)
    assert model.order == [0, 1, 2, 3]
    assert model.row_of(9) == -1


def test_the_columns_a_reader_needs_are_there(model: ColumnTable) -> None:
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    assert heads == ["batch", "mean", "P50", "P90", "P95", "P99", "samples/s", "peak memory", "note"]
    assert _cells(model, "note") == ["", "knee", "best under the limit", "failed"]


@pytest.fixture
def tab(qtbot: QtBot) -> LoadTab:
    made = LoadTab()
    qtbot.addWidget(made)
    return made


def test_the_chosen_row_follows_its_point_when_the_table_is_sorted(tab: LoadTab) -> None:
    tab.show_result(builders_engine.sweep_result())
    assert tab.table.currentIndex().row() == 2
    tab.table.sortByColumn(0, Down)
    assert tab.table.currentIndex().row() == 1
    assert tab.about.text().startswith("batch size 16: P50 20.0 ms")
    tab.choose(0)
    assert tab.table.currentIndex().row() == 3
    assert tab.about.text().startswith("batch size 1: P50 3.99 ms")


def test_a_new_result_stands_in_its_own_order(tab: LoadTab) -> None:
    tab.show_result(builders_engine.sweep_result())
    tab.table.sortByColumn(0, Down)
    tab.show_result(builders_engine.concurrency_result())
    assert tab.model.order == [0, 1, 2, 3]


def test_clicking_the_curve_chooses_the_row(tab: LoadTab) -> None:
    tab.show_result(builders_engine.sweep_result())
    tab.curve.point_picked.emit(1)
    assert tab.table.currentIndex().row() == 1
    assert tab.curve._marks.chosen == 1


def test_a_wide_window_has_curve_and_table_side_by_side(tab: LoadTab) -> None:
    tab.show_result(builders_engine.sweep_result())
    tab.resize(1_800, 700)
    tab.grab()
    assert tab.split.orientation() == Qt.Orientation.Horizontal
    tab.resize(700, 900)
    tab.grab()
    assert tab.split.orientation() == Qt.Orientation.Vertical


def test_a_point_in_words_has_its_intervals_and_its_doubts() -> None:
    doubt = Verdict(Level.CAUTION, (Reason("search_none_passes"),))
    result = with_points((point(), point(9e6, 111.0, concurrency=2, verdict=doubt)))
    text = point_text.numbers(result, result.points[1])
    assert text.startswith("2 in flight: P50 8.98 ms (")
    assert "111 samples/s" in text
    assert "210 MB of memory at most" in text
    assert "1,000 measurements" in text
    assert len(point_text.doubts(result, result.points[1])) == 1


def test_a_point_does_not_repeat_the_doubts_of_the_whole_run() -> None:
    doubt = Verdict(Level.CAUTION, (Reason("search_none_passes"),))
    result = with_points((point(verdict=doubt),), verdict=doubt)
    assert point_text.doubts(result, result.points[0]) == []


def test_a_failed_point_in_words_is_its_name_and_why() -> None:
    result = builders_engine.sweep_result()
    assert point_text.numbers(result, result.points[3]) == "batch size 64"
    assert "9.00 GB" in point_text.doubts(result, result.points[3])[0]


def test_a_try_is_named_by_its_rate_and_a_condition_by_the_others() -> None:
    search, together = builders_engine.search_result(), builders_engine.together_result()
    assert point_text.name(search, search.points[0]) == "1 in flight"
    assert point_text.name(search, search.points[1]) == "125 requests per second"
    assert "busy" in point_text.name(together, together.points[2])


def test_copy_takes_headings_and_the_chosen_row(tab: LoadTab) -> None:
    tab.show_result(builders_engine.sweep_result())
    tab.choose(1)
    heads, row = table_copy.as_text(tab.table).split("\n")
    assert heads.split("\t")[:3] == ["batch", "mean", "P50"]
    assert row.split("\t")[0] == "4"
    assert row.split("\t")[-1] == "knee"


def test_copy_of_a_table_without_a_choice_takes_every_row_on_one_line_each(qtbot: QtBot) -> None:
    view, model = QTableView(), TextTable()
    qtbot.addWidget(view)
    model.set_rows(("a", "b"), [("1", "two\tand\na half"), ("3", "4")])
    view.setModel(model)
    table_copy.install(view)
    view.show()
    view.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.isActiveWindow)
    QGuiApplication.clipboard().clear()
    QTest.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "a\tb\n1\ttwo and a half\n3\t4"
