"""One file as the page shows it: recognised, hashed and described, off the window's thread."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gui.services import Services
from profiler import dimensions

if TYPE_CHECKING:
    from profiler.backends.catalog import Format
    from profiler.messages import Description


class Inspected(NamedTuple):
    """What is known of a file at the sizes that were asked for."""

    path: Path
    form: Format
    size_bytes: int
    sha256: str
    is_trusted: bool
    found: Description

    @property
    def free_sizes(self) -> dict[str, int]:
        """Free dimensions but the batch, with the size that was taken for each."""
        taken = {
            word: size
            for spec in self.found.inputs
            for word, size in zip(spec.shape or (), self.found.shapes.get(spec.name, ()), strict=False)
        }
        return {name: taken[name] for name in dimensions.offered(self.found.inputs) if name in taken}

    @property
    def guessed(self) -> list[str]:
        """Those for whose size nothing speaks."""
        return list(dimensions.guessed(self.found.inputs, ()))


def look(services: Services, path: Path, batch: int, dimensions: Mapping[str, int]) -> Inspected:
    """Slow: for a thread. Raises KnownError, OSError."""
    form = services.recognise(path)
    found = services.describe_at(path, form.name, batch, dict(dimensions))
    sha256 = services.sha256(path)
    return Inspected(
        path, form, services.size_of(path), sha256, services.is_trusted(sha256, form.tier), found
    )
