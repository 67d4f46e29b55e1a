"""Stand-ins written by hand: machines, sensors and windows that behave exactly as a test tells them to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pynvml

# NVML ------------------------------------------------------------------------------------------------

NOT_SUPPORTED, NO_PERMISSION, FUNCTION_MISSING, GPU_LOST = 3, 4, 13, 15
NO_LIBRARY, NO_DRIVER, VERSION_MISMATCH = 12, 9, 18


class Fails:
    """In a script: this question ends with that NVML return code."""

    def __init__(self, code: int) -> None:
        self.code = code


class ScriptedNvml:
    """A `pynvml` whose devices answer from a script; a question that is not scripted is NotSupported.

    A script maps the name behind `nvmlDeviceGet` (with the clock's number for MaxClockInfo) to an answer or
    to Fails. `init` and `system` fail where they are Fails. Attributes: `open_sessions`, `asked`.
    """

    NVMLError = pynvml.NVMLError

    def __init__(
        self,
        *devices: Mapping[str, Any],
        init: Fails | None = None,
        system: Mapping[str, Any] | None = None,
        lost: Sequence[int] = (),
    ) -> None:
        self._devices, self._init, self._lost = devices, init, lost
        self._system = {"DriverVersion": "550.90.07", "CudaDriverVersion_v2": 12040} | dict(system or {})
        self.open_sessions = 0
        self.asked: list[str] = []

    def nvmlInit(self) -> None:
        if self._init is not None:
            raise pynvml.NVMLError(self._init.code)
        self.open_sessions += 1

    def nvmlShutdown(self) -> None:
        self.open_sessions -= 1

    def nvmlDeviceGetCount(self) -> int:
        return len(self._devices)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:
        if index in self._lost:
            raise pynvml.NVMLError(GPU_LOST)
        return index

    def __getattr__(self, function: str) -> Any:
        for start, script in (
            ("nvmlSystemGet", lambda _handle: self._system),
            ("nvmlDeviceGet", self._script),
        ):
            if function.startswith(start):
                return lambda *arguments, **options: self._answer(
                    function.removeprefix(start), script(arguments[0] if arguments else 0), *arguments[1:]
                )
        raise AttributeError(function)

    def _script(self, handle: int) -> Mapping[str, Any]:
        return self._devices[handle]

    def _answer(self, question: str, script: Mapping[str, Any], *arguments: Any) -> Any:
        self.asked.append(question)
        key = f"{question} {arguments[0]}" if question == "MaxClockInfo" else question
        answer = script.get(key, Fails(NOT_SUPPORTED))
        if isinstance(answer, Fails):
            raise pynvml.NVMLError(answer.code)
        return answer


def nvml_card(name: str, device: int, capability: tuple[int, int], **more: Any) -> dict[str, Any]:
    """The script of a card: PCI device, compute capability, and what else it answers."""
    pci = SimpleNamespace(pciDeviceId=device << 16 | 0x10DE, pciSubSystemId=0, busId="00000000:00:1E.0")
    return {"Name": name, "PciInfo": pci, "CudaComputeCapability": capability, "Brand": 2} | more


def nvml_memory(total_mib: int, used_mib: int) -> SimpleNamespace:
    """A memory record; what is neither used nor reserved is free."""
    total, used = total_mib << 20, used_mib << 20
    return SimpleNamespace(total=total, used=used, free=total - used, reserved=0)


def nvml_process(pid: int, used_bytes: int | None) -> SimpleNamespace:
    """An entry of the list of running processes; None where the driver hides the memory."""
    return SimpleNamespace(pid=pid, usedGpuMemory=used_bytes)


def tesla_t4(**more: Any) -> dict[str, Any]:
    """A T4 as a current driver describes it (clocks in MHz, power in mW)."""
    answers = {
        "Architecture": 6, "NumGpuCores": 2560, "MemoryInfo": nvml_memory(15360, 430), "MemoryBusWidth": 256,
        "MaxClockInfo 1": 1590, "MaxClockInfo 2": 5001, "EnforcedPowerLimit": 70_000,
        "PowerManagementDefaultLimit": 70_000, "EccMode": [1, 1], "MaxPcieLinkGeneration": 3,
        "MaxPcieLinkWidth": 16, "ComputeRunningProcesses": [],
    }  # fmt: skip
    return nvml_card("Tesla T4", 0x1EB8, (7, 5), **answers | more)


def tesla_v100(**more: Any) -> dict[str, Any]:
    """A V100 SXM2 of 16 GB."""
    answers = {
        "Architecture": 5, "NumGpuCores": 5120, "MemoryInfo": nvml_memory(16384, 3), "MemoryBusWidth": 4096,
        "MaxClockInfo 1": 1530, "MaxClockInfo 2": 877, "EnforcedPowerLimit": 300_000,
        "PowerManagementDefaultLimit": 300_000, "EccMode": [1, 1], "MaxPcieLinkGeneration": 3,
        "MaxPcieLinkWidth": 16, "ComputeRunningProcesses": [],
    }  # fmt: skip
    return nvml_card("Tesla V100-SXM2-16GB", 0x1DB1, (7, 0), **answers | more)


# The window ------------------------------------------------------------------------------------------


class FakeDialogs:
    """Answers every question as it was told; `asked` holds what it was asked, `sentences` the troubles."""

    def __init__(
        self,
        models: Sequence[str] = (),
        inputs: Sequence[str] = (),
        save: str = "",
        trusts: bool = False,
        closes: bool = False,
        loses: bool = True,
    ) -> None:
        self.models, self.inputs, self.save = list(models), list(inputs), save
        self.trusts, self.closes, self.loses = trusts, closes, loses
        self.python = self.source = ""
        self.results: list[str] = []
        self.replaces = False
        self.asked: list[tuple[object, ...]] = []
        self.sentences: list[str] = []

    def choose_models(self, folder: str) -> list[str]:
        self.asked.append(("models", folder))
        return self.models

    def choose_inputs(self, folder: str) -> list[str]:
        self.asked.append(("inputs", folder))
        return self.inputs

    def choose_source(self, folder: str, is_folder: bool) -> str:
        self.asked.append(("source", folder, is_folder))
        return self.source

    def choose_data(self, folder: str, what: str) -> str:
        self.asked.append(("data", folder, what))
        return self.source

    def choose_folder(self, folder: str) -> str:
        self.asked.append(("folder", folder))
        return self.source

    def ask_replace(self, file: str) -> bool:
        self.asked.append(("replace", file))
        return self.replaces

    def choose_results(self, folder: str) -> list[str]:
        self.asked.append(("results", folder))
        return self.results

    def choose_python(self) -> str:
        self.asked.append(("python",))
        return self.python

    def choose_save(self, suggestion: str) -> str:
        self.asked.append(("save", suggestion))
        return self.save

    def ask_trust(self, file: str, sha256: str) -> bool:
        self.asked.append(("trust", file, sha256))
        return self.trusts

    def ask_consent(self, file: str, sha256: str) -> bool:
        self.asked.append(("consent", file, sha256))
        return self.trusts

    def ask_close(self) -> bool:
        self.asked.append(("close",))
        return self.closes

    def ask_lose(self, count: int) -> bool:
        self.asked.append(("lose", count))
        return self.loses

    def show_trouble(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def show_crash(self, details: str) -> None:
        self.sentences.append(details)


class FakeStore:
    """A history in memory; `refuses` is an exception that every save ends with."""

    problem = None

    def __init__(self, refuses: Exception | None = None) -> None:
        self.kept: dict[str, tuple[Any, Any]] = {}
        self.refuses = refuses

    def rows(self) -> list[Any]:
        from profiler.history_index import row_of

        return [row_of(result) for result, _ in reversed(self.kept.values())]

    def save(self, result: Any, samples: Any) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.kept[result.id] = result, samples

    def load(self, run_id: str) -> Any:
        from profiler.errors import ErrorKind, KnownError

        if run_id not in self.kept:
            raise KnownError(ErrorKind.RUN_UNKNOWN, id=run_id)
        return self.kept[run_id][0]

    def samples(self, run_id: str) -> Any:
        return self.kept[run_id][1]

    def delete(self, run_id: str) -> None:
        raise AssertionError("no test deletes")

    def undelete(self, run_id: str) -> None:
        raise AssertionError("no test undeletes")


class FakeRun:
    """A run that says what the test lets it say, and is over with its last word.

    A `stubborn` one hears no cancel. `among`: its turn and its group, where it is one of several.
    """

    def __init__(self, plan: Any, store: Any, listen: Any, stubborn: bool = False, among: Any = None) -> None:
        self.among = among
        self.plan, self.store, self.listen, self.stubborn = plan, store, listen, stubborn
        self.is_started = self.is_cancelled = self.is_over = False
        self.times_read = 0
        self.so_far: Any = ()

    def start(self) -> None:
        self.is_started = True

    def cancel(self) -> None:
        self.is_cancelled = True

    def wait(self, timeout_s: float | None = None) -> bool:
        return self.is_over

    def samples_so_far(self, most: int = 50_000) -> Any:
        import numpy as np

        self.times_read += 1
        return np.asarray(self.so_far, dtype=np.int64)[-most:]

    def end(self, last: Any) -> None:
        self.is_over = True
        self.listen(last)


# Trees of /proc and /sys -----------------------------------------------------------------------------


def write_tree(root: Path, files: Mapping[str, str]) -> Path:
    """Text files by their path below `root`; written again they keep their inode, as the kernel's do."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def proc_stat(busy: int, idle: int, stolen: int = 0, cpus: int = 2) -> str:
    """/proc/stat with these ticks in all."""
    rows = "".join(f"cpu{number} 0 0 0 0 0 0 0 0 0 0\n" for number in range(cpus))
    return f"cpu  {busy} 0 0 {idle} 0 0 0 {stolen} 0 0\n{rows}intr 5 0 0\nctxt 9\n"


def pid_stat(user: int, system: int = 0, waited: int = 0, parent: int = 1, name: str = "python") -> str:
    """/proc/PID/stat of a process with these ticks; `waited` are those of children that have ended."""
    return f"7 ({name}) S {parent} 7 7 0 -1 0 1 2 3 4 {user} {system} {waited} 0 20 0 1 0 99\n"
