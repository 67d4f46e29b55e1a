"""Results as documents: sentence, terminal, HTML and the SVG inside it."""

from __future__ import annotations

import errno
import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from profiler import answer, atomic_file, units
from profiler.errors import ErrorInfo, ErrorKind, KnownError
from profiler.metrics import latency
from profiler.reports import charts, console, console_fit, figures, html
from profiler.reports.svg import Drawing
from profiler.result import (
    Accuracy,
    Flops,
    Latency,
    Level,
    Memory,
    Model,
    Phases,
    Plan,
    Reason,
    RunResult,
    SamplesRef,
    Status,
    Verdict,
)

HOSTILE = "<img src=x onerror=alert(1)>\"'&\u202egnp.onnx"
SAMPLES = np.concatenate([
    np.array([9_000_000, 5_000_000, 2_000_000]),
    (1e6 * np.random.default_rng(0).lognormal(0, 0.1, 8_000)).astype(np.int64),
])  # fmt: skip


def _result(name: str = "model.onnx", count: int = 8_000, **changes: Any) -> RunResult:
    plan = Plan("onnxruntime", "cpu", "as_is", "SingleStream", 1, 1, 2, 1, 0, "quick", 8, "auto", 3.0, 10.0)
    whole = RunResult(
        id="20260101T000000000-aaaaaa",
        created="2026-01-01T00:00:00.000+00:00",
        status=Status.FINISHED,
        model=Model(name, "onnx", "ab" * 32, 10, parameters=1_000),
        plan=plan,
        latency=latency.summarise(SAMPLES[3 : 3 + count]),
        phases=Phases(load_ns=10_000_000, first_inference_ns=9_000_000),
        memory=Memory(peak_rss_bytes=50_000_000, model_peak_bytes=9_000_000),
        flops=Flops(per_inference=2_000, counted_fraction=0.5, uncounted_operators={"my::Op<float>": 2}),
        accuracy=Accuracy(idempotent=False, max_repeat_difference=0.5),
        verdict=Verdict(Level.CAUTION, (Reason("drifting", {"spread_percent": "9.0"}),)),
        unavailable={
            "energy.average_w": Reason("power_not_read"),
            "phases.compile_ns": Reason("a_code", {"x": "1"}),
        },
        samples=SamplesRef("x", 8_003, 2, 1),
    )
    return msgspec.structs.replace(whole, **changes)


def test_the_answer_is_one_sentence_and_honest_about_how_the_run_ended() -> None:
    whole = _result()
    p50, p99 = units.duration(whole.latency.p50_ns), units.duration(whole.latency.p99_ns)
    assert answer.sentence(whole, "en") == f"One answer takes about {p50}; 99 of 100 came within {p99}."
    few = msgspec.structs.replace(whole, latency=latency.summarise(SAMPLES[3:13]))
    assert "only 10 measurements" in answer.sentence(few, "en")
    assert "9 of 10" in answer.sentence(_result(latency=latency.summarise(SAMPLES[3:60])), "en")
    assert answer.sentence(_result(status=Status.STOPPED), "en").endswith("stopped early.")
    failed = _result(latency=Latency(), status=Status.FAILED, verdict=None)
    assert answer.sentence(failed, "en") == "The model could not be measured."
    assert answer.sentence(failed, "zh_CN") == "未能测量该模型。"


def test_the_terminal_shows_every_number_its_reason_and_aligned_chinese() -> None:
    out = io.StringIO()
    console.print_result(_result(), "en", out)
    text = out.getvalue()
    assert "read with caution" in text
    assert "not counted: my::Op<float> × 2" in text
    assert "no, they differ by up to 0.5" in text
    out = io.StringIO()
    console.print_lines([figures.Line("批大小", "1"), figures.Line("Seed", "2")], out)
    assert [
        console_fit.width(line[: line.rindex(line.strip()[-1])]) for line in out.getvalue().splitlines()
    ] == [
        10,
        10,
    ]


