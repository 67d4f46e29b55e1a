"""One look at the machine while something is measured; what could not be read is None, never 0."""

from __future__ import annotations

import msgspec

from hardware.machine import Unknown


class GpuReading(msgspec.Struct, frozen=True, omit_defaults=True):
    """A card now. Power in W, clock in MHz, utilisation the share of time with any kernel running (0 to 1).

    `throttle_bits` are NVML's clocks event reasons. `foreign_pids` are processes with a compute context that
    are not ours; an empty tuple says that there is none.
    """

    index: int
    utilisation: float | None = None
    memory_total_bytes: int | None = None
    memory_used_bytes: int | None = None
    power_w: float | None = None
    temperature_c: float | None = None
    sm_clock_mhz: float | None = None
    throttle_bits: int | None = None
    performance_state: int | None = None
    foreign_pids: tuple[int, ...] | None = None
    unavailable: dict[str, Unknown] = {}


class Reading(msgspec.Struct, frozen=True, omit_defaults=True):
    """The machine between `since_ns` and `at_ns`, of time.perf_counter_ns, or at `at_ns` what has no length.

    Shares are of all `cpus` logical processors, 0 to 1; stolen time is not busy. `own_cpus` is the CPU time
    of the watched processes per second. Counts are those of the interval: pages swapped, major faults, times
    that a processor or the control group was throttled, and `pressure_us`, in which some thread waited for a
    processor. Frequencies are of the processors that we may use.

    A reason stands in `unavailable` of the first reading that has it, and not again.
    """

    at_ns: int
    since_ns: int
    cpus: int | None = None
    busy_share: float | None = None
    steal_share: float | None = None
    own_cpus: float | None = None
    pressure_us: int | None = None
    memory_total_bytes: int | None = None
    memory_available_bytes: int | None = None
    memory_used_bytes: int | None = None
    swapped_in_pages: int | None = None
    swapped_out_pages: int | None = None
    major_faults: int | None = None
    frequency_mean_mhz: float | None = None
    frequency_min_mhz: float | None = None
    frequency_max_mhz: float | None = None
    temperature_c: float | None = None
    cpu_throttles: int | None = None
    cgroup_throttled: int | None = None
    cgroup_throttled_us: int | None = None
    on_battery: bool | None = None
    battery_percent: float | None = None
    gpus: tuple[GpuReading, ...] = ()
    unavailable: dict[str, Unknown] = {}

    def other_cpus(self) -> float | None:
        """Processors' worth of work that is not ours; below 0 where the kernel's clocks disagree."""
        if self.busy_share is None or self.cpus is None or self.own_cpus is None:
            return None
        return self.busy_share * self.cpus - self.own_cpus
