"""The reference table of cards, and how a detected card finds its row.

Figures are those of vendors' datasheets and published tables, named in `source`; tensor figures are dense,
and those of FP16 and BF16 accumulate in FP32. An empty cell of the table is None here.
"""

from __future__ import annotations

import csv
import functools
import re
from importlib import resources

import msgspec

from hardware.machine import Gpu, Unknown

_DERIVED = {
    "fp64": "fp64_tflops",
    "fp32": "fp32_tflops",
    "tf32": "tf32_tensor_tflops",
    "fp16": "fp16_tensor_tflops",
    "fp16_tensor": "fp16_tensor_tflops",
    "bf16": "bf16_tensor_tflops",
    "fp8": "fp8_tensor_tflops",
    "int8": "int8_tensor_tops",
    "int4": "int4_tensor_tops",
    "fp16acc": "fp16_tensor_fp16acc_tflops",
}
_FIRST = ("Tesla V100", "Tesla T4")
_SELECTED = (
    "Tesla P100 SXM2 16GB", "A10", "A100 PCIe 80GB", "A100 SXM4 80GB", "L4", "L40S", "H100 PCIe 80GB",
    "H100 SXM5 80GB", "H200 SXM", "B200 (HGX)", "GeForce RTX 3090", "GeForce RTX 4090",
    "GeForce RTX 5090", "Jetson AGX Orin 64GB", "Instinct MI300X",
)  # fmt: skip
# Each generation's tensor cores take these types only (the project's hardware notes, a.2).
_LACKING = {
    "7.0": ("tf32", "bf16", "fp8", "int8", "int4"),
    "7.5": ("tf32", "bf16", "fp8"),
    "8.0": ("fp8",),
    "8.6": ("fp8",),
    "8.7": ("fp8",),
    "9.0": ("int4",),
    "10.0": ("int4",),
    "12.0": ("int4",),
}
# Error correction takes a sixteenth of GDDR memory, the driver a little more; sizes on sale differ by more.
_LEAST_MEMORY, _MOST_MEMORY = 0.88, 1.06


class Card(msgspec.Struct, frozen=True):
    """One row. Rates in 10^12/s, bandwidth in 10^9 bytes/s; a card's gigabyte is 2^30 bytes.

    `derived` names the fields that were computed as multiprocessors x rate x boost clock.
    """

    name: str
    vendor: str
    architecture: str
    source: str
    notes: str
    verification: str
    year: int | None = None
    compute_capability: str | None = None
    cores: int | None = None
    tensor_cores: int | None = None
    sm_count: int | None = None
    memory_gb: float | None = None
    memory_type: str | None = None
    memory_bus_bits: int | None = None
    memory_bandwidth_gbs: float | None = None
    fp64_tflops: float | None = None
    fp32_tflops: float | None = None
    fp16_vector_tflops: float | None = None
    tf32_tensor_tflops: float | None = None
    fp16_tensor_tflops: float | None = None
    fp16_tensor_fp16acc_tflops: float | None = None
    bf16_tensor_tflops: float | None = None
    fp8_tensor_tflops: float | None = None
    int8_tensor_tops: float | None = None
    int4_tensor_tops: float | None = None
    tdp_w: float | None = None
    boost_clock_mhz: float | None = None
    l2_cache_mb: float | None = None
    interconnect: str | None = None
    nvml_names: tuple[str, ...] = ()
    pci_device_ids: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Each source for itself; a semicolon within parentheses parts nothing."""
        return tuple(re.split(r";\s*(?![^(]*\))", self.source))

    def missing(self, field: str) -> Unknown:
        """Why this field is None: the card cannot do it, or no source that could be checked says it."""
        if field.endswith(("tensor_tflops", "tensor_tops", "tensor_cores")):
            if (self.compute_capability or "").startswith("6."):
                return Unknown("no_tensor_cores")
            mode = field.partition("_")[0]
            if mode in _LACKING.get(self.compute_capability or "", ()):
                return Unknown("mode_absent", {"mode": mode.upper(), "architecture": self.architecture})
        return Unknown("not_published")


@functools.cache
def cards() -> tuple[Card, ...]:
    """Every row of resources/gpus.csv, in the order of the file."""
    text = resources.files("resources").joinpath("gpus.csv").read_text(encoding="utf-8")
    return tuple(_card(row) for row in csv.DictReader(text.splitlines()))


def reference_order() -> tuple[Card, ...]:
    """Every row: all variants of V100, then T4, then the rest in the order of the file."""
    return tuple(sorted(cards(), key=lambda card: _rank(card.name)))


def selection() -> tuple[Card, ...]:
    """A short list in the same order: V100 and T4, then one or two of each later generation."""
    return tuple(card for card in reference_order() if card.name.startswith(_FIRST) or card.name in _SELECTED)


def named(name: str) -> Card | None:
    """The row of that name."""
    return next((card for card in cards() if card.name == name), None)


def match(gpu: Gpu) -> Card | None:
    """The row of a detected card: by PCI device, then by name; memory and bus width must agree.

    None where no row fits, or where more than one does: the same name does not mean the same card.
    """
    nvidia = [card for card in cards() if card.vendor == "NVIDIA" and _fits(card, gpu)]
    by_device = [card for card in nvidia if gpu.pci_device_id in card.pci_device_ids]
    by_name = [card for card in nvidia if _same_name(card, gpu.name)]
    both = [card for card in by_device if card in by_name]
    likely = both or by_device or by_name
    return likely[0] if len(likely) == 1 and (both or _measurable(gpu)) else None


def normalised(name: str) -> str:
    """A name without maker, family and trademark signs: "NVIDIA A100-SXM4-40GB" -> "a100 sxm4 40gb"."""
    words = re.sub(r"\((?:r|tm|c)\)", " ", name.lower())
    return " ".join(word for word in re.split(r"[\s\-]+", words) if word not in ("nvidia", "tesla", ""))


def _same_name(card: Card, name: str | None) -> bool:
    return name is not None and normalised(name) in {normalised(known) for known in card.nvml_names}


def _measurable(gpu: Gpu) -> bool:
    return gpu.memory_total_bytes is not None or gpu.memory_bus_bits is not None


def _fits(card: Card, gpu: Gpu) -> bool:
    if gpu.memory_total_bytes is not None and card.memory_gb is not None:
        share = gpu.memory_total_bytes / (card.memory_gb * 2**30)
        if not _LEAST_MEMORY <= share <= _MOST_MEMORY:
            return False
    return None in (gpu.memory_bus_bits, card.memory_bus_bits) or gpu.memory_bus_bits == card.memory_bus_bits


def _rank(name: str) -> int:
    return next((rank for rank, start in enumerate(_FIRST) if name.startswith(start)), len(_FIRST))


def _card(row: dict[str, str]) -> Card:
    values: dict[str, object] = {name: text for name, text in row.items() if text}
    for name in ("nvml_names", "pci_device_ids"):
        values[name] = row[name].split(";") if row[name] else []
    derived = (part for part in row["derived_fields"].split(";") if part)
    values["derived"] = [_DERIVED.get(part, part) for part in derived]
    # Not strict: the cells are text, and become the numbers that the fields ask for.
    return msgspec.convert(values, Card, strict=False)
