"""Every state of every check before a run, over trees of text files; and this machine as it is."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from hardware import clock_checks, load_checks, readiness, share_checks
from hardware.check import Check, State, unknown
from hardware.machine import Cpu, Machine, Unknown
from hardware.readiness import checks, linux_checks
from hardware.reading import Reading
from profiler import wording
from tests.fakes import pid_stat, proc_stat, write_tree

CPU = "sys/devices/system/cpu"
SUPPLY = "sys/class/power_supply"
SECOND = 1_000_000_000
STATES = {
    "power_source": {"ok", "warning", "unknown"},
    "temperature": {"ok", "note", "warning", "unknown"},
    "other_load": {"ok", "note", "warning", "unknown"},
    "swap": {"ok", "note", "warning", "unknown"},
    "power_profile": {"ok", "note", "warning", "unknown"},
    "turbo": {"ok", "note", "unknown"},
    "cgroup_cpu": {"ok", "warning", "unknown"},
    "cgroup_memory": {"ok", "note", "unknown"},
    "hyper_threading": {"ok", "note", "unknown"},
    "hybrid_cpu": {"ok", "note", "unknown"},
    "virtual_machine": {"ok", "note", "unknown"},
}


def _laptop(busy: int = 0, own: int = 0, moved: int = 0) -> dict[str, str]:
    """A bare machine of four processors at rest; the arguments are ticks and pages of one second."""
    files = {
        "proc/stat": proc_stat(busy, 400 - busy, cpus=4),
        "proc/7/stat": pid_stat(own),
        "proc/vmstat": f"pswpin 0\npswpout {moved}\n",
        "proc/meminfo": "MemTotal: 8000 kB\nMemAvailable: 5000 kB\nSwapTotal: 4000 kB\nSwapFree: 4000 kB\n",
        f"{CPU}/smt/active": "0\n",
        f"{CPU}/intel_pstate/no_turbo": "0\n",
        "sys/devices/cpu/type": "4\n",
        "sys/class/hwmon/hwmon0/name": "coretemp\n",
        "sys/class/hwmon/hwmon0/temp1_label": "Package id 0\n",
        "sys/class/hwmon/hwmon0/temp1_input": "45000\n",
        "sys/class/hwmon/hwmon0/temp1_crit": "100000\n",
        f"{SUPPLY}/AC/type": "Mains\n",
        f"{SUPPLY}/AC/online": "1\n",
        "proc/cpuinfo": "".join(
            f"processor : {cpu}\nmodel name : Example\nphysical id : 0\ncore id : {cpu}\nflags : fpu avx2\n\n"
            for cpu in range(4)
        ),
    }
    return files | {f"{CPU}/cpu{cpu}/cpufreq/scaling_governor": "performance\n" for cpu in range(4)}


def _checked(
    root: Path, more: Mapping[str, str] | None = None, cpus: Collection[int] = (0, 1, 2, 3), **second: int
) -> dict[str, Check]:
    """The checks of the laptop with other files; `second` is what happens between the two looks."""
    write_tree(root, {**_laptop(), "proc/stat": proc_stat(0, 0, cpus=4), **(more or {})})

    def rest() -> None:
        names = ("proc/stat", "proc/7/stat", "proc/vmstat")
        later = _laptop(**second)
        write_tree(root, {name: later[name] for name in names if name not in (more or {})})

    moments = iter((0, SECOND))
    found = linux_checks(root, cpus, 7, rest, lambda: next(moments))
    return {check.code: check for check in found}


def test_a_machine_that_is_ready_has_nothing_to_say(tmp_path: Path) -> None:
    found = _checked(tmp_path)
    assert {code: check.state for code, check in found.items()} == dict.fromkeys(STATES, "ok")


def test_an_empty_root_is_unknown_throughout_but_for_limits_that_are_not_there(tmp_path: Path) -> None:
    moments = iter((0, SECOND))
    found = {
        check.code: check for check in linux_checks(tmp_path, {0}, 7, lambda: None, lambda: next(moments))
    }
    assert {code for code, check in found.items() if check.state == "ok"} == {"cgroup_cpu", "cgroup_memory"}
    assert {check.state for check in found.values()} == {"ok", "unknown"}
    assert all(check.parameters["reason"] for check in found.values() if check.state == "unknown")


# Power, clock, temperature ----------------------------------------------------------------------------


def test_a_battery_in_use_is_a_warning(tmp_path: Path) -> None:
    battery = {"type": "Battery\n", "status": "Discharging\n", "capacity": "71\n"}
    files = {f"{SUPPLY}/BAT0/{name}": text for name, text in battery.items()}
    found = _checked(tmp_path, {**files, f"{SUPPLY}/AC/online": "0\n"})
    assert found["power_source"] == Check("power_source", "warning", {"percent": "71"})


@pytest.mark.parametrize(
    ("files", "state", "setting"),
    [
        ({"cpu1/cpufreq/scaling_governor": "schedutil"}, "note", "performance, schedutil"),
        ({"cpu1/cpufreq/scaling_governor": "powersave"}, "warning", "performance, powersave"),
        (
            {"cpu1/cpufreq/scaling_governor": "powersave", "cpu1/cpufreq/scaling_driver": "intel_pstate"},
            "note",
            "performance, powersave",
        ),
        ({"cpu2/cpufreq/energy_performance_preference": "power"}, "warning", "performance, power"),
        ({"cpu9/cpufreq/scaling_governor": "powersave"}, "ok", "performance"),
    ],
)
def test_the_power_setting_of_every_usable_processor_counts(
    tmp_path: Path, files: dict[str, str], state: str, setting: str
) -> None:
    found = _checked(tmp_path, {f"{CPU}/{name}": f"{text}\n" for name, text in files.items()})
    assert (found["power_profile"].state, found["power_profile"].parameters) == (state, {"setting": setting})


def test_a_platform_that_saves_power_outweighs_the_governor(tmp_path: Path) -> None:
    found = _checked(tmp_path, {"sys/firmware/acpi/platform_profile": "low-power\n"})
    assert found["power_profile"] == Check("power_profile", "warning", {"setting": "performance, low-power"})


@pytest.mark.parametrize(
    ("plan", "state"),
    [("high performance", "ok"), ("balanced", "note"), ("power saver", "warning"), ("made by IT", "note")],
)
def test_a_windows_plan_is_told_by_its_name(plan: str, state: State) -> None:
    assert clock_checks.power_plan(Cpu(governor=plan)) == Check("power_profile", state, {"setting": plan})
    nothing = clock_checks.power_plan(Cpu(unavailable={"governor": Unknown("no_cpufreq")}))
    assert nothing == unknown("power_profile", Unknown("no_cpufreq"))


@pytest.mark.parametrize(
    ("files", "state"),
    [
        ({"intel_pstate/no_turbo": "0"}, "ok"),
        ({"intel_pstate/no_turbo": "1"}, "note"),
        ({"cpufreq/boost": "1"}, "ok"),
        ({"cpufreq/boost": "0"}, "note"),
        ({"cpu0/cpufreq/boost": "1", "cpu1/cpufreq/boost": "0"}, "note"),
        ({}, "unknown"),
    ],
)
def test_turbo_is_read_where_the_driver_tells_it(tmp_path: Path, files: dict[str, str], state: str) -> None:
    write_tree(tmp_path / CPU, files)
    assert clock_checks.turbo(tmp_path, {0, 1}).state == state


@pytest.mark.parametrize(
    ("celsius", "state"), [(74, "ok"), (75, "note"), (89, "note"), (90, "warning"), (104, "warning")]
)
def test_the_temperature_is_judged_by_its_distance_from_the_limit(
    tmp_path: Path, celsius: int, state: str
) -> None:
    found = _checked(tmp_path, {"sys/class/hwmon/hwmon0/temp1_input": f"{celsius}000\n"})["temperature"]
    assert (found.state, found.parameters) == (state, {"celsius": str(celsius), "limit": "100"})


def test_a_processor_without_a_known_limit_has_a_common_one(tmp_path: Path) -> None:
    found = clock_checks.temperature(tmp_path, Reading(1, 0, temperature_c=85.0))
    assert found == Check("temperature", "warning", {"celsius": "85", "limit": "95"})


# Load and memory --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("busy", "own", "state", "cpus", "percent"),
    [
        (119, 100, "ok", "0.19", "5"),
        (121, 100, "note", "0.21", "5"),
        (180, 101, "note", "0.79", "20"),
        (182, 100, "warning", "0.82", "20"),
        (100, 150, "ok", "0.00", "0"),
    ],
)
def test_only_the_load_of_others_counts(
    tmp_path: Path, busy: int, own: int, state: str, cpus: str, percent: str
) -> None:
    found = _checked(tmp_path, busy=busy, own=own)["other_load"]
    assert (found.state, found.parameters) == (state, {"cpus": cpus, "percent": percent})


def test_the_load_counts_against_what_we_may_use(tmp_path: Path) -> None:
    found = _checked(tmp_path, cpus=(0,), busy=30)["other_load"]
    assert (found.state, found.parameters["percent"]) == ("warning", "30")


def test_without_our_own_time_the_load_of_others_is_unknown(tmp_path: Path) -> None:
    found = _checked(tmp_path, {"proc/7/stat": "nonsense"})["other_load"]
    assert found == unknown("other_load", Unknown("process_gone"))


@pytest.mark.parametrize(
    ("free_kb", "moved", "state", "used"),
    [
        (4000, 0, "ok", "0 MiB"),
        (1000, 0, "note", "3 MiB"),
        (3700, 0, "ok", "0 MiB"),
        (4000, 9, "warning", "0 MiB"),
    ],
)
def test_swap_is_a_warning_while_it_moves_and_a_note_where_much_lies_there(
    tmp_path: Path, free_kb: int, moved: int, state: str, used: str
) -> None:
    memory = f"MemTotal: 8000 kB\nMemAvailable: 5000 kB\nSwapTotal: 4000 kB\nSwapFree: {free_kb} kB\n"
    found = _checked(tmp_path, {"proc/meminfo": memory}, moved=moved)["swap"]
    assert (found.state, found.parameters) == (state, {"used": used, "pages": str(moved)})


def test_swap_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    assert _checked(tmp_path, {"proc/meminfo": "MemTotal: 8000 kB\n"})["swap"].state == "unknown"


# Our share of the hardware ----------------------------------------------------------------------------


@pytest.mark.parametrize(("quota", "state"), [("150000", "warning"), ("400000", "ok"), ("max", "ok")])
def test_a_quota_below_the_processors_seen_is_a_warning(tmp_path: Path, quota: str, state: str) -> None:
    found = _checked(tmp_path, {"sys/fs/cgroup/cpu.max": f"{quota} 100000\n"})["cgroup_cpu"]
    assert found.state == state
    if state == "warning":
        assert found.parameters == {"quota": "1.5", "seen": "4"}


@pytest.mark.parametrize(("limit", "state"), [("4096000", "note"), ("8192000", "ok"), ("max", "ok")])
def test_a_memory_limit_below_the_machines_memory_is_a_note(tmp_path: Path, limit: str, state: str) -> None:
    assert _checked(tmp_path, {"sys/fs/cgroup/memory.max": f"{limit}\n"})["cgroup_memory"].state == state


def test_limits_of_another_form_are_unknown(tmp_path: Path) -> None:
    found = _checked(tmp_path, {"sys/fs/cgroup/cpu.max": "much\n", "sys/fs/cgroup/memory.max": "little\n"})
    assert (found["cgroup_cpu"].state, found["cgroup_memory"].state) == ("unknown", "unknown")
    assert found["cgroup_cpu"].parameters["reason"] == "unreadable"


@pytest.mark.parametrize(
    ("active", "cpu", "state"),
    [
        ("1", Cpu(physical_cores=4, logical_cores=8), "note"),
        ("0", Cpu(physical_cores=4, logical_cores=4), "ok"),
        (None, Cpu(physical_cores=4, logical_cores=8), "note"),
        (None, Cpu(physical_cores=4, logical_cores=4), "ok"),
        (None, Cpu(), "unknown"),
    ],
)
def test_threads_that_share_a_core_are_a_note(
    tmp_path: Path, active: str | None, cpu: Cpu, state: str
) -> None:
    write_tree(tmp_path, {f"{CPU}/smt/active": active} if active else {})
    assert share_checks.hyper_threading(tmp_path, Machine(cpu=cpu)).state == state


@pytest.mark.parametrize(("virtual", "state"), [(True, "note"), (False, "ok"), (None, "unknown")])
def test_a_virtual_machine_is_a_note(virtual: bool | None, state: str) -> None:
    assert share_checks.virtual_machine(Machine(virtual_machine=virtual, hypervisor="KVM")).state == state


@pytest.mark.parametrize(
    ("files", "cpus", "expected"),
    [
        ({"cpu_core/cpus": "0-7", "cpu_atom/cpus": "8-11"}, range(12), ("note", "8", "4")),
        ({"cpu_core/cpus": "0-7", "cpu_atom/cpus": "8-11"}, range(8), ("ok",)),
        ({"cpu_core/cpus": "0-1,4", "cpu_atom/cpus": "2-3"}, (0, 2, 4), ("note", "2", "1")),
        (
            {f"system/cpu/cpu{n}/cpu_capacity": size for n, size in enumerate(("400", "1024", "1024"))},
            range(3),
            ("note", "2", "1"),
        ),
        ({f"system/cpu/cpu{n}/cpu_capacity": "1024" for n in range(2)}, range(2), ("ok",)),
        ({"cpu/type": "4"}, range(2), ("ok",)),
        ({}, range(2), ("unknown", "no_source")),
    ],
)
def test_unequal_cores_are_a_note_where_both_kinds_are_ours(
    tmp_path: Path, files: dict[str, str], cpus: Collection[int], expected: tuple[str, ...]
) -> None:
    found = share_checks.hybrid_cpu(write_tree(tmp_path / "sys/devices", files).parents[1], cpus)
    assert (found.state, *found.parameters.values()) == expected


# As a whole -------------------------------------------------------------------------------------------


def test_a_check_that_breaks_is_unknown_and_the_others_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Check:
        raise RuntimeError("strange system")

    monkeypatch.setattr(clock_checks, "turbo", broken)
    found = _checked(tmp_path)
    assert found["turbo"].parameters == {"reason": "unreadable", "detail": "RuntimeError: strange system"}
    assert found["swap"].state == "ok"


def test_a_look_that_breaks_costs_its_own_checks_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(readiness, "LinuxLoad", broken)
    found = _checked(tmp_path)
    states = {code for code, check in found.items() if check.state == "unknown"}
    assert states == {"power_source", "temperature", "other_load", "swap"}


def test_this_machine_can_be_checked_without_rest() -> None:
    found = checks(settle_s=0.02)
    assert len({check.code for check in found}) == len(found) >= 7
    for check in found:
        assert check.state in STATES[check.code]
        assert all(isinstance(value, str) for value in check.parameters.values())


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="checks of Linux")
def test_checks_elsewhere_are_made_of_what_psutil_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "freebsd14")
    found = {check.code: check.state for check in checks(settle_s=0.02)}
    assert found.keys() == set(STATES) - {"turbo", "cgroup_cpu", "cgroup_memory", "hybrid_cpu"}
    assert found["swap"] != "unknown"


@pytest.mark.parametrize("code", STATES)
def test_every_state_has_its_sentence_and_a_way_to_change_it(code: str) -> None:
    for leaf in (*STATES[code], "name", "how"):
        assert wording.has("readiness", f"{code}.{leaf}"), leaf
    leaves = {known.partition(".")[2] for known in wording.topic("readiness") if known.startswith(f"{code}.")}
    assert leaves == {*STATES[code], "name", "how"}


def test_sentences_take_the_parameters_of_their_checks(tmp_path: Path) -> None:
    found = _checked(tmp_path, {"sys/fs/cgroup/cpu.max": "150000 100000\n"}, busy=300)
    for check in found.values():
        said = wording.say("readiness", f"{check.code}.{check.state}", "en", **check.parameters)
        assert "–" not in said, said


def test_swap_elsewhere_is_what_psutil_tells() -> None:
    used = load_checks.portable_swap_bytes()
    assert isinstance(used, int)
    assert used >= 0
