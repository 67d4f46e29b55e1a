"""Device memory of a process: known, hidden, not listed, lost, and watched from a child."""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest

from hardware import device_memory
from hardware.device_memory import DevicePeak, PeakMeter
from hardware.machine import Unknown
from hardware.nvml import Nvml
from tests.fakes import (
    GPU_LOST,
    NO_LIBRARY,
    Fails,
    ScriptedNvml,
    nvml_memory,
    nvml_process,
    tesla_t4,
    tesla_v100,
)


def _running(*entries: tuple[int, int | None]) -> dict[str, Any]:
    return {"ComputeRunningProcesses": [nvml_process(pid, used) for pid, used in entries]}


def test_memory_of_the_process_is_added_over_cards() -> None:
    nvml = ScriptedNvml(tesla_t4(**_running((7, 100), (8, 5))), tesla_v100(**_running((7, 30))))
    assert device_memory.gpu_process_memory(7, nvml) == 130
    assert nvml.open_sessions == 0


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (_running((8, 5)), "process_not_listed"),
        (_running((7, None)), "process_memory_hidden"),
        ({"ComputeRunningProcesses": Fails(GPU_LOST)}, "gpu_lost"),
    ],
)
def test_what_cannot_be_known_is_a_reason(script: dict[str, Any], reason: str) -> None:
    found = device_memory.gpu_process_memory(7, ScriptedNvml(tesla_t4(**script)))
    assert isinstance(found, Unknown)
    assert found.code == reason


def test_a_better_reason_than_not_listed_wins() -> None:
    nvml = ScriptedNvml(tesla_t4(**_running((8, 5))), tesla_t4(**_running((7, None))))
    assert device_memory.gpu_process_memory(7, nvml) == Unknown("process_memory_hidden")


def test_without_nvml_there_is_one_reason() -> None:
    found = device_memory.gpu_process_memory(7, ScriptedNvml(init=Fails(NO_LIBRARY)))
    assert found == Unknown("nvml_missing", {"function": "nvmlInit"})


def test_totals_are_told_beside_the_process() -> None:
    found = device_memory.gpu_memory(7, ScriptedNvml(tesla_t4(**_running((7, 100)))))
    assert isinstance(found, tuple)
    assert (found[0].total_bytes, found[0].used_bytes, found[0].process_bytes) == (
        15360 << 20,
        430 << 20,
        100,
    )


def test_a_lost_card_has_its_reason_for_each_quantity() -> None:
    found = device_memory.gpu_memory(7, ScriptedNvml(tesla_t4(), lost=[0]))
    assert isinstance(found, tuple)
    assert {reason.code for reason in found[0].unavailable.values()} == {"gpu_lost"}
    assert len(found[0].unavailable) == 3


def _peak_of(*moments: dict[str, Any], others: tuple[dict[str, Any], ...] = ()) -> DevicePeak:
    script = dict(moments[0])
    with Nvml(ScriptedNvml(script, *others)) as nvml:
        meter = PeakMeter(nvml, 7)
        for moment in moments:
            script.update(moment)
            meter.poll()
        return meter.peak()


def test_the_peak_is_the_largest_of_all_polls() -> None:
    peak = _peak_of(
        tesla_t4(**_running((7, 10))),
        tesla_t4(MemoryInfo=nvml_memory(15360, 900), **_running((7, 90))),
        tesla_t4(**_running((7, 20))),
    )
    assert (peak.process_bytes, peak.used_bytes, peak.total_bytes) == (90, 900 << 20, 15360 << 20)
    assert peak.unavailable == {}


def test_a_process_that_is_seen_late_has_a_peak_and_no_reason() -> None:
    peak = _peak_of(tesla_t4(**_running()), tesla_t4(**_running((7, 90))))
    assert peak.process_bytes == 90
    assert "process_bytes" not in peak.unavailable


def test_with_several_cards_only_those_of_the_process_count() -> None:
    peak = _peak_of(tesla_t4(**_running((7, 90))), others=(tesla_v100(),))
    assert peak.total_bytes == 15360 << 20
    nobody = _peak_of(tesla_t4(), others=(tesla_v100(),))
    assert nobody.unavailable["total_bytes"] == Unknown("device_not_told")
    assert nobody.total_bytes is None


def test_a_single_card_tells_its_totals_where_the_process_is_hidden() -> None:
    peak = _peak_of(tesla_t4(**_running((9, 5))))
    assert peak.total_bytes == 15360 << 20
    assert peak.unavailable["process_bytes"] == Unknown("process_not_listed")


def test_a_watch_in_a_child_answers_when_it_is_stopped() -> None:
    peak = device_memory.Watch(os.getpid()).stop(timeout_s=60)
    for field in ("process_bytes", "used_bytes", "total_bytes"):
        assert (getattr(peak, field) is None) == (field in peak.unavailable)
    assert all(reason.code not in ("nvml_timeout", "probe_failed") for reason in peak.unavailable.values())


@pytest.mark.skipif(sys.platform == "win32", reason="/bin/sh stands in for the interpreter")
def test_a_watch_whose_child_dies_says_so() -> None:
    peak = device_memory.Watch(os.getpid(), python="/bin/false").stop()
    assert {reason.code for reason in peak.unavailable.values()} == {"probe_failed"}
    assert len(peak.unavailable) == 3
