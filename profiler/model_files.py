"""The files that belong to a model besides the one that was chosen, and how to see that none changed."""

from __future__ import annotations

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


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
