"""Reads the machine again and again while something is measured, in a process that may hang without harm.

`python -P -m hardware.sampler PID [PERIOD_S]` writes one hardware.reading.Reading as JSON a line until its
standard input closes; PID and its descendants count as ours.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any, Protocol

import msgspec

from hardware.card_watch import CardWatch
from hardware.linux_load import LinuxLoad
from hardware.machine import Facts, Unknown
from hardware.pace import Pace
from hardware.portable_load import PortableLoad
from hardware.reading import GpuReading, Reading

PERIOD_S = 0.1
_COUNTS = (
    "pressure_us",
    "swapped_in_pages",
    "swapped_out_pages",
    "major_faults",
    "cpu_throttles",
    "cgroup_throttled",
    "cgroup_throttled_us",
)


class Load(Protocol):
    """Where readings come from.

    `counters` holds what only grows: `busy`, `stolen` and `all` in one unit of time over all `cpus`, `own_s`
    in seconds, and the counts of Reading; `gauges` holds the other fields of Reading.
    """

    def counters(self, now_ns: int) -> Facts: ...
    def gauges(self, now_ns: int) -> Facts: ...
    def pids(self) -> Collection[int]: ...
    def close(self) -> None: ...


def load_of(pid: int) -> Load:
    """The load of this machine, `pid` and its descendants being ours."""
    if sys.platform == "linux":
        return LinuxLoad(Path("/"), pid, os.sched_getaffinity(0))
    return PortableLoad(pid)


class Sampler:
    """Turns what only grows into what happened since the last reading, and tells each reason once."""

    def __init__(self, load: Load, clock: Callable[[], int] = time.perf_counter_ns) -> None:
        self._load, self._clock = load, clock
        self._told: set[tuple[int | None, str]] = set()
        self._since_ns = clock()
        self._before = load.counters(self._since_ns)

    def read(self, gpus: tuple[GpuReading, ...] = (), no_gpus: Unknown | None = None) -> Reading:
        """The machine since the last call (or since this object was made)."""
        now_ns = self._clock()
        after = self._load.counters(now_ns)
        facts = {**_grown(self._before, after, now_ns - self._since_ns), **self._load.gauges(now_ns)}
        known = {name: value for name, value in facts.items() if not isinstance(value, Unknown)}
        reasons = {name: value for name, value in facts.items() if isinstance(value, Unknown)}
        reasons |= {"gpus": no_gpus} if no_gpus is not None else {}
        reading = Reading(
            now_ns,
            self._since_ns,
            **known,  # type: ignore[arg-type]
            gpus=tuple(
                msgspec.structs.replace(gpu, unavailable=self._new(gpu.unavailable, gpu.index))
                for gpu in gpus
            ),
            unavailable=self._new(reasons),
        )
        self._since_ns, self._before = now_ns, after
        return reading

    def _new(self, reasons: dict[str, Unknown], index: int | None = None) -> dict[str, Unknown]:
        new = {name: reason for name, reason in reasons.items() if (index, name) not in self._told}
        self._told |= {(index, name) for name in new}
        return new


def _grown(before: Facts, after: Facts, length_ns: int) -> dict[str, object]:
    used = _growth(before, after, "own_s")
    return {
        "cpus": after["cpus"],
        "busy_share": _share(_growth(before, after, "busy"), _growth(before, after, "all")),
        "steal_share": _share(_growth(before, after, "stolen"), _growth(before, after, "all")),
        "own_cpus": used if isinstance(used, Unknown) else used * 1e9 / length_ns,
        **{name: _growth(before, after, name) for name in _COUNTS},
    }


def _growth(before: Facts, after: Facts, name: str) -> Any:
    for value in (before[name], after[name]):
        if isinstance(value, Unknown):
            return value
    grown = after[name] - before[name]  # type: ignore[operator]
    return Unknown("counter_fell") if grown < 0 else grown


def _share(part: Any, whole: Any) -> float | Unknown:
    for value in (part, whole):
        if isinstance(value, Unknown):
            return value
    return part / whole if whole else Unknown("no_ticks")


def sample(
    sampler: Sampler, cards: CardWatch, pace: Pace, closed: threading.Event, write: Callable[[bytes], object]
) -> None:
    """A line a period until `closed`, and one more then; ends early where nobody reads them any more."""
    due_s = time.perf_counter()
    ending = False
    while not ending:
        due_s = max(due_s + pace.period_s, time.perf_counter())
        ending = closed.wait(due_s - time.perf_counter())
        reading = sampler.read(cards.latest(time.perf_counter_ns()), cards.problem)
        try:
            write(msgspec.json.encode(reading) + b"\n")
        except BrokenPipeError:
            return
        pace.note()


def main(pid: int, period_s: float = PERIOD_S, nvml: Any = None) -> None:
    """Sample until standard input closes."""
    closed = threading.Event()

    def wait_for_end() -> None:
        sys.stdin.buffer.read()
        closed.set()

    threading.Thread(target=wait_for_end, daemon=True).start()
    load, pace = load_of(pid), Pace(period_s)
    cards = CardWatch(load.pids, lambda: pace.period_s, closed, nvml)
    cards.start()
    # Unbuffered, so that nothing is left to flush where the reader has gone.
    with os.fdopen(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as lines:
        sample(Sampler(load), cards, pace, closed, lines.write)
    cards.join()
    load.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), *map(float, sys.argv[2:3]))
