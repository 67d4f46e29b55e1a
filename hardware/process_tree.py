"""The CPU time of a process and all its descendants on Linux, read from /proc under a root."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hardware.machine import Unknown

_REFRESH_NS = 500_000_000


class ProcessTree:
    """`pids` is looked up twice a second, the CPU time of those processes at every call.

    Time of descendants that ended and were waited for counts through their parent, so the sum only grows. A
    child is noticed within half a second; its time since its start then counts at once.
    """

    def __init__(self, root: Path, pid: int, ticks_per_s: int) -> None:
        self._proc, self._pid, self._ticks = root / "proc", pid, ticks_per_s
        self._found_ns: int | None = None
        self.pids: frozenset[int] = frozenset({pid})

    def cpu_s(self, now_ns: int) -> float | Unknown:
        """Seconds that the tree has used since it began."""
        if self._found_ns is None or now_ns - self._found_ns >= _REFRESH_NS:
            self.pids, self._found_ns = frozenset(self._find()), now_ns
        ticks = [used for pid in self.pids if (used := self._used_ticks(pid)) is not None]
        return sum(ticks) / self._ticks if ticks else Unknown("process_gone")

    def _used_ticks(self, pid: int) -> int | None:
        """Fields 14 to 17 of the file: user, system, and both of children that were waited for."""
        fields = _fields(self._proc / str(pid) / "stat")
        return sum(map(int, fields[11:15])) if fields else None

    def _find(self) -> Iterator[int]:
        waiting, parents = [self._pid], None
        while waiting:
            pid = waiting.pop()
            yield pid
            children = self._children(pid)
            if children is None:
                parents = self._parents() if parents is None else parents
                children = [child for child, parent in parents.items() if parent == pid]
            waiting += children

    def _children(self, pid: int) -> list[int] | None:
        """None where the kernel keeps no lists of children (CONFIG_PROC_CHILDREN)."""
        lists = list((self._proc / str(pid) / "task").glob("*/children"))
        found: list[int] = []
        for path in lists:
            try:
                found += map(int, path.read_bytes().split())
            except OSError:
                continue  # that thread has ended
        return found if lists else None

    def _parents(self) -> dict[int, int]:
        """The parent of every process, for kernels without lists of children."""
        parents = {}
        for path in self._proc.glob("[0-9]*/stat"):
            if fields := _fields(path):
                parents[int(path.parent.name)] = int(fields[1])
        return parents


def _fields(stat: Path) -> list[bytes]:
    """Those of proc_pid_stat(5) from the third on; none where the process has ended since it was found."""
    try:
        content = stat.read_bytes()
    except OSError:
        return []
    # The name is in brackets and may hold any character, so fields are counted from the last bracket.
    fields = content.rpartition(b")")[2].split()
    return fields if len(fields) >= 15 else []
