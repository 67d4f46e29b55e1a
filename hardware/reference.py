"""Rows that set this machine beside the reference table: the same figures, each with where it comes from."""

from __future__ import annotations

import enum
from collections.abc import Sequence

import msgspec

from hardware import catalog, peaks
from hardware.alike import alike
from hardware.catalog import Card
from hardware.machine import Gpu, Machine, Note, Unknown


class Kind(enum.StrEnum):
    """What a row stands for: the first two were detected here."""

    PROCESSOR = "processor"
    DETECTED = "detected"
    CARD = "card"


class Basis(enum.StrEnum):
    """Where a figure comes from; each has a text in resources/texts/hardware.toml under `basis_...`."""

    PUBLISHED = "published"
    COMPUTED = "computed"
    READ = "read"
    ESTIMATED = "estimated"


# In reading order; each has a heading and a unit in resources/texts/hardware.toml.
COLUMNS = (
    "cores",
    "tensor_cores",
    "memory_gb",
    "memory_bandwidth_gbs",
    "fp32_tflops",
    "fp16_tflops",
    "int8_tops",
    "power_w",
)


class Figure(msgspec.Struct, frozen=True):
    """A number, or None with the reason in `note`; a known number may carry a remark in `note`."""

    value: float | None = None
    basis: Basis | None = None
    note: Note | None = None


class Row(msgspec.Struct, frozen=True):
    """One line: `figures` by column, `sources` in words of their own or `origin` as a code, never both.

    `count` says how many cards of this kind there are; the figures are those of one.
    """

    name: str | None
    kind: Kind
    figures: dict[str, Figure]
    sources: tuple[str, ...] = ()
    origin: Note | None = None
    notes: str = ""
    verification: str = ""
    search: str = ""
    count: int = 1


def rows(machine: Machine | None, cards: Sequence[Card]) -> tuple[Row, ...]:
    """Detected cards and the processor first, then the given cards in their order."""
    here: list[Row] = []
    if machine is not None:
        here = [_detected(gpu, count) for gpu, count in alike(machine.gpus)] + [_processor(machine)]
    return (*here, *(_reference(card) for card in cards))


def _reference(card: Card) -> Row:
    figures = {
        "cores": _printed(card, "cores"),
        "tensor_cores": _printed(card, "tensor_cores"),
        "memory_gb": _printed(card, "memory_gb"),
        "memory_bandwidth_gbs": _printed(card, "memory_bandwidth_gbs"),
        "fp32_tflops": _printed(card, "fp32_tflops"),
        "fp16_tflops": _printed_fp16(card),
        "int8_tops": _printed(card, "int8_tensor_tops"),
        "power_w": _printed(card, "tdp_w"),
    }
    search = " ".join((card.name, card.vendor, card.architecture, card.compute_capability or ""))
    return Row(card.name, Kind.CARD, figures, card.sources, None, card.notes, card.verification, search)


def _printed(card: Card, field: str) -> Figure:
    value = getattr(card, field)
    if value is None:
        return Figure(note=card.missing(field))
    return Figure(value, Basis.COMPUTED if field in card.derived else Basis.PUBLISHED)


def _printed_fp16(card: Card) -> Figure:
    """The tensor rate, or the vector rate of a card without tensor cores."""
    tensor = _printed(card, "fp16_tensor_tflops")
    vector = _printed(card, "fp16_vector_tflops")
    if tensor.value is not None or vector.value is None or not _lacks_tensor_cores(tensor.note):
        return tensor
    return Figure(vector.value, vector.basis, Note("fp16_vector"))


def _lacks_tensor_cores(note: Note | None) -> bool:
    return note is not None and note.code == "no_tensor_cores"


def _detected(gpu: Gpu, count: int) -> Row:
    card = catalog.named(gpu.card) if gpu.card is not None else None
    figures = {
        "cores": _read(gpu, "cores"),
        "tensor_cores": _read(gpu, "tensor_cores", Basis.COMPUTED),
        "memory_gb": _gigabytes(gpu.memory_total_bytes, gpu.unavailable.get("memory_total_bytes")),
        "memory_bandwidth_gbs": _read(gpu, "memory_bandwidth_gbs", Basis.COMPUTED),
        "power_w": _read(gpu, "power_limit_w"),
        **(_estimated(gpu) if card is None else {}),
    }
    if card is not None:
        table = _reference(card).figures
        figures = {column: _first_known(figures.get(column), table[column]) for column in COLUMNS}
        origin = Note("origin_driver_and_table", {"card": card.name})
    else:
        origin = Note("origin_driver")
    return Row(gpu.name, Kind.DETECTED, figures, (), origin, search=gpu.name or "", count=count)


def _first_known(read: Figure | None, printed: Figure) -> Figure:
    return printed if read is None or read.value is None else read


def _read(gpu: Gpu, field: str, basis: Basis = Basis.READ) -> Figure:
    value = getattr(gpu, field)
    if value is None:
        return Figure(note=gpu.unavailable.get(field, Unknown("no_source")))
    return Figure(value, basis)


def _estimated(gpu: Gpu) -> dict[str, Figure]:
    found = peaks.estimate(gpu)
    fp16 = _peak(found.fp16_tensor_tflops)
    if fp16.value is None and _lacks_tensor_cores(fp16.note) and _peak(found.fp16_vector_tflops).value:
        fp16 = Figure(_peak(found.fp16_vector_tflops).value, Basis.ESTIMATED, Note("fp16_vector"))
    return {
        "fp32_tflops": _peak(found.fp32_tflops),
        "fp16_tflops": fp16,
        "int8_tops": _peak(found.int8_tensor_tops),
    }


def _peak(peak: peaks.Peak) -> Figure:
    return Figure(note=peak) if isinstance(peak, Unknown) else Figure(peak, Basis.ESTIMATED)


def _gigabytes(amount: int | None, reason: Unknown | None) -> Figure:
    if amount is None:
        return Figure(note=reason or Unknown("no_source"))
    return Figure(amount / 2**30, Basis.READ)


def _processor(machine: Machine) -> Row:
    cpu = machine.cpu
    cores = Figure(cpu.physical_cores, Basis.READ)
    if cpu.physical_cores is None:
        cores = Figure(note=cpu.unavailable.get("physical_cores", Unknown("no_source")))
    untold = Figure(note=Unknown("cpu_peak_untold"))
    figures = {
        "cores": cores,
        "tensor_cores": Figure(note=Unknown("cpu_no_tensor_cores")),
        "memory_gb": _gigabytes(machine.memory_total_bytes, machine.unavailable.get("memory_total_bytes")),
        "memory_bandwidth_gbs": Figure(note=Unknown("cpu_bandwidth_untold")),
        "fp32_tflops": untold,
        "fp16_tflops": untold,
        "int8_tops": untold,
        "power_w": Figure(note=Unknown("cpu_power_untold")),
    }
    return Row(cpu.name, Kind.PROCESSOR, figures, (), Note("origin_system"), search=cpu.name or "")
