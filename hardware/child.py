"""A module of this floor run in a fresh interpreter that may hang in a driver without harm to its parent."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TypeVar

import msgspec

from hardware.machine import Unknown

_REAP_S = 1.0
Answer = TypeVar("Answer", bound=msgspec.Struct)


def begin(module: str, *arguments: str, python: str = sys.executable) -> subprocess.Popen[bytes]:
    """The process itself, all three streams being pipes; raises OSError where none can be started."""
    return subprocess.Popen(
        [python, "-P", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


class Child:
    """`python -P -m MODULE ARGUMENTS`, told to finish by closing its input."""

    def __init__(self, module: str, *arguments: str, python: str = sys.executable) -> None:
        self._process = begin(module, *arguments, python=python)

    def answer(self, kind: type[Answer], timeout_s: float) -> Answer | Unknown:
        """Close its input and decode what it printed; Unknown where it is silent or talks nonsense."""
        try:
            printed, complaint = self._process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired:
            self._end()
            return Unknown("nvml_timeout", {"seconds": f"{timeout_s:g}"})
        try:
            return msgspec.json.decode(printed, type=kind)
        except msgspec.DecodeError:
            last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
            return Unknown("probe_failed", {"code": str(self._process.returncode), "detail": last})

    def _end(self) -> None:
        """Kill it, and wait only a moment: a process that hangs inside a driver cannot be reaped."""
        self._process.kill()
        try:
            self._process.wait(_REAP_S)
        except subprocess.TimeoutExpired:
            return
        finally:
            for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()
