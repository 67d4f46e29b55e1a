"""The parent's side of the sampler process: start it, look at it, stop it within a deadline."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator

import msgspec

from hardware import child
from hardware.machine import Unknown
from hardware.reading import Reading
from hardware.sampler import PERIOD_S
from hardware.summary import GpuSummary, Summary, summarise

__all__ = ["GpuSummary", "Sampling", "Summary", "summarise"]

# An hour at 10 readings a second, some 20 MB as lines; the first few hold what is unavailable and are kept.
CAPACITY = 36_000
_HEAD = 50
_REAP_S = 1.0


class Sampling:
    """A sampler from `start` to `stop`; nothing that it does or fails to do raises.

    `root_pid` (this process where None) and its descendants count as ours. Attributes: `problem` is why there
    are no readings, or why they ended early, once that is known.
    """

    def __init__(
        self,
        root_pid: int | None = None,
        period_s: float = PERIOD_S,
        capacity: int = CAPACITY,
        python: str = sys.executable,
    ) -> None:
        self._arguments = (str(os.getpid() if root_pid is None else root_pid), f"{period_s:g}")
        self._python = python
        self._head: list[bytes] = []
        self._ring: deque[bytes] = deque(maxlen=capacity)
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self.problem: Unknown | None = None

    def start(self) -> None:
        """Start the process; where that fails, `problem` says so and there will be no readings."""
        try:
            self._process = child.begin("hardware.sampler", *self._arguments, python=self._python)
        except OSError as error:
            self.problem = Unknown("sampler_not_started", {"detail": error.strerror or type(error).__name__})
            return
        self._reader = threading.Thread(
            target=self._collect, args=(self._process.stdout,), name="sampling", daemon=True
        )
        self._reader.start()

    def latest(self) -> Reading | None:
        """The newest reading; None before the first."""
        lines = list(self._ring)[-1:] or self._head[-1:]
        return next(self._decoded(lines), None)

    def stop(self, timeout_s: float = 2.0) -> tuple[Reading, ...]:
        """All readings, oldest first; of a long run the first fifty and the last `capacity`.

        Returns soon after `timeout_s` whatever the sampler does; a second call answers the same.
        """
        if self._process is not None and self._reader is not None:
            self._end(self._process, self._reader, timeout_s)
            self._process = None
        return tuple(self._decoded([*self._head, *self._ring]))

    def _collect(self, lines: Iterable[bytes]) -> None:
        """In a thread of its own, until the sampler closes its output."""
        for line in lines:
            if len(self._head) < _HEAD:
                self._head.append(line)
            else:
                self._ring.append(line)

    def _end(self, process: subprocess.Popen[bytes], reader: threading.Thread, timeout_s: float) -> None:
        _close(process.stdin)
        reader.join(timeout_s)
        if reader.is_alive():
            process.kill()
            self.problem = Unknown("sampler_hung", {"seconds": f"{timeout_s:g}"})
            reader.join(_REAP_S)
        try:
            code = process.wait(_REAP_S)
        except subprocess.TimeoutExpired:
            # It hangs inside the kernel; reading or closing its pipes could hang as well.
            return
        if code and self.problem is None:
            self.problem = Unknown("sampler_failed", {"code": str(code), "detail": _last_line(process)})
        _close(process.stdout)
        _close(process.stderr)

    def _decoded(self, lines: Iterable[bytes]) -> Iterator[Reading]:
        for line in lines:
            try:
                yield _DECODER.decode(line)
            except msgspec.DecodeError as error:
                # The last line of a sampler that was killed may be torn.
                self.problem = self.problem or Unknown("sampler_failed", {"code": "0", "detail": str(error)})


_DECODER = msgspec.json.Decoder(Reading)


def _close(stream: object) -> None:
    close = getattr(stream, "close", None)
    if close is not None:
        close()


def _last_line(process: subprocess.Popen[bytes]) -> str:
    complaint = process.stderr.read() if process.stderr is not None else b""
    return complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
