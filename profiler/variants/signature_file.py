"""inferometer.json in an archive of PyTorch: the inputs and outputs that such a file does not tell itself."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from profiler import dimensions
from profiler.backends import zip_directory
from profiler.backends.base import Array
from profiler.backends.pt2_archive import TEXT_LIMIT_BYTES
from profiler.dimensions import Dimension
from profiler.result import Tensor

NAME = "inferometer.json"


def own(path: Path) -> bytes | None:
    """The list that the archive carries, if it does; raises KnownError(MODEL_DAMAGED) and OSError."""
    infos = zip_directory.entries(path)
    found = [info for info in infos if info.filename.partition("/")[2] == f"extra/{NAME}"]
    if not found or found[0].file_size > TEXT_LIMIT_BYTES:
        return None
    with zipfile.ZipFile(path) as archive:
        return archive.read(found[0])


def of_fed(specs: Sequence[Tensor], inputs: Mapping[str, Array]) -> bytes:
    """A list of inputs with the shapes that they were fed in; the batch stays free."""
    by_name = {spec.name: spec for spec in specs}
    return _document([_fed(by_name.get(name), name, array) for name, array in inputs.items()], [])


def of_specs(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> bytes:
    """A list of inputs and outputs as they are declared; outputs are left out where a shape is not known."""
    is_told = all(spec.shape is not None and None not in spec.shape for spec in outputs)
    return _document(dimensions.all_placed(inputs), outputs if is_told else [])


def _fed(spec: Tensor | None, name: str, array: Array) -> Tensor:
    shape: list[Dimension] = [int(size) for size in array.shape]
    declared = None if spec is None else spec.shape
    if shape and (declared is None or not isinstance(declared[0], int)):
        shape[0] = "batch"
    return Tensor(name, array.dtype.name, tuple(shape))


def _document(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> bytes:
    def entries(specs: Sequence[Tensor]) -> list[dict[str, object]]:
        return [{"name": one.name, "dtype": one.dtype, "shape": one.shape} for one in specs]

    return msgspec.json.encode({"inputs": entries(inputs), "outputs": entries(outputs)})
