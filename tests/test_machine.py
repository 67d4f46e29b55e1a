"""Records of a machine: nothing is None without a reason."""

from __future__ import annotations

import msgspec
import pytest

from hardware.machine import Cpu, Gpu, Machine, Unknown, attempt, gather


def test_a_fact_that_nobody_gave_is_none_with_a_reason() -> None:
    cpu = gather(Cpu, {"name": "Example 9000", "governor": Unknown("no_cpufreq")})
    assert cpu.name == "Example 9000"
    assert cpu.governor is None
    assert cpu.unavailable["governor"] == Unknown("no_cpufreq")
    assert cpu.unavailable["l2_cache_bytes"] == Unknown("no_source")
    assert "name" not in cpu.unavailable


def test_reasons_and_values_never_overlap() -> None:
    gpu = gather(Gpu, {"index": 0, "cores": 2560, "ecc": False, "mig": Unknown("nvml_not_supported")})
    for field in set(Gpu.__struct_fields__) - {"unavailable"}:
        assert (getattr(gpu, field) is None) == (field in gpu.unavailable), field


def test_a_source_that_fails_costs_its_own_fact_and_hides_file_names() -> None:
    def fail() -> int:
        raise PermissionError(13, "Permission denied", "/home/somebody/secret")

    assert attempt(fail) == Unknown("unreadable", {"detail": "Permission denied"})


@pytest.mark.parametrize("error", [ValueError("odd"), KeyError("odd"), AttributeError("odd")])
def test_a_strange_answer_of_the_system_is_a_reason(error: Exception) -> None:
    def fail() -> int:
        raise error

    found = attempt(fail)
    assert isinstance(found, Unknown)
    assert found.code == "unreadable"
    assert "odd" in found.parameters["detail"]


def test_a_machine_survives_json() -> None:
    gpu = gather(Gpu, {"index": 0, "name": "Tesla T4"})
    machine = gather(Machine, {"system": "Example 1", "cpu": gather(Cpu, {}), "gpus": (gpu,)})
    assert msgspec.json.decode(msgspec.json.encode(machine), type=Machine) == machine
