"""Every test has a data folder of its own, and leaves no child process behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psutil
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history, trust and running folders of a test, and the folder that it works in."""
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.chdir(tmp_path_factory.mktemp("work"))


@pytest.fixture(autouse=True)
def _no_child_outlives_a_test() -> Iterator[None]:
    before = {child.pid for child in psutil.Process().children()}
    yield
    left = [child for child in psutil.Process().children() if child.pid not in before]
    _, alive = psutil.wait_procs(left, timeout=3)
    assert not [child for child in alive if child.status() != psutil.STATUS_ZOMBIE]
