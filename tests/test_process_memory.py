"""The memory of this process, by whatever way its system and its Python offer."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from profiler import memory_without_psutil, process_memory

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
with_ps = pytest.mark.skipif(os.name != "posix" or shutil.which("ps") is None, reason="asks ps")


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No /proc and no psutil."""
    monkeypatch.setattr(process_memory, "psutil", None)
    monkeypatch.setattr(process_memory, "_STATUS", tmp_path / "absent")
    monkeypatch.setattr(process_memory, "_SYSTEM", tmp_path / "absent")


def test_what_is_resident_grows_with_what_is_held() -> None:
    before = process_memory.resident_bytes()
    held = np.ones(8_000_000)
    assert process_memory.resident_bytes() - before > 0.9 * held.nbytes


@on_linux
def test_the_kernel_is_asked_before_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_memory, "psutil", None)
    assert process_memory.resident_bytes() == pytest.approx(psutil.Process().memory_info().rss, rel=0.05)
    assert process_memory.available_bytes() == pytest.approx(psutil.virtual_memory().available, rel=0.2)
    assert (process_memory.peak_bytes() or 0) >= process_memory.resident_bytes() * 0.95


@with_ps
@pytest.mark.usefixtures("bare")
def test_without_either_the_system_tells() -> None:
    assert process_memory.resident_bytes() == pytest.approx(psutil.Process().memory_info().rss, rel=0.1)
    assert process_memory.available_bytes() == pytest.approx(psutil.virtual_memory().total, rel=0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows the peak")
@pytest.mark.usefixtures("bare")
def test_a_peak_that_nobody_tells_is_unknown() -> None:
    assert process_memory.peak_bytes() is None


def test_a_ps_that_says_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    silent = tmp_path / "ps"
    silent.write_text("#!/bin/sh\n")
    silent.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OSError, match="ps does not tell"):
        memory_without_psutil.resident_bytes()
