"""Every load in words: the tables below the answer, Markdown, progress, curve and waterfall."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import msgspec
import pytest

from profiler import answer
from profiler.commands.progress import Progress
from profiler.messages import Examining
from profiler.plan import RunPlan, Server, Sweep
from profiler.reports import (
    call_table,
    compared,
    comparison_console,
    comparison_table,
    console,
    console_fit,
    curve_chart,
    difference_lines,
    figures,
    html,
    load_sections,
    markdown,
    points_table,
    settings_lines,
    waterfall,
)
from profiler.result import Phases, RunResult
from profiler.runner import Event, PointBegun, PointDone
from profiler.wording import LANGUAGES, Language
from tests import builders, builders_engine

LOADS = builders_engine.every_load()


def _terminal(result: RunResult, language: Language = "en") -> str:
    out = io.StringIO()
    console.print_result(result, language, out)
    return out.getvalue()


def test_a_server_that_falls_behind_is_given_no_percentile() -> None:
    result = builders_engine.server_result()
    late = builders_engine.lateness(backlog_grows=True)
    boundary = msgspec.structs.replace(result.boundary, lateness=late)
    result = msgspec.structs.replace(result, boundary=boundary)
    assert "falls behind" in answer.sentence(result, "en")
    assert "The backlog grows" in _terminal(result)


def test_workers_that_follow_from_the_rate_are_no_setting() -> None:
    section = points_table.section(LOADS["rates"], "en")
    assert section is not None
    assert section.rows[0][:2] == ["requests/s", "mean"]
    assert [row[-1] for row in section.rows[1:]] == ["", "", "falls behind"]
    text = _terminal(LOADS["rates"])
    assert "The figures of the run are those of: 200 requests per second." in text


def test_a_device_has_its_spans_beside_what_the_application_waits() -> None:
    text = _terminal(LOADS["device"])
    assert "One call on the device" in text
    rows = {line.strip().partition("  ")[0]: line.split()[-2:] for line in text.splitlines() if line.strip()}
    assert rows["On the device alone"] == ["3.30", "ms"]
    assert rows["As your application calls it"] == ["4.10", "ms"]
    assert "One call on the device" not in _terminal(LOADS["replicated"])


def test_in_an_open_loop_the_call_beside_the_device_is_the_service() -> None:
    server = builders_engine.server_result()
    boundary = msgspec.structs.replace(server.boundary, device_ns=3_300_000)
    section = call_table.section(msgspec.structs.replace(server, boundary=boundary), "en")
    assert section is not None
    assert section.rows[-1] == ["As your application calls it", "4.10 ms"]


def test_settings_tell_everything_that_was_gone_through() -> None:
    assert dict(settings_lines.lines(LOADS["sweep"], "en"))["Gone through"] == "batch size 1, 4, 16, 64"
    assert "Gone through" not in dict(settings_lines.lines(LOADS["server"], "en"))


def test_markdown_says_whose_figures_it_shows() -> None:
    assert "The figures of the run are those of: batch size 16." in markdown.text([LOADS["sweep"]], "en")


def test_the_sweep_marks_knee_and_best_and_keeps_the_failed_point_with_its_sentence() -> None:
    text = _terminal(LOADS["sweep"])
    rows = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert rows["4"].endswith("knee")
    assert rows["16"].endswith("best under the limit")
    assert rows["64"].endswith("failed")
    assert "batch size 64: The run needs 9.00 GB" in text
    assert "The figures of the run are those of: batch size 16." in text


def test_tables_are_aligned_in_both_languages() -> None:
    for language in LANGUAGES:
        section = points_table.section(LOADS["concurrency"], language)
        assert section is not None
        out = io.StringIO()
        console.print_table([row[:-1] for row in section.rows], out)
        assert len({console_fit.width(line) for line in out.getvalue().splitlines()}) == 1


def test_a_column_without_a_word_is_no_column_of_numbers() -> None:
    section = points_table.section(builders_engine.rates_result(behind=()), "en")
    assert section is not None
    assert section.columns_to_the_right == [False, *[True] * 6, False]


def test_a_search_shows_each_try_in_order_with_its_stage_and_decision() -> None:
    section = points_table.section(LOADS["search"], "en")
    assert section is not None
    told = [(row[0], row[-2], row[-1]) for row in section.rows[1:]]
    assert told == [
        ("capacity (1 in flight)", "", ""),
        ("bracket", "kept", ""),
        ("bisect", "not kept", ""),
        ("bisect", "undecided", ""),
        ("confirm", "kept", "found"),
        ("once more", "kept", ""),
    ]


def test_an_open_loop_shows_response_against_service_and_its_schedule() -> None:
    text = _terminal(LOADS["server"])
    assert "response, from when it was due" in text
    assert "99.8 sent of 100 drawn" in text
    assert "P50 2.00 µs, P99 90.0 µs" in text


def test_replicates_are_a_line_each_and_their_range_is_not_called_a_95_percent_interval() -> None:
    text = _terminal(LOADS["replicated"])
    assert "Process by process" in text
    assert "whole range of the processes" in text
    assert "95 % interval," not in text
    assert "Range of the processes, P50" in text


def test_ranks_have_their_processors() -> None:
    (section,) = load_sections.of(LOADS["world"], "en")[:1]
    assert section.rows[0][:2] == ["process", "rank"]
    assert [row[5] for row in section.rows[1:]] == ["0", "1"]


def test_models_that_live_together_have_shares_and_what_still_fits() -> None:
    text = _terminal(LOADS["together"])
    assert "60.0 %" in text
    assert "room for 10 more processes with resnet50.onnx" in text
    assert [line.split()[0] for line in text.splitlines() if line.split()[:1] in (["idle"], ["busy"])] == [
        "idle",
        "busy",
    ]


def test_the_native_loop_stands_beside_the_python_loop() -> None:
    assert "9.00 µs; called from Python 11.0 µs" in _terminal(LOADS["native"])


def test_throughput_is_named_after_the_load() -> None:
    technical = {load: figures.cards(result, "en")[2].technical for load, result in LOADS.items()}
    assert technical["replicated"] == "throughput, one at a time"
    assert technical["sweep"] == "samples per second, batch 16"
    assert technical["concurrency"] == "samples per second, 2 in flight"
    assert technical["world"] == "samples per second, 2 processes at once"
    assert technical["no_rate"] == "samples per second, 1 in flight"
    assert technical["multistream"] == "samples per second, 8 a query"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("load", LOADS)
def test_every_load_has_a_whole_report_in_both_languages(load: str, language: Language) -> None:
    page = html.render([(LOADS[load], None)], language)
    assert "<script" not in page
    assert "{" not in page.partition("</style>")[2]
    assert page.count("<svg") == page.count("</svg>")
    assert markdown.text([LOADS[load]], language).count("\n## ") == 1


def test_the_report_draws_the_calls_of_each_process() -> None:
    page = html.render([(LOADS["replicated"], builders_engine.replicated_samples())], "en")
    assert page.count("<svg") == 1 + 3 + 1
    assert "process 3" in page


def test_the_curve_has_a_line_for_mean_and_each_percentile_with_limit_knee_and_best() -> None:
    drawing = ET.fromstring(curve_chart.chart(LOADS["sweep"], "en"))
    space = "{http://www.w3.org/2000/svg}"
    assert len(list(drawing.iter(f"{space}path"))) == 5
    words = [node.text for node in drawing.iter(f"{space}text")]
    assert "P99 ≤ 25.0 ms" in words
    assert "knee: batch size 4" in words
    assert "best under the limit: batch size 16" in words
    assert {"mean", "P50", "P90", "P95", "P99"} <= set(words)


def test_a_sweep_of_two_settings_has_a_line_for_each_value_of_the_slower_one() -> None:
    points = tuple(
        builders_engine.point(4e6 * lanes, 250.0 * lanes * threads, threads=threads, concurrency=lanes)
        for threads in (1, 2)
        for lanes in (1, 2, 4)
    )
    drawing = ET.fromstring(curve_chart.chart(builders_engine.with_points(points), "en"))
    assert len(list(drawing.iter("{http://www.w3.org/2000/svg}path"))) == 2 * 5


def test_what_is_no_sweep_has_no_curve() -> None:
    assert [curve_chart.chart(LOADS[load], "en") for load in ("search", "together", "server")] == [""] * 3


def test_each_phase_begins_where_the_one_before_it_ended() -> None:
    phases = Phases(load_ns=100, first_inference_ns=300, steady_ns=600)
    drawing = ET.fromstring(waterfall.chart(phases, "en"))
    bars = [
        (float(node.attrib["x"]), float(node.attrib["width"]))
        for node in drawing.iter("{http://www.w3.org/2000/svg}rect")
    ]
    assert bars[1][0] == pytest.approx(sum(bars[0]), abs=0.1)
    assert bars[2][0] == pytest.approx(sum(bars[1]), abs=0.1)
    assert bars[2][1] == pytest.approx(2 * bars[1][1], abs=0.1)
    assert waterfall.chart(Phases(), "en") == ""


def test_markdown_obeys_no_name_from_a_stranger() -> None:
    text = markdown.text([builders.result(model=builders.model("<b>|a*_`\n# x.onnx"))], "en")
    assert "<b>" not in text
    assert "\n# x" not in text


def _told(event: Event, plan: RunPlan) -> str:
    err = io.StringIO()
    Progress("en", err, quiet=False).show(plan, event)
    return err.getvalue().strip()


def test_progress_names_point_and_process() -> None:
    sweep = RunPlan("/x/digits.onnx", "onnxruntime", sweep=Sweep(batch=(1, 4, 8, 16)))
    point = builders_engine.point(batch=4)
    assert (
        _told(PointBegun(1, 4, point, 0, 3), sweep)
        == "digits.onnx: point 2 of 4 (batch size 4), process 1 of 3"
    )
    assert _told(PointDone(1, point), sweep).startswith("digits.onnx: batch size 4: P50 ")
    assert _told(PointDone(1, builders_engine.failed_point()), sweep) == "digits.onnx: batch size 64: failed"
    assert _told(PointBegun(0, 1, point, 1, 3), sweep) == "digits.onnx: process 2 of 3"


def test_each_step_of_looking_at_answers_is_told_once_where_lines_are_kept() -> None:
    err, plan = io.StringIO(), RunPlan("/x/digits.onnx", "onnxruntime")
    progress = Progress("en", err, quiet=False)
    for done in (0, 100, 200):
        progress.show(plan, Examining("dataset", done, 200))
    progress.show(plan, Examining("dataset", 0, 200, model="reference.onnx"))
    assert err.getvalue().splitlines() == [
        "digits.onnx: looking at the answers: labelled data",
        "reference.onnx: looking at the answers: labelled data",
    ]


def test_progress_of_a_search_tells_the_rate_and_the_decision() -> None:
    plan = RunPlan("/x/digits.onnx", "onnxruntime", scenario=Server(), limits={"p99": 12e6})
    first, found = LOADS["search"].points[0], LOADS["search"].points[4]
    assert _told(PointBegun(0, None, first, 0, 1), plan) == "digits.onnx: try 1 (1 in flight)"
    assert _told(PointDone(4, found), plan) == "digits.onnx: 240 requests per second: limit kept"


def test_progress_beside_other_models_tells_what_these_do() -> None:
    plan = RunPlan("/x/digits.onnx", "onnxruntime")
    busy = LOADS["together"].points[2]
    assert (
        _told(PointBegun(2, 3, busy, 0, 1), plan)
        == "digits.onnx: point 3 of 3, other models: busy, process 1 of 1"
    )


def test_a_search_is_not_said_to_have_used_the_processes_of_its_preset() -> None:
    plan = msgspec.structs.replace(LOADS["search"].plan, replicates=3)
    lines = dict(settings_lines.lines(builders_engine.search_result(plan=plan), "en"))
    assert lines["Fresh processes a point"] == "1"
    assert lines["Limits"] == "P99 ≤ 12.0 ms"
    assert lines["Requests per second"] == "240"


def test_quiet_tells_nothing() -> None:
    err = io.StringIO()
    Progress("en", err, quiet=True).show(RunPlan("a", "b"), PointBegun(0, 2, builders_engine.point(), 0, 1))
    assert err.getvalue() == ""


def test_results_of_different_precision_are_marked() -> None:
    one, other = LOADS["sweep"], LOADS["replicated"]
    fp32 = msgspec.structs.replace(
        one, environment=msgspec.structs.replace(one.environment, precision_effective="fp32")
    )
    bf16 = msgspec.structs.replace(
        other, id="other", environment=msgspec.structs.replace(other.environment, precision_effective="bf16")
    )
    (note,) = (line for line in difference_lines.of_runs([fp32, bf16], "en") if "precision that ran" in line)
    assert "fp32 (" in note
    assert "bf16 (" in note
    alike = difference_lines.of_runs([fp32, fp32], "en")
    assert alike == []
    several = " ".join(difference_lines.of_runs([fp32, bf16, fp32, bf16], "en"))
    assert (several.count("fp32 ("), several.count("bf16 (")) == (1, 1)


def _at(result: RunResult, name: str, **shapes: tuple[int, ...]) -> RunResult:
    return msgspec.structs.replace(result, id=name, plan=msgspec.structs.replace(result.plan, shapes=shapes))


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_of_different_shapes_are_marked(language: Language) -> None:
    long, short = (_at(LOADS["sweep"], str(size), ids=(1, size), mask=(1, size)) for size in (128, 16))
    (note,) = difference_lines.of_runs([long, short], language)
    assert "ids 1 × 128, mask 1 × 128" in note
    assert "ids 1 × 16, mask 1 × 16" in note
    assert difference_lines.of_runs([long, long], language) == []
    made = compared.of([(long, None), (short, None)])
    assert made is not None
    out = io.StringIO()
    comparison_console.print_comparison(made, language, out)
    text = markdown.text([long, short], language, made)
    page = html.render([(long, None), (short, None)], language, made)
    for shown in (out.getvalue(), text.replace("\\", ""), page):
        assert difference_lines.sentence(made, made.differences[0], language) in shown
        assert shown.count("ids 1 × 128") > 1


def test_shapes_are_alike_whatever_inputs_are_called_and_however_they_lie() -> None:
    one = _at(LOADS["sweep"], "a", image=(1, 3, 224, 224), ids=(1, 8))
    turned = _at(LOADS["sweep"], "b", **{"serving_ids:0": (1, 8), "serving_x:0": (1, 224, 224, 3)})
    unknown = _at(LOADS["sweep"], "c")
    assert _shapes_told([one, turned, unknown]) == []


def test_a_single_number_has_a_shape_that_can_be_read() -> None:
    assert figures.shapes(_at(LOADS["sweep"], "a", n=(), x=(1, 4))) == "n (), x 1 × 4"


def test_a_batch_is_not_taken_for_a_length() -> None:
    one, other = _at(LOADS["sweep"], "a", ids=(16, 128)), _at(LOADS["sweep"], "b", ids=(128, 16))
    assert _shapes_told([one, other])


def _shapes_told(results: list[RunResult]) -> list[str]:
    return [one for one in difference_lines.of_runs(results, "en") if "input shapes" in one]


def _fed(result: RunResult, name: str, **inputs: str) -> RunResult:
    return msgspec.structs.replace(result, id=name, plan=msgspec.structs.replace(result.plan, inputs=inputs))


@pytest.mark.parametrize("language", LANGUAGES)
def test_results_of_different_inputs_are_marked(language: Language) -> None:
    one = _fed(LOADS["sweep"], "a", ids="made:tokens:1000", x="images:4:8x8:NCHW:0_1")
    alike = _fed(LOADS["sweep"], "b", a="images:4:8x8:NHWC:0_1", b="made:tokens:1000")
    other = _fed(LOADS["sweep"], "c", ids="made:tokens:2", x="images:4:8x8:NCHW:0_1")
    old = _fed(LOADS["sweep"], "d", ids="made", x="made")
    assert difference_lines.of_runs([one, alike, old], language) == []
    (note,) = difference_lines.of_runs([one, other], language)
    assert "1000" in note


def test_work_stands_beside_each_other() -> None:
    results = [(_at(LOADS["sweep"], name, ids=(1, 8)), None) for name in ("a", "b")]
    made = compared.of(results)
    assert made is not None
    rows = {row[0]: row[1:] for row in comparison_table.rows(made, "en")}
    assert rows["Input shapes"] == ("ids 1 × 8", "ids 1 × 8")
    assert len(rows["FLOPs"]) == len(rows["Precision (effective)"]) == 2
