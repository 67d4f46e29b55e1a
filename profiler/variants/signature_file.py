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
    """A list of inputs with the sizes that they were fed in, as an example where they are free."""
    by_name = {spec.name: spec for spec in specs}
    return _document([_fed(by_name.get(name), name, array) for name, array in inputs.items()], [])


def of_specs(inputs: Sequence[Tensor], outputs: Sequence[Tensor]) -> bytes:
    """A list of inputs and outputs as they are declared; outputs are left out where a shape is not known."""
    is_told = all(spec.shape is not None and None not in spec.shape for spec in outputs)
    listed = [_entry(spec) for spec in dimensions.all_placed(inputs)]
    return _document(listed, [_entry(spec) for spec in outputs] if is_told else [])


def _fed(spec: Tensor | None, name: str, array: Array) -> dict[str, object]:
    if spec is not None and spec.shape is not None and len(spec.shape) == array.ndim:
        (placed,) = dimensions.all_placed([spec])
        return _entry(placed) | ({"example": array.shape} if spec.is_example else {})
    # The file tells nothing: the first dimension is taken for the batch, as of a traced model.
    shape = tuple("batch" if at == 0 else dimensions.place_name(name, at) for at in range(array.ndim))
    return {"name": name, "dtype": array.dtype.name, "shape": shape, "example": array.shape}


def _entry(spec: Tensor) -> dict[str, object]:
    return {"name": spec.name, "dtype": spec.dtype, "shape": spec.shape}


def _document(inputs: Sequence[dict[str, object]], outputs: Sequence[dict[str, object]]) -> bytes:
    return msgspec.json.encode({"inputs": inputs, "outputs": outputs})
