"""Another interpreter measures: it is judged in one sentence, and sees our code and none of our packages."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from profiler import (
    child_environment,
    error_text,
    folders,
    interpreter,
    messages,
    other_python,
    survey_client,
)
from profiler.backends import catalog, null
from profiler.errors import ErrorKind, KnownError
from profiler.plan import Companion, Preset, RunPlan, Stopping
from profiler.result import RunResult, Status
from profiler.runner import Ended, Event, Refused, Run
from profiler.store import Store
from tests import bare_python

SAMPLE = Path(__file__).parent.parent / "resources" / "samples" / "digits.onnx"
SHORT = Stopping(0.2, 30, 0.4)
FIT: dict[str, Any] = {
    "implementation": "CPython",
    "version": "3.9.18",
    "is_64_bit": True,
    "versions": {"numpy": "2.0.2", "msgspec": "0.20.0"},
    "found": ["onnxruntime"],
}

pytestmark = pytest.mark.skipif(os.name != "posix", reason="stand-ins are shell scripts and links")


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[..., str]:
    """Makes a program that answers as an interpreter with these facts would."""

    def make(before: str = "", **changes: object) -> str:
        path = tmp_path / "python"
        answer = shlex.quote(json.dumps(FIT | changes))
        path.write_text(f"#!/bin/sh\n{before}\necho {answer}\n")
        path.chmod(0o755)
        return str(path)

    return make


def _refusal(python: str, timeout_s: float = other_python.TIMEOUT_S) -> dict[str, str]:
    with pytest.raises(KnownError) as caught:
        other_python.probe(python, timeout_s)
    assert caught.value.kind is ErrorKind.PYTHON_UNUSABLE
    info = caught.value.info
    for language in ("en", "zh_CN"):
        assert python in error_text.sentence(info, language)
    return info.parameters


def test_an_interpreter_that_fits_says_what_it_holds(stand_in: Callable[..., str]) -> None:
    path = stand_in(before="echo a start-up file says hello")
    found = other_python.probe(path)
    assert found == other_python.OtherPython(path, "3.9.18", "2.0.2", "0.20.0", ("onnxruntime",))
    assert found.runtimes == ("onnxruntime",)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"implementation": "PyPy"}, "python_other"),
        ({"version": "3.8.20", "versions": {}}, "python_old"),
        ({"version": "2.7.18", "versions": {}}, "python_old"),
        ({"is_64_bit": False}, "python_32_bit"),
        ({"versions": {"msgspec": "0.20.0"}}, "packages_missing"),
        ({"versions": {"numpy": "1.21.6", "msgspec": "0.20.0"}}, "package_old"),
        ({"versions": {"numpy": "2.0.2", "msgspec": "0.9.1"}}, "package_old"),
        ({"versions": {"msgspec": "0.20.0"}, "broken": {"numpy": "no libopenblas"}}, "package_broken"),
        ({"version": 39}, "not_python"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_reason(
    stand_in: Callable[..., str], changes: dict[str, object], what: str
) -> None:
    assert _refusal(stand_in(**changes))["what"] == what


def test_3_10_is_newer_than_3_9(stand_in: Callable[..., str]) -> None:
    assert other_python.probe(stand_in(version="3.10.0rc1")).version == "3.10.0rc1"


def test_the_sentence_tells_what_to_type(stand_in: Callable[..., str]) -> None:
    path = stand_in(versions={})
    assert _refusal(path)["command"] == f"{path} -m pip install numpy msgspec"
    path = stand_in(versions={"numpy": "1.20.0", "msgspec": "0.20.0"})
    assert _refusal(path)["command"] == f"{path} -m pip install --upgrade numpy"


def test_a_path_with_a_space_can_be_typed_as_it_is_shown() -> None:
    assert other_python.install_command("/my env/python", "numpy") == "'/my env/python' -m pip install numpy"


def test_what_is_no_interpreter_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("x")
    assert _refusal(str(tmp_path / "absent"))["what"] == "python_missing"
    assert _refusal(str(tmp_path))["what"] == "python_is_folder"
    assert _refusal(str(text))["what"] == "python_not_executable"
    text.chmod(0o755)
    text.write_bytes(b"\x7fELF and then nothing")
    assert _refusal(str(text))["what"] == "not_python"
    assert _refusal(shutil.which("true") or "/bin/true")["what"] == "not_python"


def test_a_program_that_never_ends_is_ended_with_what_it_started(
    stand_in: Callable[..., str], tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe")
    path = stand_in(before=f"cat {shlex.quote(str(tmp_path / 'pipe'))}")
    assert _refusal(path, timeout_s=0.3)["what"] == "python_silent"


def test_an_interpreter_that_is_asked_sees_no_secret(
    stand_in: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    seen = tmp_path / "seen"
    other_python.probe(stand_in(before=f"env > {shlex.quote(str(seen))}"))
    assert "INFEROMETER_OWN_PYTHON" in seen.read_text()
    assert "HF_TOKEN" not in seen.read_text()


def test_a_name_is_found_on_the_path_and_a_link_stays_a_link(
    stand_in: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stand_in()
    link = tmp_path / "python-of-mine"
    link.symlink_to(path)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert interpreter.located("python-of-mine") == str(link)
    monkeypatch.chdir(tmp_path)
    assert interpreter.located("./python-of-mine") == str(link)


def test_the_runtime_is_chosen_by_what_is_installed_there(stand_in: Callable[..., str]) -> None:
    onnx = catalog.format_named("onnx")
    assert other_python.probe(stand_in(found=["openvino", "torch"])).default_runtime(onnx) == "openvino"
    path = stand_in(found=["torch"])
    with pytest.raises(KnownError) as caught:
        other_python.probe(path).default_runtime(onnx)
    assert caught.value.kind is ErrorKind.RUNTIME_MISSING
    assert caught.value.info.parameters["command"] == f"{path} -m pip install onnxruntime"


def test_the_runtime_of_a_companion_must_be_there_too(stand_in: Callable[..., str]) -> None:
    plan = RunPlan("a.onnx", "onnxruntime", python=stand_in())
    assert other_python.of_plan(plan) is not None
    beside = RunPlan(
        "a.onnx", "onnxruntime", python=plan.python, companions=(Companion("b.pt", "torchscript"),)
    )
    with pytest.raises(KnownError):
        other_python.of_plan(beside)


def test_a_plan_without_another_interpreter_asks_nobody() -> None:
    assert other_python.of_plan(RunPlan("a.onnx", "onnxruntime")) is None


def test_our_packages_are_brought_without_what_lies_beside_them(tmp_path: Path) -> None:
    code = child_environment.bare_code(tmp_path)
    assert {path.name for path in code.iterdir()} == {"profiler", "hardware", "resources"}
    assert (code / "profiler" / "worker.py").samefile(
        child_environment.code_root() / "profiler" / "worker.py"
    )


def test_our_packages_are_copied_where_no_link_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("links are not allowed")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    code = child_environment.bare_code(tmp_path)
    assert not (code / "profiler").is_symlink()
    assert (code / "profiler" / "worker.py").read_bytes()


# With a real interpreter ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(bare_python.make(tmp_path_factory.mktemp("bare") / "environment"))


def _interpreters() -> list[str]:
    """Older ones of this machine, where there are any that can measure; or the one that a variable names."""
    named = [os.environ.get("INFEROMETER_TEST_PYTHON"), "python3.9", "python3.10"]
    found = []
    for name in filter(None, named):
        try:
            found.append(other_python.probe(name).path)
        except KnownError:
            continue
    return found


def _ended(plan: RunPlan) -> Event:
    events: list[Event] = []
    run = Run(plan, Store(folders.history_folder()), events.append, machine=dict, checks=tuple)
    run.start()
    assert run.wait(60)
    return events[-1]


def _measured(plan: RunPlan) -> RunResult:
    ended = _ended(plan)
    assert isinstance(ended, Ended), ended
    assert ended.result.error is None, ended.result.error
    return ended.result


def _yardstick(folder: Path, python: str) -> RunPlan:
    path = null.write(folder / "known.null", null.Service(200_000))
    return RunPlan(str(path), "null", preset=Preset.QUICK, stopping=SHORT, warmup=10, python=python)


def test_a_bare_environment_is_fit_and_holds_no_runtime(bare: str) -> None:
    found = other_python.probe(bare)
    assert found.path == bare
    assert found.found == ()


def test_a_whole_run_needs_numpy_and_msgspec_alone(bare: str, tmp_path: Path) -> None:
    result = _measured(_yardstick(tmp_path, bare))
    assert result.status is Status.FINISHED
    assert result.latency.p50_ns is not None
    assert 200_000 <= result.latency.p50_ns < 2_000_000
    assert result.memory.peak_rss_bytes
    assert result.environment.python_interpreter == "other"
    assert not list(folders.running_folder().iterdir())


def test_every_older_interpreter_of_this_machine_measures(tmp_path: Path) -> None:
    found = _interpreters()
    if not found:
        pytest.skip("no other interpreter with numpy and msgspec: name one in INFEROMETER_TEST_PYTHON")
    for python in found:
        result = _measured(_yardstick(tmp_path, python))
        assert result.environment.python == other_python.probe(python).version


def test_our_own_measures_where_no_other_is_named(tmp_path: Path) -> None:
    result = _measured(_yardstick(tmp_path, ""))
    assert result.environment.python_interpreter == "own"


def test_a_run_that_cannot_begin_leaves_nothing_behind(bare: str, stand_in: Callable[..., str]) -> None:
    for python, kind in ((bare, "runtime_missing"), (stand_in(version="3.8.1"), "python_unusable")):
        ended = _ended(RunPlan(str(SAMPLE), "onnxruntime", python=python))
        assert isinstance(ended, Refused)
        assert ended.error.kind == kind
    assert not folders.running_folder().exists()


def test_a_survey_there_finds_what_is_there(bare: str) -> None:
    runtimes = survey_client.survey(python=bare).runtimes
    assert [runtime.name for runtime in runtimes] == [row.name for row in catalog.RUNTIMES]
    assert all(runtime.missing is not None for runtime in runtimes)


def test_no_module_beside_the_model_is_imported_there(bare: str, tmp_path: Path) -> None:
    for name in ("json", "runpy", "profiler", "numpy"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('imported from the working directory')")
    command = child_environment.command("profiler.worker", bare)
    assert "-P" not in command
    assert "-P" in child_environment.command("profiler.worker", sys.executable)
    code = child_environment.bare_code(tmp_path.parent)
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env=child_environment.environment(folder=tmp_path, code=code),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert isinstance(messages.decode_report(done.stdout), messages.Failed), done.stderr
    assert b"working directory" not in done.stderr
