"""Linux facts from a root folder made of text files as real machines have them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware import cgroup, linux, linux_cpu
from hardware.machine import Unknown

_XEON = """\
processor\t: {number}
vendor_id\t: GenuineIntel
model name\t: Intel(R) Xeon(R)  Platinum 8480C
cpu MHz\t\t: {mhz}
physical id\t: 0
core id\t\t: {core}
flags\t\t: fpu sse4_2 avx f16c fma avx2 avx512f avx512_vnni amx_tile amx_int8 amx_bf16{more}

"""
_ARM = """\
processor\t: 0
BogoMIPS\t: 243.75
Features\t: fp asimd asimddp i8mm bf16 sve
CPU implementer\t: 0x41
CPU part\t: 0xd40

Hardware\t: Example board
Serial\t\t: 0000
"""


def _write(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("DASH", "-")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def _xeon(root: Path, more: str = "") -> Path:
    entries = ((0, 0, 2000.0), (1, 1, 2400.0), (2, 0, 2000.0), (3, 1, 2400.0))
    text = "".join(_XEON.format(number=n, core=core, mhz=mhz, more=more) for n, core, mhz in entries)
    return _write(root, proc__cpuinfo=text, proc__meminfo="MemTotal: 1000 kB\nMemAvailable: 600 kB\n")


def _all_four() -> set[int]:
    return {0, 1, 2, 3}


def test_processor_is_read_from_cpuinfo(tmp_path: Path) -> None:
    cpu = linux.cpu(_xeon(tmp_path), _all_four)
    assert cpu.name == "Intel(R) Xeon(R) Platinum 8480C"
    assert (cpu.physical_cores, cpu.logical_cores, cpu.affinity_cores) == (2, 4, 4)
    assert cpu.frequency_mhz == pytest.approx(2200)
    assert cpu.instruction_sets == (
        "sse4_2", "f16c", "fma", "avx", "avx2", "avx512f", "avx512_vnni", "amx_tile", "amx_int8", "amx_bf16",
    )  # fmt: skip


def test_what_the_system_does_not_tell_has_its_reason(tmp_path: Path) -> None:
    cpu = linux.cpu(_xeon(tmp_path), _all_four)
    assert cpu.governor is None
    assert cpu.unavailable["governor"] == Unknown("no_cpufreq")
    assert cpu.unavailable["max_frequency_mhz"] == Unknown("no_cpufreq")
    assert cpu.unavailable["l3_cache_bytes"] == Unknown("no_cache_files")
    assert cpu.unavailable["quota_cores"] == Unknown("no_limit")


def test_an_empty_root_gives_reasons_instead_of_errors(tmp_path: Path) -> None:
    facts = linux.facts(tmp_path, _all_four)
    assert facts["memory_total_bytes"] == Unknown("unreadable", {"detail": "No such file or directory"})
    cpu = linux.cpu(tmp_path, _all_four)
    assert cpu.name is None
    assert cpu.usable_cores == 4


def test_governor_and_largest_clock_come_from_cpufreq(tmp_path: Path) -> None:
    folder = tmp_path / "sys/devices/system/cpu/cpu0/cpufreq"
    folder.mkdir(parents=True)
    (folder / "scaling_governor").write_text("powersave\n")
    (folder / "cpuinfo_max_freq").write_text("3800000\n")
    cpu = linux.cpu(_xeon(tmp_path), _all_four)
    assert (cpu.governor, cpu.max_frequency_mhz) == ("powersave", 3800.0)


def test_a_shared_cache_is_counted_once(tmp_path: Path) -> None:
    for number, shared in ((0, "0-1"), (1, "0-1"), (2, "2-3"), (3, "2-3")):
        for index, (level, kind, size, who) in enumerate(
            [("1", "Data", "48K", f"{number}"), ("1", "Instruction", "32K", f"{number}"),
             ("2", "Unified", "2048K", shared), ("3", "Unified", "105M", "0-3")]
        ):  # fmt: skip
            folder = tmp_path / f"sys/devices/system/cpu/cpu{number}/cache/index{index}"
            _write(folder, level=level, type=kind, size=size, shared_cpu_list=who)
    totals = linux_cpu.cache_totals(tmp_path)
    assert totals["1 Data"] == 4 * 48 * 1024
    assert totals["2 Unified"] == 2 * 2048 * 1024
    assert totals["3 Unified"] == 105 * 1024**2


def test_cores_on_arm_come_from_topology_and_the_name_from_the_part(tmp_path: Path) -> None:
    _write(tmp_path, proc__cpuinfo=_ARM)
    for number in range(3):
        folder = tmp_path / f"sys/devices/system/cpu/cpu{number}/topology"
        _write(folder, physical_package_id="0", core_id=f"{number}")
    cpu = linux.cpu(tmp_path, _all_four)
    assert cpu.name == "Arm Neoverse-V1"
    assert (cpu.physical_cores, cpu.logical_cores) == (3, 1)
    assert cpu.instruction_sets == ("asimd", "asimddp", "i8mm", "bf16", "sve")


def test_an_unknown_arm_part_is_not_guessed(tmp_path: Path) -> None:
    _write(tmp_path, proc__cpuinfo=_ARM.replace("0xd40", "0xfff"))
    assert linux.cpu(tmp_path, _all_four).unavailable["name"] == Unknown("cpu_name_hidden")


def test_the_tightest_quota_above_this_group_counts(tmp_path: Path) -> None:
    _write(
        tmp_path,
        proc__self__cgroup="0::/user.slice/run.scope\n",
        **{
            "sys__fs__cgroup__user.slice__run.scope__cpu.max": "max 100000\n",
            "sys__fs__cgroup__user.slice__cpu.max": "150000 100000\n",
            "sys__fs__cgroup__user.slice__memory.max": "2147483648\n",
            "sys__fs__cgroup__user.slice__run.scope__memory.max": "max\n",
        },
    )
    assert cgroup.quota_cores(tmp_path) == 1.5
    assert cgroup.memory_limit_bytes(tmp_path) == 2 << 30
    assert linux.cpu(_xeon(tmp_path), _all_four).usable_cores == 1.5


def test_version_one_groups_are_read_inside_a_container(tmp_path: Path) -> None:
    _write(
        tmp_path,
        proc__self__cgroup="5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n",
        **{
            "sys__fs__cgroup__cpu__cpu.cfs_quota_us": "400000\n",
            "sys__fs__cgroup__cpu__cpu.cfs_period_us": "100000\n",
            "sys__fs__cgroup__memory__memory.limit_in_bytes": "9223372036854771712\n",
        },
    )
    assert cgroup.quota_cores(tmp_path) == 4.0
    assert cgroup.memory_limit_bytes(tmp_path) == Unknown("no_limit")


def test_a_quota_of_minus_one_is_no_limit(tmp_path: Path) -> None:
    _write(
        tmp_path,
        **{
            "sys__fs__cgroup__cpu__cpu.cfs_quota_us": "-1\n",
            "sys__fs__cgroup__cpu__cpu.cfs_period_us": "100000\n",
        },
    )
    assert cgroup.quota_cores(tmp_path) == Unknown("no_limit")


def test_affinity_can_be_tighter_than_the_quota(tmp_path: Path) -> None:
    _write(tmp_path, **{"sys__fs__cgroup__cpu.max": "300000 100000\n"})
    assert linux.cpu(_xeon(tmp_path), lambda: {0}).usable_cores == 1


@pytest.mark.parametrize(
    ("flags", "vendor", "virtual", "hypervisor"),
    [
        ("", "Dell Inc.", False, Unknown("no_hypervisor")),
        (" hypervisor", "Example", True, Unknown("hypervisor_unnamed")),
        (" hypervisor", "QEMU", True, "QEMU"),
        (" hypervisor", "Microsoft Corporation", True, "Hyper-V"),
    ],
)
def test_a_virtual_machine_is_told_by_flag_and_firmware(
    tmp_path: Path, flags: str, vendor: str, virtual: bool, hypervisor: object
) -> None:
    _xeon(tmp_path, more=flags)
    _write(tmp_path / "sys/class/dmi/id", sys_vendor=vendor, product_name="Virtual Machine")
    facts = linux.facts(tmp_path, _all_four)
    assert (facts["virtual_machine"], facts["hypervisor"]) == (virtual, hypervisor)


def test_arm_without_firmware_names_does_not_claim_to_be_bare(tmp_path: Path) -> None:
    _write(tmp_path, proc__cpuinfo=_ARM)
    assert linux.facts(tmp_path, _all_four)["virtual_machine"] == Unknown("hypervisor_not_told")


def test_memory_is_in_bytes(tmp_path: Path) -> None:
    facts = linux.facts(_xeon(tmp_path), _all_four)
    assert (facts["memory_total_bytes"], facts["memory_available_bytes"]) == (1_024_000, 614_400)
