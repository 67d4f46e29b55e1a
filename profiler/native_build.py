"""The native helpers: compiled on demand with the C compiler at hand, kept in a folder of this user alone.

The parent builds before a child starts and hands the child the path: the child's caches are thrown away.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import NamedTuple

from profiler import folders
from profiler.result import Reason

COMPILERS = ("cc", "gcc", "clang")
FLAGS = ("-O2", "-shared", "-fPIC", "-std=gnu11", "-pthread")
TIME_LIMIT_S = 20.0
_SAID = 300

Which = Callable[[str], str | None]


class Built(NamedTuple):
    """The compiled library, or the reason why there is none: exactly one of the two is given."""

    path: Path | None
    reason: Reason | None


def native_library(
    folder: Path | None = None, which: Which = shutil.which, time_limit_s: float = TIME_LIMIT_S
) -> Built:
    """The library of resources/native, built where it was not built before; it never raises.

    `folder` is where it is kept (created with mode 0700; refused where others may write); `which` finds a
    compiler. Reasons: native_system_unknown, native_no_compiler, native_folder_unsafe, native_build_failed.
    """
    if os.name != "posix":
        return _none("native_system_unknown", system=platform.system())
    compiler = _compiler(which)
    if compiler is None:
        return _none("native_no_compiler", tried=", ".join(COMPILERS))
    place = folders.cache_folder() / "native" if folder is None else folder
    try:
        return _found_or_built(compiler, place, time_limit_s)
    except subprocess.TimeoutExpired:
        return _none("native_build_failed", detail=f"{compiler.name}: over {time_limit_s:g} s")
    except OSError as error:
        return _none("native_build_failed", detail=f"{type(error).__name__}: {error.strerror or error}")


def _none(code: str, **parameters: str) -> Built:
    return Built(None, Reason(code, parameters))


def _compiler(which: Which) -> Path | None:
    """The first compiler on the search path; one found by a relative entry of that path does not count."""
    found = (which(name) for name in COMPILERS)
    return next((Path(path).resolve() for path in found if path and os.path.isabs(path)), None)


def _found_or_built(compiler: Path, place: Path, time_limit_s: float) -> Built:
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_ours(place, stat.S_ISDIR):
        return _none("native_folder_unsafe", folder=str(place))
    place.chmod(0o700)
    sources = _sources()
    target = place / f"{_name(compiler, sources)}.so"
    if target.is_symlink() or (target.exists() and not _is_ours(target, stat.S_ISREG)):
        return _none("native_folder_unsafe", folder=str(place))
    if target.exists():
        return Built(target, None)
    return _build(compiler, sources, target, time_limit_s)


def _is_ours(path: Path, kind: Callable[[int], bool]) -> bool:
    """Of the expected kind, no link, owned by this user, and no one else may write to it."""
    facts = path.lstat()
    return kind(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o022


def _sources() -> dict[str, bytes]:
    folder = resources.files("resources").joinpath("native")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".c"))
    return {name: folder.joinpath(name).read_bytes() for name in names}


def _name(compiler: Path, sources: dict[str, bytes]) -> str:
    """SHA-256 of everything that decides what comes out: sources, flags, compiler, platform."""
    facts = compiler.stat()
    identity = (str(compiler), facts.st_size, facts.st_mtime_ns, FLAGS, sys.platform, platform.machine())
    digest = hashlib.sha256(repr(identity).encode())
    for name, source in sources.items():
        digest.update(f"\0{name}\0{len(source)}\0".encode() + source)
    return digest.hexdigest()


def _build(compiler: Path, sources: dict[str, bytes], target: Path, time_limit_s: float) -> Built:
    """Compile in a fresh folder beside the target, then rename: whoever looks finds all of it or nothing."""
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="build-") as folder:
        for name, source in sources.items():
            Path(folder, name).write_bytes(source)
        command = [str(compiler), *FLAGS, "-o", "native.so", *sources, "-ldl"]
        code, said = _run(command, Path(folder), time_limit_s)
        if code != 0:
            return _none("native_build_failed", detail=" ".join(said.split())[:_SAID] or f"exit code {code}")
        made = Path(folder, "native.so")
        made.chmod(0o700)
        os.replace(made, target)
    return Built(target, None)


def _run(command: list[str], folder: Path, time_limit_s: float) -> tuple[int, str]:
    """Exit code and words; raises TimeoutExpired after ending the compiler and all that it started."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=keep | {"TMPDIR": str(folder), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    with process:
        try:
            said, _ = process.communicate(timeout=time_limit_s)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise
    return process.returncode, said.decode("utf-8", "replace")
