"""Facts about a Mac, from one call of `sysctl` and from psutil."""

from __future__ import annotations

import platform
import subprocess
from collections.abc import Callable, Mapping

import psutil

from hardware.machine import Cpu, Facts, Unknown, attempt, gather

_COMMAND = ("/usr/sbin/sysctl", "hw", "machdep.cpu", "kern.hv_vmm_present")
_TIMEOUT_S = 5.0
# Our names (those of Linux) by Apple's: Arm features are keys that are 1, Intel's are words of a list.
_ARM = {
    "hw.optional.neon": "asimd",
    "hw.optional.arm.FEAT_FP16": "asimdhp",
    "hw.optional.arm.FEAT_DotProd": "asimddp",
    "hw.optional.arm.FEAT_I8MM": "i8mm",
    "hw.optional.arm.FEAT_BF16": "bf16",
    "hw.optional.arm.FEAT_SME": "sme",
}
_INTEL = {
    "SSE4.2": "sse4_2",
    "F16C": "f16c",
    "FMA": "fma",
    "AVX1.0": "avx",
    "AVX2": "avx2",
    "AVX512F": "avx512f",
    "AVX512VNNI": "avx512_vnni",
}


def read_sysctl() -> str:
    """What sysctl prints: one "name: value" a line; raises OSError or SubprocessError."""
    asked = subprocess.run(_COMMAND, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    return asked.stdout


def facts(read: Callable[[], str] = read_sysctl) -> Facts:
    """Everything but the cards; macOS has no core affinity, no quota and no frequency governor to read."""
    printed = attempt(read)
    values = {} if isinstance(printed, Unknown) else dict(_pairs(printed))
    usable = _number(values, "hw.logicalcpu")
    return {
        "system": f"macOS {platform.mac_ver()[0]}, {platform.system()} {platform.release()}",
        **_virtual_machine(values),
        "cpu": gather(
            Cpu,
            {
                "name": values.get("machdep.cpu.brand_string") or Unknown("no_source"),
                "architecture": platform.machine() or Unknown("no_source"),
                "physical_cores": _number(values, "hw.physicalcpu"),
                "logical_cores": usable,
                "quota_cores": Unknown("no_limit"),
                "usable_cores": usable if isinstance(usable, Unknown) else float(usable),
                "instruction_sets": _instruction_sets(values),
                "l3_cache_bytes": _number(values, "hw.l3cachesize"),
                "max_frequency_mhz": _hertz(_number(values, "hw.cpufrequency_max")),
                "governor": Unknown("no_cpufreq"),
            },
        ),
        "memory_total_bytes": _number(values, "hw.memsize"),
        "memory_available_bytes": attempt(lambda: int(psutil.virtual_memory().available)),
        "memory_limit_bytes": Unknown("no_limit"),
    }


def _pairs(printed: str) -> list[tuple[str, str]]:
    parts = (line.partition(":") for line in printed.splitlines())
    return [(name.strip(), value.strip()) for name, _, value in parts]


def _number(values: Mapping[str, str], name: str) -> int | Unknown:
    text = values.get(name, "")
    return int(text) if text.isdecimal() and int(text) > 0 else Unknown("no_source")


def _hertz(frequency: int | Unknown) -> float | Unknown:
    return frequency if isinstance(frequency, Unknown) else frequency / 1e6


def _virtual_machine(values: Mapping[str, str]) -> dict[str, object]:
    present = {"0": False, "1": True}.get(values.get("kern.hv_vmm_present", ""))
    if present is None:
        return dict.fromkeys(("virtual_machine", "hypervisor"), Unknown("hypervisor_not_told"))
    return {
        "virtual_machine": present,
        "hypervisor": Unknown("hypervisor_unnamed" if present else "no_hypervisor"),
    }


def _instruction_sets(values: Mapping[str, str]) -> tuple[str, ...] | Unknown:
    words = f"{values.get('machdep.cpu.features', '')} {values.get('machdep.cpu.leaf7_features', '')}".split()
    arm = tuple(name for key, name in _ARM.items() if values.get(key) == "1")
    return arm or tuple(name for word, name in _INTEL.items() if word in words) or Unknown("no_source")
