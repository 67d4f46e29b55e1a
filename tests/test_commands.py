"""The command line as a person uses it: real runs, documents, history, demo and doctor."""

from __future__ import annotations

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import main
from profiler.child_environment import code_root
from profiler.commands import demo, display
from profiler.result import from_json

ONNX, TORCHSCRIPT = demo.sample_paths()[:2]
SHORT = ["--duration", "0.5", "--warmup", "5", "--replicates", "1", "--repeats", "0", "--quiet"]

Result = tuple[int, str, str]
Command = Callable[..., Result]


@pytest.fixture
def inferometer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command in English and without a display."""
    monkeypatch.setenv("INFEROMETER_LANG", "en")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    def run(*arguments: object) -> Result:
        code = main.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_standard_output_carries_the_document_only(inferometer: Command) -> None:
    code, out, _ = inferometer("profile", ONNX, "--json", "-", "--batch", "3", *SHORT)
    assert code == 0
    result = from_json(out.encode())
    assert result.plan.shapes == {"image": (3, 1, 8, 8)}
    assert result.latency.p50_ns


def test_several_files_are_several_runs_and_json_is_a_list(inferometer: Command, tmp_path: Path) -> None:
    report, document = tmp_path / "r.html", tmp_path / "r.json"
    code, out, err = inferometer("profile", ONNX, TORCHSCRIPT, "--json", document, "--report", report, *SHORT)
    assert (code, err) == (0, "")
    assert [one["model"]["format"] for one in json.loads(document.read_bytes())] == ["onnx", "torchscript"]
    assert "Side by side" in out
    assert report.read_text(encoding="utf-8").count("<section") == 2


def test_a_sweep_is_a_table_a_row_each_and_a_report(inferometer: Command, tmp_path: Path) -> None:
    table, report = tmp_path / "r.csv", tmp_path / "r.md"
    code, out, err = inferometer(
        "profile", ONNX, "--batch", "1,4", "--csv", table, "--report", report, *SHORT
    )
    assert (code, err) == (0, "")
    assert "Points of the sweep" in out
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["batch"] for row in rows] == ["1", "4"]
    assert all(int(row["latency.p50_ns"]) > 0 for row in rows)
    assert "Points of the sweep" in report.read_text(encoding="utf-8")


def test_models_together_are_measured_alone_and_beside_each_other(inferometer: Command) -> None:
    code, out, _ = inferometer("profile", ONNX, TORCHSCRIPT, "--together", "--json", "-", *SHORT)
    first, second = json.loads(out)
    assert code == 0
    assert [point["together"] for point in first["points"]] == ["alone", "idle", "busy"]
    assert first["together"]["group"] == second["together"]["group"]
    assert second["plan"]["companions"] == [ONNX.name]


def test_options_that_do_not_fit_together_are_wrong_usage(inferometer: Command) -> None:
    code, out, err = inferometer("profile", ONNX, "--qps", "max")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "--limit p99=10ms" in err


def test_given_inputs_are_used(inferometer: Command) -> None:
    import numpy as np

    folder = ONNX.parent
    with np.load(folder / "digits_test.npz") as data:
        np.save(Path("x.npy"), data["x"][:2])
    code, out, _ = inferometer("profile", ONNX, "--input", "image=x.npy", "--json", "-", *SHORT)
    assert code == 0
    document = json.loads(out)
    assert document["plan"]["inputs"] == {"image": "files:2"}
    assert document["plan"]["shapes"] == {"image": [1, 1, 8, 8]}


def test_the_history_shows_exports_imports_and_puts_aside(inferometer: Command, tmp_path: Path) -> None:
    assert "empty" in inferometer("history", "show")[1]
    inferometer("profile", ONNX, *SHORT)
    code, out, _ = inferometer("history", "show", "--json", "-")
    (row,) = json.loads(out)
    assert code == 0
    assert row["model"] == ONNX.name
    assert ONNX.name in inferometer("history", "show")[1]
    assert ONNX.name in inferometer("history", "show", "last")[1]
    assert inferometer("history", "export", row["id"][:12], tmp_path / "run.json")[0] == 0
    assert inferometer("history", "delete", "last")[0] == 0
    assert inferometer("history", "show", "last")[0] == 1
    assert inferometer("history", "import", tmp_path / "run.json")[0] == 0
    code, _, err = inferometer("history", "show", "nonsense")
    assert (code, len(err.splitlines())) == (1, 1)


def test_the_demo_without_a_display_measures_every_sample_and_writes_a_report(
    inferometer: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "profiler.commands.demo.PRESET", ["--duration", "0.5", "--warmup", "5", "--replicates", "1"]
    )
    code, out, err = inferometer("demo")
    assert code == 0, err
    assert all(f"  {name}  " in out for name in demo.SAMPLES)
    assert "could not be measured" not in out
    assert "Which one should be used?" in out
    assert out.count("97.8 % (95.7") == len(demo.SAMPLES)
    assert out.count("within tolerance") >= len(demo.SAMPLES) - 1
    assert "report.html" in err
    assert Path("report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_the_doctor_names_what_is_there(inferometer: Command) -> None:
    code, out, _ = inferometer("doctor", "--json", "-")
    findings = json.loads(out)
    assert any("onnxruntime" in finding["name"] and "cpu" in finding["text"] for finding in findings)
    assert all(finding["level"] in ("ok", "missing", "note") and finding["text"] for finding in findings)
    assert not any("Azure" in finding["text"] for finding in findings)
    assert code == int(any(finding["level"] == "missing" for finding in findings))


def test_without_a_display_the_window_is_refused_in_one_sentence(inferometer: Command) -> None:
    code, out, err = inferometer()
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert "no display" in err


def test_a_mistyped_command_is_wrong_usage_and_opens_no_window(inferometer: Command) -> None:
    code, out, err = inferometer("profil", "model.onnx")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "profil;" in err
    assert "profile" in err
    assert inferometer("missing.onnx")[0] == 1


@pytest.mark.parametrize(
    ("environment", "system", "there"),
    [({}, "linux", False), ({"DISPLAY": ":0"}, "linux", True),
     ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True), ({}, "darwin", True), ({}, "win32", True)],
)  # fmt: skip
def test_a_display_is_known_by_the_environment(environment: dict[str, str], system: str, there: bool) -> None:
    assert display.is_there(environment, system) is there


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a process of its own")
def test_ctrl_c_keeps_what_was_measured_and_exits_130() -> None:
    command = [
        sys.executable,
        "-c",
        # A shell that starts its jobs in the background has them ignore Ctrl-C, and children inherit that.
        "import main, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "sys.exit(main.main(sys.argv[1:]))",
        "profile",
        str(ONNX),
        "--duration",
        "60",
        "--warmup",
        "5",
        "--json",
        "-",
    ]
    with subprocess.Popen(
        command, cwd=code_root(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"first" in line or "首次".encode() in line:
                break
        end = time.monotonic() + 1.5
        while time.monotonic() < end:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    document = json.loads(out)
    assert document["status"] == "stopped"
    assert document["latency"]["count"] > 0


def test_commands_speak_chinese_where_they_are_asked_to(
    inferometer: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFEROMETER_LANG", "zh_CN")
    assert "历史记录为空" in inferometer("history", "show")[1]
    assert "错误" in inferometer("profile", "none.onnx", *SHORT)[2]
