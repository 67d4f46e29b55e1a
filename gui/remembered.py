"""What the user gave for the inputs of a model, kept for the next time that it is opened; no widget."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from gui.asked_checks import AskedChecks

if TYPE_CHECKING:
    from profiler.result import Tensor

MOST_MODELS = 100
_LONGEST_TEXT = 200


class Given(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Sizes of named dimensions as they were written, and kinds of inputs, each by name; what is asked about
    the answers where this model came first.
    """

    sizes: dict[str, str] = {}
    kinds: dict[str, str] = {}
    checks: AskedChecks | None = None


class Shelf(Protocol):
    """Where one text is kept between starts."""

    inputs: str


def key_of(path: Path, inputs: Sequence[Tensor]) -> str:
    """A model by the name of its file and by what goes into it, so that a new export of it is known too."""
    signature = msgspec.json.encode([path.name, [[spec.name, spec.dtype, spec.shape] for spec in inputs]])
    return hashlib.sha256(signature).hexdigest()[:16]


def recall(shelf: Shelf, key: str) -> Given:
    """What was kept for this model; nothing where nothing was, or where it can no longer be read."""
    return _all(shelf).get(key, Given())


def keep(shelf: Shelf, key: str, given: Given) -> None:
    """Keep this for the model, and forget the one that was not used for longest above a hundred."""
    entries = _all(shelf)
    entries.pop(key, None)
    if given != Given():
        entries[key] = Given(_bounded(given.sizes), _bounded(given.kinds), given.checks)
    shelf.inputs = msgspec.json.encode(dict(list(entries.items())[-MOST_MODELS:])).decode()


def _all(shelf: Shelf) -> dict[str, Given]:
    try:
        return msgspec.json.decode(shelf.inputs or "{}", type=dict[str, Given])
    except msgspec.DecodeError:
        return {}


def _bounded(texts: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in texts.items() if len(name) + len(text) <= _LONGEST_TEXT}
