"""A first look at a file: what it is and what opens it, from its first bytes."""

from __future__ import annotations

from pathlib import Path

from gui.choices import Seen
from gui.services import Services
from profiler.errors import KnownError


def look(services: Services, path: Path) -> Seen:
    """On a thread: what the file is, and the runtimes of ours that open it; raises KnownError, OSError."""
    form = services.recognise(path)
    size = services.size_of(path)
    try:
        default = services.default_runtime(form)
    except KnownError as error:
        return Seen(form, size, absence=error.info)
    return Seen(form, size, default, services.installed_runtimes(form))
