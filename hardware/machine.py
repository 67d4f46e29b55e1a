"""What a machine is made of, as frozen records; what could not be learnt is None with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Optional, TypeVar

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

    name: Optional[str] = None
    architecture: Optional[str] = None
    physical_cores: Optional[int] = None
    logical_cores: Optional[int] = None
    affinity_cores: Optional[int] = None
    quota_cores: Optional[float] = None
    usable_cores: Optional[float] = None
    instruction_sets: Optional[tuple[str, ...]] = None
    l1d_cache_bytes: Optional[int] = None
    l2_cache_bytes: Optional[int] = None
    l3_cache_bytes: Optional[int] = None
    frequency_mhz: Optional[float] = None
    max_frequency_mhz: Optional[float] = None
    governor: Optional[str] = None
    unavailable: dict[str, Unknown] = {}


class Gpu(msgspec.Struct, frozen=True):
    """A graphics card as its driver describes it.

    `multiprocessors`, `tensor_cores` and `memory_bandwidth_gbs` (10^9 bytes/s, twice the largest memory
    clock times the bus width) are computed from what the driver says; `card` is the row of the reference
    table that it was matched to. Clocks are the largest ones that the driver names.
    """

    index: int
    name: Optional[str] = None
    pci_device_id: Optional[str] = None
    pci_bus_id: Optional[str] = None
    architecture: Optional[str] = None
    compute_capability: Optional[str] = None
    geforce: Optional[bool] = None
    cores: Optional[int] = None
    multiprocessors: Optional[int] = None
    tensor_cores: Optional[int] = None
    memory_total_bytes: Optional[int] = None
    memory_used_bytes: Optional[int] = None
    memory_bus_bits: Optional[int] = None
    memory_bandwidth_gbs: Optional[float] = None
    sm_clock_mhz: Optional[float] = None
    memory_clock_mhz: Optional[float] = None
    power_limit_w: Optional[float] = None
    default_power_limit_w: Optional[float] = None
    ecc: Optional[bool] = None
    mig: Optional[bool] = None
    pcie_generation: Optional[int] = None
    pcie_width: Optional[int] = None
    card: Optional[str] = None
    unavailable: dict[str, Unknown] = {}


class Machine(msgspec.Struct, frozen=True):
    """Everything that was learnt; where `gpus` is empty, `unavailable["gpus"]` says why.

    `memory_limit_bytes` is what a container grants; `cuda_driver` the newest CUDA that the driver can serve.
    """

    system: Optional[str] = None
    virtual_machine: Optional[bool] = None
    hypervisor: Optional[str] = None
    cpu: Cpu = Cpu()
    memory_total_bytes: Optional[int] = None
    memory_available_bytes: Optional[int] = None
    memory_limit_bytes: Optional[int] = None
    gpus: tuple[Gpu, ...] = ()
    driver: Optional[str] = None
    cuda_driver: Optional[str] = None
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
