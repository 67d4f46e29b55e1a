"""An interpreter that the user names: found by its path, and asked what it is and what it holds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import msgspec

from profiler import child_environment
from profiler.child_files import tail_of
from profiler.error_text import visible
from profiler.errors import ErrorInfo, ErrorKind, KnownError

_ANSWER_BYTES = 64_000
_SAID, _COMPLAINT = "said", "complaint"

# Written so that any Python since 2.6 can parse it. The answer is the last line: start-up files may print.
_SCRIPT = """
import sys
sys.path[:] = [place for place in sys.path if place]
import json, platform
names, packages = json.loads(sys.argv[1])
said = {"implementation": platform.python_implementation(), "version": platform.python_version(),
        "is_64_bit": sys.maxsize > 2 ** 32}
if sys.version_info >= (3, 9):
    import importlib, importlib.util
    versions, broken = {}, {}
    for name in packages:
        try:
            versions[name] = importlib.import_module(name).__version__
        except ImportError as error:
            if importlib.util.find_spec(name) is not None:
                broken[name] = str(error).strip().split("\\n")[0]
        except Exception as error:
            broken[name] = "%s: %s" % (type(error).__name__, str(error).strip().split("\\n")[0])
    said["versions"], said["broken"] = versions, broken
    said["found"] = [name for name in names if importlib.util.find_spec(name) is not None]
print("")
print(json.dumps(said))
"""


class Answer(msgspec.Struct, frozen=True):
    """An interpreter as it describes itself.

    `versions` of the packages that were asked for and can be imported, `broken` what those said that are
    there and cannot be, `found` which of the names are installed; nothing of these was imported.
    """

    implementation: str
    version: str
    is_64_bit: bool
    versions: dict[str, str] = {}
    broken: dict[str, str] = {}
    found: tuple[str, ...] = ()


def located(python: str) -> str:
    """The absolute path, its links kept: a virtual environment is known by the path it is started by.

    `python` is a path, or a name to be found on PATH. Raises KnownError(PYTHON_UNUSABLE) for no program.
    """
    given = os.path.expanduser(python.strip())
    named = shutil.which(given) if given and not os.path.dirname(given) else None
    path = os.path.abspath(named or given)
    if not given or not os.path.exists(path):
        refuse(python, "python_missing")
    if os.path.isdir(path):
        refuse(python, "python_is_folder")
    if not os.access(path, os.X_OK):
        refuse(python, "python_not_executable")
    return path


def ask(path: str, names: Sequence[str], packages: Sequence[str], timeout_s: float) -> Answer:
    """What holds the interpreter at `path`; blocking, about 0.3 s.

    Asked in an empty folder and in the environment of a child. Raises KnownError(PYTHON_UNUSABLE).
    """
    question = msgspec.json.encode([names, packages]).decode()
    with tempfile.TemporaryDirectory(prefix="inferometer-") as name:
        folder = Path(name)
        try:
            _run([path, "-c", _SCRIPT, question], folder, timeout_s)
        except subprocess.TimeoutExpired:
            refuse(path, "python_silent", seconds=f"{timeout_s:g}")
        except OSError as error:
            refuse(path, "not_python", detail=error.strerror or str(error))
        said, complaint = (tail_of(folder / stream, _ANSWER_BYTES) for stream in (_SAID, _COMPLAINT))
    try:
        return msgspec.json.decode(said.strip().rpartition(b"\n")[2], type=Answer)
    except (msgspec.DecodeError, RecursionError):
        last = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
        refuse(path, "not_python", detail=visible(last))


def _run(command: Sequence[str], folder: Path, timeout_s: float) -> None:
    """Into files: through a pipe, a program that is no Python could fill the memory or hold us for ever."""
    with (folder / _SAID).open("wb") as said, (folder / _COMPLAINT).open("wb") as complaint:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=complaint,
            cwd=folder,
            env=child_environment.environment(folder=folder, code=folder),
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
        try:
            process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise


def _end(process: subprocess.Popen[bytes]) -> None:
    """With everything that it started."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def refuse(python: str, what: str, **parameters: str) -> NoReturn:
    """Raises KnownError(PYTHON_UNUSABLE); `what` names the finer sentence."""
    error = KnownError(ErrorKind.PYTHON_UNUSABLE)
    error.info = ErrorInfo(error.info.kind, {"python": python, "what": what, **parameters})
    raise error
