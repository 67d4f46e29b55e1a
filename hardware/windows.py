"""Facts about a Windows machine, from the registry, the kernel's feature flags, the power plan and psutil."""

from __future__ import annotations

import ctypes
import platform
import sys
import uuid
from collections.abc import Callable

import psutil

from hardware.machine import Cpu, Facts, Unknown, attempt, gather

_PROCESSOR = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
_FIRMWARE = r"HARDWARE\DESCRIPTION\System\BIOS"
_HYPERVISORS = {
    "vmware": "VMware",
    "virtualbox": "VirtualBox",
    "qemu": "QEMU",
    "kvm": "KVM",
    "xen": "Xen",
    "parallels": "Parallels",
    "amazon ec2": "Amazon EC2",
    "google compute engine": "Google Compute Engine",
    "microsoft corporation virtual machine": "Hyper-V",
}
# winnt.h, PF_..._AVAILABLE, as arguments of IsProcessorFeaturePresent.
_FEATURES = {38: "sse4_2", 39: "avx", 40: "avx2", 41: "avx512f", 19: "asimd", 43: "asimddp"}
# The plans that Windows itself brings (powercfg /aliases).
_PLANS = {
    "381b4222-f694-41f0-9685-ff5bb260df2e": "balanced",
    "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c": "high performance",
    "a1841308-3541-4fab-bc81-f71556f20b4a": "power saver",
    "e9a42b02-d5df-448d-aa00-03f14749eb61": "ultimate performance",
}

Registry = Callable[[str, str], str | int | Unknown]


def registry(key: str, value: str) -> str | int | Unknown:
    """A value under HKEY_LOCAL_MACHINE; Unknown away from Windows."""
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as handle:
            found: str | int = winreg.QueryValueEx(handle, value)[0]
            return found
    return Unknown("no_source")


def has_feature(number: int) -> bool:
    """Whether the kernel reports this processor feature; raises OSError away from Windows."""
    if sys.platform == "win32":
        return bool(ctypes.windll.kernel32.IsProcessorFeaturePresent(number))
    raise OSError("IsProcessorFeaturePresent exists on Windows only")


def power_plan() -> str | Unknown:
    """The GUID of the active power plan, in lower case."""
    if sys.platform == "win32":
        found = ctypes.c_void_p()
        if ctypes.windll.powrprof.PowerGetActiveScheme(None, ctypes.byref(found)) == 0 and found.value:
            text = str(uuid.UUID(bytes_le=ctypes.string_at(found.value, 16)))
            ctypes.windll.kernel32.LocalFree(found)
            return text
    return Unknown("no_source")


def facts(
    registry: Registry = registry,
    has_feature: Callable[[int], bool] = has_feature,
    power_plan: Callable[[], str | Unknown] = power_plan,
) -> Facts:
    """Everything but the cards. Cache sizes are left out: no source that is read here tells them."""
    return {
        "system": f"{platform.system()} {platform.release()} ({platform.version()})",
        **_virtual_machine(registry),
        "cpu": gather(
            Cpu,
            {
                "name": attempt(lambda: _text(registry(_PROCESSOR, "ProcessorNameString"))),
                "architecture": platform.machine() or Unknown("no_source"),
                **core_counts(),
                "quota_cores": Unknown("no_limit"),
                "instruction_sets": attempt(lambda: _instruction_sets(has_feature)),
                "frequency_mhz": attempt(lambda: _number(registry(_PROCESSOR, "~MHz"))),
                "governor": attempt(lambda: _plan(power_plan())),
            },
        ),
        **memory(),
    }


def core_counts() -> dict[str, object]:
    """Physical, logical, allowed and usable cores as psutil tells them."""
    allowed = attempt(_affinity)
    return {
        "physical_cores": attempt(lambda: psutil.cpu_count(logical=False) or Unknown("no_topology")),
        "logical_cores": attempt(lambda: psutil.cpu_count() or Unknown("no_source")),
        "affinity_cores": allowed,
        "usable_cores": allowed if isinstance(allowed, Unknown) else float(allowed),
    }


def memory() -> dict[str, object]:
    """Bytes in all and available, as psutil tells them."""
    return {
        "memory_total_bytes": attempt(lambda: int(psutil.virtual_memory().total)),
        "memory_available_bytes": attempt(lambda: int(psutil.virtual_memory().available)),
        "memory_limit_bytes": Unknown("no_limit"),
    }


def _affinity() -> int:
    return len(psutil.Process().cpu_affinity())


def _virtual_machine(registry: Registry) -> dict[str, object]:
    maker = attempt(lambda: registry(_FIRMWARE, "SystemManufacturer"))
    product = attempt(lambda: registry(_FIRMWARE, "SystemProductName"))
    words = " ".join(str(value) for value in (maker, product) if not isinstance(value, Unknown)).lower()
    name = next((name for part, name in _HYPERVISORS.items() if part in words), None)
    if name is not None:
        return {"virtual_machine": True, "hypervisor": name}
    return dict.fromkeys(("virtual_machine", "hypervisor"), Unknown("hypervisor_not_told"))


def _text(value: str | int | Unknown) -> str | Unknown:
    return value if isinstance(value, Unknown) else " ".join(str(value).split())


def _number(value: str | int | Unknown) -> float | Unknown:
    return value if isinstance(value, Unknown) else float(value)


def _instruction_sets(has_feature: Callable[[int], bool]) -> tuple[str, ...]:
    return tuple(name for number, name in _FEATURES.items() if has_feature(number))


def _plan(guid: str | Unknown) -> str | Unknown:
    return guid if isinstance(guid, Unknown) else _PLANS.get(guid, guid)
