"""Facts about a Linux machine, read from /proc and /sys under a root that tests may choose."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Collection
from pathlib import Path

from hardware import cgroup, linux_cpu
from hardware.machine import Cpu, Facts, Unknown, attempt, gather

_ROOT = Path("/")
# What firmware calls itself under each hypervisor, by a part of vendor or product name.
_HYPERVISORS = {
    "kvm": "KVM",
    "qemu": "QEMU",
    "vmware": "VMware",
    "virtualbox": "VirtualBox",
    "xen": "Xen",
    "microsoft corporation virtual machine": "Hyper-V",
    "amazon ec2": "Amazon EC2",
    "google compute engine": "Google Compute Engine",
    "openstack": "OpenStack",
    "parallels": "Parallels",
    "bochs": "Bochs",
}


def _affinity() -> Collection[int]:
    return os.sched_getaffinity(0)


def facts(root: Path = _ROOT, affinity: Callable[[], Collection[int]] = _affinity) -> Facts:
    """Everything but the cards; a file that is not there costs its own fact only."""
    return {
        "system": attempt(lambda: _system(root)),
        **_virtual_machine(root),
        "cpu": cpu(root, affinity),
        "memory_total_bytes": attempt(lambda: _meminfo(root, "MemTotal")),
        "memory_available_bytes": attempt(lambda: _meminfo(root, "MemAvailable")),
        "memory_limit_bytes": attempt(lambda: cgroup.memory_limit_bytes(root)),
    }


def cpu(root: Path = _ROOT, affinity: Callable[[], Collection[int]] = _affinity) -> Cpu:
    """The processor: name, cores, instruction sets, caches, clocks, governor."""
    allowed = attempt(lambda: len(affinity()))
    quota = attempt(lambda: cgroup.quota_cores(root))
    return gather(
        Cpu,
        {
            "architecture": platform.machine() or Unknown("no_source"),
            "affinity_cores": allowed,
            "quota_cores": quota,
            "usable_cores": _usable(allowed, quota),
            **linux_cpu.facts(root),
        },
    )


def _usable(allowed: int | Unknown, quota: float | Unknown) -> float | Unknown:
    if isinstance(allowed, Unknown):
        return quota if not isinstance(quota, Unknown) else allowed
    return float(allowed) if isinstance(quota, Unknown) else min(float(allowed), quota)


def _virtual_machine(root: Path) -> Facts:
    """Firmware names the hypervisor; on x86 the processor's `hypervisor` flag says whether there is one."""
    name, flags = attempt(lambda: _hypervisor(root)), attempt(lambda: linux_cpu.flags(root))
    if isinstance(name, str):
        return {"virtual_machine": True, "hypervisor": name}
    if isinstance(flags, Unknown) or "fpu" not in flags:
        return {
            "virtual_machine": Unknown("hypervisor_not_told"),
            "hypervisor": Unknown("hypervisor_not_told"),
        }
    virtual = "hypervisor" in flags
    return {
        "virtual_machine": virtual,
        "hypervisor": Unknown("hypervisor_unnamed" if virtual else "no_hypervisor"),
    }


def _hypervisor(root: Path) -> str | None:
    folder = root / "sys/class/dmi/id"
    words = " ".join(linux_cpu.text(folder / name) or "" for name in ("sys_vendor", "product_name")).lower()
    kind = linux_cpu.text(root / "sys/hypervisor/type") or ""
    found = (name for part, name in _HYPERVISORS.items() if part in f"{words} {kind}")
    return next(found, None)


def _system(root: Path) -> str:
    release = platform.release()
    path = root / "etc/os-release"
    for line in path.read_text().splitlines() if path.exists() else ():
        name, _, value = line.partition("=")
        if name == "PRETTY_NAME":
            return f"{value.strip(chr(34))}, Linux {release}"
    return f"Linux {release}"


def _meminfo(root: Path, field: str) -> int | Unknown:
    for line in (root / "proc/meminfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == field:
            return int(value.split()[0]) * 1024
    return Unknown("no_source")
