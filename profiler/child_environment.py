"""The environment and command of a child: an allow-list, so that no token of the user reaches a model."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

_KEPT = (
    "PATH", "HOME", "USERPROFILE", "SYSTEMROOT", "WINDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "CUDA_HOME", "CUDA_PATH", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
    "NVIDIA_DRIVER_CAPABILITIES", "INFEROMETER_HOME", "XDG_DATA_HOME",
)  # fmt: skip

_SET = {
    "ORT_DISABLE_TELEMETRY": "1",
    "TORCH_FORCE_WEIGHTS_ONLY_LOAD": "1",
    "OPENVINO_TELEMETRY_OPT_OUT": "1",
    "PYTHONIOENCODING": "utf-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
}

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def code_root() -> Path:
    """The folder that holds the packages profiler and hardware."""
    return Path(__file__).resolve().parent.parent


def environment(
    threads: int = 0, folder: Path | None = None, source: Mapping[str, str] | None = None
) -> dict[str, str]:
    """What a child may see; `folder` becomes its place for temporary files, caches and settings."""
    given = os.environ if source is None else source
    values = {name: given[name] for name in _KEPT if name in given}
    values |= _SET
    values["PYTHONPATH"] = str(code_root())
    if threads > 0:
        values |= dict.fromkeys(_THREADS, str(threads))
    if folder is not None:
        values |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"), str(folder))
    return values


def command(module: str, python: str = sys.executable) -> list[str]:
    """A fresh interpreter that finds no module beside the model: -P leaves the working directory out."""
    return [python, "-P", "-X", "faulthandler", "-m", module]
