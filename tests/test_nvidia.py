"""Cards through a scripted NVML: whole answers, half answers, and none."""

from __future__ import annotations

from typing import Any

import pytest

from hardware import nvidia
from hardware.machine import Gpu, Unknown
from hardware.nvml import Nvml
from tests.fakes import (
    FUNCTION_MISSING,
    GPU_LOST,
    NO_DRIVER,
    NO_LIBRARY,
    VERSION_MISMATCH,
    Fails,
    ScriptedNvml,
    tesla_t4,
    tesla_v100,
)


def _gpus(nvml: Any) -> tuple[Gpu, ...]:
    found = nvidia.facts(nvml)["gpus"]
    assert isinstance(found, tuple)
    return found


def _complete(gpu: Gpu) -> None:
    for field in set(Gpu.__struct_fields__) - {"unavailable"}:
        assert (getattr(gpu, field) is None) == (field in gpu.unavailable), field


def test_a_t4_is_described_with_units() -> None:
    (gpu,) = _gpus(ScriptedNvml(tesla_t4()))
    assert (gpu.name, gpu.pci_device_id, gpu.compute_capability) == ("Tesla T4", "1EB8", "7.5")
    assert (gpu.architecture, gpu.geforce) == ("Turing", False)
    assert (gpu.cores, gpu.multiprocessors, gpu.tensor_cores) == (2560, 40, 320)
    assert gpu.memory_total_bytes == 15360 << 20
    assert gpu.memory_bandwidth_gbs == pytest.approx(320, rel=0.001)
    assert (gpu.power_limit_w, gpu.sm_clock_mhz) == (70.0, 1590.0)
    assert (gpu.ecc, gpu.pcie_generation, gpu.pcie_width) == (True, 3, 16)
    assert gpu.unavailable["mig"].code == "nvml_not_supported"
    _complete(gpu)


def test_a_v100_bandwidth_is_twice_clock_times_bus() -> None:
    (gpu,) = _gpus(ScriptedNvml(tesla_v100()))
    assert gpu.memory_bandwidth_gbs == pytest.approx(877e6 * 2 * 4096 / 8 / 1e9)
    assert (gpu.multiprocessors, gpu.tensor_cores) == (80, 640)


def test_versions_of_driver_and_cuda_are_read() -> None:
    facts = nvidia.facts(ScriptedNvml(tesla_t4()))
    assert (facts["driver"], facts["cuda_driver"]) == ("550.90.07", "12.4")


def test_text_as_bytes_of_an_old_binding_is_decoded() -> None:
    (gpu,) = _gpus(ScriptedNvml(tesla_t4(Name=b"Tesla T4")))
    assert gpu.name == "Tesla T4"


def test_a_driver_too_old_for_half_of_the_calls_costs_only_those() -> None:
    old = ("NumGpuCores", "Architecture", "Brand", "MemoryBusWidth", "EnforcedPowerLimit")
    (gpu,) = _gpus(ScriptedNvml(tesla_t4(**dict.fromkeys(old, Fails(FUNCTION_MISSING)))))
    assert gpu.name == "Tesla T4"
    assert gpu.geforce is False
    assert gpu.memory_total_bytes == 15360 << 20
    for field in ("cores", "multiprocessors", "tensor_cores", "memory_bandwidth_gbs", "power_limit_w"):
        assert getattr(gpu, field) is None
        assert gpu.unavailable[field].code == "nvml_function_missing"
    _complete(gpu)


def test_memory_falls_back_to_the_first_version_of_the_call() -> None:
    class OldMemory(ScriptedNvml):
        def nvmlDeviceGetMemoryInfo(self, handle: int, version: int | None = None) -> Any:
            if version is not None:
                raise self.NVMLError(FUNCTION_MISSING)
            return self._script(handle)["MemoryInfo"]

    (gpu,) = _gpus(OldMemory(tesla_t4()))
    assert gpu.memory_total_bytes == 15360 << 20


def test_a_binding_without_a_function_is_like_a_driver_without_it() -> None:
    class OldBinding(ScriptedNvml):
        def __getattr__(self, function: str) -> Any:
            if function == "nvmlDeviceGetArchitecture":
                raise AttributeError(function)
            return super().__getattr__(function)

    (gpu,) = _gpus(OldBinding(tesla_t4()))
    assert gpu.unavailable["architecture"].code == "nvml_function_missing"
    assert gpu.cores == 2560


def test_a_lost_card_does_not_hide_the_one_beside_it() -> None:
    lost, healthy = _gpus(ScriptedNvml(tesla_t4(), tesla_v100(), lost=[0]))
    assert (lost.index, lost.name) == (0, None)
    assert {reason.code for reason in lost.unavailable.values()} == {"gpu_lost"}
    assert healthy.name == "Tesla V100-SXM2-16GB"
    _complete(lost)


def test_a_card_that_gets_lost_while_it_is_asked_keeps_what_it_said() -> None:
    gone = dict.fromkeys(("MemoryInfo", "MaxClockInfo 1", "EnforcedPowerLimit"), Fails(GPU_LOST))
    (gpu,) = _gpus(ScriptedNvml(tesla_t4(**gone)))
    assert gpu.cores == 2560
    assert gpu.unavailable["memory_total_bytes"].code == "gpu_lost"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (NO_LIBRARY, "nvml_missing"),
        (NO_DRIVER, "nvml_no_driver"),
        (VERSION_MISMATCH, "nvml_version_mismatch"),
        (999, "nvml_failed"),
    ],
)
def test_nvml_that_does_not_start_is_one_reason(code: int, reason: str) -> None:
    facts = nvidia.facts(ScriptedNvml(tesla_t4(), init=Fails(code)))
    for field in ("gpus", "driver", "cuda_driver"):
        found = facts[field]
        assert isinstance(found, Unknown)
        assert found.code == reason


def test_a_missing_binding_is_a_reason() -> None:
    missing = Unknown("nvml_package_missing")
    assert nvidia.facts(missing)["gpus"] == missing


def test_a_driver_without_cards_says_so() -> None:
    assert nvidia.facts(ScriptedNvml())["gpus"] == Unknown("no_gpus")


def test_nvml_is_shut_down_again() -> None:
    nvml = ScriptedNvml(tesla_t4())
    nvidia.facts(nvml)
    assert nvml.open_sessions == 0
    with Nvml(nvml) as opened:
        assert opened.problem is None
        assert nvml.open_sessions == 1
    assert opened.problem == Unknown("nvml_not_open")


def test_geforce_is_told_by_brand_or_else_by_name() -> None:
    (by_brand,) = _gpus(ScriptedNvml(tesla_t4(Brand=5)))
    (by_name,) = _gpus(ScriptedNvml(tesla_t4(Brand=0, Name="NVIDIA GeForce RTX 2080 Ti")))
    assert (by_brand.geforce, by_name.geforce) == (True, True)


def test_an_architecture_of_the_future_is_not_guessed() -> None:
    (gpu,) = _gpus(ScriptedNvml(tesla_t4(Architecture=77, CudaComputeCapability=(77, 0))))
    assert gpu.unavailable["architecture"] == Unknown("nvml_value_unknown", {"value": "77"})
    assert gpu.unavailable["multiprocessors"].code == "capability_unknown"
