"""Which kinds of variants there are of which format, what their files are called, and who makes them."""

from __future__ import annotations

from pathlib import Path

KINDS = ("fp16", "bf16", "int8_dynamic", "int8_static")
INT8 = ("int8_dynamic", "int8_static")

_OFFERED = {
    "onnx": ("fp16", "int8_dynamic", "int8_static"),
    "torchscript": ("bf16", "fp16", "int8_dynamic", "int8_static"),
    "torch_export": ("bf16", "fp16"),
}
_RUNTIMES = {"onnx": "onnxruntime", "torchscript": "torchscript", "torch_export": "torch_export"}
_ENDINGS = {
    "onnx": (".onnx",),
    "torchscript": (".pt", ".pth", ".ts", ".torchscript"),
    "torch_export": (".pt2",),
}
DATA = ".data"
"""What the file with the weights of a large ONNX model ends in, after the whole name of the model's."""


def kinds_for(format_name: str) -> tuple[str, ...]:
    """The kinds that the format's own tools make, the least change first; none for any other format."""
    return _OFFERED.get(format_name, ())


def runtime_of(format_name: str) -> str:
    """The runtime that makes them and that they are tried with."""
    return _RUNTIMES[format_name]


def file_name(path: Path, kind: str, format_name: str) -> str:
    """model.onnx becomes model.fp16.onnx: always another name than the original's."""
    endings = _ENDINGS[format_name]
    own = path.suffix if path.suffix.lower() in endings else endings[0]
    stem = path.stem if path.suffix.lower() in endings else path.name
    return f"{stem}.{kind}{own}"
