"""A small file of the kernel that is kept open, because opening costs more than reading."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

_CHUNK_BYTES = 1 << 16


class OpenFile:
    """Read again and again from its start; a file that cannot be opened raises OSError at once."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))

    def read(self) -> bytes:
        """All of it as it is now; raises OSError where its device has gone."""
        whole = os.pread(self._descriptor, _CHUNK_BYTES, 0)
        # The kernel may hand out less than asked: only an empty answer is the end.
        while part := os.pread(self._descriptor, _CHUNK_BYTES, len(whole)):
            whole += part
        return whole

    def close(self) -> None:
        os.close(self._descriptor)


class OpenFiles:
    """Those of several files that can be opened, read together."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._files: list[OpenFile] = []
        for path in paths:
            try:
                self._files.append(OpenFile(path))
            except OSError:
                continue

    def __bool__(self) -> bool:
        return bool(self._files)

    def read(self) -> list[bytes]:
        """The contents, in order, of all that can be read at the moment."""
        contents = []
        for file in self._files:
            try:
                contents.append(file.read())
            except OSError:
                continue
        return contents

    def close(self) -> None:
        for file in self._files:
            file.close()
        self._files.clear()
