"""Windows and macOS facts from scripted registries and sysctl texts."""

from __future__ import annotations

import pytest

from hardware import macos, windows
from hardware.machine import Cpu, Unknown

_REGISTRY: dict[str, str | int] = {
    "ProcessorNameString": "AMD Ryzen 9  7950X 16-Core Processor   ",
    "~MHz": 4491,
    "SystemManufacturer": "VMware, Inc.",
    "SystemProductName": "VMware7,1",
}
_APPLE = """\
hw.physicalcpu: 10
hw.logicalcpu: 10
hw.memsize: 34359738368
hw.optional.neon: 1
hw.optional.arm.FEAT_BF16: 1
hw.optional.arm.FEAT_I8MM: 0
machdep.cpu.brand_string: Apple M1 Pro
kern.hv_vmm_present: 0
"""
_INTEL = """\
hw.physicalcpu: 4
hw.logicalcpu: 8
hw.memsize: 17179869184
hw.cpufrequency_max: 2800000000
hw.l3cachesize: 6291456
machdep.cpu.brand_string: Intel(R) Core(TM) i7
machdep.cpu.features: FPU SSE4.2 FMA AVX1.0 F16C
machdep.cpu.leaf7_features: AVX2 BMI2
kern.hv_vmm_present: 1
"""


def _registry(_key: str, value: str) -> str | int | Unknown:
    return _REGISTRY[value]


def _cpu(facts: object) -> Cpu:
    assert isinstance(facts, Cpu)
    return facts


def test_windows_facts_come_from_the_registry_and_the_kernel() -> None:
    facts = windows.facts(_registry, {39, 40}.__contains__, lambda: "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c")
    cpu = _cpu(facts["cpu"])
    assert cpu.name == "AMD Ryzen 9 7950X 16-Core Processor"
    assert (cpu.frequency_mhz, cpu.governor) == (4491.0, "high performance")
    assert cpu.instruction_sets == ("avx", "avx2")
    assert (facts["virtual_machine"], facts["hypervisor"]) == (True, "VMware")
    assert cpu.unavailable["l3_cache_bytes"] == Unknown("no_source")


def test_a_registry_without_a_value_is_a_reason() -> None:
    def empty(_key: str, value: str) -> str | int | Unknown:
        raise FileNotFoundError(2, "The system cannot find the file specified", value)

    facts = windows.facts(empty, lambda _number: False, lambda: Unknown("no_source"))
    cpu = _cpu(facts["cpu"])
    assert cpu.unavailable["name"].code == "unreadable"
    assert cpu.unavailable["governor"] == Unknown("no_source")
    assert facts["virtual_machine"] == Unknown("hypervisor_not_told")


def test_a_power_plan_of_the_user_is_shown_by_its_number() -> None:
    facts = windows.facts(_registry, lambda _number: False, lambda: "11111111-2222-3333-4444-555555555555")
    assert _cpu(facts["cpu"]).governor == "11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("text", "name", "sets", "virtual"),
    [
        (_APPLE, "Apple M1 Pro", ("asimd", "bf16"), False),
        (_INTEL, "Intel(R) Core(TM) i7", ("sse4_2", "f16c", "fma", "avx", "avx2"), True),
    ],
)
def test_macos_facts_come_from_sysctl(text: str, name: str, sets: tuple[str, ...], virtual: bool) -> None:
    facts = macos.facts(lambda: text)
    cpu = _cpu(facts["cpu"])
    assert (cpu.name, cpu.instruction_sets) == (name, sets)
    assert facts["virtual_machine"] is virtual
    assert cpu.unavailable["governor"] == Unknown("no_cpufreq")


def test_macos_numbers_keep_their_units() -> None:
    facts = macos.facts(lambda: _INTEL)
    cpu = _cpu(facts["cpu"])
    assert facts["memory_total_bytes"] == 16 << 30
    assert (cpu.max_frequency_mhz, cpu.l3_cache_bytes) == (2800.0, 6 << 20)
    assert (cpu.physical_cores, cpu.logical_cores, cpu.usable_cores) == (4, 8, 8.0)


def test_a_mac_without_sysctl_gives_reasons() -> None:
    def missing() -> str:
        raise FileNotFoundError(2, "No such file or directory")

    facts = macos.facts(missing)
    assert facts["memory_total_bytes"] == Unknown("no_source")
    assert _cpu(facts["cpu"]).unavailable["name"] == Unknown("no_source")
