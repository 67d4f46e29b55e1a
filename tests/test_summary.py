"""Summaries of readings made by hand, exactly."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hardware.machine import Unknown
from hardware.reading import GpuReading, Reading
from hardware.summary import GpuSummary, summarise, within

TENTH = 100_000_000


def _reading(number: int, **more: Any) -> Reading:
    """The number-th tenth of a second."""
    return Reading((number + 1) * TENTH, number * TENTH, **more)


def _readings(count: int, **more: Any) -> list[Reading]:
    return [_reading(number, **more) for number in range(count)]


def _all(count: int) -> list[tuple[int, int]]:
    return [(0, count * TENTH)]


def test_only_readings_of_the_windows_count() -> None:
    readings = [_reading(number, major_faults=10**number) for number in range(6)]
    summary = summarise(readings, [(TENTH, 2 * TENTH), (4 * TENTH, 5 * TENTH)])
    assert summary.major_faults == 10 + 10_000
    assert (summary.readings, summary.seconds) == (2, 0.2)


@pytest.mark.parametrize(
    ("begin", "end", "numbers"),
    [
        (0.4, 2.6, [0, 1, 2]),  # 60 % of the first and of the last
        (0.6, 2.4, [1]),
        (0.5, 2.5, [0, 1, 2]),
        (1.2, 1.3, [1]),  # a window shorter than a reading belongs to the one it lies in
        (1.9, 2.0, [1]),
        (1.0, 1.0, []),
        (9.0, 10.0, []),
        (-5.0, 0.2, []),
    ],
)
def test_a_reading_belongs_where_half_of_it_or_of_the_window_is_common(
    begin: float, end: float, numbers: list[int]
) -> None:
    readings = _readings(4)
    window = (round(begin * TENTH), round(end * TENTH))
    assert within(readings, [window]) == [readings[number] for number in numbers]


def test_overlapping_windows_count_a_reading_once() -> None:
    assert len(within(_readings(3), [(0, 2 * TENTH), (TENTH, 3 * TENTH)])) == 3


def test_other_load_is_busy_less_ours_in_processors() -> None:
    readings = _readings(4, cpus=4, busy_share=0.5, own_cpus=1.5)
    summary = summarise(readings, _all(4))
    assert (summary.busy_cpus, summary.own_cpus, summary.other_cpus) == (2.0, 1.5, 0.5)


def test_single_readings_in_which_ours_seems_larger_are_averaged_before_they_are_cut_off() -> None:
    readings = [
        _reading(0, cpus=2, busy_share=0.5, own_cpus=1.5),
        _reading(1, cpus=2, busy_share=1.0, own_cpus=1.5),
    ]
    assert summarise(readings, _all(2)).other_cpus == 0.0


def test_means_are_over_time_and_leave_out_what_is_not_known() -> None:
    readings = [
        Reading(TENTH, 0, steal_share=0.1, pressure_us=10_000),
        Reading(4 * TENTH, TENTH, steal_share=0.5, pressure_us=10_000),
        Reading(5 * TENTH, 4 * TENTH),
    ]
    summary = summarise(readings, _all(5))
    assert summary.steal_share == pytest.approx(0.4)
    assert summary.pressure_share == pytest.approx(0.05)
    assert summary.other_cpus is None


def test_counts_are_summed_and_extremes_kept() -> None:
    readings = [
        _reading(0, swapped_in_pages=1, swapped_out_pages=2, cpu_throttles=0, temperature_c=40.0),
        _reading(1, cgroup_throttled=3, cgroup_throttled_us=50, memory_available_bytes=7, on_battery=False),
        _reading(2, cpu_throttles=5, temperature_c=60.0, memory_available_bytes=5, on_battery=True),
    ]
    summary = summarise(readings, _all(3))
    assert (summary.swapped_pages, summary.cpu_throttles, summary.max_temperature_c) == (3, 5, 60.0)
    assert (summary.cgroup_throttled, summary.cgroup_throttled_us) == (3, 50)
    assert (summary.least_memory_available_bytes, summary.on_battery) == (5, True)


def test_the_clock_ratio_compares_the_last_fifth_with_the_first() -> None:
    clocks = [4000, 4000, 3900, 3900, 3800, 3800, 3700, 3700, 3000, 3000]
    readings = [_reading(number, frequency_max_mhz=clock) for number, clock in enumerate(clocks)]
    summary = summarise(readings, _all(10))
    assert summary.clock_ratio == 0.75
    assert summary.frequency_min_mhz == 3000
    assert summary.frequency_median_mhz == 3800
    assert summary.frequency_max_mhz == 4000
    assert summarise(readings[:9], _all(10)).clock_ratio is None


def _cards(count: int, **more: Any) -> list[Reading]:
    return _readings(count, gpus=(GpuReading(0, **more),))


def test_a_throttled_share_counts_heat_and_power_brake_but_not_idle_or_the_power_cap() -> None:
    bits = [0x1, 0x4, 0x8, 0x20, 0x40, 0x80, 0x2, 0x10, 0x4, 0x0]
    readings = [_reading(number, gpus=(GpuReading(0, throttle_bits=bit),)) for number, bit in enumerate(bits)]
    (card,) = summarise(readings, _all(10)).gpus
    assert (card.throttled_share, card.power_cap_share) == (0.4, 0.2)


def test_cards_are_summed_up_each_by_itself() -> None:
    hot = GpuReading(1, temperature_c=80.0, power_w=100.0, utilisation=0.5, memory_used_bytes=9)
    readings = [
        _reading(
            number,
            gpus=(GpuReading(0, sm_clock_mhz=1000.0 - 10 * number, foreign_pids=(number % 2 + 5,)), hot),
        )
        for number in range(10)
    ]
    first, second = summarise(readings, _all(10)).gpus
    assert first.clock_ratio == pytest.approx(915 / 995)
    assert (first.sm_clock_mhz, first.foreign_pids) == (955, (5, 6))
    expected = GpuSummary(
        1, 10, utilisation=0.5, power_w=100.0, max_temperature_c=80.0, max_memory_used_bytes=9
    )
    assert second == expected


def test_no_list_of_processes_is_not_an_empty_one() -> None:
    assert summarise(_cards(2), _all(2)).gpus[0].foreign_pids is None
    assert summarise(_cards(2, foreign_pids=()), _all(2)).gpus[0].foreign_pids == ()


def test_reasons_from_before_the_windows_are_kept() -> None:
    reason = Unknown("no_cpufreq")
    card = GpuReading(0, unavailable={"power_w": reason})
    readings = [_reading(0, unavailable={"frequency_max_mhz": reason}, gpus=(card,))]
    readings += [_reading(number, gpus=(GpuReading(0),)) for number in (1, 2)]
    summary = summarise(readings, [(TENTH, 3 * TENTH)])
    assert summary.unavailable == {"frequency_max_mhz": reason}
    assert summary.gpus[0].unavailable == {"power_w": reason}


def test_without_readings_everything_is_unknown_with_a_reason() -> None:
    summary = summarise((), [(0, 1)])
    assert summary.unavailable == {"readings": Unknown("no_readings")}
    known = {name for name, value in msgspec.structs.asdict(summary).items() if value is not None}
    assert known == {"readings", "seconds", "gpus", "unavailable"}
