"""What one multiprocessor does per clock, by compute capability, and the arithmetic that follows.

Sources, gathered in the project's hardware notes: cores per multiprocessor from NVIDIA's cuda-samples
(`_ConvertSMVer2Cores`); rates from NVIDIA's Volta, Turing, Ampere, Ada, Hopper and Blackwell papers. The
rates of 8.7 and 10.0 are inferred from datasheet totals.
"""

from __future__ import annotations

import msgspec

from hardware.machine import Unknown


class Rates(msgspec.Struct, frozen=True):
    """Dense operations per multiprocessor and clock; a fused multiply-add counts as 2; None: no such unit.

    `fp16_geforce`, `tf32_geforce` and `fp8_geforce` are the halved rates with FP32 accumulation of GeForce.
    """

    cores: int
    tensor_cores: int
    fp16_vector: int | None
    tf32: int | None = None
    fp16: int | None = None
    fp8: int | None = None
    int8: int | None = None
    tf32_geforce: int | None = None
    fp16_geforce: int | None = None
    fp8_geforce: int | None = None


RATES: dict[str, Rates] = {
    "6.0": Rates(64, 0, 256),
    "6.1": Rates(128, 0, 4),
    "7.0": Rates(64, 8, 256, fp16=1024),
    "7.5": Rates(64, 8, 256, fp16=1024, int8=2048, fp16_geforce=512),
    "8.0": Rates(64, 4, 512, tf32=1024, fp16=2048, int8=4096),
    "8.6": Rates(128, 4, 256, tf32=512, fp16=1024, int8=2048, tf32_geforce=256, fp16_geforce=512),
    "8.7": Rates(128, 4, None, fp16=2048, int8=4096),
    "8.9": Rates(128, 4, 256, 512, 1024, 2048, 2048, 256, 512, 1024),
    "9.0": Rates(128, 4, 512, tf32=2048, fp16=4096, fp8=8192, int8=8192),
    "10.0": Rates(128, 4, None, tf32=4096, fp16=8192, fp8=16384, int8=16384),
    "12.0": Rates(128, 4, 256, 512, 1024, 2048, 2048, 256, 512, 1024),
}


def of(capability: object) -> Rates | Unknown:
    """The rates of a compute capability such as "7.5", or why there are none."""
    if isinstance(capability, Unknown):
        return capability
    return RATES.get(str(capability), Unknown("capability_unknown", {"capability": str(capability)}))


def multiprocessors(capability: object, cores: object) -> int | Unknown:
    """Cores over cores of each."""
    found = of(capability)
    if isinstance(cores, int) and isinstance(found, Rates):
        return cores // found.cores
    return cores if isinstance(cores, Unknown) else _missing(found)


def tensor_cores(capability: object, cores: object) -> int | Unknown:
    """Multiprocessors times tensor cores of each; Unknown where the generation has none."""
    found, count = of(capability), multiprocessors(capability, cores)
    if isinstance(count, Unknown) or isinstance(found, Unknown):
        return count if isinstance(count, Unknown) else _missing(found)
    return count * found.tensor_cores or Unknown("no_tensor_cores")


def _missing(found: Rates | Unknown) -> Unknown:
    return found if isinstance(found, Unknown) else Unknown("no_source")


def bandwidth_gbs(memory_clock_mhz: object, bus_bits: object) -> float | Unknown:
    """10^9 bytes/s: twice NVML's memory clock (half the data rate of each pin) times the bus in bytes.

    V100: 877 MHz x 2 x 4096 bits / 8 = 898. T4: 5001 MHz x 2 x 256 bits / 8 = 320.
    """
    if isinstance(memory_clock_mhz, int | float) and isinstance(bus_bits, int):
        return memory_clock_mhz * 2 * bus_bits / 8 / 1000
    reasons = (part for part in (memory_clock_mhz, bus_bits) if isinstance(part, Unknown))
    return next(reasons, Unknown("no_source"))
