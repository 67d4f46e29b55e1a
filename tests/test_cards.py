"""Metric cards: number and words, no zero for what is not known, intervals, thresholds."""

from __future__ import annotations

import msgspec
from pytestqt.qtbot import QtBot

from gui.cards import MetricCard, Reading
from gui.results.readings import all_readings
from profiler.result import Latency, Memory
from tests import builders


def test_a_card_shows_number_unit_and_words(qtbot: QtBot) -> None:
    card = MetricCard()
    qtbot.addWidget(card)
    card.show_reading(
        Reading("Typical wait", "4.10", "ms", "P50", "↓ lower is better", "From 9 measurements")
    )
    assert (card.word.text(), card.number.text(), card.unit.text()) == ("Typical wait", "4.10", "ms")
    assert card.direction.text() == "↓ lower is better"
    assert card.accessibleName() == "Typical wait: 4.10 ms"
    assert "9 measurements" in card.accessibleDescription()


def test_an_unknown_number_is_a_dash_with_its_reason(qtbot: QtBot) -> None:
    card = MetricCard()
    qtbot.addWidget(card)
    card.show_reading(Reading("Slow 1 in 100", None, "ms", "needs n ≥ 299", "↓ lower is better", ""))
    assert card.number.text() == "–"
    assert card.unit.text() == card.direction.text() == ""
    assert card.detail.text() == "needs n ≥ 299"


def test_a_tooltip_never_reads_markup(qtbot: QtBot) -> None:
    card = MetricCard()
    qtbot.addWidget(card)
    card.show_reading(Reading("w", "1", "", "", "", "<img src=x>"))
    assert card.toolTip() == "<qt>&lt;img src=x&gt;</qt>"


def test_five_readings_of_a_whole_result() -> None:
    result = builders.result()
    readings = all_readings(result)
    assert [reading.word for reading in readings] == [
        "Typical wait",
        "Slow 1 in 100",
        "Answers per second",
        "Getting ready",
        "Most memory used",
    ]
    assert (readings[0].number, readings[0].unit) == ("4.10", "ms")
    assert readings[0].detail.startswith("P50, 95 % sure: 4.")
    assert readings[2].direction.startswith("↑")
    assert (readings[4].number, readings[4].unit) == ("258", "MB")


def test_p99_below_its_count_says_what_it_needs() -> None:
    result = builders.result(builders.samples(steady=298))
    reading = all_readings(result)[1]
    assert reading.number is None
    assert "needs n ≥ 299" in reading.detail
    assert all_readings(builders.result(builders.samples(steady=299)))[1].number is not None


def test_an_interval_in_two_units_names_both() -> None:
    latency = msgspec.structs.replace(builders.result().latency, p50_ci_ns=(990_000, 1_010_000))
    detail = all_readings(builders.result(latency=latency))[0].detail
    assert detail.endswith("990 µs–1.01 ms")


def test_a_batch_says_inferences_and_samples() -> None:
    result = builders.result(plan=builders.plan(batch=8))
    assert "batches of 8" in all_readings(result)[2].detail


def test_a_failed_run_has_dashes_with_reasons_and_no_zero() -> None:
    readings = all_readings(builders.failed())
    assert [reading.number for reading in readings] == [None] * 5
    assert all(reading.detail for reading in readings)


def test_a_missing_number_without_a_recorded_reason_is_still_not_a_zero() -> None:
    result = builders.result(latency=Latency(), memory=Memory())
    result = msgspec.structs.replace(result, unavailable={})
    assert all_readings(result)[0].detail == "not measured"
    assert all_readings(result)[4].number is None
