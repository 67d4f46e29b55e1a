"""An AOTInductor package as its archive tells it, without touching the library in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from profiler.backends import pt2_archive, zip_directory
from profiler.backends import torchscript_signature as declared
from profiler.backends.pt2_archive import Pt2Archive
from profiler.result import Tensor

_FOLDER = "data/aotinductor/"
_METADATA = "_metadata.json"
_DEVICE = "AOTI_DEVICE_KEY"
BESIDE = ".inferometer.json"


class Package(NamedTuple):
    """`device` that it was compiled for (cpu, cuda); inputs are empty where nothing tells them.

    `native_bytes`: the size of the libraries and kernels in it.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    device: str | None
    platform: str | None
    native_bytes: int
    precision: str | None = None

    @property
    def origin(self) -> str:
        return "file" if self.inputs else "unknown"


def read(path: Path) -> Package:
    """Shapes come from inferometer.json among the archive's extra files, or from NAME.inferometer.json
    beside the file; PyTorch keeps none.

    Raises KnownError(MODEL_DAMAGED) and OSError.
    """
    archive = Pt2Archive(path)
    told = _signature(archive)
    metadata = _metadata(archive)
    native = sum(archive.size(name) or 0 for name in archive.native if not name.endswith((".json", ".cpp")))
    device, platform = (metadata.get(key) or None for key in (_DEVICE, "AOTI_PLATFORM"))
    inputs, outputs = (told.inputs, told.outputs) if told else ((), ())
    return Package(inputs, outputs, device, platform, native)


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
                raise zip_directory.damaged("pt2_entry", archive.path, str(error)) from error
            if isinstance(found, dict):
                return {key: str(value) for key, value in found.items()}
    return {}
