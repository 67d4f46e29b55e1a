"""The processor as Linux describes it: /proc/cpuinfo and /sys/devices/system/cpu."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hardware.machine import Facts, Unknown, attempt

# Those that decide how fast a network runs, in the kernel's own words; x86, then Arm.
INSTRUCTION_SETS = (
    "sse4_2", "f16c", "fma", "avx", "avx2", "avx_vnni", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16", "amx_fp16",
    "asimd", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2", "sme",
)  # fmt: skip

# Arm processors tell a part number only. Source: Linux, arch/arm64/include/asm/cputype.h (implementer 0x41).
_ARM_PARTS = {
    0xD03: "Cortex-A53", 0xD07: "Cortex-A57", 0xD08: "Cortex-A72", 0xD0B: "Cortex-A76",
    0xD0C: "Neoverse-N1", 0xD40: "Neoverse-V1", 0xD41: "Cortex-A78", 0xD42: "Cortex-A78AE",
    0xD49: "Neoverse-N2", 0xD4F: "Neoverse-V2",
}  # fmt: skip

_UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "": 1}


def facts(root: Path) -> Facts:
    """Name, cores, instruction sets, caches in bytes over all cores, clocks in MHz, governor."""
    caches = attempt(lambda: cache_totals(root))
    return {
        "name": attempt(lambda: _name(root)),
        "physical_cores": attempt(lambda: _physical_cores(root)),
        "logical_cores": attempt(lambda: len(_entries(root)) or Unknown("no_source")),
        "instruction_sets": attempt(lambda: _instruction_sets(root)),
        "l1d_cache_bytes": _cache(caches, "1 Data"),
        "l2_cache_bytes": _cache(caches, "2 Unified"),
        "l3_cache_bytes": _cache(caches, "3 Unified"),
        "frequency_mhz": attempt(lambda: _frequency_mhz(root)),
        "max_frequency_mhz": attempt(lambda: _max_frequency_mhz(root)),
        "governor": attempt(lambda: _cpufreq(root, "scaling_governor")),
    }


def flags(root: Path) -> frozenset[str]:
    """The feature words of the first processor; empty where there are none."""
    for entry in _entries(root):
        return frozenset((entry.get("flags") or entry.get("Features") or "").split())
    return frozenset()


def text(path: Path) -> str | None:
    """The stripped contents, or None where the file cannot be read."""
    try:
        return path.read_text(errors="replace").strip("\0\n ")
    except OSError:
        return None


def _entries(root: Path) -> list[dict[str, str]]:
    """One record a logical processor; the trailing board section of Arm systems has no `processor` line."""
    blocks = (root / "proc/cpuinfo").read_text().split("\n\n")
    entries = [dict(_pairs(block)) for block in blocks]
    return [entry for entry in entries if "processor" in entry]


def _pairs(block: str) -> Iterator[tuple[str, str]]:
    for line in block.splitlines():
        name, _, value = line.partition(":")
        yield name.strip(), value.strip()


def _name(root: Path) -> str | Unknown:
    first = next(iter(_entries(root)), {})
    if "model name" in first:
        return " ".join(first["model name"].split())
    part = int(first.get("CPU part", "0"), 16)
    if first.get("CPU implementer") == "0x41" and part in _ARM_PARTS:
        return f"Arm {_ARM_PARTS[part]}"
    return text(root / "proc/device-tree/model") or Unknown("cpu_name_hidden")


def _physical_cores(root: Path) -> int | Unknown:
    cores = {
        (text(folder / "topology/physical_package_id"), text(folder / "topology/core_id"))
        for folder in _cpu_folders(root)
    } - {(None, None)}
    if not cores:
        entries = [entry for entry in _entries(root) if "core id" in entry]
        cores = {(entry.get("physical id"), entry["core id"]) for entry in entries}
    return len(cores) or Unknown("no_topology")


def _instruction_sets(root: Path) -> tuple[str, ...] | Unknown:
    found = flags(root)
    return tuple(name for name in INSTRUCTION_SETS if name in found) if found else Unknown("no_source")


def cache_totals(root: Path) -> dict[str, int]:
    """Bytes by "level type", each cache counted once however many processors share it."""
    seen: dict[tuple[str, str], int] = {}
    for folder in _cpu_folders(root):
        for cache in sorted(folder.glob("cache/index*")):
            kind = f"{text(cache / 'level')} {text(cache / 'type')}"
            size = re.fullmatch(r"(\d+)([KMG]?)", text(cache / "size") or "")
            if size:
                shared = text(cache / "shared_cpu_list") or folder.name
                seen[kind, shared] = int(size[1]) * _UNITS[size[2]]
    totals: dict[str, int] = {}
    for (kind, _), amount in seen.items():
        totals[kind] = totals.get(kind, 0) + amount
    return totals


def _cache(totals: dict[str, int] | Unknown, kind: str) -> int | Unknown:
    return totals if isinstance(totals, Unknown) else totals.get(kind, Unknown("no_cache_files"))


def _frequency_mhz(root: Path) -> float | Unknown:
    clocks = [float(entry["cpu MHz"]) for entry in _entries(root) if "cpu MHz" in entry]
    return sum(clocks) / len(clocks) if clocks else Unknown("no_cpufreq")


def _max_frequency_mhz(root: Path) -> float | Unknown:
    clock = _cpufreq(root, "cpuinfo_max_freq")
    return clock if isinstance(clock, Unknown) else int(clock) / 1000


def _cpufreq(root: Path, file: str) -> str | Unknown:
    return text(root / "sys/devices/system/cpu/cpu0/cpufreq" / file) or Unknown("no_cpufreq")


def _cpu_folders(root: Path) -> list[Path]:
    return sorted(
        path for path in (root / "sys/devices/system/cpu").glob("cpu*") if re.fullmatch(r"cpu\d+", path.name)
    )
