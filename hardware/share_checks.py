"""Checks of what part of the hardware is ours: container limits, shared or unequal cores, virtual machine."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from hardware.check import Check, unknown
from hardware.linux_cpu import text
from hardware.machine import Machine, Unknown

_NO_SOURCE = Unknown("no_source")


def cgroup_cpu(machine: Machine) -> Check:
    """A warning where threads see more processors than the quota pays for: they will be held back."""
    cpu = machine.cpu
    reason = cpu.unavailable.get("quota_cores", _NO_SOURCE)
    if cpu.quota_cores is None:
        return Check("cgroup_cpu", "ok") if reason.code == "no_limit" else unknown("cgroup_cpu", reason)
    seen = cpu.affinity_cores
    granted = {"quota": f"{cpu.quota_cores:.3g}", "seen": "–" if seen is None else str(seen)}
    short = seen is None or cpu.quota_cores < seen
    return Check("cgroup_cpu", "warning" if short else "ok", granted)


def cgroup_memory(machine: Machine) -> Check:
    """A note where a container grants less than the machine has."""
    limit, total = machine.memory_limit_bytes, machine.memory_total_bytes
    reason = machine.unavailable.get("memory_limit_bytes", _NO_SOURCE)
    if limit is None:
        return Check("cgroup_memory", "ok") if reason.code == "no_limit" else unknown("cgroup_memory", reason)
    if total is not None and limit >= total:
        return Check("cgroup_memory", "ok")
    sizes = {"limit": _gibibytes(limit), "total": "–" if total is None else _gibibytes(total)}
    return Check("cgroup_memory", "note", sizes)


def hyper_threading(root: Path, machine: Machine) -> Check:
    """A note where two processors share a core; the kernel's word first, else the two counts."""
    physical, logical = machine.cpu.physical_cores, machine.cpu.logical_cores
    active = {"0": False, "1": True}.get(text(root / "sys/devices/system/cpu/smt/active") or "")
    if active is None and physical is not None and logical is not None:
        active = logical > physical
    if active is None:
        return unknown("hyper_threading", machine.cpu.unavailable.get("physical_cores", _NO_SOURCE))
    counts = {"physical": _count(physical), "logical": _count(logical)}
    return Check("hyper_threading", "note" if active else "ok", counts)


def virtual_machine(machine: Machine) -> Check:
    """A note in a virtual machine: its neighbours are invisible but for stolen time."""
    if machine.virtual_machine is None:
        return unknown("virtual_machine", machine.unavailable.get("virtual_machine", _NO_SOURCE))
    named = {"hypervisor": f" ({machine.hypervisor})" if machine.hypervisor else ""}
    return (
        Check("virtual_machine", "note", named) if machine.virtual_machine else Check("virtual_machine", "ok")
    )


def hybrid_cpu(root: Path, cpus: Collection[int]) -> Check:
    """A note where fast and slow cores are both ours, by Intel's two lists or by Arm's capacities."""
    groups = _intel_groups(root, cpus) or _arm_groups(root, cpus)
    if len(groups) > 1:
        return Check("hybrid_cpu", "note", {"fast": str(groups[0]), "slow": str(sum(groups[1:]))})
    if groups or (root / "sys/devices/cpu").exists():
        return Check("hybrid_cpu", "ok")
    return unknown("hybrid_cpu", _NO_SOURCE)


def _intel_groups(root: Path, cpus: Collection[int]) -> list[int]:
    """How many of the usable processors are performance cores, then efficiency cores; those there are."""
    lists = (text(root / f"sys/devices/{kind}/cpus") for kind in ("cpu_core", "cpu_atom"))
    counts = (len(numbers(listed or "") & set(cpus)) for listed in lists)
    return [count for count in counts if count]


def _arm_groups(root: Path, cpus: Collection[int]) -> list[int]:
    """How many of the usable processors have each capacity, the largest capacity first."""
    folder = root / "sys/devices/system/cpu"
    found = [int(text(folder / f"cpu{cpu}/cpu_capacity") or "0") for cpu in cpus]
    return [found.count(capacity) for capacity in sorted(set(found) - {0}, reverse=True)]


def numbers(listed: str) -> set[int]:
    """The kernel's "0-3,8" as numbers."""
    parts = (part.partition("-") for part in listed.split(",") if part)
    return {number for first, _, last in parts for number in range(int(first), int(last or first) + 1)}


def _count(number: int | None) -> str:
    return "–" if number is None else str(number)


def _gibibytes(count_bytes: int) -> str:
    return f"{count_bytes / 2**30:.3g} GiB"
