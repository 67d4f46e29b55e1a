"""Tabs as high as the page that is seen."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gui.results.page_tabs import PageTabs


def _page(height: int) -> QWidget:
    page = QWidget()
    inner = QWidget(page)
    inner.setMinimumHeight(height)
    QVBoxLayout(page).addWidget(inner)
    return page


@pytest.fixture
def tabs(qtbot: QtBot) -> PageTabs:
    made = PageTabs()
    qtbot.addWidget(made)
    return made


def test_a_high_page_that_is_not_seen_does_not_count(tabs: PageTabs) -> None:
    tabs.add_page(_page(600))
    tabs.add_page(_page(2_000))
    assert 600 < tabs.minimumSizeHint().height() < 700
    assert tabs.heightForWidth(500) == tabs.sizeHint().height() == tabs.minimumSizeHint().height()
    tabs.setCurrentIndex(1)
    assert 2_000 < tabs.minimumSizeHint().height() < 2_100


def test_low_pages_leave_room_for_a_chart(tabs: PageTabs) -> None:
    assert tabs.minimumSizeHint().height() == 20 * tabs.fontMetrics().height()
    tabs.add_page(_page(10))
    assert tabs.minimumSizeHint().height() == 20 * tabs.fontMetrics().height()


def test_words_that_wrap_need_less_height_in_a_wider_page(tabs: PageTabs) -> None:
    page = QWidget()
    words = QLabel("word " * 2_000)
    words.setWordWrap(True)
    QVBoxLayout(page).addWidget(words)
    tabs.add_page(page)
    assert tabs.heightForWidth(400) > 2 * tabs.heightForWidth(1_200)


def test_the_tabs_grow_with_their_page(qtbot: QtBot, qapp: QApplication) -> None:
    outer, page, inner = QWidget(), QWidget(), QWidget()
    qtbot.addWidget(outer)
    tabs = PageTabs(outer)
    QVBoxLayout(outer).addWidget(tabs)
    QVBoxLayout(page).addWidget(inner)
    tabs.add_page(page)
    outer.show()
    low = outer.minimumSizeHint().height()
    inner.setMinimumHeight(900)
    qapp.processEvents()
    assert outer.minimumSizeHint().height() >= low + 400
