"""Several sizes of a named dimension: the points, their names, what each shape costs once."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gui.plots import curve_points
from gui.results.load_tab import LoadTab
from profiler import answer_points, campaign, settings_text
from profiler.plan import Concurrency, RunPlan, Sweep
from profiler.reports import console, curve_chart, html, points_table, settings_lines, table_csv
from profiler.result import Phases, Point, RunResult
from profiler.wording import LANGUAGES, Language
from tests import builders, builders_engine

SIZES = {"seq": (128, 256), "past": (0, 16)}


def _point(seq: int, p50_ns: float, first_ns: int) -> Point:
    phases = Phases(load_ns=1, first_inference_ns=first_ns)
    return builders_engine.point(p50_ns, 1e9 / p50_ns, dimensions={"seq": seq}, phases=phases)


def _swept(**changes: object) -> RunResult:
    points = (_point(128, 2e6, 9_000_000), _point(256, 5e6, 11_000_000), _point(512, 12e6, 15_000_000))
    plan = builders.plan(sweep={"dimension.seq": (128.0, 256.0, 512.0)}, inputs={"ids": "made:tokens:9"})
    return builders_engine.with_points(points, 1, **({"plan": plan} | changes))


def test_every_combination_of_sizes_is_a_point_with_its_own_plan() -> None:
    plan = RunPlan("m", "r", dimensions={"other": 3, "seq": 128}, sweep=Sweep(dimensions=SIZES))
    found = [own.dimensions for own in campaign.point_plans(plan)]
    assert found == [{"other": 3, "seq": seq, "past": past} for seq in (128, 256) for past in (0, 16)]
    assert campaign.has_points(plan)


def test_points_are_named_by_what_was_swept() -> None:
    plan = RunPlan("m", "r", sweep=Sweep(dimensions={"seq": (8, 16)}), dimensions={"other": 3}, replicates=1)
    going = campaign.steps(plan)
    step = next(going)
    assert (step.point.dimensions, step.plan.sweep) == ({"seq": 8}, Sweep())
    assert going.send(step.point).point.dimensions == {"seq": 16}


def test_a_batch_beside_sizes_is_named_too() -> None:
    plan = RunPlan("m", "r", scenario=Concurrency(2), sweep=Sweep(batch=(1, 4), dimensions={"s": (8,)}))
    assert settings_text.gone_through(plan.sweep) == ["batch", "dimension.s"]
    assert settings_text.recorded(plan.sweep) == {"batch": (1, 4), "dimension.s": (8.0,)}
    point = builders_engine.point(batch=4, dimensions={"s": 8})
    assert settings_text.setting(point, ["batch", "dimension.s"], "en") == "batch size 4, s = 8"


def test_the_table_tells_each_shape_and_what_its_first_call_took() -> None:
    section = points_table.section(_swept(), "en")
    assert section is not None
    assert section.rows[0][0] == "seq"
    at = section.rows[0].index("first call")
    assert [(row[0], row[at]) for row in section.rows[1:]] == [
        ("128", "9.00 ms"),
        ("256", "11.0 ms"),
        ("512", "15.0 ms"),
    ]
    columns = points_table.columns(_swept(), "zh_CN")
    first = next(column for column in columns if column.head == "首次调用")
    assert first.number is not None
    assert first.number(_swept().points[2]) == 15_000_000


def test_a_batch_sweep_has_no_such_column() -> None:
    section = points_table.section(builders_engine.sweep_result(), "en")
    assert section is not None
    assert "first call" not in section.rows[0]


def test_the_csv_has_the_sizes_and_the_first_call() -> None:
    rows = list(csv.DictReader(io.StringIO(table_csv.text([_swept(), builders.result()]))))
    assert [row["dimensions"] for row in rows] == ["seq=128", "seq=256", "seq=512", ""]
    assert rows[1]["phases.first_inference_ns"] == "11000000"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_shape_is_the_best_of_other_work(language: Language) -> None:
    text = answer_points.sentence(_swept(), language)
    assert text is not None
    assert "seq = 128" in text
    assert "seq = 512" in text
    assert curve_chart.chart(_swept(), language) == ""


def test_several_concurrencies_at_each_shape_are_a_line_each() -> None:
    points = tuple(
        builders_engine.point(p50, 1e9 / p50, concurrency=lanes, dimensions={"seq": seq})
        for seq, p50 in ((128, 2e6), (256, 5e6))
        for lanes in (1, 2)
    )
    result = builders_engine.with_points(points)
    assert not settings_text.is_of_shapes(points)
    assert curve_chart.chart(result, "en").count("<path") == 2 * len(curve_chart.COLOURS)


def test_reports_say_what_was_swept_and_where_inputs_come_from() -> None:
    lines = {line.label: line.value for line in settings_lines.lines(_swept(), "en")}
    assert lines["Gone through"] == "seq = 128, 256, 512"
    assert lines["Inputs"] == "ids: made up: token ids below 9; 8 sets in turn"
    out = io.StringIO()
    console.print_result(_swept(), "zh_CN", out)
    assert "小于 9 的词元编号" in out.getvalue()
    assert "first call" in html.render([(_swept(), None)], "en")


def test_a_document_keeps_the_sizes() -> None:
    point = _swept().points[0]
    assert msgspec.json.decode(msgspec.json.encode(point), type=Point).dimensions == {"seq": 128}


def test_the_window_shows_the_table_of_shapes_and_no_line_through_them(qtbot: QtBot) -> None:
    tab = LoadTab()
    qtbot.addWidget(tab)
    tab.show_result(_swept())
    heads = [tab.model.headerData(at, Qt.Orientation.Horizontal) for at in range(tab.model.columnCount())]
    assert heads[0] == "seq"
    assert "first call" in heads
    assert not tab.above.isVisibleTo(tab)
    assert tab.about.text().startswith("seq = 256: P50")
    tab.show_result(builders_engine.sweep_result())
    assert tab.above.isVisibleTo(tab)


def test_points_of_other_shapes_are_other_lines() -> None:
    points = [
        builders_engine.point(concurrency=lanes, dimensions={"seq": seq})
        for seq in (8, 16)
        for lanes in (1, 2, 4)
    ]
    assert curve_points.groups(points) == [[0, 1, 2], [3, 4, 5]]
