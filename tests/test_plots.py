"""Charts: no sample is lost, ticks are round, lines stand where they belong, a million samples are quick."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPalette, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.plots import axes, waits
from gui.plots.colours import colours
from gui.plots.histogram import WaitChart
from gui.plots.run_order import RunOrderStrip
from tests import builders

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

MARKS = {"P50": 4_100_000, "P90": 4_210_000, "P95": 4_280_000, "P99": None}


def palette(base: str, text: str) -> QPalette:
    made = QPalette()
    made.setColor(QPalette.ColorRole.Base, QColor(base))
    made.setColor(QPalette.ColorRole.Text, QColor(text))
    return made


@pytest.fixture
def strip(qtbot: QtBot) -> RunOrderStrip:
    made = RunOrderStrip()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def chart(qtbot: QtBot) -> WaitChart:
    made = WaitChart()
    qtbot.addWidget(made)
    return made


@pytest.mark.parametrize(
    "samples",
    [
        np.array([5], dtype=np.int64),
        np.array([7, 7, 7], dtype=np.int64),
        np.array([0, 1, 2, 1_000_000], dtype=np.int64),
        builders.samples(),
    ],
)
def test_every_sample_is_in_a_bin_or_counted_beyond(samples: builders.Samples) -> None:
    bins = waits.log_bins(samples)
    assert bins.counts.sum() + bins.beyond == len(samples)
    assert bins.beyond == np.count_nonzero(samples > bins.edges_ns[-1])
    assert np.all(np.diff(bins.edges_ns) > 0)
    assert len(bins.edges_ns) == len(bins.counts) + 1


def test_a_few_slow_calls_do_not_squeeze_the_histogram(chart: WaitChart) -> None:
    samples = builders.samples(cold=0, warmup=0)
    samples[500] = 900_000_000
    bins = waits.log_bins(samples)
    assert bins.beyond == 1
    assert bins.edges_ns[-1] < 8_000_000
    chart.set_samples(samples, MARKS)
    assert chart.note.text() == "▶ 1 beyond the chart, the slowest 900 ms."
    chart.set_samples(builders.samples(cold=0, warmup=0), MARKS)
    assert chart.note.text() == ""


def test_bins_are_spaced_by_ratio() -> None:
    edges = waits.log_bins(builders.samples()).edges_ns
    ratios = edges[1:] / edges[:-1]
    assert ratios == pytest.approx(np.full(len(ratios), ratios[0]))


def test_the_share_below_ends_at_all_and_is_thinned() -> None:
    samples = builders.samples(steady=50_000)
    x, y = waits.shares_below(samples)
    assert len(x) <= 2_000
    assert x[0] == samples.min()
    assert (x[-1], y[-1]) == (samples.max(), 1.0)
    middle = x[np.searchsorted(y, 0.5)]
    assert middle == pytest.approx(np.median(samples), rel=0.001)


def test_segments_cover_every_run_once() -> None:
    rows = waits.segments(np.arange(1, 24, dtype=np.int64), first=5)
    assert rows[0].first == 5
    assert rows[-1].last == 27
    assert all(after.first == before.last + 1 for before, after in itertools.pairwise(rows))
    assert rows[0].p50_ns in (1, 2)


def test_a_few_slow_calls_do_not_squeeze_the_run_order() -> None:
    samples = np.full(1_000, 100, dtype=np.int64)
    samples[0], samples[500] = 90_000, 5_000
    low, high = waits.shown_range(samples, cold_count=1, warmup_count=99)
    assert (low, high) == (90.0, 200.0)


def test_warm_up_is_seen_up_to_twice_the_median() -> None:
    samples = np.array([900, 900, *[150] * 8, *[100] * 90], dtype=np.int64)
    assert waits.shown_range(samples, 2, 8)[1] == 150.0


@pytest.mark.parametrize(("cold", "warmup"), [(0, 0), (2, 0), (2, 1), (2, 9)])
def test_a_range_is_found_before_anything_counts(cold: int, warmup: int) -> None:
    samples = np.array([40, 30, 20], dtype=np.int64)
    low, high = waits.shown_range(samples, cold, warmup)
    assert 0 < low < high


def test_log_ticks_are_round_and_where_they_say() -> None:
    ticks = axes.log_ticks(axes.unit_for(4e6), np.log10(3.8e6), np.log10(5.3e6), 8)
    assert ("4", pytest.approx(4e6)) in [(text, 10**at) for at, text in ticks]
    assert 3 <= len(ticks) <= 10


def test_log_ticks_over_decades_are_few() -> None:
    ticks = axes.log_ticks(axes.unit_for(1e6), 3.0, 9.0, 8)
    assert [text for _, text in ticks] == ["0.001", "0.01", "0.1", "1", "10", "100", "1,000"]


def test_linear_ticks_are_written_in_their_unit() -> None:
    unit = axes.unit_for(2_600.0)
    assert unit.name == "µs"
    assert axes.linear_ticks(unit, 2_000.0, 3_000.0, 4) == [
        (2_000.0, "2"),
        (2_500.0, "2.5"),
        (3_000.0, "3"),
    ]


def test_an_axis_without_a_span_has_no_ticks() -> None:
    assert axes.steps(1.0, 1.0, 5) == []
    assert axes.steps(0.0, float("nan"), 5) == []


def test_percentile_lines_stand_at_log10_and_unknown_ones_are_gone(chart: WaitChart) -> None:
    chart.set_samples(builders.samples()[252:], MARKS)
    lines = chart._lines
    assert lines["P50"].value() == pytest.approx(np.log10(4_100_000))
    assert lines["P50"].isVisible()
    assert not lines["P99"].isVisible()


def test_bars_and_share_below_take_turns(chart: WaitChart) -> None:
    chart.set_samples(builders.samples()[252:], MARKS)
    assert chart._bars.isVisible()
    chart.show_shares(True)
    assert chart._shares.isVisible()
    assert not chart._bars.isVisible()
    assert "Share" in chart.accessibleName()


def test_an_empty_chart_is_drawn_without_a_warning(
    qtbot: QtBot, chart: WaitChart, strip: RunOrderStrip
) -> None:
    none = np.empty(0, dtype=np.int64)
    for widget in (chart, strip):
        widget.show()
    chart.set_samples(none, dict.fromkeys(MARKS))
    strip.set_samples(none, 0, 0)
    assert not chart.grab().isNull()
    assert not strip.grab().isNull()
    assert "Nothing measured yet" in strip.accessibleDescription()


def test_the_strip_shades_what_does_not_count(strip: RunOrderStrip) -> None:
    strip.set_samples(builders.samples(), 2, 250)
    cold, warmup = strip._regions
    assert cold.getRegion() == (0.5, 2.5)
    assert warmup.getRegion() == (2.5, 252.5)
    assert "2 first calls and 250 practice runs" in strip.note.text()
    strip.set_samples(builders.samples(cold=0, warmup=0), 0, 0)
    assert not cold.isVisible()
    assert not warmup.isVisible()


def test_what_is_above_the_strip_is_counted_and_marked(strip: RunOrderStrip) -> None:
    samples = builders.samples()
    strip.set_samples(samples, 2, 250)
    assert "▲ 2 above the chart" in strip.note.text()
    assert len(strip._marks.data) == 2
    assert "at run 1." in strip.note.text()


def test_a_description_reads_the_chart_aloud(strip: RunOrderStrip, chart: WaitChart) -> None:
    strip.set_samples(builders.samples(), 2, 250)
    chart.set_samples(builders.samples()[252:], MARKS)
    assert "1,000 counted waits" in strip.accessibleDescription()
    assert "P95 4.28 ms" in chart.accessibleDescription()
    assert chart.plot.accessibleName() == "Histogram of waits"


def test_one_million_samples_are_set_and_drawn_within_a_tick_of_the_live_page(strip: RunOrderStrip) -> None:
    samples = builders.samples(steady=1_000_000)
    strip.resize(900, 300)
    strip.show()
    strip.set_samples(samples, 2, 250)
    strip.grab()
    spent = []
    for _ in range(3):
        start = time.perf_counter()
        strip.set_samples(samples, 2, 250)
        strip.grab()
        spent.append(time.perf_counter() - start)
    # The live page has 250 ms; this takes 40 ms on two quiet cores.
    assert min(spent) < 0.25


def test_charts_follow_the_palette(qtbot: QtBot, strip: RunOrderStrip, chart: WaitChart) -> None:
    for base, text, series in (("#ffffff", "#000000", "#0072b2"), ("#1e1e1e", "#ffffff", "#56b4e9")):
        for widget in (strip, chart):
            widget.setPalette(palette(base, text))
            assert widget.plot.backgroundBrush().color().name() == base
        assert strip._line.opts["pen"].color().name() == series


@pytest.mark.parametrize(("base", "text"), [("#ffffff", "#000000"), ("#1e1e1e", "#ffffff")])
def test_lines_and_words_stand_off_the_background(base: str, text: str) -> None:
    now = colours(palette(base, text))
    for colour, least in ((now.series, 3.0), (now.accent, 3.0), (now.quiet, 4.5), (now.text, 4.5)):
        assert contrast(colour, now.background) >= least


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: QColor) -> float:
    parts = [colour.redF(), colour.greenF(), colour.blueF()]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_chart_has_no_menu_and_lets_the_wheel_scroll_the_page(qtbot: QtBot, chart: WaitChart) -> None:
    chart.resize(400, 300)
    chart.set_samples(builders.samples()[252:], MARKS)
    chart.show()
    qtbot.waitExposed(chart)
    before = chart.plot.viewRange()
    middle = QPointF(200, 150)
    wheel = QWheelEvent(
        middle,
        middle,
        QPointF(0, 0).toPoint(),
        QPointF(0, 120).toPoint(),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(chart.plot.viewport(), wheel)
    assert not wheel.isAccepted()
    assert chart.plot.viewRange() == before
    assert not chart.plot.getPlotItem().vb.menuEnabled()
