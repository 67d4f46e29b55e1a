"""Bars that are drawn by hand: phases one after another, waits side by side, one memory and its parts."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from gui.plots.bars import Group, WaitBars
from gui.plots.colours import colours
from gui.plots.memory_bar import MemoryBar, Part
from gui.plots.waterfall import Bar, Waterfall
from gui.results.phases_tab import PhasesTab
from gui.results.schedule_tab import ScheduleTab
from gui.results.together_panel import TogetherPanel, parts
from profiler.result import Boundary, Phases, Resident, Together
from tests import builders, builders_engine

MS = 1_000_000


def _widest(image: QImage, y: int, rgb: int) -> int:
    """How many pixels of this colour lie in a row of the picture."""
    return sum(image.pixel(x, y) == rgb for x in range(image.width()))


def test_each_phase_begins_where_the_one_before_ended_and_short_ones_are_seen(qtbot: QtBot) -> None:
    chart = Waterfall()
    qtbot.addWidget(chart)
    chart.set_bars([Bar("a", 1_000, True), Bar("b", 10_000_000_000, True), Bar("c", 1_000, True)])
    chart.resize(600, chart.sizeHint().height())
    image, rgb = chart.grab().toImage(), colours(chart.palette()).series.rgb()
    row = chart._row()
    starts = []
    for at in range(3):
        y = round(row * (at + 0.5))
        starts.append(next(x for x in range(image.width()) if image.pixel(x, y) == rgb))
        assert _widest(image, y, rgb) >= 2
    assert starts == sorted(starts)
    assert starts[2] - starts[1] > 300


def test_phases_that_were_not_reached_have_no_bar(qtbot: QtBot) -> None:
    tab = PhasesTab()
    qtbot.addWidget(tab)
    tab.show_result(builders.result(phases=Phases(import_ns=2 * MS, load_ns=3 * MS)))
    assert tab.phases.accessibleDescription() == "Import of the runtime 2.00 ms, Load 3.00 ms"


def test_the_call_and_the_device_stand_side_by_side_only_where_a_device_has_its_own_time(
    qtbot: QtBot,
) -> None:
    tab = PhasesTab()
    qtbot.addWidget(tab)
    tab.show_result(builders.result())
    assert tab.both.isHidden()
    boundary = Boundary(h2d_ns=MS, compute_ns=2 * MS, d2h_ns=MS, device_ns=4 * MS)
    tab.show_result(builders.result(boundary=boundary))
    assert not tab.both.isHidden()
    assert "as your application calls it: P50 4.10 ms" in tab.both.accessibleDescription()
    assert tab.call.accessibleDescription() == (
        "Host to device 1.00 ms, Compute 2.00 ms, Device to host 1.00 ms"
    )


def test_bars_of_waits_are_on_one_scale(qtbot: QtBot) -> None:
    bars = WaitBars()
    qtbot.addWidget(bars)
    bars.set_groups("t", ("P50",), [Group("a", (2.0 * MS,)), Group("b", (4.0 * MS,))])
    bars.resize(500, bars.sizeHint().height())
    image, rgb = bars.grab().toImage(), colours(bars.palette()).series.rgb()
    lengths = sorted({_widest(image, y, rgb) for y in range(image.height())} - {0})
    assert lengths[-1] / lengths[0] == pytest.approx(2.0, rel=0.03)


def test_a_wait_that_is_not_known_is_a_dash_without_a_bar(qtbot: QtBot) -> None:
    bars = WaitBars()
    qtbot.addWidget(bars)
    bars.set_groups("t", ("P50", "P99"), [Group("a", (None, None))])
    assert bars.accessibleDescription() == "a: P50 –, P99 –"
    assert not bars.grab().isNull()


def test_response_stands_beside_service(qtbot: QtBot) -> None:
    tab = ScheduleTab()
    qtbot.addWidget(tab)
    result = builders_engine.server_result()
    assert ScheduleTab.applies(result)
    assert not ScheduleTab.applies(builders.result())
    tab.show_result(result)
    described = tab.bars.accessibleDescription()
    assert described.count("response") == described.count("service") == 4
    told = [tab.sections.tables[1].texts.index(row, 0).data() for row in range(6)]
    assert "found every worker busy" in told


def test_a_memory_of_known_size_is_shared_out_whole() -> None:
    together = builders_engine.together_result().together
    assert together is not None
    found = parts(together)
    assert [part.kind for part in found] == ["model", "model", "other", "free"]
    assert sum(part.size_bytes for part in found) == together.total_bytes


def test_without_the_whole_only_the_models_are_shown() -> None:
    residents = (Resident("a.onnx", "onnxruntime", 10), Resident("b.onnx", "onnxruntime", None))
    assert parts(Together("g", residents)) == [Part("a.onnx", 10, "model")]


def test_memory_of_a_device_counts_before_that_of_the_process() -> None:
    together = Together("g", (Resident("a.onnx", "onnxruntime", 10, device_bytes=7),))
    assert [part.size_bytes for part in parts(together)] == [7]


def test_a_memory_bar_tells_every_part_with_its_share(qtbot: QtBot) -> None:
    bar = MemoryBar()
    qtbot.addWidget(bar)
    bar.set_parts("memory", [Part("a", 1e9, "model"), Part("free", 3e9, "free")])
    assert bar.accessibleDescription() == "a  1.00 GB  (25.0 %), free  3.00 GB  (75.0 %)"
    bar.resize(400, bar.sizeHint().height())
    image, rgb = bar.grab().toImage(), colours(bar.palette()).series.rgb()
    assert _widest(image, 8, rgb) == pytest.approx(100, abs=3)


def test_models_that_live_together_are_told_alone_idle_and_busy(qtbot: QtBot) -> None:
    panel = TogetherPanel()
    qtbot.addWidget(panel)
    panel.show_result(builders_engine.together_result())
    assert panel.waits.accessibleDescription().count("P50") == 3
    assert "10" in panel.fits.text()
