"""The curve of waits under load: lines, gaps, marks, names, and what mouse and screen reader are told."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui import theme
from gui.plots import curve_points
from gui.plots.curve import LoadCurve
from gui.plots.curve_points import LINES, Marks
from profiler.result import Latency, Point
from tests import builders_engine
from tests.builders_engine import failed_point, point

MS = 1_000_000


def _lanes(*counts: int) -> list[Point]:
    return [point(4e6 * lanes, 250.0, concurrency=lanes) for lanes in counts]


@pytest.fixture
def curve(qtbot: QtBot) -> LoadCurve:
    made = LoadCurve()
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    return made


def test_points_of_a_grid_make_a_line_for_each_other_setting() -> None:
    points = [point(batch=batch, concurrency=lanes) for lanes in (1, 2) for batch in (16, 1, 4)]
    assert curve_points.groups(points) == [[1, 2, 0], [4, 5, 3]]


def test_the_closed_loop_of_a_search_is_on_no_line() -> None:
    points = builders_engine.search_result().points
    assert points[0].stage == "capacity"
    assert all(0 not in group for group in curve_points.groups(points))


def test_a_failed_point_in_the_middle_leaves_a_gap() -> None:
    points = [*_lanes(1, 2), failed_point(batch=1, concurrency=3), *_lanes(4)]
    (group,) = curve_points.groups(points)
    assert group == [0, 1, 2, 3]
    assert curve_points.connected(group, [0, 1, 3], points) == [1, 0, 0]


def test_tries_of_a_search_are_not_joined() -> None:
    points = builders_engine.search_result().points
    group = max(curve_points.groups(points), key=len)
    assert set(curve_points.connected(group, group, points)) == {0}


def test_settings_that_grow_by_factors_stand_evenly() -> None:
    assert curve_points.is_by_factors([1, 2, 4, 8])
    assert not curve_points.is_by_factors([1, 2, 3, 4])
    assert not curve_points.is_by_factors([])
    ticks = curve_points.setting_ticks([4, 1, 16, 16], True, -1.0, 5.0, 10)
    assert ticks == [(0.0, "1"), (2.0, "4"), (4.0, "16")]


def test_ticks_that_would_run_into_each_other_are_left_out() -> None:
    ticks = curve_points.setting_ticks([100, 101, 102, 200], False, 0.0, 200.0, 5)
    assert [text for _, text in ticks] == ["100", "200"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [([], []), ([1, 5, 9], [1, 5, 9]), ([1, 1, 1], [1, 3, 5]), ([8, 9, 9.5], [6, 8, 10])],
)
def test_names_are_kept_apart_and_inside(wanted: list[float], expected: list[float]) -> None:
    assert curve_points.apart(wanted, 2, 10) == expected


def test_the_nearest_point_is_found_within_reach_only() -> None:
    places = [(3, 0.0, 0.0), (7, 10.0, 0.0)]
    assert curve_points.nearest(places, 8, 1, 5) == 7
    assert curve_points.nearest(places, 5, 90, 5) is None
    assert curve_points.nearest([], 0, 0, math.inf) is None


def test_every_percentile_has_a_line_and_a_name(curve: LoadCurve) -> None:
    curve.set_points(_lanes(1, 2, 4), Marks())
    for name in LINES:
        (line,) = curve._lines[name]
        assert len(line.getData()[0]) == 3
        assert curve._items._lines[name].isVisible()


def test_names_of_lines_do_not_cover_each_other(curve: LoadCurve, qapp: QApplication) -> None:
    curve.set_points(_lanes(1, 2, 4), Marks())
    qapp.processEvents()
    box = curve.plot.getViewBox()
    heights = sorted(box.mapViewToScene(label.pos()).y() for label in curve._items._lines.values())
    least = 0.9 * curve.fontMetrics().height()
    assert all(after - before >= least for before, after in pairwise(heights))


def test_waits_far_apart_stand_on_a_logarithmic_axis(curve: LoadCurve) -> None:
    points = [point(1 * MS, 1000.0, concurrency=1), point(90 * MS, 1000.0, concurrency=2)]
    curve.set_points(points, Marks(limit_ns=10.0 * MS, limit_name="P99"))
    assert "log scale" in curve.left.labelText
    assert curve._items._limit.value() == pytest.approx(7.0)
    (line,) = curve._lines["p50_ns"]
    assert line.getData()[1].tolist() == pytest.approx(
        [math.log10(one.latency.p50_ns or 0) for one in points]
    )


def test_knee_and_best_are_marked_named_and_told(curve: LoadCurve) -> None:
    result = builders_engine.sweep_result()
    curve.set_points(result.points, Marks(1, 2, 2, 25e6, "P99"))
    items = curve._items
    assert items._named["knee"].isVisible()
    assert items._best.getData()[1].tolist() == [result.points[2].latency.p99_ns]
    described = curve.accessibleDescription()
    assert "Knee: batch size 4 (P50 5.99 ms, 667 samples/s)" in described
    assert "Best under the limit: batch size 16" in described
    assert "Failed: batch size 64" in described


def test_a_failed_point_is_a_cross_at_its_load(curve: LoadCurve) -> None:
    curve.set_points(builders_engine.sweep_result().points, Marks())
    assert len(curve._items._failed.getData()[0]) == 0
    curve.show_by_load(True)
    assert curve._items._failed.getData()[0].tolist() == [6.0]


def test_percentiles_that_were_withheld_are_not_drawn_as_nought(curve: LoadCurve) -> None:
    few = Latency(count=5, mean_ns=4.0 * MS, p50_ns=4 * MS)
    curve.set_points([point(), point(5e6, 400.0, concurrency=2, latency=few)], Marks())
    assert len(curve._lines["p99_ns"][0].getData()[0]) == 1
    assert len(curve._lines["p50_ns"][0].getData()[0]) == 2


def test_points_without_any_number_draw_nothing(curve: LoadCurve) -> None:
    curve.set_points([failed_point(), failed_point(batch=128)], Marks())
    assert all(len(line.getData()[0] or ()) == 0 for line in curve._lines["p50_ns"])
    assert "Failed: batch size 64; batch size 128" in curve.note.text()


def test_a_click_near_a_point_picks_it(curve: LoadCurve, qapp: QApplication, qtbot: QtBot) -> None:
    curve.set_points(_lanes(1, 2, 4), Marks())
    curve.show_by_load(True)
    qapp.processEvents()
    (line,) = curve._lines["p50_ns"]
    xs, ys = line.getData()
    spot = curve.plot.getViewBox().mapViewToScene(QPointF(xs[1], ys[1]))

    class Click:
        def scenePos(self) -> QPointF:
            return spot + QPointF(3, -3)

    with qtbot.waitSignal(curve.point_picked, timeout=1_000) as picked:
        curve._on_clicked(Click())
    assert picked.args == [1]


def test_a_point_is_told_with_setting_waits_and_rate(curve: LoadCurve) -> None:
    curve.set_points(_lanes(1, 2), Marks())
    told = curve.told(1).splitlines()
    assert told[0] == "2 in flight"
    assert told[1].startswith("mean ")
    assert told[-1] == "250 samples/s"
    assert len(told) == 7


def test_a_chosen_point_is_framed_until_another_is(curve: LoadCurve) -> None:
    curve.set_points(_lanes(1, 2), Marks(chosen=0))
    assert len(curve._items._chosen.getData()[0]) == 2
    curve.choose(None)
    assert len(curve._items._chosen.getData()[0]) == 0


def test_lines_of_a_grid_say_which_they_are(curve: LoadCurve) -> None:
    grid = [
        point(batch * 1e6, 250.0, batch=batch, concurrency=lanes) for batch in (1, 4) for lanes in (1, 2, 4)
    ]
    curve.set_points(grid, Marks())
    names = [label.toPlainText() for label in curve._items._groups if label.isVisible()]
    assert names == ["batch size 1", "batch size 4"]
    curve.set_points(_lanes(1, 2), Marks())
    assert not any(label.isVisible() for label in curve._items._groups)


def test_a_closed_loop_that_is_not_drawn_is_not_framed(curve: LoadCurve) -> None:
    curve.set_points(builders_engine.search_result().points, Marks(chosen=0))
    assert len(curve._items._chosen.getData()[0]) == 0
    curve.choose(1)
    assert len(curve._items._chosen.getData()[0]) == 2


def test_the_colours_follow_the_theme(curve: LoadCurve) -> None:
    curve.set_points(_lanes(1, 2), Marks(knee=0))
    curve.setPalette(theme.palette(dark=True))
    assert curve._items._lines["p50_ns"].color == QColor("#56B4E9")
