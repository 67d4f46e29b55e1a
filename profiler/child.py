"""A child process and its line: started fresh, spoken to in JSON lines, ended within a deadline."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from profiler import child_environment, messages
from profiler.child_files import tail_of
from profiler.errors import ErrorKind, KnownError

TERMINATE_AFTER_S = 0.5
KILL_AFTER_S = 1.0
_LOG_TAIL = 8_000


class Child:
    """One `python -P -m profiler.worker` in a private folder; the caller must `end` it. May raise OSError.

    Attributes: `process` the running process.
    """

    def __init__(
        self, folder: Path, threads: int = 0, python: str = sys.executable, module: str = "profiler.worker"
    ) -> None:
        self._log = folder / "child.log"
        self._buffer = b""
        is_own = python == child_environment.own_python()
        code = None if is_own else child_environment.bare_code(folder)
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                child_environment.command(module, python),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=folder,
                env=child_environment.environment(threads, folder, code=code),
                start_new_session=os.name == "posix",
            )
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self.process.stdout, selectors.EVENT_READ)

    def say(self, request: messages.Request) -> None:
        """Send a request; a child that is gone already shows at its next line instead."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(messages.encode(request))
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            return

    def hear(self, timeout_s: float, line_limit: int = messages.LINE_LIMIT_BYTES) -> messages.Report | None:
        """The next report, or None when `timeout_s` passed or the child closed its line (see `is_silent`).

        Raises KnownError(CHILD_GARBAGE) for a line that is too long or no report.
        """
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._buffer:
            if len(self._buffer) > line_limit:
                raise KnownError(ErrorKind.CHILD_GARBAGE, f"line over {line_limit} bytes")
            left = deadline - time.monotonic()
            if left < 0 or self._ended or not self._fill(left):
                return None
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            return messages.decode_report(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise KnownError(ErrorKind.CHILD_GARBAGE, str(error)) from error

    _ended = False

    @property
    def is_silent(self) -> bool:
        """The child closed its line and everything it said was heard."""
        return self._ended and b"\n" not in self._buffer

    def _fill(self, timeout_s: float) -> bool:
        if not self._selector.select(timeout_s):
            return False
        assert self.process.stdout is not None
        data = os.read(self.process.stdout.fileno(), 1 << 16)
        self._buffer += data
        self._ended = not data
        return bool(data)

    def end(self, gently: bool = False) -> int:
        """Close its input (which ends it), then terminate, then kill, each with a deadline; its exit code."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        code = self._wait(TERMINATE_AFTER_S if gently else 0.05)
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            if code is None:
                self._signal(number)
                code = self._wait(KILL_AFTER_S)
        self._selector.close()
        self.process.stdout.close()
        return self.process.wait() if code is None else code

    def _signal(self, number: int) -> None:
        if os.name == "posix":
            try:
                os.killpg(self.process.pid, number)
            except ProcessLookupError:
                return
        else:
            self.process.kill()

    def _wait(self, timeout_s: float) -> int | None:
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            return None

    def last_words(self) -> str:
        """The end of what the child and its native libraries printed; display-only."""
        return tail_of(self._log, _LOG_TAIL).decode("utf-8", "replace")


def death(code: int, phase: str, log: str) -> KnownError:
    """What an exit code without a last message means."""
    if code == -signal.SIGKILL if os.name == "posix" else False:
        return KnownError(ErrorKind.CHILD_KILLED, details=log, phase=phase)
    if code < 0:
        return KnownError(ErrorKind.CHILD_CRASHED, details=log, phase=phase, signal=_signal_name(-code))
    return KnownError(ErrorKind.CHILD_ENDED, details=log, phase=phase, code=code)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
