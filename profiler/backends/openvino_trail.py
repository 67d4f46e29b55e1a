"""The tensors inside a model on OpenVINO: outputs that are added to what was read of the file."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Optional

import numpy as np

from profiler.backends import openvino_graph
from profiler.backends.base import Array, LoadOptions
from profiler.backends.openvino import OpenVino
from profiler.messages import InnerTensor

METHOD = "openvino_outputs"
_NOT_MADE = ("Parameter", "Constant", "Result")


class OpenVinoTrail:
    """Every tensor that has a name in the file and follows from the inputs; see trail.Inside.

    OpenVINO writes one node of an ONNX file as several of its own: those between have no name.
    """

    method = METHOD

    def __init__(
        self, backend: OpenVino, path: Path, options: LoadOptions, inputs: Mapping[str, Array]
    ) -> None:
        self._backend, self._path, self._options, self._inputs = backend, path, options, inputs

    def tensors(self) -> Sequence[InnerTensor]:
        model = self._backend.read(self._path, self._options)
        with contextlib.suppress(RuntimeError):  # then sizes are told by the first call
            model.reshape({name: list(array.shape) for name, array in self._inputs.items()})
        origins: dict[tuple[str, int], tuple[str, ...]] = {}
        found, outputs = [], {name for port in model.outputs for name in port.get_names()}
        for operator in model.get_ordered_ops():
            kind, node = str(operator.get_type_name()), str(operator.get_friendly_name())
            reads = _reads(operator, origins)
            for index, port in enumerate(operator.outputs()):
                name = min(port.get_names(), default="")
                is_made = kind not in _NOT_MADE and bool(reads)
                is_own = kind == "Parameter" or (is_made and bool(name))
                origins[node, index] = (name,) if is_own and name else reads
                if is_made and name and _is_number(port):
                    place = "output" if name in outputs else "inner"
                    found.append(InnerTensor(name, node, kind, place, reads, _bytes(port)))
        return found

    def values(self, names: Sequence[str]) -> Iterator[tuple[str, Array]]:
        """All of them are in memory at once."""
        yield from self._backend.values_inside(self._path, self._options, names, self._inputs)

    def close(self) -> None:
        """Nothing stays open between two calls."""


def _reads(operator: Any, origins: Mapping[tuple[str, int], tuple[str, ...]]) -> tuple[str, ...]:
    """Named tensors that a node is made from, through nodes whose answers have no name."""
    found: dict[str, None] = {}
    for port in operator.input_values():
        source = (str(port.get_node().get_friendly_name()), int(port.get_index()))
        found.update(dict.fromkeys(origins.get(source, ())))
    return tuple(found)


def _is_number(port: Any) -> bool:
    try:
        return np.dtype(openvino_graph.dtype(port)).kind in "fiub"
    except TypeError:  # a type that numpy lacks
        return False


def _bytes(port: Any) -> Optional[int]:
    shape = port.get_partial_shape()
    if shape.is_dynamic:
        return None
    sizes = [int(dim.get_length()) for dim in shape]
    return math.prod(sizes) * np.dtype(openvino_graph.dtype(port)).itemsize
