"""The environment and command of a child: an allow-list, so that no token of the user reaches a model."""

from __future__ import annotations

import os
import shutil
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
    "PYTHONIOENCODING": "utf-8",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONNOUSERSITE": "1",
}

_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


_PACKAGES = ("profiler", "hardware", "resources")

# What the measuring child finds our own interpreter by, to have files inspected there.
_OWN_PYTHON = "INFEROMETER_OWN_PYTHON"

# -P is newer than Python 3.10, and -I would drop PYTHONPATH; nothing was imported by that path before.
_START = (
    "import sys; sys.path[:] = [place for place in sys.path if place]; "
    "import runpy; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
)


def code_root() -> Path:
    """The folder that holds the packages profiler and hardware."""
    return Path(__file__).resolve().parent.parent


def own_python() -> str:
    """The interpreter of inferometer itself, also where this runs in a child with another one."""
    return os.environ.get(_OWN_PYTHON) or sys.executable


def environment(
    threads: int = 0,
    folder: Path | None = None,
    source: Mapping[str, str] | None = None,
    code: Path | None = None,
) -> dict[str, str]:
    """What a child may see; `folder` becomes its place for temporary files, caches and settings.

    `code` is what `bare_code` made, for a child with another interpreter: it also sees what its user
    installed for that one alone (`pip install --user`).
    """
    given = os.environ if source is None else source
    values = {name: given[name] for name in _KEPT if name in given}
    values.update(_SET)
    values[_OWN_PYTHON] = own_python()
    values["PYTHONPATH"] = str(code or code_root())
    if code is not None:
        del values["PYTHONNOUSERSITE"]
    if threads > 0:
        values.update(dict.fromkeys(_THREADS, str(threads)))
    if folder is not None:
        values.update(dict.fromkeys(("TMPDIR", "TEMP", "TMP", "XDG_CACHE_HOME"), str(folder)))
    return values


def bare_code(folder: Path) -> Path:
    """A new folder under `folder` with our packages alone; raises OSError.

    The folder that we are installed in also holds our numpy, built for our interpreter.
    """
    place = folder / "code"
    place.mkdir(mode=0o700)
    for package in _PACKAGES:
        _bring(code_root() / package, place / package)
    return place


def _bring(package: Path, target: Path) -> None:
    try:
        target.symlink_to(package, target_is_directory=True)
    except OSError:  # a system or file system without links, or a user who may not make any
        shutil.copytree(package, target, ignore=shutil.ignore_patterns("__pycache__"))


def command(module: str, python: str = sys.executable) -> list[str]:
    """A fresh interpreter that finds no module beside the model: the working directory is left out."""
    if python == own_python():
        return [python, "-P", "-X", "faulthandler", "-m", module]
    return [python, "-X", "faulthandler", "-c", _START.format(module=module)]
