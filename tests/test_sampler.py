"""The sampler: differences between readings, reasons told once, and a process that cannot harm its parent."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware import child, sampling
from hardware.card_watch import CardWatch
from hardware.linux_load import LinuxLoad
from hardware.machine import Facts, Unknown
from hardware.pace import Pace
from hardware.portable_load import PortableLoad
from hardware.reading import GpuReading, Reading
from hardware.sampler import Sampler, sample
from hardware.sampling import Sampling, summarise
from tests.fakes import (
    ScriptedNvml,
    pid_stat,
    proc_stat,
    write_tree,
)

TENTH = 100_000_000
COUNTS = (
    "pressure_us",
    "swapped_in_pages",
    "swapped_out_pages",
    "major_faults",
    "cpu_throttles",
    "cgroup_throttled",
    "cgroup_throttled_us",
)


class ScriptedLoad:
    """A load whose counters stand where the test puts them."""

    def __init__(self, **counters: Any) -> None:
        self.now: dict[str, Any] = dict.fromkeys(COUNTS, 0) | {"busy": 0, "stolen": 0, "all": 0}
        self.now |= {"cpus": 4, "own_s": 0.0} | counters
        self.gauge: dict[str, Any] = {}

    def counters(self, now_ns: int) -> Facts:
        return dict(self.now)

    def gauges(self, now_ns: int) -> Facts:
        return dict(self.gauge)

    def pids(self) -> Collection[int]:
        return {7}

    def close(self) -> None:
        self.now.clear()


def _sampler(load: ScriptedLoad) -> Sampler:
    """Readings a tenth of a second apart."""
    moments = iter(range(1000))
    return Sampler(load, lambda: next(moments) * TENTH)


def test_a_reading_holds_what_happened_since_the_last() -> None:
    load = ScriptedLoad(busy=100, all=1000, own_s=5.0, pressure_us=50, major_faults=7)
    sampler = _sampler(load)
    load.now |= {"busy": 120, "stolen": 4, "all": 1040, "own_s": 5.15, "pressure_us": 80, "major_faults": 7}
    first = sampler.read()
    load.now |= {"all": 1080, "major_faults": 9}
    second = sampler.read()
    assert (first.since_ns, first.at_ns, second.since_ns) == (0, TENTH, TENTH)
    assert (first.busy_share, first.steal_share) == (0.5, 0.1)
    assert first.own_cpus == pytest.approx(1.5)
    assert first.other_cpus() == pytest.approx(0.5)
    assert (first.pressure_us, first.major_faults) == (30, 0)
    assert (second.busy_share, second.pressure_us, second.major_faults) == (0.0, 0, 2)


def test_a_reason_is_told_once_and_the_value_stays_none() -> None:
    load = ScriptedLoad(cpu_throttles=Unknown("no_throttle_counter"))
    load.gauge = {"temperature_c": Unknown("no_thermal_sensor")}
    sampler = _sampler(load)
    load.now["all"] = 1
    first = sampler.read(no_gpus=Unknown("nvml_missing"))
    second = sampler.read(no_gpus=Unknown("nvml_missing"))
    assert first.unavailable == {
        "cpu_throttles": Unknown("no_throttle_counter"),
        "temperature_c": Unknown("no_thermal_sensor"),
        "gpus": Unknown("nvml_missing"),
    }
    assert (second.cpu_throttles, second.temperature_c) == (None, None)
    assert second.unavailable.keys() <= {"busy_share", "steal_share"}  # no ticks between these two


def test_the_reason_of_each_card_is_told_once() -> None:
    cards = tuple(GpuReading(n, unavailable={"power_w": Unknown("nvml_not_supported")}) for n in (0, 1))
    sampler = _sampler(ScriptedLoad())
    assert [len(card.unavailable) for card in sampler.read(cards).gpus] == [1, 1]
    assert [len(card.unavailable) for card in sampler.read(cards).gpus] == [0, 0]


def test_a_counter_that_fell_is_unknown_and_not_negative() -> None:
    load = ScriptedLoad(own_s=5.0, all=10)
    sampler = _sampler(load)
    load.now |= {"own_s": 4.0, "all": 20}
    reading = sampler.read()
    assert reading.own_cpus is None
    assert reading.other_cpus() is None
    assert reading.unavailable["own_cpus"] == Unknown("counter_fell")


def test_two_readings_within_a_tick_tell_no_share() -> None:
    reading = _sampler(ScriptedLoad(all=10)).read()
    assert reading.busy_share is None
    assert reading.unavailable["busy_share"] == Unknown("no_ticks")


def test_the_load_of_others_is_what_a_linux_machine_does_beyond_ours(tmp_path: Path) -> None:
    write_tree(tmp_path, {"proc/stat": proc_stat(busy=0, idle=0), "proc/7/stat": pid_stat(user=0)})
    load = LinuxLoad(tmp_path, 7, {0, 1}, ticks_per_s=100)
    moments = iter((0, 10 * TENTH))
    sampler = Sampler(load, lambda: next(moments))
    write_tree(tmp_path, {"proc/stat": proc_stat(busy=150, idle=50), "proc/7/stat": pid_stat(user=90)})
    reading = sampler.read()
    load.close()
    assert (reading.cpus, reading.busy_share, reading.own_cpus) == (2, 0.75, 0.9)
    assert reading.other_cpus() == pytest.approx(0.6)


def test_readings_survive_their_way_as_json() -> None:
    card = GpuReading(0, power_w=70.5, foreign_pids=(), unavailable={"utilisation": Unknown("x")})
    reading = Reading(2, 1, busy_share=0.0, gpus=(card,))
    assert msgspec.json.decode(msgspec.json.encode(reading), type=Reading) == reading


@pytest.mark.skipif(sys.platform == "win32", reason="psutil tells other fields there")
def test_the_portable_load_answers_the_same_questions_as_that_of_linux(tmp_path: Path) -> None:
    portable, linux = PortableLoad(os.getpid()), LinuxLoad(tmp_path, 1, {0}, ticks_per_s=100)
    assert set(portable.counters(0)) == set(linux.counters(0))
    assert set(portable.gauges(0)) == set(linux.gauges(0))
    assert os.getpid() in portable.pids()
    reading = Sampler(portable).read()
    assert reading.memory_total_bytes
    assert reading.own_cpus is not None
    portable.close()
    linux.close()


# Pace -------------------------------------------------------------------------------------------------


def _pace(costs_s: list[float]) -> Pace:
    used = [0.0]
    pace = Pace(0.1, lambda: used[0])
    for cost in costs_s:
        used[0] += cost
        pace.note()
    return pace


def test_cheap_readings_keep_the_period_whatever_the_first_cost() -> None:
    assert _pace([0.3]).period_s == 0.1
    assert _pace([0.3, *[0.0005] * 10]).period_s == 0.1


def test_readings_that_cost_more_than_a_hundredth_come_less_often() -> None:
    assert _pace([0.004] * 10).period_s == pytest.approx(0.4)
    assert _pace([0.5] * 10).period_s == pytest.approx(1.0)


def test_the_period_recovers() -> None:
    assert _pace([0.004] * 10 + [0.0001] * 10).period_s == 0.1


# The loop ---------------------------------------------------------------------------------------------


def test_one_more_reading_is_written_when_the_parent_ends_it() -> None:
    closed = threading.Event()
    lines: list[bytes] = []

    def write(line: bytes) -> None:
        lines.append(line)
        if len(lines) == 2:
            closed.set()

    watch = CardWatch(lambda: (), lambda: 1.0, closed, ScriptedNvml())
    sample(_sampler(ScriptedLoad()), watch, Pace(0.001), closed, write)
    readings = [msgspec.json.decode(line, type=Reading) for line in lines]
    assert [one.at_ns // TENTH for one in readings] == [1, 2, 3]


def test_the_loop_ends_where_nobody_reads_any_more() -> None:
    def write(line: bytes) -> None:
        raise BrokenPipeError

    closed = threading.Event()
    watch = CardWatch(lambda: (), lambda: 1.0, closed, ScriptedNvml())
    sample(_sampler(ScriptedLoad()), watch, Pace(0.001), closed, write)
    assert not closed.is_set()


# The process ------------------------------------------------------------------------------------------


def _until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not condition() and time.monotonic() < end:
        threading.Event().wait(0.01)
    assert condition()


def test_readings_of_this_machine_are_on_our_clock() -> None:
    begin = time.perf_counter_ns()
    with_readings = Sampling(period_s=0.02)
    with_readings.start()
    _until(with_readings.latest)
    readings = with_readings.stop()
    end = time.perf_counter_ns()
    assert with_readings.problem is None
    assert all(begin < one.since_ns < one.at_ns < end for one in readings)
    assert all(one.at_ns == other.since_ns for one, other in itertools.pairwise(readings))
    first = readings[0]
    assert first.memory_total_bytes
    assert first.cpus == os.cpu_count()
    gone = {name for name in first.__struct_fields__ if getattr(first, name) is None}
    assert gone <= set(first.unavailable)
    assert summarise(readings, [(begin, end)]).readings == len(readings)


def test_stopping_twice_answers_the_same_and_never_started_answers_nothing() -> None:
    sampling = Sampling(period_s=0.02)
    assert sampling.stop() == ()
    sampling.start()
    _until(sampling.latest)
    assert sampling.stop() == sampling.stop() != ()


def test_memory_is_bounded_and_the_first_readings_stay_with_their_reasons() -> None:
    held = Sampling(capacity=3)
    lines = [msgspec.json.encode(Reading(number + 1, number)) + b"\n" for number in range(100)]
    held._collect(lines)
    kept = [one.at_ns for one in held.stop()]
    assert kept == [*range(1, 51), 98, 99, 100]
    latest = held.latest()
    assert latest is not None
    assert latest.at_ns == 100


def test_an_interpreter_that_is_missing_is_a_problem_and_no_error() -> None:
    sampling = Sampling(python="/nonexistent/python")
    sampling.start()
    assert sampling.stop() == ()
    assert sampling.problem is not None
    assert sampling.problem.code == "sampler_not_started"


def _instead(monkeypatch: pytest.MonkeyPatch, program: str) -> Sampling:
    """A sampling whose process runs this program."""

    def begin(*_: object, **__: object) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        return subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe)

    monkeypatch.setattr(child, "begin", begin)
    replaced = sampling.Sampling()
    replaced.start()
    return replaced


def test_a_sampler_that_dies_leaves_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    dying = _instead(monkeypatch, """print('{"at_ns":2,"since_ns":1}'); raise SystemExit("lost my way")""")
    readings = dying.stop(timeout_s=30)
    assert readings == (Reading(2, 1),)
    assert dying.problem == Unknown("sampler_failed", {"code": "1", "detail": "lost my way"})


def test_a_torn_line_is_a_problem_and_what_came_before_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    torn = _instead(monkeypatch, """print('{"at_ns":2,"since_ns":1}'); print('{"at_ns":3,"si', end="")""")
    assert torn.stop(timeout_s=30) == (Reading(2, 1),)
    assert torn.problem is not None
    assert torn.problem.code == "sampler_failed"


def test_a_sampler_that_hangs_is_killed_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    hanging = _instead(monkeypatch, "import threading; threading.Event().wait()")
    begin = time.monotonic()
    assert hanging.stop(timeout_s=0.1) == ()
    assert time.monotonic() - begin < 10
    assert hanging.problem == Unknown("sampler_hung", {"seconds": "0.1"})
