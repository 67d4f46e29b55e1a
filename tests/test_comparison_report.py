"""Runs beside each other in every kind of report: the winner first, nothing called faster too early."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from typing import Any

import markupsafe
import msgspec
import numpy as np
import pytest

from profiler.comparison.records import Comparison, Difference, Kept, Ratio, Standing, Winner
from profiler.reports import (
    answers_beside,
    comparison_answer,
    comparison_console,
    comparison_csv,
    comparison_document,
    comparison_sections,
    comparison_table,
    comparison_text,
    curves_chart,
    difference_lines,
    ecdf_chart,
    html,
    limit_table,
    markdown,
    ratio_chart,
    run_colours,
    tradeoff_chart,
)
from profiler.reports.axis import GREY, ORANGE
from profiler.result import Accuracy, Reason, RunResult
from profiler.wording import LANGUAGES, Language
from tests import builders, builders_comparison, builders_engine

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<img src=x onerror=alert(1)>"
SAMPLES = [builders.samples(p50_ns=wait, seed=index) for index, wait in enumerate(builders_comparison.WAITS)]
QUICKER = re.compile(r"faster|slower|quicker|更快|更慢|较快|较慢", re.IGNORECASE)


def _comparison(**changes: Any) -> Comparison:
    return builders_comparison.comparison(**changes)


def _open(**changes: Any) -> Comparison:
    """A comparison with a difference that nobody accepted."""
    threads = Difference("threads", ("2", "2", "4", "2"))
    winner = Winner(2, tied=(2,), decided_by="speed", is_withheld=True)
    return _comparison(differences=(threads,), winner=winner, **changes)


def _terminal(comparison: Comparison, language: Language = "en", only_differences: bool = False) -> str:
    out = io.StringIO()
    comparison_console.print_comparison(comparison, language, out, only_differences)
    return out.getvalue()


def _page(comparison: Comparison, language: Language = "en") -> str:
    return html.render(list(zip(comparison.runs, SAMPLES, strict=True)), language, comparison)


def _compared_part(page: str) -> str:
    """What stands before the first run by itself."""
    return page.partition("<body>")[2].partition("<section")[0]


def _nodes(svg: str, name: str) -> list[dict[str, str]]:
    return [dict(node.attrib) for node in ET.fromstring(svg).iter(SVG + name)]


def _words(svg: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(svg).iter(SVG + "text")]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_report_begins_with_the_winner(language: Language) -> None:
    comparison = _comparison()
    sentence = comparison_answer.sentence(comparison, language)
    assert "digits.int8.onnx" in sentence
    first = _terminal(comparison, language).splitlines()[2]
    assert first == f"  {sentence}"
    page = _compared_part(_page(comparison, language))
    assert page.index(str(markupsafe.escape(sentence))) < page.index("<svg")
    text = markdown.text(comparison.runs, language, comparison)
    assert f"**{markdown.escaped(sentence)}**" in text
    assert text.index(markdown.escaped(sentence)) < text.index("| ---")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_quicker_before_what_differs_is_accepted(language: Language) -> None:
    comparison = _open()
    reports = (
        _terminal(comparison, language),
        _compared_part(_page(comparison, language)),
        markdown.text([], language, comparison),
        comparison_csv.text(comparison),
    )
    for report in reports:
        assert not QUICKER.search(report)
    assert comparison_text.say("call_withheld", language) in reports[0]
    better = comparison_text.say("call_better", language)
    assert f"   {better}\n" not in reports[0]
    assert ",better," not in reports[3]


def test_what_differs_is_listed_with_who_has_what() -> None:
    lines = difference_lines.lines(_open(), "en")
    assert lines[0] == (
        "Not the same, threads: 2 (digits.onnx, digits.torchscript.pt, digits.broken.onnx); "
        "4 (digits.int8.onnx)."
    )
    assert lines[1].endswith("(--accept threads).")
    zh = difference_lines.lines(_open(), "zh_CN")
    assert "线程数" in zh[0]


def test_an_accepted_difference_is_printed_in_every_report() -> None:
    threads = Difference("threads", ("2", "2", "4", "2"), is_accepted=True)
    comparison = _comparison(differences=(threads,))
    said = "Accepted by the user although not the same, threads: 2 ("
    assert comparison.may_judge
    for text in (_terminal(comparison), _page(comparison), markdown.text([], "en", comparison)):
        assert said in text.replace("\\", "")
    assert comparison_document.of(comparison)["accepted"] == ["threads"]
    (row, *_) = csv.DictReader(io.StringIO(comparison_csv.text(comparison)))
    assert (row["accepted"], row["is_withheld"]) == ("threads", "false")


def test_an_aspect_of_a_newer_version_is_shown_by_its_code() -> None:
    strange = Difference("humidity", ("", "40 %", "40 %", "40 %"), blocks=False)
    (line,) = difference_lines.lines(_comparison(differences=(strange,)), "en")
    assert line.startswith("To be noted, humidity: not known (digits.onnx); 40 % (")


def test_ratio_bars_start_at_zero_and_are_grey_where_nothing_is_clear() -> None:
    bars = _nodes(ratio_chart.chart(_comparison(), "p50", "en"), "rect")
    widths = [float(bar["width"]) for bar in bars]
    assert widths[1] == pytest.approx(2 * widths[0], rel=0.01)
    assert widths[2] == pytest.approx(0.5 * widths[0], rel=0.01)
    assert [bar["fill"] == GREY for bar in bars] == [True, False, False, True]
    assert bars[1]["fill"] == ORANGE != bars[2]["fill"]
    withheld = _nodes(ratio_chart.chart(_open(), "p50", "en"), "rect")
    assert {bar["fill"] for bar in withheld} == {GREY}


def test_more_is_better_for_throughput() -> None:
    assert "More is better" in comparison_text.direction(_comparison(), "throughput", "en")
    assert "Less is better" in comparison_text.direction(_comparison(), "p50", "en")
    assert "not known" in _words(ratio_chart.chart(_comparison(), "throughput", "en"))
    assert ratio_chart.chart(_comparison(), "energy", "en") == ""


def test_bars_of_letters_are_in_proportion() -> None:
    assert ratio_chart.text_bar(2.0, 2.0) == 24 * "█"
    assert ratio_chart.text_bar(1.0, 2.0) == 12 * "█"
    assert ratio_chart.text_bar(None, 2.0) == "–"
    text = _terminal(_comparison())
    assert "2.00× (1.94 – 2.06)   worse" in text
    assert "no clear difference" in text
    assert "less than 6.00 % might have been missed" in text
    assert "processes that ran right after one another" in text


def test_curves_of_shares_are_thinned_and_show_the_limit() -> None:
    svg = ecdf_chart.chart(_comparison(), SAMPLES, "en")
    curves = [node for node in _nodes(svg, "path") if node["stroke-width"] == "2" and "d" in node]
    points = [len(re.findall("[ML]", node["d"])) for node in curves]
    assert sum(count > 100 for count in points) == 4
    assert max(points) < 300
    assert "P99 ≤ 7.00 ms" in _words(svg)
    assert len({node["stroke"] for node in curves if len(node["d"]) > 1_000}) == 4
    thinned = ecdf_chart.thinned(np.arange(1, 1_001))
    assert {share: wait for wait, share in thinned}[0.5] == 500
    assert ecdf_chart.chart(_comparison(), [SAMPLES[0], None, None, None], "en") == ""


def test_runs_without_samples_are_named_beside_the_curves() -> None:
    kept = [SAMPLES[0], SAMPLES[1], None, SAMPLES[3]]
    sections = comparison_sections.of(_comparison(), kept, "en")
    notes = next(section.chart_notes for section in sections if section.heading.startswith("Share of"))
    assert notes[-1] == "Without kept samples, and so not drawn: digits.int8.onnx."


def test_sweeps_lie_over_each_other() -> None:
    sweeps = (builders_engine.sweep_result(), builders_engine.sweep_result())
    comparison = _comparison(runs=sweeps, names=("a", "b"), ratios={}, standings=(), tradeoffs={})
    svg = curves_chart.chart(comparison, "en")
    assert curves_chart.quantity(comparison) == "p99"
    assert len(_nodes(svg, "circle")) == 2 * 3
    assert "P99 ≤ 7.00 ms" in _words(svg)
    assert curves_chart.chart(_comparison(), "en") == ""


def test_what_another_beats_is_hollow_and_limits_are_drawn() -> None:
    svg = tradeoff_chart.chart(_comparison(), "size", "en")
    fills = [node["fill"] for node in _nodes(svg, "circle")]
    assert [fill == "none" for fill in fills] == [True, True, False, True]
    assert fills[2] == run_colours.colour(2)
    limited = tradeoff_chart.chart(_comparison(), "accuracy_loss", "en")
    assert "accuracy loss ≤ 0.500 %" in _words(limited)
    waits = _comparison(limits={"p50": 5e6, "size": 5e7})
    assert {"P50 ≤ 5.00 ms", "size ≤ 50.0 MB"} <= set(_words(tradeoff_chart.chart(waits, "size", "en")))
    assert tradeoff_chart.chart(_comparison(), "energy", "en") == ""


def test_names_in_the_scatter_do_not_lie_over_each_other() -> None:
    svg = tradeoff_chart.chart(_comparison(), "size", "en")
    places = [
        (float(node.attrib["x"]), float(node.attrib["y"]), node.attrib["text-anchor"])
        for node in ET.fromstring(svg).iter(SVG + "text")
        if (node.text or "").startswith("digits")
    ]
    assert len(places) == 4
    close = [
        (a, b)
        for at, a in enumerate(places)
        for b in places[at + 1 :]
        if abs(a[1] - b[1]) < 10 and abs(a[0] - b[0]) < 60 and a[2] == b[2]
    ]
    assert close == []


def test_limits_say_what_each_reached_and_whether_that_keeps_them() -> None:
    section = limit_table.section(_comparison(), "en")
    assert section is not None
    assert section.rows[1] == (
        "Slow 1 in 100 ≤ 7.00 ms", "5.12 ms, kept", "10.2 ms, not kept", "2.56 ms, kept", "5.19 ms, kept",
    )  # fmt: skip
    assert limit_table.section(_comparison(limits={}), "en") is None
    unknown = Kept("energy", 1.0, None, None, reason=Reason("power_not_read"))
    assert limit_table.cell(unknown, "en").startswith("not known: ")
    assert limit_table.cell(None, "en") == "not known"
    assert limit_table.against(_comparison(), "en")[0].startswith("digits.broken.onnx: The answers hold NaN")


def test_the_answers_of_each_run_are_in_one_table() -> None:
    section = answers_beside.section(_comparison(), "en")
    assert section is not None
    rows = {row[0]: dict(zip(section.rows[0][1:], row[1:], strict=True)) for row in section.rows[1:]}
    assert rows["digits.onnx"]["beside the reference"] == "is the reference"
    assert rows["digits.broken.onnx"]["right"] == "no"
    assert rows["digits.broken.onnx"]["NaN / Inf"] == "3 / 0"
    assert rows["digits.int8.onnx"]["Top 1"] == "97.2 % (96.1 – 98.0)"
    assert rows["digits.int8.onnx"]["same input again"] == "within tolerance"
    bare = tuple(_without_answers(run) for run in builders_comparison.runs())
    assert answers_beside.section(_comparison(runs=bare), "en") is None


def _without_answers(run: RunResult) -> RunResult:
    return msgspec.structs.replace(run, accuracy=Accuracy())


def test_the_table_holds_all_rows_or_only_those_that_differ() -> None:
    whole = comparison_table.section(_comparison(), "en")
    few = comparison_table.section(_comparison(), "en", only_differences=True)
    labels = {row[0] for row in whole.rows[1:]}
    assert {"Typical wait", "Runtime", "Input shapes", "FLOPs", "Machine", "Intra-op threads"} <= labels
    assert all(len(set(row[1:])) > 1 for row in few.rows[1:])
    assert {"Typical wait", "Size of the file"} <= {row[0] for row in few.rows[1:]} < labels
    alike = builders_comparison.runs()[:1] * 2
    same = _comparison(runs=alike, names=("a", "a"), ratios={}, standings=(), tradeoffs={}, limits={})
    assert comparison_table.section(same, "en", only_differences=True).notes == ["No row differs."]
    assert "only what differs" in _terminal(_comparison(), only_differences=True)


def test_the_page_is_one_file_without_scripts_and_folds_what_is_long() -> None:
    page = _page(_comparison())
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    part = _compared_part(page)
    assert part.count("<details>") == part.count("</details>") == 3
    assert page.index("Which one should be used?") < page.index("Side by side")
    for svg in ("<svg" + rest.partition("</svg>")[0] + "</svg>" for rest in page.split("<svg")[1:]):
        ET.fromstring(svg)
    assert len(page) < 900_000


def test_names_from_strangers_stay_text() -> None:
    names = tuple(f"{HOSTILE}{index}" for index in range(4))
    comparison = _comparison(names=names, differences=(Difference("driver", (HOSTILE, "1", "1", "1")),))
    page = _compared_part(_page(comparison))
    assert "<img" not in page
    assert "&lt;img" in page
    assert "<img" not in markdown.text([], "en", comparison).replace("\\<img", "")


def test_csv_has_a_row_for_each_run_with_its_multiples_and_limits() -> None:
    rows = list(csv.DictReader(io.StringIO(comparison_csv.text(_comparison()))))
    assert [row["is_winner"] for row in rows] == ["false", "false", "true", "false"]
    assert [row["p50.ratio"] for row in rows] == ["", "2.0", "0.5", "1.01"]
    assert rows[2]["p50.method"] == "paired_bootstrap"
    assert [row["limit.p99.kept"] for row in rows] == ["true", "false", "true", "true"]
    assert rows[3]["against"] == "answers_not_finite"
    assert rows[0]["is_baseline"] == "true"


def test_the_document_holds_everything_but_the_runs_long_lists() -> None:
    document = json.loads(json.dumps(comparison_document.of(_comparison())))
    assert [run["name"] for run in document["runs"]] == list(builders_comparison.NAMES)
    assert set(document["runs"][0]) & {"replicates", "points", "operators", "samples"} == set()
    assert document["winner"]["index"] == 2
    assert document["ratios"]["p50"][1]["low"] == pytest.approx(1.94)
    assert document["ratios"]["p50"][0] is None
    assert document["limits"] == {"p99": 7e6, "accuracy_loss": 0.005}
    assert document["may_judge"] is True
    assert {"differences", "standings", "tradeoffs", "baseline", "schema"} <= set(document)


def test_where_none_qualifies_the_nearest_is_said() -> None:
    standings = tuple(
        Standing((Kept("p99", 1e6, 5e6, False, 5.0),), None, False) for _ in builders_comparison.NAMES
    )
    comparison = _comparison(standings=standings, winner=Winner(None, nearest=2), limits={"p99": 1e6})
    assert "digits.int8.onnx" in comparison_answer.sentence(comparison, "en")
    assert "5.00 ms, not kept" in _terminal(comparison)
    (_, _, row, _) = csv.DictReader(io.StringIO(comparison_csv.text(comparison)))
    assert (row["is_nearest"], row["is_winner"]) == ("true", "false")


def test_many_runs_have_colours_and_strokes_of_their_own() -> None:
    looks = {(run_colours.colour(index), run_colours.dash(index)) for index in range(24)}
    assert len(looks) == 24
    rows = run_colours.legend_rows([f"a rather long name {index}" for index in range(12)])
    assert len(rows) > 1
    assert sum(len(row) for row in rows) == 12


@pytest.mark.parametrize(
    ("least", "en"), [(1.05, "5.00 %"), (1.99, "99.0 %"), (2.0, "2.00×"), (581.0, "581×")]
)
def test_what_might_have_been_missed_is_told_as_a_multiple_where_it_is_much(least: float, en: str) -> None:
    ratio = Ratio(1.0, 0.5, 2.0, "assumed_spread", 1, least, "no_clear_difference")
    found = msgspec.structs.replace(builders_comparison.comparison(), ratios={"p50": (None, ratio)})
    for language in LANGUAGES:
        assert en.removesuffix("×") in comparison_text.method_notes(found, "p50", language)[-1]
    assert en in comparison_text.method_notes(found, "p50", "en")[-1]
