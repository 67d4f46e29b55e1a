"""Facts about NVIDIA cards, asked through NVML; the binding is an argument, and nothing raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hardware import rates
from hardware.machine import Facts, Gpu, Unknown, gather
from hardware.nvml import Nvml, memory

# nvml.h, nvmlDeviceArchitecture_t and nvmlBrandType_t.
_ARCHITECTURES = {
    2: "Kepler", 3: "Maxwell", 4: "Pascal", 5: "Volta", 6: "Turing", 7: "Ampere", 8: "Ada Lovelace",
    9: "Hopper", 10: "Blackwell",
}  # fmt: skip
_GEFORCE_BRANDS = (5, 15)
_CLOCK_SM, _CLOCK_MEMORY = 1, 2


def facts(module: Any = None) -> Facts:
    """`gpus`, `driver` and `cuda_driver` of hardware.machine.Machine; `module` defaults to pynvml."""
    with Nvml(module) as nvml:
        if nvml.problem is not None:
            return dict.fromkeys(("gpus", "driver", "cuda_driver"), nvml.problem)
        gpus = tuple(_gpu(nvml, index, handle) for index, handle in nvml.devices().items())
        return {
            "gpus": gpus or nvml.problem or Unknown("no_gpus"),
            "driver": nvml.ask("nvmlSystemGetDriverVersion"),
            "cuda_driver": _then(nvml.ask("nvmlSystemGetCudaDriverVersion_v2"), _cuda_version),
        }


def _gpu(nvml: Nvml, index: int, handle: Any) -> Gpu:
    if isinstance(handle, Unknown):
        return gather(Gpu, {"index": index, **dict.fromkeys(Gpu.__struct_fields__[1:-1], handle)})
    device = _Device(nvml, handle)
    return gather(
        Gpu, {"index": index, **device.identity(), **device.units(), **device.memory(), **device.limits()}
    )


class _Device:
    """The questions about one card, in groups."""

    def __init__(self, nvml: Nvml, handle: Any) -> None:
        self._nvml, self._handle = nvml, handle

    def _ask(self, what: str, *arguments: Any) -> Any:
        return self._nvml.ask(f"nvmlDeviceGet{what}", self._handle, *arguments)

    def identity(self) -> dict[str, object]:
        pci, name = self._ask("PciInfo"), self._ask("Name")
        return {
            "name": name,
            "pci_device_id": _then(pci, lambda found: f"{found.pciDeviceId >> 16:04X}"),
            "pci_bus_id": _then(pci, lambda found: _decoded(found.busId)),
            "architecture": _then(self._ask("Architecture"), _architecture),
            "geforce": _geforce(self._ask("Brand"), name),
            "card": Unknown("not_in_table"),
        }

    def units(self) -> dict[str, object]:
        capability = _then(self._ask("CudaComputeCapability"), lambda pair: f"{pair[0]}.{pair[1]}")
        cores = self._ask("NumGpuCores")
        return {
            "compute_capability": capability,
            "cores": cores,
            "multiprocessors": rates.multiprocessors(capability, cores),
            "tensor_cores": rates.tensor_cores(capability, cores),
        }

    def memory(self) -> dict[str, object]:
        sizes = memory(self._nvml, self._handle)
        width = self._ask("MemoryBusWidth")
        clock = self._ask("MaxClockInfo", self._nvml.constant("NVML_CLOCK_MEM", _CLOCK_MEMORY))
        return {
            "memory_total_bytes": _then(sizes, lambda found: int(found.total)),
            "memory_used_bytes": _then(sizes, lambda found: int(found.used)),
            "memory_bus_bits": width,
            "memory_clock_mhz": _then(clock, float),
            "memory_bandwidth_gbs": rates.bandwidth_gbs(clock, width),
        }

    def limits(self) -> dict[str, object]:
        return {
            "sm_clock_mhz": _then(
                self._ask("MaxClockInfo", self._nvml.constant("NVML_CLOCK_SM", _CLOCK_SM)), float
            ),
            "power_limit_w": _then(self._ask("EnforcedPowerLimit"), _watts),
            "default_power_limit_w": _then(self._ask("PowerManagementDefaultLimit"), _watts),
            "ecc": _then(self._ask("EccMode"), lambda modes: bool(modes[0])),
            "mig": _then(self._ask("MigMode"), lambda modes: bool(modes[0])),
            "pcie_generation": self._ask("MaxPcieLinkGeneration"),
            "pcie_width": self._ask("MaxPcieLinkWidth"),
        }


def _then(answer: Any, convert: Callable[[Any], object]) -> object:
    return answer if isinstance(answer, Unknown) else convert(answer)


def _decoded(text: str | bytes) -> str:
    return text.decode("ascii", "replace") if isinstance(text, bytes) else text


def _watts(milliwatts: int) -> float:
    return milliwatts / 1000


def _cuda_version(number: int) -> str:
    """12040 is 12.4."""
    return f"{number // 1000}.{number % 1000 // 10}"


def _architecture(number: int) -> str | Unknown:
    return _ARCHITECTURES.get(number, Unknown("nvml_value_unknown", {"value": str(number)}))


def _geforce(brand: Any, name: Any) -> object:
    """NVML cannot tell the halved tensor rate of GeForce; the brand can, and else the name."""
    if isinstance(brand, int) and brand != 0:
        return brand in _GEFORCE_BRANDS
    return _then(name, lambda words: "geforce" in words.lower())
