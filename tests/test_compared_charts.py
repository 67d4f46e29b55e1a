"""The charts over several runs: looks that are told apart, names that cover nothing, limits, keys, themes."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gui import theme
from gui.comparing.flow import FlowLayout
from gui.comparing.long_words import breakable
from gui.plots import ecdf, looks, scatter
from gui.plots.compared_chart import Named
from gui.plots.ecdf import Distribution, ShareCurves
from gui.plots.label_places import Box, placed
from gui.plots.load_curves import Load, LoadCurves
from gui.plots.ratio_bars import Line, RatioBars, RatioRow
from gui.plots.scatter import Compromise, Other, TradeoffScatter
from profiler import units
from profiler.result import Latency, Point, Throughput
from tests import builders

DARK, LIGHT = theme.palette(True), theme.palette(False)


def luminance(colour: QColor) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_every_look_stands_off_the_ground_and_no_two_are_alike(palette: QPalette) -> None:
    ground = luminance(palette.base().color())
    for slot in range(looks.MOST):
        own = luminance(looks.look(slot, palette).colour)
        assert (max(own, ground) + 0.05) / (min(own, ground) + 0.05) >= 3.0
    every = [looks.look(slot, palette) for slot in range(looks.MOST)]
    assert len({(one.colour.name(), one.dash) for one in every}) == looks.MOST


def test_no_look_is_a_grey_but_for_the_ends() -> None:
    for palette, slot in itertools.product((DARK, LIGHT), range(looks.MOST)):
        colour = looks.look(slot, palette).colour
        is_end = colour.lightness() > 240 or colour.lightness() < 40
        assert is_end or colour.hslSaturation() > 60


# names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_names_cover_neither_each_other_nor_points_nor_the_edge(seed: int) -> None:
    draw = random.Random(seed)
    whole = Box(0, 0, 600, 300)
    points = [(draw.uniform(10, 590), draw.uniform(10, 290)) for _ in range(12)]
    sizes = [(draw.uniform(30, 150), 16.0) for _ in points]
    boxes = [box for box in placed(points, sizes, whole, 7) if box is not None]
    assert len(boxes) >= 10
    assert all(box.lies_in(whole) for box in boxes)
    assert not [pair for pair in itertools.combinations(boxes, 2) if pair[0].meets(pair[1])]
    around = [Box(x - 7, y - 7, x + 7, y + 7) for x, y in points]
    assert not [1 for box in boxes for point in around if box.meets(point)]


def test_a_name_without_room_is_left_out() -> None:
    assert placed([(20.0, 20.0)], [(500.0, 16.0)], Box(0, 0, 100, 40), 7) == [None]


def test_long_names_have_places_where_a_line_may_end() -> None:
    text = f"{'a' * 100} is the fastest"
    assert breakable(text).replace("\u200b", "") == text
    assert max(map(len, breakable(text).replace("\u200b", " ").split())) <= 36
    assert breakable("digits.onnx is the fastest") == "digits.onnx is the fastest"


# shares ----------------------------------------------------------------------------------------------


def test_each_further_nine_has_as_much_room() -> None:
    assert [round(ecdf.nines(share), 6) for share in (0.9, 0.99, 0.999)] == [1, 2, 3]
    assert [text for _, text in ecdf.ticks(0, 4.1, 20)] == [
        "50 %",
        "90 %",
        "95 %",
        "99 %",
        "99.9 %",
        "99.99 %",
    ]


def test_the_tail_is_thinned_last() -> None:
    samples = np.arange(1, 1_000_001, dtype=np.int64)
    waits, places = ecdf.tail(samples)
    assert len(waits) <= 400
    assert np.all(np.diff(waits) >= 0)
    assert np.all(np.diff(places) > 0)
    assert waits[-1] == 1_000_000
    assert places[-1] == pytest.approx(-math.log10(0.5 / 1e6))
    assert (places > 3).sum() > 50


def test_one_sample_is_drawn() -> None:
    waits, places = ecdf.tail(np.array([5], dtype=np.int64))
    assert (waits.tolist(), len(places)) == ([5.0], 1)


def distributions(count: int = 3) -> list[Distribution]:
    return [
        Distribution(Named(at, f"m{at}.onnx", at), builders.samples(p50_ns=(at + 1) * 1e6, cold=0, warmup=0))
        for at in range(count)
    ]


def test_limits_on_percentiles_are_lines_and_far_ones_are_named(qtbot: QtBot) -> None:
    chart = ShareCurves()
    qtbot.addWidget(chart)
    chart.set_runs(distributions(), {"p99": 2.5e6, "memory": 1e9, "p50": 9e9})
    assert sorted(line.value() for line in chart._lines) == pytest.approx(
        [math.log10(2.5e6), math.log10(9e9)]
    )
    assert "P50 ≤ 9.00 s" in chart.note.text()
    assert "P99" not in chart.note.text()
    low, high = chart.plot.getViewBox().viewRange()[0]
    assert high < math.log10(9e9)
    assert low < math.log10(2.5e6) < high


def test_the_chosen_run_stands_out_and_is_told(qtbot: QtBot) -> None:
    chart = ShareCurves()
    qtbot.addWidget(chart)
    chart.set_runs(distributions(), {})
    told: list[int] = []
    chart.run_chosen.connect(told.append)
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert (chart.chosen, told) == (2, [2])
    widths = [curve.opts["pen"].width() for curve in chart._curves]
    assert widths == [2, 2, 3]
    assert [curve.opts["pen"].color().alpha() < 255 for curve in chart._curves] == [True, True, False]
    assert "m2.onnx: 99 % within" in chart.note.text()
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert (chart.chosen, told) == (None, [2, -1])
    assert "m0.onnx: 50 % within" in chart.accessibleDescription()


def test_a_click_beside_a_curve_chooses_its_run(qtbot: QtBot) -> None:
    chart = ShareCurves()
    qtbot.addWidget(chart)
    chart.resize(600, 400)
    chart.show()
    chart.set_runs(distributions(), {})
    spot = next(spot for spot in chart._spots if spot.at == 1)
    place = chart.plot.getViewBox().mapViewToScene(QPointF(spot.x, spot.y))
    assert chart._under(place) is not None
    assert chart._spots[chart._under(place) or 0].at == 1


def test_colours_follow_the_theme(qtbot: QtBot) -> None:
    chart = ShareCurves()
    qtbot.addWidget(chart)
    chart.set_runs(distributions(), {})
    chart.setPalette(LIGHT)
    light = [curve.opts["pen"].color().name() for curve in chart._curves]
    chart.setPalette(DARK)
    dark = [curve.opts["pen"].color().name() for curve in chart._curves]
    assert light == [looks.look(at, LIGHT).colour.name() for at in range(3)]
    assert dark == [looks.look(at, DARK).colour.name() for at in range(3)]


# trade-offs ------------------------------------------------------------------------------------------

MEMORY = Other("memory", "Most memory used", units.size)


def compromises(*values: tuple[float, float, bool]) -> list[Compromise]:
    return [Compromise(Named(at, f"m{at}.onnx", at), *one) for at, one in enumerate(values)]


def test_a_scale_fits_its_values() -> None:
    assert scatter.scale([1.0, 10.0], None).low == 0
    close = scatter.scale([600.0, 620.0], None)
    assert 500 < close.low < 600
    assert scatter.scale([1.0, 1000.0], None).is_log
    assert scatter.scale([-0.001, 0.4], None).low < -0.001
    assert scatter.scale([10.0], 15.0).high > 15
    assert scatter.scale([10.0], 1e6).high < 20
    assert scatter.scale([0.0, 0.0], None).high > 0


def test_limits_stand_on_both_axes_and_a_far_one_is_named(qtbot: QtBot) -> None:
    chart = TradeoffScatter()
    qtbot.addWidget(chart)
    points = compromises((1e6, 1e8, False), (1e8, 5e7, False), (1e8, 2e8, True))
    chart.set_points(points, MEMORY, {"p50": 1e7, "memory": 1.5e8})
    assert chart._upright.value() == pytest.approx(7.0)
    assert chart._level.value() == 1.5e8
    assert chart._level.isVisible()
    chart.set_points(points, MEMORY, {"memory": 1e12})
    assert "1.00 TB" in chart.note.text()


def test_what_nothing_beats_is_joined(qtbot: QtBot) -> None:
    chart = TradeoffScatter()
    qtbot.addWidget(chart)
    chart.set_points(compromises((1e6, 3e8, False), (2e6, 1e8, False), (2e6, 2e8, True)), MEMORY, {})
    xs, ys = chart._front.getData()
    assert list(zip(xs, ys, strict=True)) == [(1e6, 3e8), (2e6, 3e8), (2e6, 1e8)]


def test_names_in_the_scatter_do_not_overlap(qtbot: QtBot) -> None:
    chart = TradeoffScatter()
    qtbot.addWidget(chart)
    chart.resize(800, 400)
    chart.show()
    points = compromises(*((1e6 * (1 + at / 100), 1e8 * (1 + at / 50), False) for at in range(8)))
    chart.set_points(points, MEMORY, {})
    shown = [label.mapRectToParent(label.boundingRect()) for label in chart._names.shown]
    assert len(shown) == 8
    assert not [1 for one, other in itertools.combinations(shown, 2) if one.intersects(other)]


# curves and bars -------------------------------------------------------------------------------------


def point(count: int, wait: int, rate: float) -> Point:
    latency = Latency(100, p50_ns=wait, p99_ns=2 * wait, mean_ns=float(wait))
    return Point(1, count, 2, latency=latency, throughput=Throughput(rate, rate))


def curves(qtbot: QtBot, loads: Sequence[Load], limits: dict[str, float]) -> LoadCurves:
    chart = LoadCurves()
    qtbot.addWidget(chart)
    chart.set_runs(loads, "p99", limits)
    return chart


def test_sweeps_lie_over_each_other_with_their_limit(qtbot: QtBot) -> None:
    first = Load(Named(0, "a.onnx", 0), [point(1, 1_000_000, 900.0), point(2, 1_500_000, 1_300.0)])
    second = Load(Named(1, "b.onnx", 1), [point(1, 2_000_000, 450.0)])
    chart = curves(qtbot, [first, second], {"p99": 2.5e6})
    assert [[spot.y for spot in line.spots] for line in chart._lines] == [[2e6, 3e6], [4e6]]
    assert chart._level.value() == 2.5e6
    assert "b.onnx" in chart.note.text()
    far = curves(qtbot, [first], {"p99": 9e9})
    assert "P99 ≤ 9.00 s" in far.note.text()


def test_a_failed_point_leaves_a_gap(qtbot: QtBot) -> None:
    failed = Point(1, 2, 2)
    load = Load(Named(0, "a.onnx", 0), [point(1, 10**6, 900.0), failed, point(4, 3 * 10**6, 1_500.0)])
    chart = curves(qtbot, [load], {})
    assert [len(line.spots) for line in chart._lines] == [2]
    assert list(chart._lines[0].connect) == [0, 0]


def row(at: int, ratio: float | None, **changes: object) -> RatioRow:
    whole = RatioRow(at, f"m{at}.onnx", at, ratio, ratio, ratio, "clear", "4.10 ms", "2.00× faster")
    return whole._replace(**changes)  # type: ignore[arg-type]


def test_bars_are_gone_through_by_keys_and_the_mouse(qtbot: QtBot) -> None:
    bars = RatioBars()
    qtbot.addWidget(bars)
    bars.resize(700, 300)
    bars.show()
    bars.set_rows("Typical wait", [row(2, 0.5), row(0, 1.0), row(1, None)], "1.00× m0", Line(0.7, "limit"))
    opened: list[int] = []
    bars.run_opened.connect(opened.append)
    qtbot.keyClick(bars, Qt.Key.Key_Up)
    assert bars.chosen == 1
    qtbot.keyClick(bars, Qt.Key.Key_Down)
    qtbot.keyClick(bars, Qt.Key.Key_Return)
    middle = QRect(0, round(bars._top(1)), 700, round(bars._line())).center()
    qtbot.mouseClick(bars, Qt.MouseButton.LeftButton, pos=middle)
    assert bars.chosen == 0
    qtbot.mouseDClick(bars, Qt.MouseButton.LeftButton, pos=middle)
    assert opened == [2, 0]
    assert bars.accessibleDescription().startswith("m2.onnx, 4.10 ms, 2.00× faster")


def test_grey_is_drawn_only_where_nothing_is_clear(qtbot: QtBot) -> None:
    bars = RatioBars()
    qtbot.addWidget(bars)
    bars.setPalette(LIGHT)
    bars.resize(700, 300)
    bars.set_rows("Typical wait", [row(0, 1.0), row(1, 1.0, look="grey"), row(2, 1.0, look="open")], "", None)
    image = bars.grab().toImage()
    places = [(round(bars._left()) + 30, round(bars._top(at) + bars._line() * 1.2)) for at in range(3)]
    seen = [image.pixelColor(*place) for place in places]
    assert seen[0] == looks.look(0, LIGHT).colour
    assert seen[1].hslSaturation() < 40
    assert 40 < seen[1].lightness() < 220
    assert seen[2].lightness() > 200


def test_an_interval_without_end_does_not_squeeze_the_bars(qtbot: QtBot) -> None:
    bars = RatioBars()
    qtbot.addWidget(bars)
    bars.set_rows("Typical wait", [row(0, 1.0), row(1, 1.2, high=500.0)], "", Line(1e9, "limit"))
    assert bars._most() < 3


def test_a_bar_of_another_size_is_cut_and_the_others_stay_to_be_seen(qtbot: QtBot) -> None:
    bars = RatioBars()
    qtbot.addWidget(bars)
    bars.resize(700, 300)
    rows = [row(0, 1.0), row(1, 1.1), row(2, 1.4), row(3, 494.0)]
    bars.set_rows("Typical wait", rows, "", None)
    assert bars.is_cut
    assert bars._most() < 3
    bars.set_rows("Typical wait", rows[:3], "", None)
    assert not bars.is_cut


def test_items_that_do_not_fit_begin_a_new_line(qtbot: QtBot) -> None:
    whole = QWidget()
    qtbot.addWidget(whole)
    flow = FlowLayout(whole, spacing=4)
    for at in range(6):
        button = QPushButton(f"button {at}", whole)
        button.setFixedSize(100, 20)
        flow.addWidget(button)
    assert flow.heightForWidth(1_000) == 20
    assert flow.heightForWidth(210) == 3 * 20 + 2 * 4
    flow.setGeometry(QRect(0, 0, 210, 100))
    assert flow.itemAt(2).geometry().topLeft().toTuple() == (0, 24)
    assert flow.takeAt(0) is not None
    assert flow.count() == 5
