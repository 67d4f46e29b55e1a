"""Options of the command line, the plans they make, and those that do not fit together."""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import pytest

from profiler import wording
from profiler.commands import demo, load_arguments, plan_arguments, profile
from profiler.plan import (
    Companion,
    Concurrency,
    MultiStream,
    Offline,
    RunPlan,
    Scenario,
    Server,
    SingleStream,
    Sweep,
)

ONNX, TORCHSCRIPT = demo.sample_paths()[:2]


def _parsed(*options: str, files: tuple[str, ...] = (str(ONNX),)) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    profile.add_arguments(parser)
    return parser.parse_args([*files, *options])


def _plan(*options: str) -> RunPlan:
    arguments = _parsed(*options)
    load_arguments.check(arguments)
    return plan_arguments.plan_for(ONNX, arguments)


@pytest.mark.parametrize(
    ("options", "scenario"),
    [
        ("", SingleStream()),
        ("--concurrency 1", SingleStream()),
        ("--concurrency 4", Concurrency(4)),
        ("--concurrency 1,2", Concurrency(1)),
        ("--scenario MultiStream", MultiStream(8)),
        ("--samples-per-query 3", MultiStream(3)),
        ("--scenario Offline", Offline(1)),
        ("--scenario Offline --concurrency 2", Offline(2)),
        ("--qps 50", Server(50.0)),
        ("--scenario Server --qps 50 --concurrency 3 --seed 7", Server(50.0, 3, 7)),
        ("--qps max --limit p99=10ms", Server(None)),
    ],
)
def test_options_name_the_load_or_imply_it(options: str, scenario: Scenario) -> None:
    assert _plan(*options.split()).scenario == scenario


def test_lists_are_a_sweep_and_single_values_are_the_plans() -> None:
    plan = _plan("--batch", "1,4,16", "--threads", "2", "--concurrency", "1,2")
    assert plan.sweep == Sweep(batch=(1, 4, 16), concurrency=(1, 2))
    assert (plan.batch, plan.threads) == (1, 2)
    assert _plan("--qps", "100,200.5").sweep == Sweep(rate_per_s=(100.0, 200.5))
    assert _plan("--batch", "4").sweep == Sweep()
    assert _plan("--batch", "4").batch == 4


def test_a_multistream_query_leaves_the_batch_at_one_unless_it_is_given() -> None:
    assert _plan("--scenario", "MultiStream").batch == 1
    assert _plan("--scenario", "MultiStream", "--batch", "4").batch == 4


def test_processes_and_limits_reach_the_plan() -> None:
    plan = _plan("--world-size", "2", "--replicates", "5", "--limit", "p99=10ms,memory=500MB")
    assert (plan.world_size, plan.processes) == (2, 5)
    assert plan.limits == {"p99": 10e6, "memory": 500e6}
    assert _plan("--preset", "quick").processes == 1


def test_together_each_file_has_the_others_as_companions() -> None:
    files = (str(ONNX), str(TORCHSCRIPT), str(ONNX))
    arguments = _parsed("--together", files=files)
    load_arguments.check(arguments)
    assert plan_arguments.plan_for(ONNX, arguments).companions == (
        Companion(str(TORCHSCRIPT), "torchscript"),
        Companion(str(ONNX), "onnxruntime"),
    )
    assert [one.model_path for one in plan_arguments.plan_for(TORCHSCRIPT, arguments).companions] == [
        str(ONNX),
        str(ONNX),
    ]


def test_a_runtime_that_is_named_is_not_forced_on_a_companion_of_another_format() -> None:
    arguments = _parsed("--together", "--runtime", "onnxruntime", files=(str(ONNX), str(TORCHSCRIPT)))
    (companion,) = plan_arguments.plan_for(ONNX, arguments).companions
    assert companion.runtime == "torchscript"


