"""A tolerant way of asking NVML: every question ends as an answer or as an Unknown, never as an exception."""

from __future__ import annotations

import importlib
from types import TracebackType
from typing import Any

from hardware.machine import Unknown

# Return codes of nvml.h; they are fixed by its ABI, and older Python bindings lack some of the names.
_CODES = {
    3: "nvml_not_supported",
    4: "nvml_no_permission",
    9: "nvml_no_driver",
    10: "nvml_timed_out",
    12: "nvml_missing",
    13: "nvml_function_missing",
    15: "gpu_lost",
    16: "gpu_needs_reset",
    18: "nvml_version_mismatch",
}


def binding() -> Any:
    """The module `pynvml` of the distribution nvidia-ml-py, or Unknown where it is not installed."""
    try:
        return importlib.import_module("pynvml")
    except ImportError:
        return Unknown("nvml_package_missing")


class Nvml:
    """NVML between init and shutdown; a context manager.

    `module` is `pynvml` or anything with its functions. Attributes: `problem` is None while NVML can be
    asked, else why not.
    """

    def __init__(self, module: Any = None) -> None:
        self.module = binding() if module is None else module
        self.problem: Unknown | None = Unknown("nvml_not_open")

    def __enter__(self) -> Nvml:
        if isinstance(self.module, Unknown):
            self.problem = self.module
            return self
        begun = self.ask("nvmlInit")
        self.problem = begun if isinstance(begun, Unknown) else None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.problem is None:
            self.ask("nvmlShutdown")
            self.problem = Unknown("nvml_not_open")

    def ask(self, function: str, *arguments: Any, **options: Any) -> Any:
        """What the function answers (text decoded, sizes and clocks as int), or Unknown."""
        try:
            answer = getattr(self.module, function)(*arguments, **options)
        except self.module.NVMLError as error:
            return _reason(function, error)
        except AttributeError:
            return Unknown("nvml_function_missing", {"function": function})
        except (OSError, TypeError, ValueError) as error:
            return Unknown("nvml_failed", {"function": function, "detail": str(error)})
        return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer

    def constant(self, name: str, otherwise: int) -> int:
        """A constant of the binding; `otherwise` is its value in nvml.h."""
        return int(getattr(self.module, name, otherwise))

    def devices(self) -> dict[int, Any]:
        """A handle, or why there is none, by index; empty where devices cannot even be counted."""
        count = self.ask("nvmlDeviceGetCount")
        if isinstance(count, Unknown):
            self.problem = count
            return {}
        return {index: self.ask("nvmlDeviceGetHandleByIndex", index) for index in range(count)}


def _reason(function: str, error: Exception) -> Unknown:
    value = getattr(error, "value", None)
    if isinstance(value, int) and value in _CODES:
        return Unknown(_CODES[value], {"function": function})
    return Unknown("nvml_failed", {"function": function, "detail": str(error)})


def memory(nvml: Nvml, handle: Any) -> Any:
    """The memory record of a device (bytes); version 2 first, because version 1 counts reserved as used."""
    version = nvml.constant("nvmlMemory_v2", 0x02000028)
    second = nvml.ask("nvmlDeviceGetMemoryInfo", handle, version=version)
    return nvml.ask("nvmlDeviceGetMemoryInfo", handle) if isinstance(second, Unknown) else second
