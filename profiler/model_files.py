"""The files that belong to a model besides the one that was chosen, and how to see that none changed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from profiler import trust
from profiler.result import ModelPart

Stamp = tuple[int, int, int, int]


def beside(path: Path, format_name: str) -> list[Path]:
    """The weights of OpenVINO IR. External data of ONNX is known only once the file is read."""
    weights = path.with_suffix(".bin")
    return [weights] if format_name == "openvino_ir" and weights.is_file() else []


def parts(path: Path, format_name: str) -> tuple[ModelPart, ...]:
    """Each with its size and the SHA-256 of its bytes; raises OSError."""
    return tuple(
        ModelPart(part.name, part.stat().st_size, trust.sha256_of(part)) for part in beside(path, format_name)
    )


def stamps(path: Path, format_name: str) -> tuple[Stamp, ...]:
    """What changes when any of the files is written or replaced."""
    return tuple(_stamp(one) for one in (path, *beside(path, format_name)))


def part_stamps(path: Path, named: Iterable[ModelPart]) -> tuple[Stamp, ...]:
    """The same of the parts that a description names; those that are not there have none."""
    places = (_place(path.parent, part) for part in named)
    return tuple(_stamp(place) for place in places if place is not None)


def identified(path: Path, named: Iterable[ModelPart]) -> tuple[ModelPart, ...]:
    """The parts that a description names beside the model, as they lie there, with their SHA-256.

    A description is a child's word: what lies outside the model's folder, or is no file, stays as named.
    """
    return tuple(_identified(path.parent, part) for part in named)


def _identified(folder: Path, part: ModelPart) -> ModelPart:
    place = _place(folder, part)
    if place is None or part.sha256:
        return part
    return ModelPart(part.name, place.stat().st_size, trust.sha256_of(place))


def changed_since(path: Path, named: Iterable[ModelPart], wall_ns: int) -> bool:
    """Whether one of the parts was written, replaced or taken away after that reading of time.time_ns()."""
    for part in named:
        place = _place(path.parent, part)
        if place is None:
            return True
        status = place.stat()
        if max(status.st_mtime_ns, status.st_ctime_ns) > wall_ns:
            return True
    return False


def _place(folder: Path, part: ModelPart) -> Path | None:
    place = (folder / part.name).resolve()
    return place if place.is_relative_to(folder.resolve()) and place.is_file() else None


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
