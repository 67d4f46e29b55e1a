"""The first page: dropping and choosing files, the last runs, the demo, how thorough."""

from __future__ import annotations

from typing import Literal

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from gui.drop_zone import local_files
from gui.languages import Languages
from gui.pages.start import MOST_RECENT, StartPage
from profiler.demo import SAMPLES
from profiler.plan import Preset
from tests import builders


@pytest.fixture
def page(qtbot: QtBot) -> StartPage:
    made = StartPage()
    qtbot.addWidget(made)
    made.show()
    return made


def _dragged(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


def _drop(page: StartPage, data: QMimeData) -> None:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    page.zone.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, data, buttons, keys))


def test_dropped_files_are_handed_on_with_spaces_and_chinese_names(page: StartPage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.files_given) as given:
        _drop(page, _dragged("file:///tmp/my model.onnx", "file:///tmp/模型.pt"))
    assert given.args == [["/tmp/my model.onnx", "/tmp/模型.pt"]]


def test_what_lies_on_the_network_is_not_taken() -> None:
    assert local_files(_dragged("https://example.org/a.onnx", "file:///b.onnx")) == ["/b.onnx"]


@pytest.mark.parametrize(("url", "accepted"), [("file:///a.onnx", True), ("https://example.org/a", False)])
def test_the_zone_takes_only_local_files(page: StartPage, url: str, accepted: bool) -> None:
    data = _dragged(url)
    event = QDragEnterEvent(
        QPointF(5, 5).toPoint(),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    event.ignore()
    page.zone.dragEnterEvent(event)
    assert event.isAccepted() is accepted


def test_buttons_ask_for_files_and_for_the_demo(page: StartPage, qtbot: QtBot) -> None:
    with qtbot.waitSignals([page.choose_requested, page.demo_requested]):
        page.zone.choose.click()
        page.demo.click()


@pytest.mark.parametrize(
    ("position", "preset"), [(0, Preset.QUICK), (1, Preset.STANDARD), (2, Preset.RIGOROUS)]
)
def test_each_task_is_a_preset(page: StartPage, position: int, preset: Preset) -> None:
    page.choices[position].click()
    assert page.preset is preset


def test_a_run_of_the_list_opens(page: StartPage, qtbot: QtBot) -> None:
    page.show_recent([builders.row("first"), builders.row("second")])
    with qtbot.waitSignal(page.run_opened) as opened:
        page.recent.buttons[1].click()
    assert opened.args == ["second"]


def test_the_list_shows_no_more_than_it_has_room_for(page: StartPage) -> None:
    page.show_recent([builders.row(str(number)) for number in range(MOST_RECENT + 3)])
    assert sum(button.isVisible() for button in page.recent.buttons) == MOST_RECENT
    assert not page.recent.empty.isVisible()
    page.show_recent([])
    assert not any(button.isVisible() for button in page.recent.buttons)
    assert page.recent.empty.isVisible()


def test_a_name_that_pretends_to_be_markup_is_shown_as_it_is(page: StartPage) -> None:
    page.show_recent([builders.row("one", model="<b>bold</b>\u202egpj.onnx")])
    assert page.recent.names[0].textFormat() is Qt.TextFormat.PlainText
    assert page.recent.names[0].accessibleName() == "<b>bold</b>\\u202egpj.onnx"


def test_the_demo_says_what_it_does(page: StartPage) -> None:
    assert len(SAMPLES) == 5
    assert "five exports" in page.demo_words.text()
    assert "names the one to ship" in page.demo_words.text()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_nothing_is_out_of_sight_beside_the_smallest_window(
    page: StartPage, qapp: QApplication, language: Literal["en", "zh_CN"]
) -> None:
    languages = Languages(qapp, "en")
    languages.choose(language)
    page.show_recent([builders.row("one", model="a_model_of_some_length.int8.onnx")])
    page.resize(860, 580)
    qapp.processEvents()
    assert page.findChildren(QScrollArea)[0].horizontalScrollBar().maximum() == 0
    languages.choose("en")


def test_a_device_is_told_where_not_all_ran_on_the_processor(page: StartPage) -> None:
    page.show_recent([builders.row("one")])
    assert page.recent.devices[0].isHidden()
    page.show_recent([builders.row("one"), builders.row("two", device="cuda:0")])
    assert not page.recent.devices[0].isHidden()
    assert not page.recent.devices[1].isHidden()
