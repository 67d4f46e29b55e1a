"""The probe on this very machine, and what it does when a source or its child fails."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import psutil
import pytest

from hardware import probe
from hardware.machine import Cpu, Machine, Unknown
from tests.fakes import NO_LIBRARY, Fails, ScriptedNvml, tesla_t4


def _assert_complete(record: Machine | Cpu) -> None:
    for field in set(type(record).__struct_fields__) - {"unavailable"}:
        missing = getattr(record, field) is None or getattr(record, field) == ()
        assert missing == (field in record.unavailable), field


def test_this_machine_is_described_without_gaps_in_the_reasons() -> None:
    machine = probe.probe(ScriptedNvml(init=Fails(NO_LIBRARY)))
    _assert_complete(machine)
    _assert_complete(machine.cpu)
    assert machine.memory_total_bytes == psutil.virtual_memory().total
    assert machine.cpu.logical_cores == psutil.cpu_count()
    assert machine.cpu.usable_cores is not None
    assert 0 < machine.cpu.usable_cores <= machine.cpu.logical_cores
    assert machine.unavailable["gpus"].code == "nvml_missing"


def test_a_card_is_matched_to_its_row() -> None:
    machine = probe.probe(ScriptedNvml(tesla_t4()))
    assert machine.gpus[0].card == "Tesla T4"
    assert "card" not in machine.gpus[0].unavailable
    _assert_complete(machine)


def test_an_nvml_that_breaks_in_an_unheard_of_way_costs_the_cards_only() -> None:
    class Broken:
        NVMLError = LookupError

        def nvmlInit(self) -> None:
            raise RuntimeError("the driver is on fire")

    machine = probe.probe(Broken())
    assert machine.gpus == ()
    assert machine.unavailable["gpus"].code == "unreadable"
    assert machine.memory_total_bytes is not None


def test_an_unsupported_system_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "plan9")
    machine = probe.probe(ScriptedNvml())
    assert machine.unavailable["memory_total_bytes"] == Unknown("system_unsupported", {"system": "plan9"})
    assert machine.cpu == Cpu()


def test_a_child_gives_the_same_machine() -> None:
    asked, own = probe.probe_in_child(timeout_s=60), probe.probe()
    changing = {"memory_available_bytes": None, "cpu": Cpu(), "unavailable": {}}
    assert msgspec.structs.replace(asked, **changing) == msgspec.structs.replace(own, **changing)
    assert asked.cpu.name == own.cpu.name


def test_the_module_prints_the_machine_from_anywhere(tmp_path: Path) -> None:
    root = Path(probe.__file__).resolve().parent.parent
    (tmp_path / "msgspec.py").write_text("raise SystemExit('a file beside a model was imported')")
    asked = subprocess.run(
        [sys.executable, "-P", "-m", "hardware.probe"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert msgspec.json.decode(asked.stdout, type=Machine).memory_total_bytes is not None


def _program(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.skipif(os.name == "nt", reason="shell scripts stand in for the interpreter")
def test_a_child_that_hangs_costs_its_time_limit_and_the_cards(tmp_path: Path) -> None:
    begun = time.monotonic()
    machine = probe.probe_in_child(timeout_s=0.2, python=_program(tmp_path / "python", "exec sleep 60"))
    assert time.monotonic() - begun < 5
    assert machine.unavailable["gpus"] == Unknown("nvml_timeout", {"seconds": "0.2"})
    assert machine.memory_total_bytes is not None


@pytest.mark.skipif(os.name == "nt", reason="shell scripts stand in for the interpreter")
@pytest.mark.parametrize("words", ["echo nonsense", "echo '{\"gpus\": 7}'", "true"])
def test_a_child_that_talks_nonsense_costs_the_cards(tmp_path: Path, words: str) -> None:
    python = _program(tmp_path / "python", f"{words}; echo last words >&2; exit 3")
    machine = probe.probe_in_child(python=python)
    assert machine.unavailable["gpus"] == Unknown("probe_failed", {"code": "3", "detail": "last words"})
    assert machine.cpu.name is not None or "name" in machine.cpu.unavailable


def test_an_interpreter_that_is_not_there_is_a_reason(tmp_path: Path) -> None:
    machine = probe.probe_in_child(python=str(tmp_path / "nowhere"))
    assert machine.unavailable["gpus"].code == "unreadable"
    assert str(tmp_path) not in msgspec.json.encode(machine).decode()
