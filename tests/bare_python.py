"""An environment of the tests' own interpreter that holds numpy and msgspec, and nothing else."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import sysconfig
from pathlib import Path

PACKAGES = ("numpy", "msgspec")


def make(folder: Path, packages: tuple[str, ...] = PACKAGES) -> Path:
    """As `python -m venv` makes it, with links in the place of an installation; its interpreter."""
    base = Path(getattr(sys, "_base_executable", sys.executable))
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(base)
    (folder / "pyvenv.cfg").write_text(f"home = {base.parent}\ninclude-system-site-packages = false\n")
    site = Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))
    site.mkdir(parents=True)
    for package in packages:
        for name in _parts(package):
            (site / name.name).symlink_to(name)
    return python


def _parts(package: str) -> set[Path]:
    """The folders directly in site-packages that an installed distribution is made of."""
    distribution = importlib.metadata.distribution(package)
    root = Path(os.fspath(distribution.locate_file("")))
    tops = {Path(str(file)).parts[0] for file in distribution.files or ()}
    return {root / top for top in tops if top not in ("..", "__pycache__") and (root / top).exists()}
