"""The application: what it loads and when, what an uncaught exception leads to, and one real run."""

from __future__ import annotations

import faulthandler
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import app, theme
from gui.crash import FATAL, LOG, CrashCatcher
from gui.languages import Languages
from gui.main_window import MainWindow
from gui.page_maker import RESULTS
from gui.services import Services
from gui.settings import Settings
from gui.theme import Theme, Themes
from profiler import folders, sample_parts
from profiler.plan import RunPlan, Stopping
from profiler.result import Status
from profiler.runner import Ended
from profiler.store import Store
from tests.fakes import FakeDialogs
from tests.windows import World, freed, window_over

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "resources" / "samples" / "digits.onnx"

WATCHED = """
import json, os, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from gui.main_window import MainWindow
def tell():
    print(json.dumps(sorted(sys.modules)), flush=True)
    os._exit(0)
MainWindow.look_around = lambda window: tell()
from gui import app, theme
app.run([])
"""


@pytest.fixture
def restored(qapp: QApplication) -> Iterator[QApplication]:
    """The application as it was, whatever language, theme and style a test gave it."""
    palette, font, style = QPalette(qapp.palette()), qapp.font(), qapp.style().objectName()
    yield qapp
    Languages(qapp, "en")
    qapp.setStyle(style)
    qapp.setPalette(palette)
    for name in theme.palettes_of_classes(dark=False):
        cast(Any, qapp).setPalette(palette, name)
    qapp.setFont(font)


def test_until_the_first_paint_nothing_heavy_is_loaded() -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", WATCHED],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    heavy = {"torch", "onnxruntime", "onnx", "openvino", "ai_edge_litert", "tensorrt", "pyqtgraph", "numpy"}
    assert loaded & heavy == set()
    assert not {"profiler.runner", "gui.pages.results", "gui.pages.run", "gui.pages.live"} & loaded


