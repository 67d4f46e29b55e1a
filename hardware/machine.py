"""What a machine is made of, as frozen records; what could not be learnt is None with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec


class Note(msgspec.Struct, frozen=True):
    """A code with its parameters; the sentence is in resources/texts/hardware.toml."""

    code: str
    parameters: dict[str, str] = {}


class Unknown(Note, frozen=True):
    """Why a fact could not be learnt."""


class Cpu(msgspec.Struct, frozen=True):
    """The processor. Caches are totals over all cores; frequencies are in MHz.

    `usable_cores` is what this process may keep busy: the smaller of `affinity_cores` and `quota_cores`
    (the share a container grants, which may be a fraction).
    """

    name: str | None = None
    architecture: str | None = None
    physical_cores: int | None = None
    logical_cores: int | None = None
    affinity_cores: int | None = None
    quota_cores: float | None = None
    usable_cores: float | None = None
    instruction_sets: tuple[str, ...] | None = None
    l1d_cache_bytes: int | None = None
    l2_cache_bytes: int | None = None
    l3_cache_bytes: int | None = None
    frequency_mhz: float | None = None
    max_frequency_mhz: float | None = None
    governor: str | None = None
    unavailable: dict[str, Unknown] = {}


class Gpu(msgspec.Struct, frozen=True):
    """A graphics card as its driver describes it.

    `multiprocessors`, `tensor_cores` and `memory_bandwidth_gbs` (10^9 bytes/s, twice the largest memory
    clock times the bus width) are computed from what the driver says; `card` is the row of the reference
    table that it was matched to. Clocks are the largest ones that the driver names.
    """

    index: int
    name: str | None = None
    pci_device_id: str | None = None
    pci_bus_id: str | None = None
    architecture: str | None = None
    compute_capability: str | None = None
    geforce: bool | None = None
    cores: int | None = None
    multiprocessors: int | None = None
    tensor_cores: int | None = None
    memory_total_bytes: int | None = None
    memory_used_bytes: int | None = None
    memory_bus_bits: int | None = None
    memory_bandwidth_gbs: float | None = None
    sm_clock_mhz: float | None = None
    memory_clock_mhz: float | None = None
    power_limit_w: float | None = None
    default_power_limit_w: float | None = None
    ecc: bool | None = None
    mig: bool | None = None
    pcie_generation: int | None = None
    pcie_width: int | None = None
    card: str | None = None
    unavailable: dict[str, Unknown] = {}


class Machine(msgspec.Struct, frozen=True):
    """Everything that was learnt; where `gpus` is empty, `unavailable["gpus"]` says why.

    `memory_limit_bytes` is what a container grants; `cuda_driver` the newest CUDA that the driver can serve.
    """

    system: str | None = None
    virtual_machine: bool | None = None
    hypervisor: str | None = None
    cpu: Cpu = Cpu()
    memory_total_bytes: int | None = None
    memory_available_bytes: int | None = None
    memory_limit_bytes: int | None = None
    gpus: tuple[Gpu, ...] = ()
    driver: str | None = None
    cuda_driver: str | None = None
    unavailable: dict[str, Unknown] = {}


Facts = Mapping[str, object]
Record = TypeVar("Record", Cpu, Gpu, Machine)
Answer = TypeVar("Answer")


def gather(kind: type[Record], facts: Facts) -> Record:
    """A record of these facts: an Unknown becomes its field's reason, and so does a fact that nobody gave."""
    known: dict[str, object] = {}
    unavailable: dict[str, Unknown] = {}
    for field in kind.__struct_fields__:
        fact = facts.get(field, Unknown("no_source"))
        if field == "unavailable":
            continue
        if isinstance(fact, Unknown):
            unavailable[field] = fact
        else:
            known[field] = fact
    return kind(**known, unavailable=unavailable)  # type: ignore[arg-type]


def attempt(read: Callable[[], Answer]) -> Answer | Unknown:
    """What `read` answers, or why it could not."""
    try:
        return read()
    except OSError as error:
        # Without the file's name: facts are exported, and a name can hold that of the user.
        return Unknown("unreadable", {"detail": error.strerror or type(error).__name__})
    except Exception as error:  # noqa: BLE001 - a strange system must cost one fact, never the whole page
        return Unknown("unreadable", {"detail": f"{type(error).__name__}: {error}"})
