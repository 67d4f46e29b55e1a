"""What a Linux machine is doing, from text files as kernels write them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware import cgroup, power_source
from hardware.linux_load import LinuxLoad, field
from hardware.linux_sensors import Sensors, critical_c, spread
from hardware.machine import Unknown
from hardware.open_file import OpenFile
from hardware.process_tree import ProcessTree
from tests.fakes import pid_stat, proc_stat, write_tree

SECOND = 1_000_000_000
CPU = "sys/devices/system/cpu"


@pytest.fixture
def sensors(tmp_path: Path) -> Iterator[Sensors]:
    write_tree(
        tmp_path,
        {
            f"{CPU}/cpu0/cpufreq/scaling_cur_freq": "3000000\n",
            f"{CPU}/cpu1/cpufreq/scaling_cur_freq": "1200000\n",
            f"{CPU}/cpu5/cpufreq/scaling_cur_freq": "9900000\n",
            f"{CPU}/cpu0/thermal_throttle/core_throttle_count": "4\n",
            f"{CPU}/cpu1/thermal_throttle/core_throttle_count": "1\n",
            "sys/class/hwmon/hwmon1/name": "coretemp\n",
            "sys/class/hwmon/hwmon1/temp1_label": "Package id 0\n",
            "sys/class/hwmon/hwmon1/temp1_input": "61000\n",
            "sys/class/hwmon/hwmon1/temp1_crit": "100000\n",
            "sys/class/hwmon/hwmon1/temp2_label": "Core 0\n",
            "sys/class/hwmon/hwmon1/temp2_input": "99000\n",
            "sys/class/hwmon/hwmon0/name": "nvme\n",
            "sys/class/hwmon/hwmon0/temp1_input": "98000\n",
        },
    )
    found = Sensors(tmp_path, {0, 1})
    yield found
    found.close()


def _load(root: Path, pid: int = 7) -> LinuxLoad:
    return LinuxLoad(root, pid, {0, 1}, ticks_per_s=100)


def test_counters_come_from_their_files(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "proc/stat": proc_stat(busy=300, idle=900, stolen=40),
            "proc/7/stat": pid_stat(user=150, system=50),
            "proc/pressure/cpu": "some avg10=0.00 avg60=0.00 avg300=0.00 total=123\nfull avg10=0 total=9\n",
            "proc/vmstat": "pswpin_more 1\npswpin 11\npswpout 12\npgfault 5\npgmajfault 13\n",
        },
    )
    load = _load(tmp_path)
    counters = load.counters(0)
    load.close()
    assert (counters["busy"], counters["stolen"], counters["all"], counters["cpus"]) == (300, 40, 1240, 2)
    assert counters["own_s"] == 2.0
    assert counters["pressure_us"] == 123
    assert (counters["swapped_in_pages"], counters["swapped_out_pages"]) == (11, 12)
    assert counters["major_faults"] == 13


def test_gauges_come_from_their_files(tmp_path: Path, sensors: Sensors) -> None:
    write_tree(tmp_path, {"proc/meminfo": "MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  400 kB\n"})
    load = _load(tmp_path)
    gauges = load.gauges(0)
    load.close()
    assert (gauges["memory_total_bytes"], gauges["memory_used_bytes"]) == (1_024_000, 614_400)
    assert (gauges["frequency_mean_mhz"], gauges["frequency_max_mhz"]) == (2100, 3000)
    assert gauges["temperature_c"] == 61


def test_an_empty_root_gives_a_reason_for_everything(tmp_path: Path) -> None:
    load = _load(tmp_path)
    facts = {**load.counters(0), **load.gauges(0)}
    load.close()
    assert {name for name, value in facts.items() if not isinstance(value, Unknown)} == set()


def test_files_of_another_form_cost_their_own_fact_only(tmp_path: Path) -> None:
    files = {"proc/stat": "cpu what\n", "proc/pressure/cpu": "", "proc/vmstat": "pswpin many\npswpout 3\n"}
    load = _load(write_tree(tmp_path, files))
    counters = load.counters(0)
    load.close()
    for name in ("busy", "all", "cpus", "pressure_us", "swapped_in_pages"):
        assert isinstance(counters[name], Unknown), name
    assert counters["swapped_out_pages"] == 3


def test_a_field_is_found_by_its_whole_name() -> None:
    content = b"nr_throttled_more 1\nnr_throttled 2\n"
    assert field(content, b"nr_throttled") == 2
    assert field(content, b"nr_throttled_more") == 1
    assert field(content, b"throttled") is None


# Control groups ---------------------------------------------------------------------------------------


def test_throttling_of_this_group_and_those_above_it_is_summed(tmp_path: Path) -> None:
    stat = "usage_usec 9\nnr_periods 5\nnr_throttled {0}\nthrottled_usec {0}000\n"
    write_tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/a/b\n",
            "sys/fs/cgroup/a/b/cpu.stat": stat.format(3),
            "sys/fs/cgroup/a/cpu.stat": stat.format(4),
            "sys/fs/cgroup/cpu.stat": "usage_usec 9\n",
        },
    )
    load = _load(tmp_path)
    counters = load.counters(0)
    load.close()
    assert (counters["cgroup_throttled"], counters["cgroup_throttled_us"]) == (7, 7000)
    assert len(cgroup.throttle_files(tmp_path)) == 2


def test_version_one_counts_in_nanoseconds(tmp_path: Path) -> None:
    stat = "nr_periods 5\nnr_throttled 2\nthrottled_time 5000000\n"
    load = _load(write_tree(tmp_path, {"sys/fs/cgroup/cpu/cpu.stat": stat}))
    counters = load.counters(0)
    load.close()
    assert (counters["cgroup_throttled"], counters["cgroup_throttled_us"]) == (2, 5000)


# Sensors ----------------------------------------------------------------------------------------------


def test_only_usable_processors_and_whole_packages_are_read(tmp_path: Path, sensors: Sensors) -> None:
    assert sensors.frequencies_mhz() == [3000, 1200]
    assert sensors.temperature_c() == 61
    assert sensors.throttles() == 5
    assert critical_c(tmp_path) == 100


def test_a_thermal_zone_stands_in_for_a_missing_monitor(tmp_path: Path) -> None:
    zone = "sys/class/thermal/thermal_zone"
    files = {f"{zone}0/type": "acpitz", f"{zone}0/temp": "20000", f"{zone}1/type": "cpu-thermal"}
    found = Sensors(write_tree(tmp_path, files | {f"{zone}1/temp": "47500\n"}), {0})
    assert found.temperature_c() == 47.5
    assert found.frequencies_mhz() == Unknown("no_cpufreq")
    assert found.throttles() == Unknown("no_throttle_counter")
    assert critical_c(tmp_path) == Unknown("no_thermal_sensor")
    found.close()


def test_of_many_processors_an_even_choice_is_read() -> None:
    assert spread({3, 1, 2}) == [1, 2, 3]
    assert spread(range(128), 4) == [0, 32, 64, 96]


def test_an_open_file_is_read_from_its_start_each_time(tmp_path: Path) -> None:
    path = write_tree(tmp_path, {"long": "x" * 200_000}) / "long"
    file = OpenFile(path)
    assert len(file.read()) == 200_000
    path.write_text("short")
    assert file.read() == b"short"
    file.close()


# Processes --------------------------------------------------------------------------------------------


def test_descendants_count_as_ours_and_others_do_not(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "proc/7/stat": pid_stat(user=100, name="a (b) c)"),
            "proc/7/task/7/children": "8 ",
            "proc/7/task/70/children": "9 ",
            "proc/8/stat": pid_stat(user=10, system=5),
            "proc/8/task/8/children": "",
            "proc/9/stat": pid_stat(user=1, waited=4),
            "proc/9/task/9/children": "",
            "proc/50/stat": pid_stat(user=9999),
        },
    )
    tree = ProcessTree(tmp_path, 7, 100)
    assert tree.cpu_s(0) == 1.2
    assert tree.pids == {7, 8, 9}


def test_without_lists_of_children_every_process_tells_its_parent(tmp_path: Path) -> None:
    write_tree(
        tmp_path,
        {
            "proc/7/stat": pid_stat(user=100),
            "proc/8/stat": pid_stat(user=10, parent=7),
            "proc/9/stat": pid_stat(user=1, parent=8),
            "proc/50/stat": pid_stat(user=9999, parent=1),
            "proc/acpi/stat": "not a process",
        },
    )
    assert ProcessTree(tmp_path, 7, 100).cpu_s(0) == 1.11


def test_a_new_child_is_noticed_within_half_a_second(tmp_path: Path) -> None:
    write_tree(tmp_path, {"proc/7/stat": pid_stat(user=100), "proc/7/task/7/children": ""})
    tree = ProcessTree(tmp_path, 7, 100)
    tree.cpu_s(0)
    write_tree(tmp_path, {"proc/8/stat": pid_stat(user=50), "proc/7/task/7/children": "8 "})
    assert tree.cpu_s(SECOND // 4) == 1.0
    assert tree.cpu_s(SECOND // 2) == 1.5


def test_a_process_that_has_gone_has_no_time(tmp_path: Path) -> None:
    assert ProcessTree(tmp_path, 7, 100).cpu_s(0) == Unknown("process_gone")


# Power ------------------------------------------------------------------------------------------------


def _supply(root: Path, name: str, **files: str) -> None:
    write_tree(root / "sys/class/power_supply" / name, files)


def test_a_machine_without_a_battery_runs_on_mains(tmp_path: Path) -> None:
    _supply(tmp_path, "AC", type="Mains", online="1")
    assert power_source.linux(tmp_path) == (False, Unknown("no_battery"))


def test_the_battery_of_a_mouse_is_not_ours(tmp_path: Path) -> None:
    _supply(tmp_path, "mouse", type="Battery", scope="Device", status="Discharging", capacity="80")
    assert power_source.linux(tmp_path) == (False, Unknown("no_battery"))


@pytest.mark.parametrize(
    ("online", "status", "on_battery"),
    [
        ("0", "Discharging", True),
        ("0", "Unknown", True),
        ("1", "Discharging", False),
        ("1", "Charging", False),
        (None, "Discharging", True),
        (None, "Full", False),
        (None, "Unknown", Unknown("power_source_not_told")),
    ],
)
def test_a_supply_that_is_online_outweighs_the_battery(
    tmp_path: Path, online: str | None, status: str, on_battery: object
) -> None:
    if online is not None:
        _supply(tmp_path, "AC", type="Mains", online=online)
    _supply(tmp_path, "BAT0", type="Battery", status=status, capacity="64")
    assert power_source.linux(tmp_path) == (on_battery, 64)


def test_a_container_without_the_folder_knows_nothing(tmp_path: Path) -> None:
    assert power_source.linux(tmp_path) == (Unknown("no_source"), Unknown("no_source"))


def test_the_power_source_is_not_asked_at_every_reading(tmp_path: Path) -> None:
    _supply(tmp_path, "BAT0", type="Battery", status="Discharging", capacity="64")
    load = _load(tmp_path)
    assert load.gauges(0)["on_battery"] is True
    _supply(tmp_path, "BAT0", status="Charging")
    assert load.gauges(SECOND)["on_battery"] is True
    assert load.gauges(6 * SECOND)["on_battery"] is False
    load.close()
