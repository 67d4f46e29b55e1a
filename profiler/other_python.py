"""The interpreter of the user's own runtime: whether it can carry out a plan, and what it has for it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Mapping

import msgspec

from profiler import interpreter
from profiler.backends import catalog
from profiler.errors import ErrorKind, KnownError
from profiler.plan import RunPlan

TIMEOUT_S = 30.0
OLDEST = (3, 9)
# Older ones cannot import our modules: numpy 1.22 is the first that can name arrays of a dtype at run time.
PACKAGES: Mapping[str, tuple[int, int]] = {"numpy": (1, 22), "msgspec": (0, 18)}


class OtherPython(msgspec.Struct, frozen=True):
    """An interpreter that can measure, at the absolute `path`; `found` as in interpreter.Answer."""

    path: str
    version: str
    numpy: str
    msgspec: str
    found: tuple[str, ...] = ()

    @property
    def runtimes(self) -> tuple[str, ...]:
        """The runtimes of the catalogue that are installed there."""
        return tuple(row.name for row in catalog.RUNTIMES if row.import_name in self.found)

    def holds(self, runtime: str) -> bool:
        """Whether this runtime of the catalogue is installed there; the yardstick always is."""
        row = catalog.runtime(runtime)
        return row == catalog.YARDSTICK or row.import_name in self.found

    def require(self, runtime: str) -> None:
        """Raises KnownError(RUNTIME_MISSING) with the way to get it there."""
        if not self.holds(runtime):
            row = catalog.runtime(runtime)
            command = install_command(self.path, row.distribution)
            raise KnownError(ErrorKind.RUNTIME_MISSING, runtime=row.name, title=row.title, command=command)

    def default_runtime(self, form: catalog.Format) -> str:
        """The first runtime of the format that is installed there; raises KnownError(RUNTIME_MISSING)."""
        held = [name for name in form.runtimes if self.holds(name)]
        if not held:
            self.require(form.runtimes[0])
        return held[0]


def of_plan(plan: RunPlan) -> OtherPython | None:
    """The interpreter that a plan names, fit to carry it out; None where it names none.

    Raises KnownError(PYTHON_UNUSABLE or RUNTIME_MISSING).
    """
    if not plan.python:
        return None
    other = probe(plan.python)
    for runtime in (plan.runtime, *(companion.runtime for companion in plan.companions)):
        other.require(runtime)
    return other


def probe(python: str, timeout_s: float = TIMEOUT_S) -> OtherPython:
    """Ask the interpreter; blocking, about 0.3 s. `python` is a path, or a name to be found on PATH.

    Raises KnownError(PYTHON_UNUSABLE), whose parameter `what` names the finer sentence.
    """
    path = interpreter.located(python)
    names = sorted({row.import_name for row in catalog.RUNTIMES})
    answer = interpreter.ask(path, names, tuple(PACKAGES), timeout_s)
    _judge_interpreter(path, answer)
    _judge_packages(path, answer)
    versions = answer.versions
    return OtherPython(path, answer.version, versions["numpy"], versions["msgspec"], answer.found)


def install_command(path: str, *distributions: str) -> str:
    """What to type into a terminal to get these packages there."""
    words = [path, "-m", "pip", "install", *distributions]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def _judge_interpreter(path: str, answer: interpreter.Answer) -> None:
    if answer.implementation != "CPython":
        interpreter.refuse(path, "python_other", found=f"{answer.implementation} {answer.version}")
    if _numbers(answer.version) < OLDEST:
        interpreter.refuse(path, "python_old", found=answer.version)
    if not answer.is_64_bit:
        interpreter.refuse(path, "python_32_bit", found=answer.version)


def _judge_packages(path: str, answer: interpreter.Answer) -> None:
    for package, detail in answer.broken.items():
        interpreter.refuse(path, "package_broken", package=package, detail=detail)
    missing = [package for package in PACKAGES if package not in answer.versions]
    if missing:
        command = install_command(path, *missing)
        interpreter.refuse(path, "packages_missing", packages=", ".join(missing), command=command)
    for package, oldest in PACKAGES.items():
        found = answer.versions[package]
        if _numbers(found) < oldest:
            command = install_command(path, "--upgrade", package)
            needed = ".".join(map(str, oldest))
            interpreter.refuse(
                path, "package_old", package=package, found=found, needed=needed, command=command
            )


def _numbers(version: str) -> tuple[int, ...]:
    """The first two numbers of a version."""
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
