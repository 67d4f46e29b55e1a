"""The history page: open, delete and bring back, search, errors of the store, no word without a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gui.pages.history import HistoryPage
from profiler.errors import ErrorKind, KnownError
from profiler.history_index import Row
from profiler.store import Store
from tests import builders
from tests.builders import row

# The offscreen platform says this of every window with a minimum size.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


class FakeStore:
    """Rows in memory; `refuses` makes every call raise as a locked database would."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = {each.id: each for each in rows}
        self._hidden: set[str] = set()
        self.refuses = False

    def _check(self) -> None:
        if self.refuses:
            raise KnownError(ErrorKind.HISTORY_BUSY)

    def rows(self) -> list[Row]:
        self._check()
        return [each for run_id, each in self._rows.items() if run_id not in self._hidden]

    def delete(self, run_id: str) -> None:
        self._check()
        self._hidden.add(run_id)

    def undelete(self, run_id: str) -> None:
        self._check()
        self._hidden.discard(run_id)


@pytest.fixture
def store() -> FakeStore:
    return FakeStore(
        [row("one"), row("two", model="mobilenet.pt", format="torchscript", runtime="torchscript")]
    )


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


def test_the_real_store_is_shown_and_obeyed(qtbot: QtBot, tmp_path: Path) -> None:
    store = Store(tmp_path)
    samples = builders.samples()
    store.save(builders.result(samples), samples)
    page = HistoryPage(store)
    qtbot.addWidget(page)
    assert page.model.index(0, 6).data() == "4.10 ms"
    page.table.selectRow(0)
    page.delete.click()
    assert store.rows() == []
    page.undo.click()
    assert len(store.rows()) == 1