def test_the_terminal_obeys_no_name_from_a_stranger() -> None:
    plan = msgspec.structs.replace(_result().plan, shapes={"\x1b[31mred\u202e": (1, 2)})
    flops = Flops(per_inference=1, counted_fraction=0.5, uncounted_operators={"\x1b]0;title\x07": 1})
    missing = {"flops.per_sample": Reason("count_failed", {"detail": "\x1b[2J"})}
    out = io.StringIO()
    console.print_result(_result("\x1b[1m.onnx", plan=plan, flops=flops, unavailable=missing), "en", out)
    assert "\x1b" not in out.getvalue()
    assert "\u202e" not in out.getvalue()
    assert "\\x1b[31mred" in out.getvalue()


def test_the_report_is_one_file_without_scripts_in_both_languages(tmp_path: Path) -> None:
    html.write([(_result(), SAMPLES), (_result("b.pt"), SAMPLES)], tmp_path / "r.html", "both")
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org/2000/svg", "")
    assert page.count("<svg") == 2 * 2 * 3
    assert "{" not in page.partition("</style>")[2]
    assert len(page) < 600_000


def test_names_from_strangers_stay_text() -> None:
    page = html.render([(_result(HOSTILE), SAMPLES), (_result(HOSTILE), SAMPLES)], "en")
    assert "<img" not in page
    assert "\u202e" not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    for svg in _drawings(page):
        ET.fromstring(svg)


def _drawings(page: str) -> list[str]:
    return [
        part.partition("</svg>")[0] + "</svg>" for part in ("<svg" + rest for rest in page.split("<svg")[1:])
    ]


def test_a_failed_run_has_a_report_that_says_so() -> None:
    failed = _result(
        latency=Latency(), status=Status.FAILED, verdict=None, samples=None,
        error=ErrorInfo("out_of_memory", {"needed_bytes": "9000000000", "available_bytes": "1000000000"}),
    )  # fmt: skip
    page = html.render([(failed, None)], "en")
    assert "The model could not be measured." in page
    assert "9.00 GB" in page
    assert 'class="cards"' not in page


def test_a_report_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "r.html"
    path.write_text("old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic_file.os, "fsync", full)
    with pytest.raises(KnownError) as caught:
        html.write([(_result(), None)], path, "en")
    assert caught.value.kind is ErrorKind.DISK_FULL
    assert path.read_text() == "old"
    assert [found.name for found in tmp_path.iterdir()] == ["r.html"]


@pytest.mark.parametrize("count", [1, 2, 40, 8_000])
def test_charts_draw_any_number_of_samples(count: int) -> None:
    samples = SAMPLES[3 : 3 + count]
    block = latency.summarise(samples)
    histogram = ET.fromstring(charts.histogram(samples, block, "en"))
    words = [node.text or "" for node in histogram.iter("{http://www.w3.org/2000/svg}text")]
    assert ("P99" in " ".join(words)) == (block.p99_ns is not None)
    ET.fromstring(charts.run_order(samples, 0, 0, "zh_CN"))


def test_limits_are_drawn_and_far_ones_named_at_the_edge() -> None:
    samples = SAMPLES[3:]
    block, near = latency.summarise(samples), {"p99": 1.5e6, "p50": 9e8, "memory": 5.0}
    for drawn in (charts.histogram(samples, block, "en", near), charts.run_order(samples, 0, 0, "en", near)):
        words = [node.text for node in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
        assert "P99 ≤ 1.50 ms" in words
        assert any(word in ("P50 ≤ 900 ms →", "↑ P50 ≤ 900 ms") for word in words)
        assert not any("memory" in (word or "") for word in words)


def test_svg_text_and_attributes_are_escaped() -> None:
    drawing = Drawing(10, 10, HOSTILE)
    drawing.text(0, 0, HOSTILE, 'red" onload="x')
    root = ET.fromstring(str(drawing))
    (text,) = root.iter("{http://www.w3.org/2000/svg}text")
    assert text.text == HOSTILE
    assert "onload" not in text.attrib
