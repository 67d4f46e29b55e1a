"""Every test has folders and settings of its own, and leaves no child process and no thread behind."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import psutil
import pytest
from pytestqt.qtbot import QtBot

try:
    import fcntl
except ImportError:  # Windows: such a test may have company there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from tests.fakes import FakeDialogs
    from tests.windows import World

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A test that imports openvino reports it to no one either (profiler.backends.openvino_import).
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]


def pytest_configure(config: pytest.Config) -> None:
    # Said by the offscreen platform of every window that is shown; nothing of ours can change it.
    config.addinivalue_line("qt_log_ignore", "This plugin does not support")


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where tests run side by side: nothing runs beside one that is marked `alone`.

    Whoever waits keeps the door, so that others who come later do not go in before.
    """
    if fcntl is None or "PYTEST_XDIST_WORKER" not in os.environ:
        yield
        return
    folder = tmp_path_factory.getbasetemp().parent
    wanted = fcntl.LOCK_EX if request.node.get_closest_marker("alone") else fcntl.LOCK_SH
    with (folder / "door").open("a") as door, (folder / "room").open("a") as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, wanted)
        fcntl.flock(door, fcntl.LOCK_UN)
        yield


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history, trust and running folders of a test, the folder that it works in, and a wide terminal."""
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.chdir(tmp_path_factory.mktemp("work"))


@pytest.fixture(autouse=True)
def _no_child_outlives_a_test() -> Iterator[None]:
    before = {child.pid for child in psutil.Process().children()}
    yield
    left = [child for child in psutil.Process().children() if child.pid not in before]
    _, alive = psutil.wait_procs(left, timeout=3)
    assert not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Choices of the window go to a folder of the test; Qt is not loaded for a test that does without."""
    folder = str(tmp_path_factory.mktemp("settings"))
    monkeypatch.setenv("XDG_CONFIG_HOME", folder)
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QSettings

        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, folder)


@pytest.fixture(autouse=True)
def _no_thread_outlives_a_test() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + 3
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(max(0.0, until - time.monotonic()))
    assert not [thread.name for thread in left if thread.is_alive()]


@pytest.fixture
def world() -> World:
    """What lies behind a window over stand-ins."""
    from tests.windows import World

    return World()


@pytest.fixture
def dialogs() -> FakeDialogs:
    from tests.fakes import FakeDialogs

    return FakeDialogs()


@pytest.fixture
def window(qtbot: QtBot, world: World, dialogs: FakeDialogs) -> Iterator[MainWindow]:
    """A window over stand-ins, closed after the test."""
    from tests.windows import window_over

    with window_over(world, dialogs) as made:
        yield made
