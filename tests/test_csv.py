"""Results as CSV: a row a point, stable names, nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import msgspec
import pytest

from profiler.reports import table_csv
from profiler.result import RunResult
from tests import builders, builders_engine


def _rows(*results: RunResult) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_csv.text(results))))


def test_a_sweep_has_a_row_for_each_point_in_the_documents_units() -> None:
    result = builders_engine.sweep_result()
    rows = _rows(result)
    assert [row["batch"] for row in rows] == ["1", "4", "16", "64"]
    assert rows[0]["latency.p50_ns"] == str(result.points[0].latency.p50_ns)
    assert [row["is_knee"] for row in rows] == ["false", "true", "false", "false"]
    assert [row["is_best"] for row in rows] == ["false", "false", "true", "false"]


def test_a_point_that_failed_has_its_kind_and_empty_cells() -> None:
    row = _rows(builders_engine.sweep_result())[-1]
    assert (row["status"], row["error.kind"]) == ("failed", "out_of_memory")
    assert {row[name] for name in ("latency.count", "latency.p99_ns", "throughput.samples_per_s")} == {""}


def test_a_run_without_points_is_one_row() -> None:
    (row,) = _rows(builders_engine.world_result())
    assert (row["world_size"], row["throughput.samples_per_s"]) == ("2", "460.0")
    assert (row["is_knee"], row["rate_per_s"], row["latency.p999_ns"]) == ("", "", "")
    assert _rows(builders_engine.replicated_result())[0]["processes"] == "3"


def test_an_open_loop_has_its_response_its_service_and_its_lateness() -> None:
    (row,) = _rows(builders_engine.server_result())
    assert float(row["latency.p50_ns"]) > float(row["service.p50_ns"])
    assert row["lateness.p99_ns"] == "90000"


def test_a_search_says_of_each_try_whether_the_limit_was_kept() -> None:
    kept = [row["kept"] for row in _rows(builders_engine.search_result())]
    assert kept == ["", "true", "false", "", "true", "true"]


@pytest.mark.parametrize(
    "name", ["=1+1.onnx", "+a.onnx", "-a.onnx", "@a.onnx", "\t=a.onnx", "\n=a.onnx", "\uff1da.onnx"]
)
def test_a_name_is_never_a_formula(name: str) -> None:
    (row,) = _rows(builders.result(model=builders.model(name)))
    assert row["model.name"] == f"'{name}"


def test_names_with_commas_quotes_and_lines_stay_one_cell() -> None:
    name = 'a,"b"\n.onnx'
    (row,) = _rows(builders.result(model=builders.model(name)))
    assert row["model.name"] == name


def test_every_column_is_a_name_of_the_document() -> None:
    document = msgspec.to_builtins(builders.result())
    for name in table_csv.COLUMNS:
        block, dot, field = name.partition(".")
        if dot and block in ("model", "plan", "throughput", "memory", "phases"):
            assert field in document[block], name
