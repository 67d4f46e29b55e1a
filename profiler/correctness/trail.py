"""The child's side of the search for the first tensor that differs: which there are, and their values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np

from profiler import allowed_copy, messages
from profiler.backends.base import Array, LoadOptions
from profiler.errors import ErrorKind, KnownError
from profiler.messages import InnerTensor
from profiler.opening import open_beside

Send = Callable[[messages.Report], None]


class Inside(Protocol):
    """A model that hands out the tensors inside of it, for one set of inputs.

    Attributes: `method`, a code of resources/texts/divergence.toml.
    """

    method: str

    def tensors(self) -> Sequence[InnerTensor]:
        """Those that follow from the inputs, each after what it is made from."""

    def values(self, names: Sequence[str]) -> Iterator[tuple[str, Array]]:
        """Of one call. May raise what the runtime raises."""

    def close(self) -> None: ...


def told(request: messages.Trail, send: Send) -> messages.TrailTold:
    """Open the model as it is measured to learn its inputs, close it, and look inside of it.

    Inputs are the first set that the plan makes, and stand among the tensors. Raises KnownError,
    TRAIL_NOT_OFFERED where the runtime has no tensors to give.
    """
    plan = msgspec.structs.replace(request.plan, distinct_inputs=1)
    opened = open_beside(plan, request.format, send)
    session, inputs = opened.session, opened.pool[0]
    options = LoadOptions(plan.device, opened.threads, plan.precision, plan.flush_denormals)
    session.close()
    with allowed_copy.of(Path(plan.model_path), plan.runtime, plan.model_sha256) as path:
        try:
            inside = _open(plan.runtime, request.format, opened.backend, path, options, inputs)
            tensors = () if request.names else _listed(inputs, inside)
            names = request.names or _at_once(tensors, request.most_bytes)
            files = _written(request, names, inputs, inside)
            inside.close()
        except Exception as error:
            raise session.explain(error) from error
    return messages.TrailTold(inside.method, tensors, files)


def _open(
    runtime: str, form: str, backend: Any, path: Path, options: LoadOptions, inputs: Mapping[str, Array]
) -> Inside:
    """The part of the backend that looks inside, imported at first need as the backend is."""
    if runtime == "onnxruntime" and form == "onnx":
        from profiler.backends.ort_trail import OnnxTrail

        return OnnxTrail(backend, path, options, inputs)
    if runtime == "openvino":
        from profiler.backends.openvino_trail import OpenVinoTrail

        return OpenVinoTrail(backend, path, options, inputs)
    if runtime == "torch_export":
        from profiler.backends.torch_trail import ProgramTrail

        return ProgramTrail(backend, path, options, inputs)
    if runtime == "torchscript":
        from profiler.backends.torch_trail import ScriptTrail

        return ScriptTrail(backend, path, options, inputs)
    raise KnownError(ErrorKind.TRAIL_NOT_OFFERED, runtime=runtime)


def _listed(inputs: Mapping[str, Array], inside: Inside) -> tuple[InnerTensor, ...]:
    first = [
        InnerTensor(name, name, "Input", "input", size_bytes=int(array.nbytes))
        for name, array in inputs.items()
        if array.dtype.kind in "fiub"
    ]
    return (*first, *inside.tensors())


def _at_once(tensors: Sequence[InnerTensor], most_bytes: int) -> tuple[str, ...]:
    """All of them where they are small enough to be handed out with the list, else none."""
    sizes = [most_bytes + 1 if each.size_bytes is None else each.size_bytes for each in tensors]
    return tuple(each.name for each in tensors) if sum(sizes) <= most_bytes else ()


def _written(
    request: messages.Trail, names: Sequence[str], inputs: Mapping[str, Array], inside: Inside
) -> dict[str, str]:
    """Files by name, until the most bytes are written."""
    files: dict[str, str] = {}
    size = 0
    for name, array in _values(names, inputs, inside):
        size += array.nbytes
        if files and size > request.most_bytes:
            break
        files[name] = f"{len(files)}.npy"
        np.save(Path(request.folder) / files[name], _plain(array), allow_pickle=False)
    return files


def _values(names: Sequence[str], inputs: Mapping[str, Array], inside: Inside) -> Iterator[tuple[str, Array]]:
    yield from ((name, inputs[name]) for name in names if name in inputs)
    if inner := [name for name in names if name not in inputs]:
        yield from inside.values(inner)


def _plain(array: Array) -> Array:
    """Of a dtype that every numpy reads: bfloat16 and the like become float32 without loss."""
    return array if array.dtype.kind in "fiub" else array.astype(np.float32)
