"""Where the time of a call went, on the results page: sorted, filtered, grouped, kept, or why not known."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.main_window import MainWindow
from gui.page_maker import RESULTS
from gui.results.operators_tab import OperatorsTab
from profiler.result import Operator, Reason, RunResult, Trace
from tests import builders
from tests.fakes import FakeDialogs
from tests.windows import World

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

ROWS = (
    Operator("conv_relu", "Conv", 3_000_000.0, 0.6, nodes=("conv1", "relu1"), flops=9_000_000,
             integer_operations=0, bytes=9_000, device="cpu"),
    Operator("gemm", "Gemm", 1_500_000.0, 0.3, nodes=("gemm",), flops=30_000_000, integer_operations=0,
             bytes=800, device="cpu"),
    Operator("reorder", "Reorder", 400_000.0, 0.08, device="cpu"),
    Operator("conv2", "Conv", 100_000.0, 0.02, nodes=("conv2",), flops=1_000, integer_operations=0,
             bytes=1_000, device="cpu"),
)  # fmt: skip


def traced() -> RunResult:
    trace = Trace("onnxruntime_profiler", 20, 5_000_000.0, 8_200_000.0, 4_100_000.0, 2.0, 0.61)
    return builders.result(operators=ROWS, trace=trace)


@pytest.fixture
def tab(qtbot: QtBot) -> OperatorsTab:
    made = OperatorsTab()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show_result(traced())
    made.show()
    return made


def cells(tab: OperatorsTab, head: str) -> list[str]:
    model = tab.rows.model
    heads = [model.headerData(at, Qt.Orientation.Horizontal) for at in range(model.columnCount())]
    return [model.index(row, heads.index(head)).data() for row in range(model.rowCount())]


def column(tab: OperatorsTab, head: str) -> int:
    heads = [
        tab.rows.model.headerData(at, Qt.Orientation.Horizontal) for at in range(tab.rows.model.columnCount())
    ]
    return heads.index(head)


def test_rows_come_with_the_slowest_first_named_as_in_the_file(tab: OperatorsTab) -> None:
    assert cells(tab, "operator") == ["conv1 + relu1", "gemm", "reorder", "conv2"]
    assert cells(tab, "share") == ["60.0 %", "30.0 %", "8.00 %", "2.00 %"]
    assert tab.rows.count.text().startswith("4 ")


def test_it_is_said_how_much_slower_the_pass_was_and_how_much_the_rows_explain(tab: OperatorsTab) -> None:
    assert "2.00 times the 4.10 ms of a timed one" in tab.notes.text()
    assert "add up to 61.0 % of a traced call" in tab.notes.text()


def test_a_click_on_a_heading_sorts_by_its_numbers_and_unknown_ones_are_last(tab: OperatorsTab) -> None:
    arithmetic = column(tab, "arithmetic")
    tab.rows.table.sortByColumn(arithmetic, Qt.SortOrder.DescendingOrder)
    assert cells(tab, "operator") == ["gemm", "conv1 + relu1", "conv2", "reorder"]
    tab.rows.table.sortByColumn(arithmetic, Qt.SortOrder.AscendingOrder)
    assert cells(tab, "operator") == ["conv2", "conv1 + relu1", "gemm", "reorder"]


def test_words_filter_by_any_of_the_names_and_keep_the_order(tab: OperatorsTab) -> None:
    tab.rows.table.sortByColumn(column(tab, "time"), Qt.SortOrder.AscendingOrder)
    tab.rows.search.setText("CONV")
    assert cells(tab, "operator") == ["conv2", "conv1 + relu1"]
    tab.rows.search.setText("relu1 conv")
    assert cells(tab, "operator") == ["conv1 + relu1"]
    assert tab.rows.count.text().startswith("1 ")
    tab.rows.search.setText("nothing like it")
    assert cells(tab, "operator") == []
    tab.rows.search.clear()
    assert len(cells(tab, "operator")) == 4


def test_by_type_adds_up_and_so_do_the_bars(tab: OperatorsTab) -> None:
    assert tab.bars.accessibleDescription().startswith("conv1 + relu1: 60.0 %; gemm: 30.0 %")
    tab.rows.by_type.setChecked(True)
    assert cells(tab, "type") == ["Conv", "Gemm", "Reorder"]
    assert cells(tab, "time")[0] == "3.10 ms"
    assert tab.bars.accessibleDescription().startswith("Conv × 2: 62.0 %")
    tab.rows.by_node.setChecked(True)
    assert len(cells(tab, "type")) == 4


def test_the_whole_of_a_fusion_is_read_on_hover(tab: OperatorsTab) -> None:
    tip = tab.rows.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert all(name in tip for name in ("conv_relu", "conv1", "relu1"))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason("not_traced"), "measure again with --operators"),
        (Reason("trace_not_offered", {"runtime": "LiteRT"}), "LiteRT has no profiler for this model"),
        (Reason("trace_failed", {"detail": "the child ended"}), "did not end: the child ended"),
        (None, "was not asked for"),
    ],
)
def test_without_a_traced_pass_the_reason_stands_alone(
    tab: OperatorsTab, reason: Reason | None, said: str
) -> None:
    tab.show_result(builders.result(unavailable={} if reason is None else {"operators": reason}))
    assert said in tab.about.text()
    assert not any(widget.isVisible() for widget in (tab.rows, tab.bars))
    tab.show_result(traced())
    assert all(widget.isVisible() for widget in (tab.rows, tab.bars))


def test_the_next_result_comes_in_its_own_order_under_the_same_filter(tab: OperatorsTab) -> None:
    tab.rows.table.sortByColumn(column(tab, "time"), Qt.SortOrder.AscendingOrder)
    tab.rows.search.setText("conv")
    tab.show_result(traced())
    assert cells(tab, "operator") == ["conv1 + relu1", "conv2"]


def test_the_table_is_kept_as_csv(
    window: MainWindow, world: World, dialogs: FakeDialogs, qtbot: QtBot
) -> None:
    page, dialogs.save = window.page(RESULTS), "kept.csv"
    page.show_result(traced(), None)
    page.view.operators.rows.export.click()
    qtbot.waitUntil(lambda: bool(world.written))
    kind, text, name = world.written[0]
    assert (kind, name) == ("text", "kept.csv")
    assert "resnet50-operator-times.csv" in str(dialogs.asked[-1])
    assert str(text).splitlines()[1].startswith("conv_relu,Conv,conv1 + relu1,3000000.0,0.6")


def test_the_columns_share_the_room_beside_a_scroll_bar_too(tab: OperatorsTab, qtbot: QtBot) -> None:
    trace = traced().trace
    rows = tuple(Operator(f"a/long/name/of/block{at}/Conv", "Conv", 10.0, 0.01) for at in range(90))
    for width, result in ((700, traced()), (1_400, builders.result(operators=rows, trace=trace))):
        tab.resize(width, 800)
        tab.show_result(result)
        header, room = tab.rows.table.horizontalHeader(), tab.rows.table.viewport()
        qtbot.waitUntil(lambda header=header, room=room: header.length() == room.width())
        assert tab.rows.table.columnWidth(0) < tab.rows.table.viewport().width() / 3
    tab.resize(420, 800)
    qtbot.waitUntil(lambda: tab.rows.table.horizontalScrollBar().maximum() > 0)
    assert tab.rows.table.columnWidth(0) >= 16 * tab.rows.table.fontMetrics().averageCharWidth()
