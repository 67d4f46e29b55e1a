"""What readings of the machine say about the windows in which something was measured; pure arithmetic."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import TypeVar

import msgspec

from hardware.machine import Unknown
from hardware.reading import GpuReading, Reading

# nvml.h, nvmlClocksEventReason...: hardware slowdown, software and hardware thermal slowdown, power brake.
THROTTLE_BITS = 0x8 | 0x20 | 0x40 | 0x80
POWER_CAP_BIT = 0x4
# Fewer than this and a fifth of them is a single reading.
_LEAST_FOR_FIFTHS = 10

Number = TypeVar("Number", int, float)
Window = tuple[int, int]


class GpuSummary(msgspec.Struct, frozen=True):
    """A card in the windows. Shares are of its readings; `clock_ratio` is the last fifth over the first."""

    index: int
    readings: int
    throttled_share: float | None = None
    power_cap_share: float | None = None
    sm_clock_mhz: float | None = None
    clock_ratio: float | None = None
    utilisation: float | None = None
    power_w: float | None = None
    max_temperature_c: float | None = None
    max_memory_used_bytes: int | None = None
    foreign_pids: tuple[int, ...] | None = None
    unavailable: dict[str, Unknown] = {}


class Summary(msgspec.Struct, frozen=True):
    """The machine in the windows; None where no reading there tells it, with the reason in `unavailable`.

    `seconds` is the time that the readings cover. Means are over that time, counts are sums. Frequencies
    are those of the fastest usable processor of each reading (those at rest read low and say nothing), and
    `clock_ratio` is the median of their last fifth over that of their first.
    """

    readings: int
    seconds: float
    busy_cpus: float | None = None
    own_cpus: float | None = None
    other_cpus: float | None = None
    steal_share: float | None = None
    pressure_share: float | None = None
    swapped_pages: int | None = None
    major_faults: int | None = None
    least_memory_available_bytes: int | None = None
    frequency_min_mhz: float | None = None
    frequency_median_mhz: float | None = None
    frequency_max_mhz: float | None = None
    clock_ratio: float | None = None
    cpu_throttles: int | None = None
    cgroup_throttled: int | None = None
    cgroup_throttled_us: int | None = None
    max_temperature_c: float | None = None
    on_battery: bool | None = None
    gpus: tuple[GpuSummary, ...] = ()
    unavailable: dict[str, Unknown] = {}


def summarise(readings: Sequence[Reading], windows: Iterable[Window]) -> Summary:
    """Readings in order of time; windows as (begin, end) in ns of the same clock, which may overlap.

    A reading counts, once and whole, where at least half of it, or at least half of a window, is common.
    """
    inside = within(readings, windows)
    clocks = _known(one.frequency_max_mhz for one in inside)
    other = _mean(inside, Reading.other_cpus)
    return Summary(
        readings=len(inside),
        seconds=_seconds(inside),
        busy_cpus=_mean(inside, _busy_cpus),
        own_cpus=_mean(inside, lambda one: one.own_cpus),
        # The kernel counts ours to the nanosecond and the machine in ticks, so nothing can come out below 0.
        other_cpus=None if other is None else max(0.0, other),
        steal_share=_mean(inside, lambda one: one.steal_share),
        pressure_share=_mean(inside, _pressure_share),
        swapped_pages=_sum(_swapped(one) for one in inside),
        major_faults=_sum(one.major_faults for one in inside),
        least_memory_available_bytes=min(_known(one.memory_available_bytes for one in inside), default=None),
        frequency_min_mhz=min(clocks, default=None),
        frequency_median_mhz=median(clocks) if clocks else None,
        frequency_max_mhz=max(clocks, default=None),
        clock_ratio=_ratio(clocks),
        cpu_throttles=_sum(one.cpu_throttles for one in inside),
        cgroup_throttled=_sum(one.cgroup_throttled for one in inside),
        cgroup_throttled_us=_sum(one.cgroup_throttled_us for one in inside),
        max_temperature_c=max(_known(one.temperature_c for one in inside), default=None),
        on_battery=_any(one.on_battery for one in inside),
        gpus=_gpus(readings, inside),
        unavailable=_reasons(readings) if inside else {"readings": Unknown("no_readings")},
    )


def within(readings: Sequence[Reading], windows: Iterable[Window]) -> list[Reading]:
    """The readings that belong to any of the windows, each once, in order."""
    ends = [one.at_ns for one in readings]
    begins = [one.since_ns for one in readings]
    chosen: set[int] = set()
    for begin, end in windows:
        near = range(bisect_right(ends, begin), bisect_left(begins, end))
        chosen.update(index for index in near if _belongs(readings[index], begin, end))
    return [readings[index] for index in sorted(chosen)]


def _belongs(one: Reading, begin: int, end: int) -> bool:
    common = min(one.at_ns, end) - max(one.since_ns, begin)
    return 2 * common >= min(one.at_ns - one.since_ns, end - begin) > 0


def _seconds(readings: Sequence[Reading]) -> float:
    return sum(one.at_ns - one.since_ns for one in readings) / 1e9


def _mean(readings: Sequence[Reading], value: Callable[[Reading], float | None]) -> float | None:
    """Over time, of the readings that tell it."""
    known = [(found, one.at_ns - one.since_ns) for one in readings if (found := value(one)) is not None]
    length = sum(weight for _, weight in known)
    return sum(found * weight for found, weight in known) / length if length else None


def _busy_cpus(one: Reading) -> float | None:
    return None if one.busy_share is None or one.cpus is None else one.busy_share * one.cpus


def _pressure_share(one: Reading) -> float | None:
    return None if one.pressure_us is None else one.pressure_us * 1000 / (one.at_ns - one.since_ns)


def _swapped(one: Reading) -> int | None:
    if one.swapped_in_pages is None or one.swapped_out_pages is None:
        return None
    return one.swapped_in_pages + one.swapped_out_pages


def _known(values: Iterable[Number | None]) -> list[Number]:
    return [value for value in values if value is not None]


def _sum(values: Iterable[int | None]) -> int | None:
    known = _known(values)
    return sum(known) if known else None


def _any(values: Iterable[bool | None]) -> bool | None:
    known = [value for value in values if value is not None]
    return any(known) if known else None


def _ratio(clocks: Sequence[float]) -> float | None:
    if len(clocks) < _LEAST_FOR_FIFTHS:
        return None
    fifth = len(clocks) // 5
    first = median(clocks[:fifth])
    return median(clocks[-fifth:]) / first if first else None


def _reasons(readings: Sequence[Reading]) -> dict[str, Unknown]:
    """Every reason that any reading gave, those before the windows too: each is told only once."""
    return {name: reason for one in readings for name, reason in one.unavailable.items()}


def _gpus(readings: Sequence[Reading], inside: Sequence[Reading]) -> tuple[GpuSummary, ...]:
    cards: dict[int, list[GpuReading]] = {}
    for one in inside:
        for card in one.gpus:
            cards.setdefault(card.index, []).append(card)
    reasons: dict[int, dict[str, Unknown]] = {}
    for one in readings:
        for card in one.gpus:
            reasons.setdefault(card.index, {}).update(card.unavailable)
    return tuple(_gpu(index, seen, reasons[index]) for index, seen in sorted(cards.items()))


def _gpu(index: int, seen: Sequence[GpuReading], reasons: dict[str, Unknown]) -> GpuSummary:
    bits = _known(card.throttle_bits for card in seen)
    clocks = _known(card.sm_clock_mhz for card in seen)
    foreign = _known_pids(seen)
    return GpuSummary(
        index=index,
        readings=len(seen),
        throttled_share=_average([bool(found & THROTTLE_BITS) for found in bits]),
        power_cap_share=_average([bool(found & POWER_CAP_BIT) for found in bits]),
        sm_clock_mhz=median(clocks) if clocks else None,
        clock_ratio=_ratio(clocks),
        utilisation=_average(_known(card.utilisation for card in seen)),
        power_w=_average(_known(card.power_w for card in seen)),
        max_temperature_c=max(_known(card.temperature_c for card in seen), default=None),
        max_memory_used_bytes=max(_known(card.memory_used_bytes for card in seen), default=None),
        foreign_pids=foreign,
        unavailable=reasons,
    )


def _average(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def _known_pids(seen: Sequence[GpuReading]) -> tuple[int, ...] | None:
    lists = [card.foreign_pids for card in seen if card.foreign_pids is not None]
    return tuple(sorted({pid for pids in lists for pid in pids})) if lists else None
