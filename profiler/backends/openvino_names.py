"""Names of free dimensions in the files that OpenVINO opens, which it forgets when it reads them."""

from __future__ import annotations

from pathlib import Path

from profiler.backends import catalog, onnx_dimensions, tflite_file
from profiler.backends.onnx_dimensions import Shapes
from profiler.errors import KnownError


def of(path: Path) -> Shapes:
    """Shapes with their names by tensor, as the file's other runtimes call them; OpenVINO IR holds none."""
    try:
        kind = catalog.recognise(path).name
        if kind == "onnx":
            return onnx_dimensions.read(path)
        return _of_tflite(path) if kind == "tflite" else {}
    except (KnownError, OSError):
        return {}


def _of_tflite(path: Path) -> Shapes:
    """By the names of tensors, and by those of the signature: OpenVINO knows its ports by either."""
    file = tflite_file.read(path)
    found: Shapes = {}
    for named in (file.inputs, file.outputs):
        for spec, (name, index) in zip(file.specs(named), named):
            if spec.shape is not None:
                found[name] = found[file.main.tensors[index].name] = spec.shape
    return found
