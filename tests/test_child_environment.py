"""What a child gets to see."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from profiler import child_environment


def test_secrets_of_the_user_stay_with_the_user() -> None:
    source = {"PATH": "/bin", "HF_TOKEN": "secret", "AWS_SECRET_ACCESS_KEY": "secret", "SSH_AUTH_SOCK": "x",
              "PYTHONPATH": "/evil", "PYTHONSTARTUP": "/evil", "LD_PRELOAD": "/evil.so"}  # fmt: skip
    seen = child_environment.environment(source=source)
    assert seen["PATH"] == "/bin"
    assert (
        not {"HF_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK", "PYTHONSTARTUP", "LD_PRELOAD"}
        & seen.keys()
    )
    assert seen["PYTHONPATH"] == str(child_environment.code_root())


def test_telemetry_is_off_and_checkpoints_hold_weights_only() -> None:
    seen = child_environment.environment(source={})
    assert seen["ORT_DISABLE_TELEMETRY"] == "1"
    assert seen["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] == "1"


def test_threads_and_folders_are_set_before_anything_is_imported(tmp_path: Path) -> None:
    seen = child_environment.environment(3, tmp_path, {})
    assert seen["OMP_NUM_THREADS"] == "3"
    assert seen["TMPDIR"] == str(tmp_path)
    assert "OMP_NUM_THREADS" not in child_environment.environment(0, source={})


def test_a_child_ignores_modules_beside_the_model() -> None:
    assert "-P" in child_environment.command("profiler.worker")


def test_another_interpreter_sees_our_code_alone_and_what_its_user_installed_for_it(tmp_path: Path) -> None:
    own = child_environment.environment(source={})
    other = child_environment.environment(code=tmp_path, source={})
    assert own["PYTHONNOUSERSITE"] == "1"
    assert "PYTHONNOUSERSITE" not in other
    assert other["PYTHONPATH"] == str(tmp_path)


def test_a_child_knows_the_interpreter_that_files_are_inspected_by(monkeypatch: pytest.MonkeyPatch) -> None:
    assert child_environment.own_python() == sys.executable
    seen = child_environment.environment(source={})
    monkeypatch.setattr(sys, "executable", "/other/python")
    monkeypatch.setenv("INFEROMETER_OWN_PYTHON", seen["INFEROMETER_OWN_PYTHON"])
    assert child_environment.own_python() == seen["INFEROMETER_OWN_PYTHON"] != sys.executable
    assert "-P" in child_environment.command("profiler.worker", child_environment.own_python())
