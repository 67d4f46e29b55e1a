"""`inferometer compare`: runs by id, from files or the last ones, held against each other, and reports."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

import main
from profiler import folders
from profiler.commands import demo, run_choice
from profiler.result import RunResult, to_json
from profiler.store import Store
from tests import builders, builders_comparison

Result = tuple[int, str, str]
Command = Callable[..., Result]


@pytest.fixture
def inferometer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in English."""
    monkeypatch.setenv("INFEROMETER_LANG", "en")

    def run(*arguments: object) -> Result:
        try:
            code = main.main([str(argument) for argument in arguments])
        except SystemExit as wrong:
            code = int(wrong.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def kept() -> tuple[RunResult, ...]:
    """Four runs of one group and an older one by itself, in the history with their samples."""
    store = Store(folders.history_folder())
    older = builders.result(id="20250101T000000-0009", created="2025-01-01T00:00:00+00:00")
    store.save(older, builders.samples())
    runs = builders_comparison.runs()
    for index, (run, wait) in enumerate(zip(runs, builders_comparison.WAITS, strict=True)):
        store.save(run, builders.samples(p50_ns=wait, seed=index))
    return runs


def _document(inferometer: Command, *arguments: object) -> dict[str, Any]:
    code, out, err = inferometer("compare", *arguments, "--json", "-")
    assert (code, err) == (0, "")
    found: dict[str, Any] = json.loads(out)
    return found


def _ids(document: dict[str, Any]) -> list[str]:
    return [run["id"] for run in document["runs"]]


def test_last_is_the_newest_comparison_and_a_number_the_newest_runs(
    inferometer: Command, kept: tuple[RunResult, ...]
) -> None:
    assert _ids(_document(inferometer, "last")) == [run.id for run in kept]
    assert _ids(_document(inferometer, "last:2")) == [run.id for run in kept[2:]]
    assert _ids(_document(inferometer, "last:5"))[0] == "20250101T000000-0009"


def test_runs_are_named_by_the_beginning_of_their_id_and_each_counts_once(
    inferometer: Command, kept: tuple[RunResult, ...]
) -> None:
    document = _document(inferometer, kept[2].id, "2025", kept[2].id)
    assert _ids(document) == [kept[2].id, "20250101T000000-0009"]


def test_files_hold_one_document_or_a_list(
    inferometer: Command, kept: tuple[RunResult, ...], tmp_path: Path
) -> None:
    one, several = tmp_path / "one.json", tmp_path / "several.json"
    one.write_bytes(to_json(kept[0]))
    several.write_bytes(b"[" + b",".join(map(to_json, kept[1:3])) + b"]")
    assert _ids(_document(inferometer, one, several)) == [run.id for run in kept[:3]]


def test_samples_of_a_file_are_those_of_the_same_run_in_the_history(
    kept: tuple[RunResult, ...], tmp_path: Path
) -> None:
    store = Store(folders.history_folder())
    path = tmp_path / "run.json"
    path.write_bytes(to_json(kept[0]))
    ((_, samples),) = run_choice.several(store, str(path))
    assert samples is not None
    path.write_bytes(to_json(msgspec.structs.replace(kept[0], created="2020-01-01T00:00:00+00:00")))
    assert run_choice.several(store, str(path))[0][1] is None


@pytest.mark.parametrize(
    ("given", "place"), [("2", 1), ("digits.int8.onnx", 2), ("20260102T030405-0003", 3), ("digits.onnx", 0)]
)
def test_the_baseline_is_a_number_a_name_or_an_id(
    inferometer: Command, kept: tuple[RunResult, ...], given: str, place: int
) -> None:
    document = _document(inferometer, "last", "--baseline", given)
    assert document["baseline"] == place
    assert document["ratios"]["p50"][place] is None
    assert [run["is_baseline"] for run in document["runs"]].index(True) == place


def test_limits_name_the_winner(inferometer: Command, kept: tuple[RunResult, ...]) -> None:
    document = _document(inferometer, "last", "--limit", "p50=3ms,size=50MB", "--accept", "all")
    assert document["limits"] == {"p50": 3e6, "size": 5e7}
    assert document["winner"]["index"] == 2
    assert [standing["kept"][0]["kept"] for standing in document["standings"]] == [False, False, True, False]
    code, out, _ = inferometer("compare", "last", "--limit", "p50=1us")
    assert code == 0
    assert "not kept" in out


def test_limits_of_the_runs_hold_where_none_are_given(inferometer: Command) -> None:
    store = Store(folders.history_folder())
    for run in builders_comparison.runs(plan=builders.plan(limits={"p99": 9e6})):
        store.save(run, None)
    assert _document(inferometer, "last")["limits"] == {"p99": 9e6}


def test_a_difference_is_accepted_by_name_and_every_report_says_so(
    inferometer: Command, kept: tuple[RunResult, ...], tmp_path: Path
) -> None:
    other = builders.result(id="20270101T000000-0001", plan=builders.plan(threads=4))
    Store(folders.history_folder()).save(other, None)
    runs = (kept[0].id, other.id)
    before = _document(inferometer, *runs)
    found = {one["aspect"]: one for one in before["differences"]}
    assert found["threads"]["values"] == ["2", "4"]
    assert before["may_judge"] is False
    report = tmp_path / "r.html"
    after = _document(inferometer, *runs, "--accept", "threads", "--report", report)
    assert "threads" in after["accepted"]
    assert "Accepted by the user although not the same, threads" in report.read_text(encoding="utf-8")
    assert "Not the same, threads" in inferometer("compare", *runs)[1]


def test_the_terminal_shows_the_winner_the_bars_and_the_table(
    inferometer: Command, kept: tuple[RunResult, ...]
) -> None:
    code, out, err = inferometer("compare", "last", "--only-differences")
    assert (code, err) == (0, "")
    assert out.index("Which one should be used?") < out.index("█") < out.index("only what differs")
    assert "Example CPU 9000" not in out
    assert inferometer("compare", "last", "--quiet") == (0, "", "")


def test_everything_is_written_where_it_was_asked_for(
    inferometer: Command, kept: tuple[RunResult, ...], tmp_path: Path
) -> None:
    page, text, table, data = (tmp_path / f"out.{ending}" for ending in ("html", "md", "csv", "json"))
    assert inferometer("compare", "last", "--report", page, "--csv", table, "--json", data)[0] == 0
    assert inferometer("compare", "last", "--report", text, "--quiet")[0] == 0
    assert "Share of answers that came within a time" in page.read_text(encoding="utf-8")
    assert text.read_text(encoding="utf-8").startswith("# Measured with inferometer\n\n## Which one")
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert [row["name"] for row in rows] == list(builders_comparison.NAMES)
    assert json.loads(data.read_text())["kind"] == "comparison"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nosuchrun",), 1, "no run nosuchrun"),
        (("2025",), 2, "only one run"),
        (("last", "--baseline", "9"), 2, "none of these runs"),
        (("last", "--accept", "weather"), 2, "'weather' cannot be accepted"),
        (("last", "--limit", "p99=10"), 2, "needs one of the units"),
        (("missing.json",), 1, "missing.json"),
        (("last", "--report", "r.pdf"), 2, "ends in .html"),
    ],
)
def test_what_cannot_be_compared_is_one_sentence(
    inferometer: Command, kept: tuple[RunResult, ...], arguments: tuple[str, ...], code: int, words: str
) -> None:
    found, out, err = inferometer("compare", *arguments)
    assert (found, out) == (code, "")
    assert words in err.splitlines()[-1]
    assert "Traceback" not in err


def test_files_that_are_no_results_are_refused_by_what_they_are(inferometer: Command, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema": 1, "id": "x"')
    code, _, err = inferometer("compare", broken)
    assert (code, len(err.splitlines())) == (1, 1)
    assert "broken.json is no result of inferometer" in err
    code, _, err = inferometer("compare", demo.sample_paths()[0])
    assert code == 1
    assert "is a model file, and compare takes runs: measure it first with `inferometer profile" in err


def test_an_empty_history_has_no_last(inferometer: Command) -> None:
    code, _, err = inferometer("compare", "last")
    assert (code, len(err.splitlines())) == (1, 1)


def test_the_history_takes_lists_too(
    inferometer: Command, kept: tuple[RunResult, ...], tmp_path: Path
) -> None:
    fresh = [msgspec.structs.replace(run, id=f"2028{index}") for index, run in enumerate(kept)]
    path = tmp_path / "list.json"
    path.write_bytes(b"[" + b",".join(map(to_json, fresh)) + b"]")
    code, out, _ = inferometer("history", "import", path)
    assert code == 0
    assert out.count("imported") == 4
    path.write_text("[]]")
    assert inferometer("history", "import", path)[0] == 1
