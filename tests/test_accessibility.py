"""Everybody can use it: names for screen readers, keys for all, nothing too small, names as plain text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QApplication,
    QCheckBox,
    QLabel,
    QRadioButton,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from gui.languages import Languages
from gui.main_window import MainWindow
from gui.page_maker import COMPARE, HISTORY, LIVE, MACHINE, RESULTS, RUN
from gui.run_queue import QueuedRun
from profiler.plan import RunPlan
from tests import builders
from tests.fakes import FakeDialogs
from tests.windows import World, window_over

SMALLEST_HIT = 20
CONTROLS_OF_QT = ("QSpinBox", "QDoubleSpinBox", "QComboBox", "QLineEdit", "QTabBar", "QTableView")
EVIL = "<img src=x>&lt;\u202e.onnx"


@pytest.fixture
def full(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window with every page made and filled."""
    world = World()
    world.store.save(builders.result(model=builders.model(EVIL)), builders.samples())
    with window_over(world, FakeDialogs()) as window:
        window.look_around()
        window.open_files([f"/m/{EVIL}", "/m/readme.txt"])
        qtbot.waitUntil(lambda: all(file.is_described for file in window.page(RUN).files))
        window.page(RUN).form.fold.click()
        window.page(LIVE).begin(QueuedRun(RunPlan(f"/m/{EVIL}", "onnxruntime")))
        window.show_loaded((builders.result(model=builders.model(EVIL)), builders.samples()))
        evil = [builders.result(id=f"2026010{at}T030405-0001", model=builders.model(EVIL)) for at in (1, 2)]
        window.page(COMPARE).show_runs([(run, builders.samples()) for run in evil])
        qtbot.waitUntil(lambda: window.page(COMPARE).comparison is not None)
        for position in (MACHINE, HISTORY):
            window.show_page(position)
            qtbot.waitUntil(lambda at=position: window.page(at).content is not None)
        yield window


def _inside(widget: QWidget) -> bool:
    """Parts that Qt made belong to the control around them."""
    parent = widget.parentWidget()
    if isinstance(parent, QAbstractScrollArea) and parent.viewport() is widget:
        return True
    made_by_qt = widget.objectName().startswith("qt_") or isinstance(widget, QScrollBar | QTabBar)
    return made_by_qt or type(parent).__name__ in CONTROLS_OF_QT


def _can_take_focus(widget: QWidget) -> bool:
    shown = not widget.isHidden() and widget.window() is not widget.parentWidget()
    return shown and widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not _inside(widget)


def _is_frame_only(widget: QWidget) -> bool:
    return isinstance(widget, QAbstractScrollArea) and not bool(
        widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    )


def _name(widget: QWidget) -> str:
    if widget.accessibleName():
        return widget.accessibleName()
    if isinstance(widget, QAbstractButton | QLabel):
        return widget.text()
    return ""


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_control_has_a_name(full: MainWindow, qapp: QApplication, language: str) -> None:
    font = qapp.font()
    languages = Languages(qapp, "en")
    languages.choose("zh_CN" if language == "zh_CN" else "en")
    nameless = [
        (
            type(widget).__name__,
            type(widget.parentWidget()).__name__,
            type(widget.parentWidget().parentWidget()).__name__,
        )
        for widget in full.findChildren(QWidget)
        if _can_take_focus(widget) and not _is_frame_only(widget) and not _name(widget)
    ]
    languages.choose("en")
    qapp.setFont(font)
    assert not nameless, " ".join(map(str, nameless))


def test_every_button_can_be_reached_by_tab(full: MainWindow) -> None:
    unreachable = [
        button.text() or button.accessibleName()
        for button in full.findChildren(QAbstractButton)
        # Of an exclusive group Tab reaches one, and the arrows the others.
        if not _inside(button)
        and button.group() is None
        and not bool(button.focusPolicy() & Qt.FocusPolicy.TabFocus)
    ]
    assert unreachable == []


@pytest.mark.parametrize("position", range(8))
def test_no_button_is_too_small_to_hit(full: MainWindow, qtbot: QtBot, position: int) -> None:
    def none_is_small() -> None:
        small = [
            (button.text(), button.width(), button.height())
            for button in full.findChildren(QAbstractButton)
            if button.isVisible()
            and not _inside(button)
            and not isinstance(button, QRadioButton | QCheckBox)
            and min(button.width(), button.height()) < SMALLEST_HIT
        ]
        assert small == []

    full.show_page(position)
    # What arrives from a thread may lay a page out once more.
    qtbot.waitUntil(none_is_small)


def test_names_from_strangers_are_never_read_as_markup(full: MainWindow) -> None:
    guilty = [
        label.text()
        for label in full.findChildren(QLabel)
        if "img src" in label.text() and label.textFormat() is not Qt.TextFormat.PlainText
    ]
    shown = [
        label for label in full.findChildren(QLabel) if "img src" in (label.accessibleName() or label.text())
    ]
    assert shown
    assert guilty == []
    assert not [label.text() for label in full.findChildren(QLabel) if "\u202e" in label.text()]
    assert not [widget for widget in full.findChildren(QWidget) if "<img" in widget.toolTip()]


def test_the_results_page_is_named(full: MainWindow) -> None:
    assert full.page(RESULTS).strip.accessibleName()


def test_mnemonics_of_a_page_do_not_collide(full: MainWindow) -> None:
    for position in (0, RUN, LIVE):
        page = full.page(position)
        texts = [
            widget.text()
            for widget in page.findChildren(QWidget)
            if isinstance(widget, QAbstractButton)
            or (isinstance(widget, QLabel) and widget.buddy() is not None)
        ]
        keys = [
            text[text.replace("&&", "  ").index("&") + 1].lower()
            for text in texts
            if "&" in text.replace("&&", "  ")
        ]
        assert sorted(keys) == sorted(set(keys)), texts
