"""What the command line asks about answers, and the plans it makes of that."""

from __future__ import annotations

import argparse
import io
import os
from pathlib import Path

import pytest

from profiler import wording
from profiler.checks_plan import Checks, Tolerance
from profiler.commands import comparison, correctness_arguments, plan_arguments, profile
from profiler.commands.demo import sample_paths
from profiler.correctness import preprocessing
from profiler.plan import RunPlan
from tests.labelled_data import DIGITS_TEST

ONNX, TORCHSCRIPT, *_, TFLITE = sample_paths()


def _parsed(*options: str, files: tuple[Path, ...] = (ONNX,)) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    profile.add_arguments(parser)
    return parser.parse_args([*map(str, files), *options])


def _checks(*options: str) -> Checks:
    return correctness_arguments.checks_of(_parsed(*options))


def test_nothing_asked_is_the_defaults() -> None:
    assert _checks() == Checks()


def test_labelled_data_come_with_all_that_belongs_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = _checks(
        "--dataset", "pictures", "--labels", "l.csv", "--preprocess", "imagenet", "--limit-samples", "9",
        "--judged-output", "out", "--metric", "own.py:f",
    )  # fmt: skip
    assert found.dataset is not None
    assert (found.dataset.path, found.dataset.labels) == (str(tmp_path / "pictures"), str(tmp_path / "l.csv"))
    assert (found.dataset.limit, found.dataset.output) == (9, "out")
    assert found.dataset.preprocessing == preprocessing.PRESETS["imagenet"]
    assert (found.metric, found.metric_folder) == ("own.py:f", str(tmp_path))


@pytest.mark.parametrize(("text", "share"), [("0.978", 0.978), ("97.8", 0.978), ("97.8%", 0.978), ("1", 1.0)])
def test_an_expected_accuracy_is_a_share_or_percent(text: str, share: float) -> None:
    assert _checks("--dataset", "d", "--expected-accuracy", text).expected_accuracy == pytest.approx(share)


def test_tolerances_are_edited_figure_by_figure() -> None:
    found = _checks(
        "--tolerance", "int8:snr=12,top1=0.9", "--tolerance", "int8:snr=10", "--tolerance", "fp16:cosine=0.9"
    )
    assert found.tolerances == {
        "int8": Tolerance(min_snr_db=10.0, min_top1=0.9),
        "fp16": Tolerance(min_cosine=0.9),
    }


@pytest.mark.parametrize(
    "options",
    [
        "--tolerance int8", "--tolerance int9:snr=1", "--tolerance int8:size=1", "--tolerance int8:snr=x",
        "--tolerance int8:top1=2", "--tolerance fp32:relative=-1", "--preprocess nothing",
        "--preprocess resize=x", "--metric own", "--metric own:", "--metric own:a-b",
        "--expected-accuracy much", "--expected-accuracy 0", "--expected-accuracy 101", "--limit-samples 0",
        "--repeats -1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_values_that_cannot_be_are_wrong_usage_in_both_languages(
    options: str, language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFEROMETER_LANG", language)
    with pytest.raises(SystemExit) as caught:
        _parsed(*options.split())
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert options.split(maxsplit=1)[0] in said
    if not options.startswith(("--limit", "--repeats")):
        assert ("请" in said) == (language == "zh_CN")


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ("--labels l.csv", "needs_dataset"),
        ("--preprocess imagenet", "needs_dataset"),
        ("--limit-samples 3", "needs_dataset"),
        ("--metric a:b", "needs_dataset"),
        ("--expected-accuracy 0.9", "needs_dataset"),
        ("--judged-output y", "needs_dataset"),
        ("--no-divergence", "no_divergence_alone"),
        ("--tolerance int8:snr=3", "tolerance_alone"),
    ],
)
def test_options_that_lack_what_they_belong_to_are_wrong_usage(options: str, code: str) -> None:
    out, err = io.StringIO(), io.StringIO()
    assert profile.run(_parsed(*options.split()), "en", out, err) == 2
    option = options.split(maxsplit=1)[0]
    assert err.getvalue() == f"error: {wording.say('usage', code, 'en', option=option)}\n"


@pytest.mark.parametrize(
    "options",
    ["--dataset gone", "--dataset x.txt", "--reference gone.onnx", "--metric gone.py:f --dataset {data}"],
)
def test_files_that_are_not_there_end_the_command_before_anything_is_measured(
    options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.txt").write_text("x")
    err = io.StringIO()
    parsed = _parsed(*options.format(data=DIGITS_TEST).split(), "--quiet")
    assert profile.run(parsed, "en", io.StringIO(), err) == 1
    assert err.getvalue().count("\n") == 1
    assert not any((tmp_path / "home").rglob("runs/*"))


def _beside(plans: list[RunPlan], given: str) -> list[RunPlan]:
    def plan_for(path: Path, runtime: str) -> RunPlan:
        return plan_arguments.plan_for(
            path, argparse.Namespace(**vars(_parsed()) | {"runtime": runtime or None})
        )

    return correctness_arguments.beside_reference(plans, given, plan_for, comparison.alike)


def test_the_first_of_several_files_is_the_reference_of_all() -> None:
    plans = [RunPlan(str(ONNX), "onnxruntime"), RunPlan(str(TFLITE), "litert")]
    found = _beside(plans, "")
    assert len(found) == 2
    for plan in found:
        assert plan.checks.reference is not None
        assert plan.checks.reference.model_path == str(ONNX.resolve())
        assert plan.checks.reference.runtime == "onnxruntime"


def test_one_file_alone_has_no_reference() -> None:
    (found,) = _beside([RunPlan(str(ONNX), "onnxruntime")], "")
    assert found.checks.reference is None
    assert _beside([], str(ONNX)) == []


def test_a_reference_may_be_named_with_its_runtime_and_is_fed_alike() -> None:
    (found,) = _beside([RunPlan(str(TFLITE), "litert")], f"{ONNX}@openvino")
    reference = found.checks.reference
    assert reference is not None
    assert (Path(reference.model_path), reference.runtime) == (ONNX.resolve(), "openvino")


def test_a_named_reference_among_the_files_is_that_run() -> None:
    plans = [
        RunPlan(str(ONNX), "onnxruntime"),
        RunPlan(str(TFLITE), "litert", threads=1),
        RunPlan(str(ONNX), "openvino", precision="bf16"),
    ]
    found = _beside(plans, f"{ONNX}@openvino")
    assert len(found) == 3
    assert {(plan.checks.reference.runtime, plan.checks.reference.precision)
            for plan in found if plan.checks.reference} == {("openvino", "bf16")}  # fmt: skip


def test_an_at_in_a_files_name_is_no_runtime() -> None:
    assert correctness_arguments.reference_of("a@b.onnx") == (Path("a@b.onnx"), "")
    assert correctness_arguments.reference_of("a@b.onnx@litert") == (Path("a@b.onnx"), "litert")


def test_a_file_that_nobody_allowed_is_no_reference_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INFEROMETER_HOME", str(tmp_path))
    stranger = tmp_path / "stranger.pt"
    stranger.write_bytes(TORCHSCRIPT.read_bytes() + os.urandom(1))
    monkeypatch.setattr(correctness_arguments, "_is_allowed", lambda plan: plan.runtime != "torchscript")
    plans = [RunPlan(str(stranger), "torchscript"), RunPlan(str(ONNX), "onnxruntime")]
    found = correctness_arguments.beside_reference(plans, "", lambda path, runtime: plans[0], list)
    assert [plan.checks.reference.runtime for plan in found if plan.checks.reference] == ["onnxruntime"] * 2
