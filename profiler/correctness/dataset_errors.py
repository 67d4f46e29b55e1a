"""What can be wrong with labelled data, as one kind of error with a sentence for each case."""

from __future__ import annotations

from profiler.errors import ErrorKind, KnownError


def unusable(what: str, text: str = "", **parameters: object) -> KnownError:
    """DATASET_UNUSABLE of one sub-kind (resources/texts/errors.toml), ready to be raised."""
    return KnownError(ErrorKind.DATASET_UNUSABLE, text, "", what=what, **parameters)
