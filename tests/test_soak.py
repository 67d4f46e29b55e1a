"""Many frames of a live chart: PySide6 6.12.0 on Python 3.11 lost a reference to None on each of them."""

from __future__ import annotations

import sys

import numpy as np
from pytestqt.qtbot import QtBot

from gui.plots.run_order import RunOrderStrip

FRAMES = 300


def test_a_live_chart_keeps_the_references_to_none(qtbot: QtBot) -> None:
    strip = RunOrderStrip()
    qtbot.addWidget(strip)
    strip.resize(600, 300)
    strip.show()
    samples = (1e6 * np.random.default_rng(0).lognormal(0, 0.1, 5_000)).astype(np.int64)
    strip.set_samples(samples, 2, 100)
    strip.grab()
    before = sys.getrefcount(None)
    for frame in range(FRAMES):
        strip.set_samples(samples[: 200 + 10 * frame], 2, 100)
        strip.grab()
    assert sys.getrefcount(None) > before - FRAMES