def test_a_window_that_ran_loads_no_runtime() -> None:
    script = "import json, sys; from gui.services import Services; Services().preload();" + (
        "import gui.pages.results, gui.pages.run, gui.pages.live, gui.results.view;"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    loaded = set(json.loads(done.stdout))
    assert {"pyqtgraph", "profiler.runner"} <= loaded
    assert loaded & {"torch", "onnxruntime", "onnx", "openvino", "ai_edge_litert", "tensorrt"} == set()


def test_language_and_theme_change_while_the_window_is_open(restored: QApplication, qtbot: QtBot) -> None:
    settings = Settings()
    settings.language, settings.theme = "en", Theme.LIGHT
    application = app.prepared()
    window = app.opened(application, World().services(), settings)
    qtbot.addWidget(window)
    window.show()
    assert window.rail.buttons[0].text() == "Start"
    light = application.palette().window().color()
    window.top_bar.language.setCurrentIndex(1)
    window.top_bar.theme.setCurrentIndex(2)
    qtbot.waitUntil(lambda: window.rail.buttons[0].text() == "首页")
    assert application.palette().window().color().lightness() < light.lightness()
    again = Settings()
    assert (again.language, again.theme) == ("zh_CN", Theme.DARK)
    window.top_bar.language.setCurrentIndex(0)
    qtbot.waitUntil(lambda: window.rail.buttons[0].text() == "Start")
    window.close()


def test_the_system_turning_dark_is_followed_only_where_that_was_chosen(restored: QApplication) -> None:
    from PySide6.QtCore import Qt

    themes = Themes(restored, Theme.LIGHT)
    themes._on_scheme_changed(Qt.ColorScheme.Dark)
    assert restored.palette().window().color().lightness() > 128
    themes.deleteLater()


def test_without_a_chinese_font_a_banner_says_so_in_english(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.languages.can_write_chinese", lambda: False)
    with window_over(World(), FakeDialogs()) as window:
        window.look_around()
        assert not window.font_banner.isVisible()
        assert window.status_line.fonts.text() == "Fonts: none for Chinese"
        window._on_language("zh_CN")
        assert window.font_banner.isVisible()
        assert "sudo apt install fonts-noto-cjk" in window.font_banner.sentence.text()


# crashes ---------------------------------------------------------------------------------------------


@pytest.fixture
def caught(qapp: QApplication, tmp_path: Path) -> Iterator[tuple[list[str], CrashCatcher]]:
    shown: list[str] = []
    catcher = CrashCatcher(tmp_path, shown.append)
    before = sys.excepthook, threading.excepthook
    catcher.install()
    yield shown, catcher
    catcher.remove()
    assert (sys.excepthook, threading.excepthook) == before


def _raised(kind: type[BaseException]) -> tuple[type[BaseException], BaseException, Any]:
    try:
        raise kind("ours")
    except BaseException as error:  # noqa: BLE001 - the traceback is what the test is about
        return kind, error, error.__traceback__


def test_an_uncaught_exception_is_shown_and_written_down(
    caught: tuple[list[str], CrashCatcher], qtbot: QtBot, tmp_path: Path
) -> None:
    shown, _ = caught
    sys.excepthook(*_raised(ValueError))
    qtbot.waitUntil(lambda: bool(shown))
    assert "ValueError: ours" in shown[0]
    assert "ValueError: ours" in (tmp_path / LOG).read_text(encoding="utf-8")


def test_one_in_a_thread_is_shown_too(caught: tuple[list[str], CrashCatcher], qtbot: QtBot) -> None:
    shown, _ = caught

    def fail() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(shown))
    assert "in a thread" in shown[0]


def test_dialogs_do_not_pile_up(qapp: QApplication, tmp_path: Path) -> None:
    shown: list[str] = []

    def show(details: str) -> None:
        shown.append(details)
        catcher._on_crash("another, while the dialog is open")

    catcher = CrashCatcher(tmp_path, show)
    catcher._on_crash("one")
    catcher._on_crash("two")
    assert shown == ["one", "two"]


def test_a_crash_below_python_leaves_its_stacks_in_a_file(
    caught: tuple[list[str], CrashCatcher], tmp_path: Path
) -> None:
    assert faulthandler.is_enabled()
    assert (tmp_path / FATAL).exists()


def test_a_folder_that_cannot_be_written_to_does_not_keep_the_window(
    qapp: QApplication, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    catcher = CrashCatcher(tmp_path / "file" / "below", lambda details: None)
    catcher.install()
    catcher.remove()


# one real run ----------------------------------------------------------------------------------------


def test_a_real_run_goes_from_the_file_to_the_result(qtbot: QtBot) -> None:
    window = MainWindow(Services(), Settings(), cast(Any, FakeDialogs()))
    window.show()
    ended: list[Ended] = []
    window.desk.ended.connect(lambda event, _: ended.append(event))
    window.desk.start(
        [RunPlan(str(SAMPLE), "onnxruntime", stopping=Stopping(0.3, 30, 0.5), warmup=20, threads=1)]
    )
    qtbot.waitUntil(lambda: window.current == RESULTS, timeout=60_000)
    result = ended[0].result
    assert ended[0].saved
    assert result.status is Status.FINISHED
    assert result.samples is not None
    assert result.latency.count == len(sample_parts.steady(result.samples, ended[0].samples))
    assert Store(folders.history_folder()).load(result.id).latency == result.latency
    window.close()
    freed(window)


def test_run_opens_the_files_and_ends_with_the_window(
    restored: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[MainWindow] = []
    opened = app.opened

    def open_over_fakes(application: QApplication, _: Services, settings: Settings) -> MainWindow:
        made.append(opened(application, World().services(), settings))
        return made[0]

    def finish(application: QApplication | None = None) -> int:
        qtbot.waitUntil(lambda: bool(made[0].page(1).plans))
        made[0].close()
        return 0

    monkeypatch.setattr(app, "opened", open_over_fakes)
    monkeypatch.setattr(QApplication, "exec", cast(Callable[..., int], finish))
    before = sys.excepthook
    assert app.run(["/m/net.onnx"]) == 0
    assert sys.excepthook is before
    freed(made[0])
