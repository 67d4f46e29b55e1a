"""Cards of one kind counted together: a server holds eight that differ in nothing but their place."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hardware.machine import Gpu


def alike(gpus: Sequence[Gpu]) -> list[tuple[Gpu, int]]:
    """Each kind of card once, with how many there are; only of a single one is it said what is in use."""
    counts: dict[bytes, int] = {}
    first: dict[bytes, Gpu] = {}
    for gpu in gpus:
        common = msgspec.structs.replace(gpu, index=0, pci_bus_id=None, memory_used_bytes=None)
        key = msgspec.json.encode(common)
        counts[key] = counts.get(key, 0) + 1
        first[key] = gpu if counts[key] == 1 else common
    return [(first[key], count) for key, count in counts.items()]
