"""Cards at work: readings from a scripted NVML, and the thread that asks for them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from hardware import nvidia_load
from hardware.card_watch import CardWatch
from hardware.machine import Unknown
from hardware.nvidia_load import Cards
from hardware.nvml import Nvml
from hardware.reading import GpuReading
from tests.fakes import FUNCTION_MISSING, NOT_SUPPORTED, Fails, ScriptedNvml, nvml_process, tesla_t4


def _busy_t4(**more: Any) -> dict[str, Any]:
    class Rates:
        gpu, memory = 97, 40

    answers = {
        "UtilizationRates": Rates(), "PowerUsage": 69_500, "Temperature": 81, "ClockInfo": 1215,
        "CurrentClocksEventReasons": 0x24, "PerformanceState": 0,
        "ComputeRunningProcesses": [nvml_process(7, 1), nvml_process(99, 1)],
    }  # fmt: skip
    return tesla_t4(**answers | more)


def _read(module: ScriptedNvml, sees_pids: bool = True, times: int = 1) -> GpuReading:
    with Nvml(module) as nvml:
        cards = Cards(nvml, lambda: sees_pids)
        return [cards.read({7})[0] for _ in range(times)][-1]


def test_a_card_tells_its_state_in_our_units() -> None:
    card = _read(ScriptedNvml(_busy_t4()))
    assert card == GpuReading(
        0, 0.97, 15360 << 20, 430 << 20, 69.5, 81.0, 1215.0, 0x24, 0, foreign_pids=(99,)
    )


def test_what_a_card_does_not_support_is_none_with_its_reason() -> None:
    card = _read(ScriptedNvml(_busy_t4(PowerUsage=Fails(NOT_SUPPORTED), PerformanceState=32)))
    assert (card.power_w, card.performance_state) == (None, None)
    assert card.unavailable["power_w"] == Unknown(
        "nvml_not_supported", {"function": "nvmlDeviceGetPowerUsage"}
    )
    assert card.unavailable["performance_state"].code == "nvml_value_unknown"


def test_a_refused_question_is_not_asked_again() -> None:
    module = ScriptedNvml(_busy_t4(PowerUsage=Fails(NOT_SUPPORTED)))
    _read(module, times=5)
    assert module.asked.count("PowerUsage") == 1
    assert module.asked.count("Temperature") == 5


def test_an_older_driver_is_asked_for_throttle_reasons_by_their_older_name() -> None:
    missing = Fails(FUNCTION_MISSING)
    module = ScriptedNvml(_busy_t4(CurrentClocksEventReasons=missing, CurrentClocksThrottleReasons=0x8))
    assert _read(module, times=3).throttle_bits == 0x8
    assert module.asked.count("CurrentClocksEventReasons") == 1


def test_in_a_container_no_process_is_called_foreign() -> None:
    card = _read(ScriptedNvml(_busy_t4()), sees_pids=False)
    assert card.foreign_pids is None
    assert card.unavailable["foreign_pids"] == Unknown("gpu_pids_of_host")


def test_whether_process_numbers_are_the_drivers_is_known_here() -> None:
    assert nvidia_load.sees_all_pids() in (True, False)


def test_a_lost_card_is_a_reason_and_the_others_go_on() -> None:
    with Nvml(ScriptedNvml(_busy_t4(), _busy_t4(), lost=[0])) as nvml:
        lost, there = Cards(nvml, lambda: True).read(())
    assert {reason.code for reason in lost.unavailable.values()} == {"gpu_lost"}
    assert there.power_w == 69.5


def _watch(module: ScriptedNvml, until: Callable[[CardWatch], bool]) -> CardWatch:
    closed = threading.Event()
    watch = CardWatch(lambda: {7}, lambda: 0.001, closed, module)
    watch.start()
    end = time.monotonic() + 10
    while not until(watch) and time.monotonic() < end:
        closed.wait(0.001)
    closed.set()
    watch.join()
    return watch


def test_a_watch_holds_the_last_answers_until_they_are_stale() -> None:
    watch = _watch(ScriptedNvml(_busy_t4()), lambda watch: bool(watch.latest(time.perf_counter_ns())))
    now = time.perf_counter_ns()
    assert watch.problem is None
    assert watch.latest(now)[0].sm_clock_mhz == 1215
    assert watch.latest(now + 3_000_000_000) == ()


@pytest.mark.parametrize(
    ("module", "code"),
    [(ScriptedNvml(), "no_gpus"), (ScriptedNvml(init=Fails(12)), "nvml_missing")],
)
def test_a_watch_without_cards_says_why_and_ends(module: ScriptedNvml, code: str) -> None:
    watch = _watch(module, lambda watch: watch.problem is not None)
    assert watch.problem is not None
    assert watch.problem.code == code
    assert module.open_sessions == 0
