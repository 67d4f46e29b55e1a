"""The operators and the memory of a run in words: reports, the command line and a table to keep."""

from __future__ import annotations

import csv
import io
from typing import Any

import msgspec
import pytest

from profiler import wording
from profiler.reports import markdown, memory_table, operators_table
from profiler.result import LargestBatch, Memory, Operator, Reason, RunResult, Trace
from tests import builders

TRACE = Trace("onnxruntime_profiler", 20, 4_004_000.0, 4_400_000.0, 2_933_000.0, 1.5, 0.91)
ROWS = (
    Operator("conv1+relu1", "FusedConv", 3_000_000.0, 0.75, nodes=("conv1", "relu1"), flops=6_000_000,
             integer_operations=0, bytes=9_000, flops_per_s=2e9, device="cpu", kernel="winograd"),
    Operator("gemm", "Gemm", 600_000.0, 0.15, nodes=("gemm",), flops=0, integer_operations=1_200_000,
             bytes=800, device="cpu"),
    Operator("reorder", "Reorder", 300_000.0, 0.075, calls=2.0, device="cpu"),
    Operator("conv2", "FusedConv", 100_000.0, 0.025, nodes=("conv2",), flops=1_000, integer_operations=0,
             bytes=1_000, device="cuda:0"),
)  # fmt: skip


def traced(**changes: Any) -> RunResult:
    return builders.result(operators=ROWS, trace=TRACE, **changes)


def test_the_section_names_nodes_and_says_what_can_be_believed() -> None:
    section = operators_table.section(traced(), "en")
    assert section is not None
    heads, first, second, third, _ = section.rows
    assert heads == ["operator", "type", "time", "share", "arithmetic", "speed", "bytes moved", "where"]
    assert first == [
        "conv1 + relu1", "FusedConv", "3.00 ms", "75.0 %", "6.00 M", "2.00 GFLOP/s", "9.00 kB",
        "cpu · winograd",
    ]  # fmt: skip
    assert second[5] == "2.00 GOP/s"
    assert third[4:7] == ["–", "–", "–"]
    method, slower, explained = section.notes
    assert "ONNX Runtime's profiler over 20 calls" in method
    assert slower == "A traced call took 4.40 ms on average, 1.50 times the 2.93 ms of a timed one."
    assert "add up to 91.0 % of a traced call" in explained


def test_what_the_pass_could_not_tell_is_not_said() -> None:
    trace = Trace("onnxruntime_profiler", 20, 4_004_000.0)
    assert len(operators_table.about(builders.result(trace=trace), "en")) == 1
    assert operators_table.section(builders.result(), "en") is None
    assert operators_table.about(builders.result(), "en") == []


@pytest.mark.parametrize(("language", "word"), [("en", "disturbed"), ("zh_CN", "干扰")])
def test_a_pass_that_was_not_slower_says_that_the_machine_was_disturbed(language: Any, word: str) -> None:
    trace = msgspec.structs.replace(TRACE, timed_mean_ns=12_000_000.0, slowdown=None)
    sentence = operators_table.about(builders.result(trace=trace), language)[1]
    assert word in sentence
    assert "4.40 ms" in sentence
    assert "12.0 ms" in sentence


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_why_rows_have_no_arithmetic_is_said_once(language: Any) -> None:
    reason = Reason("operators_unjoined", {"count": "3", "rows": "9"})
    reasons = {"operators.flops": reason, "operators.bytes": reason}
    notes = operators_table.about(builders.result(trace=TRACE, unavailable=reasons), language)
    assert len(notes) == 4
    assert notes[-1] == wording.reason_sentence(reason, language)
    assert "3" in notes[-1]


def test_only_the_slowest_are_in_a_report_and_the_rest_are_counted() -> None:
    rows = tuple(Operator(f"op{at}", "Relu", 10.0, 0.01) for at in range(operators_table.SHOWN + 3))
    section = operators_table.section(builders.result(operators=rows, trace=TRACE), "en")
    assert section is not None
    assert len(section.rows) == operators_table.SHOWN + 1
    assert section.notes[-1].startswith("3 quicker ones")


def test_a_fusion_of_many_is_named_by_the_first() -> None:
    row = Operator("x", "Fused", 1.0, 1.0, nodes=("a", "b", "c", "d"))
    assert operators_table.name_of(row) == "a + b + c + …"


def test_by_type_adds_up_and_leaves_open_what_a_part_leaves_open() -> None:
    fused, gemm, reorder = operators_table.by_type(ROWS)
    assert (fused.name, fused.time_ns, fused.flops, fused.bytes) == (
        "FusedConv × 2",
        3_100_000.0,
        6_001_000,
        10_000,
    )
    assert (fused.share, fused.device) == (pytest.approx(0.775), None)
    assert (gemm.name, gemm.integer_operations) == ("gemm", 1_200_000)
    assert (reorder.flops, reorder.calls) == (None, 2.0)


def test_every_row_with_every_figure_can_be_kept_and_no_cell_is_a_formula() -> None:
    hostile = Operator('=HYPERLINK("x")', "Relu", 5.0, 0.1, nodes=("+1", "b"))
    text = operators_table.csv_text([*ROWS, hostile])
    heads, first, *_, last = csv.reader(io.StringIO(text))
    assert heads == list(operators_table.FIELDS)
    row = dict(zip(heads, first, strict=True))
    assert (row["nodes"], row["time_ns"], row["kernel"]) == ("conv1 + relu1", "3000000.0", "winograd")
    assert not last[0].startswith("=")
    assert not last[2].startswith("+")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_reports_hold_both_tables(language: Any) -> None:
    text = markdown.text([traced()], language)
    assert "conv1 + relu1" in text
    assert operators_table.label("heading", language) in text
    assert operators_table.label("memory_heading", language) in text


def test_memory_is_told_by_phase_then_by_kind() -> None:
    memory = Memory(
        baseline_rss_bytes=60_000_000,
        load_peak_bytes=300_000_000,
        after_load_rss_bytes=210_000_000,
        first_call_peak_bytes=250_000_000,
        steady_peak_bytes=258_000_000,
        weights_bytes=102_000_000,
        activations_estimate_bytes=12_000_000,
        workspace_bytes=84_000_000,
        arena_bytes=30_000_000,
        inputs_bytes=4_800_000,
    )
    largest = LargestBatch(48, 64, 7_900_000_000, 8_000_000_000)
    section = memory_table.section(builders.result(memory=memory, largest_batch=largest), "en")
    assert section is not None
    assert [row[1] for row in section.rows[1:]] == [
        "60.0 MB", "300 MB", "210 MB", "250 MB", "258 MB", "102 MB", "12.0 MB", "84.0 MB", "30.0 MB",
        "4.80 MB", "7.90 GB",
    ]  # fmt: skip
    assert section.rows[-1][0] == "at the largest batch that fits (48)"


def test_memory_that_is_not_known_has_no_row() -> None:
    section = memory_table.section(builders.result(memory=Memory(baseline_rss_bytes=1_000)), "en")
    assert section is not None
    assert len(section.rows) == 2
    assert memory_table.section(builders.failed(), "en") is None
