"""The machine of a result as facts: plain data that another version may have made, so any field may lack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from gui.models.settings_table import Fact
from profiler import units
from profiler.error_text import visible


def facts(machine: Mapping[str, Any]) -> list[Fact]:
    """What of hardware.machine.Machine explains a number; the whole is in the exported document."""
    cpu, cards = machine.get("cpu"), machine.get("gpus")
    found = _named(_cpu(), cpu if isinstance(cpu, dict) else {}) + _named(_whole(), machine)
    for card in cards if isinstance(cards, list | tuple) else ():
        found += _named(_gpu(), card if isinstance(card, dict) else {})
    return found


def _named(words: Mapping[str, str], record: Mapping[str, Any]) -> list[Fact]:
    return [
        Fact(name, _text(field, record[field]))
        for field, name in words.items()
        if record.get(field) is not None
    ]


def _text(field: str, value: Any) -> str:
    if isinstance(value, bool):
        yes, no = QCoreApplication.translate("Machine", "yes"), QCoreApplication.translate("Machine", "no")
        return yes if value else no
    if isinstance(value, list | tuple):
        return visible(", ".join(map(str, value)))
    if isinstance(value, int | float):
        return _number(field, value)
    return visible(str(value))


def _number(field: str, value: float) -> str:
    if field.endswith("_bytes"):
        return units.size(value)
    if field.endswith("_mhz"):
        return f"{value:,.0f} MHz"
    return f"{value:,.0f} W" if field.endswith("_w") else f"{value:,.4g}"


def _cpu() -> dict[str, str]:
    return {
        "name": QCoreApplication.translate("Machine", "Processor"),
        "physical_cores": QCoreApplication.translate("Machine", "Physical cores"),
        "logical_cores": QCoreApplication.translate("Machine", "Logical cores"),
        "usable_cores": QCoreApplication.translate("Machine", "Cores this process may use"),
        "instruction_sets": QCoreApplication.translate("Machine", "Instruction sets"),
        "max_frequency_mhz": QCoreApplication.translate("Machine", "Highest clock"),
        "governor": QCoreApplication.translate("Machine", "Clock governor"),
    }


def _whole() -> dict[str, str]:
    return {
        "memory_total_bytes": QCoreApplication.translate("Machine", "Memory"),
        "memory_limit_bytes": QCoreApplication.translate("Machine", "Memory granted to the container"),
        "virtual_machine": QCoreApplication.translate("Machine", "Virtual machine"),
        "hypervisor": QCoreApplication.translate("Machine", "Hypervisor"),
        "cuda_driver": QCoreApplication.translate("Machine", "Newest CUDA of the driver"),
    }


def _gpu() -> dict[str, str]:
    return {
        "name": QCoreApplication.translate("Machine", "Graphics card"),
        "compute_capability": QCoreApplication.translate("Machine", "Compute capability"),
        "memory_total_bytes": QCoreApplication.translate("Machine", "Memory of the card"),
        "sm_clock_mhz": QCoreApplication.translate("Machine", "Highest clock of the card"),
        "power_limit_w": QCoreApplication.translate("Machine", "Power limit of the card"),
    }
