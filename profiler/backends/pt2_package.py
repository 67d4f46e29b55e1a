"""An AOTInductor package as its archive tells it, without touching the library in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from profiler.backends import pt2_archive, pt2_wrapper, zip_directory
from profiler.backends import torchscript_signature as declared
from profiler.backends.pt2_archive import Pt2Archive
from profiler.backends.pt2_wrapper import Constant
from profiler.result import Tensor

_FOLDER = "data/aotinductor/"
_METADATA = "_metadata.json"
_DEVICE = "AOTI_DEVICE_KEY"
BESIDE = ".inferometer.json"


class Package(NamedTuple):
    """`device` that it was compiled for (cpu, cuda); inputs are empty where nothing tells them.

    `constants`: the weights in the library; None where the package does not hold its source.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    device: str | None
    platform: str | None
    constants: tuple[Constant, ...] | None

    @property
    def origin(self) -> str:
        return "file" if self.inputs else "unknown"

    @property
    def dtypes(self) -> frozenset[str]:
        """Of the weights, and where there are none, of the inputs."""
        weights = frozenset(each.dtype for each in self.constants or ())
        return weights or frozenset(spec.dtype for spec in self.inputs)


def read(path: Path) -> Package:
    """Shapes come from inferometer.json among the archive's extra files, or from NAME.inferometer.json
    beside the file, else from the C++ source that PyTorch packs with the library.

    Raises KnownError(MODEL_DAMAGED) and OSError.
    """
    archive = Pt2Archive(path)
    told = _signature(archive)
    metadata = _metadata(archive)
    source = _source(archive)
    device, platform = (metadata.get(key) or None for key in (_DEVICE, "AOTI_PLATFORM"))
    inputs, outputs = (told.inputs, told.outputs) if told else (source.inputs if source else (), ())
    return Package(inputs, outputs, device, platform, source.constants if source else None)


def _source(archive: Pt2Archive) -> pt2_wrapper.Source | None:
    for name in sorted(archive.names):
        size = archive.size(name) or 0
        if name.startswith(_FOLDER) and name.endswith(pt2_wrapper.SUFFIX) and size <= pt2_wrapper.LIMIT_BYTES:
            text = archive.text(name, pt2_wrapper.LIMIT_BYTES).decode("utf-8", "replace")
            return pt2_wrapper.parse(text)
    return None


def _signature(archive: Pt2Archive) -> declared.Signature | None:
    beside = archive.path.with_name(archive.path.stem + BESIDE)
    try:
        if pt2_archive.SIGNATURE in archive.names:
            return declared.from_document(archive.text(pt2_archive.SIGNATURE))
        if beside.is_file() and beside.stat().st_size <= pt2_archive.TEXT_LIMIT_BYTES:
            return declared.from_document(beside.read_bytes())
    except declared.SignatureError as error:
        raise zip_directory.damaged("signature", archive.path, str(error)) from error
    return None


def _metadata(archive: Pt2Archive) -> dict[str, Any]:
    """What the compiler wrote of device and platform, from the first of its notes."""
    for name in sorted(archive.names):
        if name.startswith(_FOLDER) and name.endswith(_METADATA):
            try:
                found = json.loads(archive.text(name))
            except (ValueError, RecursionError) as error:
                raise archive.damaged(name, str(error)) from error
            if isinstance(found, dict):
                return {key: str(value) for key, value in found.items()}
    return {}
