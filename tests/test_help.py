"""Help: every key that there is, words in both languages, and open beside the window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.help import Help
from gui.languages import Languages
from gui.main_window import MainWindow
from tests.fakes import FakeDialogs
from tests.windows import World, window_over


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    with window_over(World(), FakeDialogs()) as made:
        yield made


def _open(window: MainWindow) -> Help:
    window.top_bar.help.click()
    assert window._help is not None
    return window._help


def _keys(text: str) -> set[str]:
    first, _, last = text.partition(" … ")
    if not last:
        return {QKeySequence(first).toString()}
    return {f"{first[:-1]}{number}" for number in range(int(first[-1]), int(last[-1]) + 1)}


def test_it_opens_by_button_and_by_key_and_leaves_the_window_usable(window: MainWindow, qtbot: QtBot) -> None:
    help_ = _open(window)
    assert help_.isVisible()
    assert not help_.isModal()
    help_.close_button.click()
    assert not help_.isVisible()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert help_.isVisible()
    assert window._help is help_


def test_it_names_exactly_the_keys_that_there_are(window: MainWindow) -> None:
    listed = set().union(*(_keys(line[0]) for line in _open(window)._keys()))
    assert listed == {shortcut.key().toString() for shortcut in window.findChildren(QShortcut)}


def test_every_line_has_a_term_and_a_meaning_that_fit(window: MainWindow, qapp: QApplication) -> None:
    help_ = _open(window)
    qapp.processEvents()
    for label in (*help_.terms, *help_.meanings):
        assert label.text()
        assert label.heightForWidth(label.width()) <= label.height()


def test_it_changes_language_while_it_is_open(window: MainWindow, qapp: QApplication) -> None:
    help_, font = _open(window), qapp.font()
    languages = Languages(qapp, "en")
    english = [label.text() for label in help_.meanings]
    languages.choose("zh_CN")
    qapp.processEvents()
    chinese = [label.text() for label in help_.meanings]
    languages.choose("en")
    qapp.setFont(font)
    assert all(before != after for before, after in zip(english, chinese, strict=True))


def test_it_closes_with_the_window(window: MainWindow) -> None:
    help_ = _open(window)
    window.close()
    assert not help_.isVisible()
