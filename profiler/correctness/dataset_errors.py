"""What can be wrong with labelled data, as one kind of error with a sentence for each case."""

from __future__ import annotations

from profiler.blocks import Reason
from profiler.errors import ErrorKind, KnownError
from profiler.metrics import accuracy

# Quantities that there is no figure of where labelled data could not be gone through.
FIGURES = ("labelled", "top1", "top5", "dataset", "dataset_size", "beside_reference")


def unusable(what: str, text: str = "", **parameters: object) -> KnownError:
    """DATASET_UNUSABLE of one sub-kind (resources/texts/errors.toml), ready to be raised."""
    return KnownError(ErrorKind.DATASET_UNUSABLE, text, "", what=what, **parameters)


def missing(error: KnownError) -> dict[str, Reason]:
    """Why there is no accuracy, by the names of its quantities."""
    told = {"kind": error.info.kind, "words": error.info.text, **error.info.parameters}
    return dict.fromkeys((f"accuracy.{name}" for name in FIGURES), Reason(accuracy.FAILED, told))
