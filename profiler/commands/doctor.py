"""`inferometer doctor`: what is there, what is missing, and how to get it."""

from __future__ import annotations

import argparse
import ctypes.util
import functools
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import msgspec

from hardware import probe
from hardware.machine import Machine
from profiler import error_text, folders, messages, other_python, survey_client, units, wording
from profiler.backends import catalog
from profiler.commands import display, documents, self_test
from profiler.commands.self_test import Finding
from profiler.errors import KnownError
from profiler.other_python import OtherPython
from profiler.store import Store
from profiler.wording import Language

_X11 = ("xcb-cursor", "xcb-icccm", "xcb-keysyms", "xcb-shape", "xkbcommon-x11")
_RAPL = Path("/sys/class/powercap/intel-rapl:0/energy_uj")


class Doctor:
    """Looks at everything once; says it in one language. `python` names the interpreter of the runtimes."""

    def __init__(self, language: Language, python: str = "") -> None:
        self._language, self._python = language, python

    def findings(self) -> Iterator[Finding]:
        yield self._found("python", f"{platform.python_version()}, {platform.platform(terse=True)}")
        yield from self._other_runtimes() if self._python else self._runtimes()
        yield self._window()
        yield self._display()
        if sys.platform.startswith("linux"):
            yield self._x11()
            yield self._fonts()
            yield self._cpu_energy()
        yield self._gpus()
        yield self._history()

    def _say(self, code: str, **parameters: object) -> str:
        return wording.say("doctor", code, self._language, **parameters)

    def _found(self, code: str, text: str, level: str = "ok", **parameters: object) -> Finding:
        return Finding(self._say(code, **parameters), level, text)

    def _other_runtimes(self) -> Iterator[Finding]:
        try:
            other = other_python.probe(self._python)
        except KnownError as error:
            yield self._found("other_python", error_text.sentence(error.info, self._language), "missing")
            return
        text = f"{other.version}, numpy {other.numpy}, msgspec {other.msgspec}, {other.path}"
        yield self._found("other_python", error_text.visible(text))
        yield from self._runtimes(other)

    def _runtimes(self, other: OtherPython | None = None) -> Iterator[Finding]:
        python = sys.executable if other is None else other.path
        is_installed = catalog.installed if other is None else other.holds
        try:
            runtimes = survey_client.survey(python=python).runtimes
        except KnownError as error:
            yield self._found("runtime", error_text.sentence(error.info, self._language), "missing", name="")
            return
        for found in runtimes:
            if found.missing is None:
                devices = ", ".join(map(functools.partial(self._device, found), found.devices))
                text = self._say("devices", version=found.version, devices=devices)
                yield self._found("runtime", text, name=found.name)
            elif is_installed(found.name):
                text = wording.reason_sentence(found.missing, self._language)
                yield self._found("runtime", text, "missing", name=found.name)
            elif catalog.runtime(found.name).needs_gpu and not self._machine.gpus:
                yield self._found("runtime", self._say("runtime_without_card"), "note", name=found.name)
            else:
                distribution = catalog.runtime(found.name).distribution
                command = f"pip install {distribution}"
                if other is not None:
                    command = other_python.install_command(other.path, distribution)
                text = self._say("runtime_missing", command=command)
                yield self._found("runtime", text, "missing", name=found.name)

    def _device(self, found: messages.Runtime, device: str) -> str:
        offered = found.precisions.get(device, ())
        if not offered:
            return error_text.visible(device)
        return self._say("device_precisions", device=device, precisions=", ".join(offered))

    @functools.cached_property
    def _machine(self) -> Machine:
        return probe.probe_in_child()

    def _window(self) -> Finding:
        command = [sys.executable, "-c", "import PySide6.QtWidgets, PySide6; print(PySide6.__version__)"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if asked.returncode == 0:
            return self._found("window", asked.stdout.strip())
        detail = asked.stderr.strip().rpartition("\n")[2]
        return self._found("window", self._say("window_missing", detail=detail), "missing")

    def _display(self) -> Finding:
        name = display.name()
        if name is None:
            return self._found("display", self._say("display_missing"), "note")
        return self._found("display", self._say("display_found", display=name))

    def _x11(self) -> Finding:
        missing = [name for name in _X11 if ctypes.util.find_library(name) is None]
        if missing:
            return self._found("x11", self._say("x11_missing", missing=", ".join(missing)), "missing")
        return self._found("x11", ", ".join(_X11))

    def _fonts(self) -> Finding:
        if shutil.which("fc-list") is None:
            return self._found("fonts", self._say("fonts_unknown"), "note")
        asked = subprocess.run(
            ["fc-list", ":lang=zh-cn", "family"], capture_output=True, text=True, check=False, timeout=30
        )
        families = sorted({line.split(",")[0] for line in asked.stdout.splitlines() if line})
        if not families:
            return self._found("fonts", self._say("fonts_missing"), "missing")
        return self._found("fonts", ", ".join(families[:3]))

    def _cpu_energy(self) -> Finding:
        if not _RAPL.exists():
            return self._found("cpu_energy", self._say("cpu_energy_missing"), "note")
        if not os.access(_RAPL, os.R_OK):
            return self._found("cpu_energy", self._say("cpu_energy_forbidden", file=_RAPL), "note")
        return self._found("cpu_energy", str(_RAPL.parent.name))

    def _gpus(self) -> Finding:
        machine = self._machine
        names = ", ".join(gpu.name or units.DASH for gpu in machine.gpus)
        if names:
            return self._found("nvml", names)
        unknown = machine.unavailable["gpus"]
        text = wording.say("hardware", unknown.code, self._language, **unknown.parameters)
        return self._found("nvml", text, "note")

    def _history(self) -> Finding:
        folder = folders.history_folder()
        try:
            count = len(Store(folder).rows())
        except KnownError as error:
            return self._found("history", error_text.sentence(error.info, self._language), "missing")
        standing = next(parent for parent in (folder, *folder.parents) if parent.exists())
        free = units.size(shutil.disk_usage(standing).free)
        return self._found("history", self._say("history_found", count=count, free=free))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", metavar="OUT.json", help="the findings as JSON; - writes to standard output"
    )
    parser.add_argument(
        "--python", metavar="PATH", default="", help="look for runtimes in this interpreter's environment"
    )
    parser.add_argument(
        "--self-test",
        action="store_true",
        help="measure a model that lasts for a known time: what this machine and our loop add",
    )


def run(arguments: argparse.Namespace, language: Language, out: TextIO, err: TextIO) -> int:
    python = arguments.python
    if arguments.self_test:
        findings = self_test.findings(language, python)
    else:
        findings = list(Doctor(language, python).findings())
    if arguments.json != "-":
        for finding in findings:
            level = wording.say("doctor", finding.level, language)
            print(f"[{level}] {finding.name}: {finding.text}", file=out)
    if arguments.json:
        text = msgspec.json.format(msgspec.json.encode(findings), indent=2)
        if arguments.json == "-":
            out.write(text.decode() + "\n")
        else:
            documents.save(Path(arguments.json), text)
    return int(any(finding.level == "missing" for finding in findings))