WRONG = {
    "qps_with_other": "--scenario Offline --qps 5",
    "server_without_qps": "--scenario Server",
    "samples_with_other": "--scenario Offline --samples-per-query 4",
    "concurrency_with_other": "--scenario SingleStream --concurrency 2",
    "max_without_limit": "--qps max --limit mean=5ms",
    "max_with_list": "--qps max --limit p99=5ms --batch 1,2",
    "max_with_processes": "--qps max --limit p99=5ms --replicates 2",
    "max_with_together": "--qps max --limit p99=5ms --together",
    "batch_max_with_load": "--batch max --concurrency 2",
    "batch_max_with_processes": "--batch max --replicates 2",
    "batch_max_with_sizes": "--batch max --dimension seq=1,2",
    "runtime_all_with_together": "--runtime all --together",
    "together_alone": "--together",
    "together_with_world": "--together --world-size 2",
    "world_size_with_torchrun": "--world-size 3",
}
TORCHRUN = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "1"}


def _under_torchrun(monkeypatch: pytest.MonkeyPatch, rank: int) -> None:
    for name, value in (TORCHRUN | {"RANK": str(rank)}).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("code", WRONG)
def test_what_does_not_fit_together_is_refused_in_one_sentence_with_exit_code_2(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if code == "world_size_with_torchrun":
        _under_torchrun(monkeypatch, rank=0)
    files = (str(ONNX),) if code == "together_alone" else (str(ONNX), str(TORCHSCRIPT))
    out, err = io.StringIO(), io.StringIO()
    assert profile.run(_parsed(*WRONG[code].split(), files=files), "en", out, err) == 2
    assert err.getvalue() == f"error: {wording.say('usage', code, 'en')}\n"
    assert out.getvalue() == ""


@pytest.mark.parametrize("options", ["--together", "--qps max --limit p99=5ms", "--world-size 3"])
def test_of_torchruns_processes_all_refuse_and_one_speaks(
    options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = []
    for rank in range(2):
        _under_torchrun(monkeypatch, rank)
        err = io.StringIO()
        parsed = _parsed(*options.split(), files=(str(ONNX), str(TORCHSCRIPT)))
        assert profile.run(parsed, "en", io.StringIO(), err) == 2
        told.append(err.getvalue().count("\n"))
    assert told == [1, 0]


def test_a_world_size_that_torchrun_confirms_is_fine() -> None:
    load_arguments.check(_parsed("--world-size", "2"), ranks=2)
    load_arguments.check(_parsed(), ranks=2)


@pytest.mark.parametrize(
    "options",
    [
        "--batch 0", "--batch 1,,2", "--batch 2,2", "--threads -1", "--qps 0", "--qps fast", "--qps 5,max",
        "--limit p99=10", "--limit speed=1ms", "--world-size 0", "--replicates 0", "--scenario Batch",
        "--samples-per-query 0",
    ],
)  # fmt: skip
def test_values_that_cannot_be_are_wrong_usage(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        _parsed(*options.split())
    assert caught.value.code == 2
    assert options.split(maxsplit=1)[0] in capsys.readouterr().err


def test_sizes_of_a_dimension_are_a_sweep_and_the_first_is_the_plans() -> None:
    plan = _plan("--dimension", "seq=128,256", "--dimension", "height=32")
    assert plan.sweep == Sweep(dimensions={"seq": (128, 256)})
    assert plan.dimensions == {"seq": 128, "height": 32}
    assert _plan("--dimension", "seq=64").sweep == Sweep()


def test_inputs_are_files_folders_or_kinds() -> None:
    plan = _plan("--input", "image=x.png", "--input-kind", "ids=tokens:32000", "--distinct", "3")
    assert plan.input_files == {"image": str(Path("x.png").resolve())}
    assert (plan.input_kinds, plan.distinct_inputs) == ({"ids": "tokens:32000"}, 3)
    assert _plan().distinct_inputs == RunPlan("m", "r").distinct_inputs


@pytest.mark.parametrize(
    "options", ["--input-kind ids=words", "--input-kind ids", "--distinct 0", "--dimension seq=1,1"]
)
def test_inputs_that_make_no_sense_are_wrong_use(options: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        _parsed(*options.split())
    assert caught.value.code == 2
    assert options.split(maxsplit=1)[0] in capsys.readouterr().err


def test_all_runtimes_that_open_a_file_are_runs_beside_each_other() -> None:
    names = [plan.runtime for plan in plan_arguments.plans_for(ONNX, _parsed("--runtime", "all"))]
    assert names == ["onnxruntime", "openvino"]
    assert len(plan_arguments.plans_for(ONNX, _parsed())) == 1
    assert len(plan_arguments.plans_for(TORCHSCRIPT, _parsed("--runtime", "all"))) == 1
