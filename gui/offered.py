"""What the files on the run page can be measured on: runtimes, devices, precisions; no widget."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gui.choices import ChosenFile, runtimes_of
from profiler.errors import KnownError

if TYPE_CHECKING:
    from profiler.messages import Surveyed
    from profiler.other_python import OtherPython


def runtimes(files: Sequence[ChosenFile]) -> list[str]:
    """Every runtime that opens one of the files, installed or not."""
    forms = [file.form for file in files if file.form is not None]
    return list(dict.fromkeys(name for form in forms for name in form.runtimes))


def has_several(files: Sequence[ChosenFile]) -> bool:
    """Whether one of the files can be measured on more than one runtime."""
    return any(file.form is not None and len(file.form.runtimes) > 1 for file in files)


def used(files: Sequence[ChosenFile], asked: str, python: OtherPython | None) -> set[str]:
    """What opens the files where `asked` is chosen; a file that nothing opens says so itself."""
    found: set[str] = set()
    for file in files:
        with contextlib.suppress(KnownError):
            found.update(runtimes_of(file, asked, python))
    return found


def devices(surveyed: Surveyed | None, names: set[str]) -> list[str]:
    """Devices that all these runtimes have; until they have answered, the processor."""
    known = surveyed.runtimes if surveyed is not None else ()
    return _common([one.devices for one in known if one.name in names and one.devices]) or ["cpu"]


def precisions(surveyed: Surveyed | None, names: set[str], device: str) -> list[str]:
    """Precisions that all these runtimes offer on the device, beside the file's own."""
    known = surveyed.runtimes if surveyed is not None else ()
    return _common([one.precisions.get(device, ()) for one in known if one.name in names])


def _common(offered: Sequence[Sequence[str]]) -> list[str]:
    first = offered[0] if offered else ()
    return [name for name in first if all(name in other for other in offered)]
