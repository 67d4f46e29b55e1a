"""The history page: open, delete and bring back, search, errors of the store, no word without a name."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.pages.history import HistoryPage
from profiler.errors import ErrorKind, KnownError

# The offscreen platform says this of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class Entry(msgspec.Struct, frozen=True):
    id: str = "20260102T030405-0001"
    created: str = "2026-01-02T03:04:05+00:00"
    status: str = "finished"
    model: str = "resnet50.onnx"
    format: str = "ONNX"
    runtime: str = "onnxruntime"
    device: str = "cpu"
    batch: int = 1
    p50_ns: int | None = 4_100_000
    p99_ns: int | None = 5_020_000
    inferences_per_s: float | None = 243.0
    peak_rss_bytes: int | None = 258_000_000
    level: str | None = "trusted"


def entry(**changes: Any) -> Entry:
    return Entry(**changes)


class FakeStore:
    """Rows in memory; `refuses` makes every call raise as a locked database would."""

    def __init__(self, rows: list[Entry]) -> None:
        self._rows = {row.id: row for row in rows}
        self._hidden: set[str] = set()
        self.refuses = False

    def _check(self) -> None:
        if self.refuses:
            raise KnownError(ErrorKind.HISTORY_BUSY)

    def rows(self) -> list[Entry]:
        self._check()
        return [row for run_id, row in self._rows.items() if run_id not in self._hidden]

    def delete(self, run_id: str) -> None:
        self._check()
        self._hidden.add(run_id)

    def undelete(self, run_id: str) -> None:
        self._check()
        self._hidden.discard(run_id)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore([entry(id="one"), entry(id="two", model="mobilenet.pt", format="TorchScript")])


@pytest.fixture
def page(qtbot: QtBot, store: FakeStore) -> HistoryPage:
    made = HistoryPage(store)
    qtbot.addWidget(made)
    made.show()
    return made


def choose(page: HistoryPage, run_id: str) -> None:
    rows = range(page.model.rowCount())
    page.table.selectRow(next(row for row in rows if page.model.id_at(row) == run_id))


def test_enter_opens_the_selected_run(qtbot: QtBot, page: HistoryPage) -> None:
    choose(page, "two")
    page.table.setFocus()
    with qtbot.waitSignal(page.run_opened, timeout=2_000) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == ["two"]


def test_double_click_opens_the_row_under_the_mouse(qtbot: QtBot, page: HistoryPage) -> None:
    choose(page, "one")
    rect = page.table.visualRect(page.table.currentIndex())
    with qtbot.waitSignal(page.run_opened, timeout=2_000) as opened:
        qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
        qtbot.mouseDClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())
    assert opened.args == ["one"]


def test_open_needs_exactly_one_run(page: HistoryPage) -> None:
    assert not page.open.isEnabled()
    choose(page, "one")
    assert page.open.isEnabled()
    page.table.selectAll()
    assert not page.open.isEnabled()
    assert page.delete.isEnabled()


def test_a_deleted_run_comes_back_with_undo(qtbot: QtBot, page: HistoryPage, store: FakeStore) -> None:
    choose(page, "one")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    assert [row.id for row in store.rows()] == ["two"]
    assert page.model.rowCount() == 1
    assert page.notice_text.text() == "Deleted 1 run."
    page.undo.click()
    assert {row.id for row in store.rows()} == {"one", "two"}
    assert page.model.rowCount() == 2
    assert page.notice.isHidden()


def test_several_runs_are_deleted_and_undone_together(page: HistoryPage, store: FakeStore) -> None:
    page.table.selectAll()
    page.delete.click()
    assert store.rows() == []
    assert page.notice_text.text() == "Deleted 2 runs."
    assert page.stack.currentWidget() is page.empty
    page.undo.click()
    assert len(store.rows()) == 2


def test_a_store_that_refuses_is_a_sentence_and_nothing_is_lost(page: HistoryPage, store: FakeStore) -> None:
    choose(page, "one")
    store.refuses = True
    page.delete.click()
    assert page.trouble.isVisible()
    assert len(page.trouble.text()) > 20
    assert page.model.rowCount() == 2
    assert page.notice.isHidden()
    store.refuses = False
    page.refresh()
    assert page.trouble.isHidden()


def test_search_without_a_match_says_so(qtbot: QtBot, page: HistoryPage) -> None:
    qtbot.keyClicks(page.search, "nothing like it")
    assert page.stack.currentWidget() is page.empty
    assert "No run holds" in page.empty.text()
    page.search.clear()
    assert page.stack.currentWidget() is page.table
    assert page.count.text() == "2 of 2 runs"


def test_an_empty_history_is_told_in_words(qtbot: QtBot) -> None:
    page = HistoryPage(FakeStore([]))
    qtbot.addWidget(page)
    assert page.stack.currentWidget() is page.empty
    assert "No run yet" in page.empty.text()
    assert page.delete.isHidden()


def test_refresh_keeps_what_is_selected(page: HistoryPage) -> None:
    choose(page, "one")
    page.refresh()
    assert page.table.selectionModel().selectedRows()[0].row() == next(
        row for row in range(2) if page.model.id_at(row) == "one"
    )


def test_clicking_a_heading_sorts_by_it(qtbot: QtBot, page: HistoryPage) -> None:
    header = page.table.horizontalHeader()
    at = header.sectionViewportPosition(1) + 10
    qtbot.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(at, 8))
    assert [page.model.id_at(row) for row in range(2)] == ["two", "one"]
