"""The tensors inside an ONNX model on ONNX Runtime: outputs that are added to a copy of it in memory.

What is an output is not fused away, so the copy runs more of the graph's nodes as they are written than the
model does when it is measured; everything else is optimised as always.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Optional

import msgspec
import numpy as np

from profiler.backends import onnx_dequantised, onnx_inner, ort_values
from profiler.backends.base import Array, LoadOptions
from profiler.backends.onnx_inner import InnerNode
from profiler.backends.ort import OnnxRuntime, OrtSession
from profiler.messages import InnerTensor
from profiler.pairs import paired
from profiler.result import Tensor

METHOD = "onnx_outputs"
_DRAWING = ("RandomNormal", "RandomUniform")


class OnnxTrail:
    """Every tensor of the main graph that follows from the inputs; see profiler.correctness.trail.Inside."""

    method = METHOD

    def __init__(
        self, backend: OnnxRuntime, path: Path, options: LoadOptions, inputs: Mapping[str, Array]
    ) -> None:
        self._backend, self._path, self._inputs = backend, path, inputs
        # allocated by the runtime: sizes that it infers for tensors inside are no promise
        self._options = msgspec.structs.replace(options, preallocates=False)
        graph = onnx_inner.read(path)
        self._nodes, self._declared = list(_following(graph.nodes, inputs)), graph.outputs
        self._scales = onnx_dequantised.scales(self._nodes)
        self._taken_back = {node.reads[0] for node in self._nodes if node.type == "DequantizeLinear"}

    def tensors(self) -> Sequence[InnerTensor]:
        """Loads the copy with all of them, to hear from the runtime which are tensors of numbers."""
        names = [name for node in self._nodes for name in node.makes if name]
        session = self._load(names)
        specs, sizes = {spec.name: spec for spec in session.outputs}, _sizes(session.inputs, self._inputs)
        session.close()
        found: list[InnerTensor] = []
        origins: dict[str, tuple[str, ...]] = {name: (name,) for name in self._inputs}
        for node in self._nodes:
            reads = tuple(dict.fromkeys(one for name in node.reads for one in origins.get(name, ())))
            for name in filter(None, node.makes):
                spec = specs[self._output(name)]
                is_told = ort_values.is_preallocated(spec) and name not in self._taken_back
                origins[name] = (name,) if is_told else reads
                if is_told:
                    found.append(self._told(node, name, _bytes(spec, sizes), reads))
        return found

    def _told(self, node: InnerNode, name: str, size: Optional[int], reads: tuple[str, ...]) -> InnerTensor:
        kind = "output" if name in self._declared else "inner"
        return InnerTensor(name, node.name, node.type, kind, reads, size, onnx_dequantised.stem(name))

    def values(self, names: Sequence[str]) -> Iterator[tuple[str, Array]]:
        """All of them are in memory at once."""
        session = self._load(names)
        try:
            found = session.results(session.bind(self._inputs))
        except Exception as error:
            raise session.explain(error) from error
        finally:
            session.close()
        yield from ((name, found[self._output(name)]) for name in names if self._output(name) in found)

    def close(self) -> None:
        """Nothing stays open between two calls."""

    def _output(self, name: str) -> str:
        return onnx_dequantised.output(name) if name in self._scales else name

    def _load(self, names: Sequence[str]) -> OrtSession:
        added = [self._output(name) for name in names if self._output(name) not in self._declared]
        extra = onnx_dequantised.back_to_floats(names, self._scales)
        model = onnx_inner.with_outputs(self._path.read_bytes(), added, extra)
        return self._backend.load_copy(model, self._path, self._options)


def _following(nodes: Sequence[InnerNode], inputs: Collection[str]) -> Iterator[InnerNode]:
    """Those whose answer depends on the inputs or on chance; the others make constants."""
    live = set(inputs)
    for node in nodes:
        if live.intersection(node.reads) or node.type.startswith(_DRAWING):
            live.update(name for name in node.makes if name)
            yield node


def _sizes(specs: Sequence[Tensor], inputs: Mapping[str, Array]) -> dict[str, int]:
    """Of the free dimensions that the inputs settle."""
    found: dict[str, int] = {}
    for spec in specs:
        if spec.name in inputs and spec.shape is not None:
            pairs = paired(spec.shape, inputs[spec.name].shape)
            found.update((word, size) for word, size in pairs if isinstance(word, str))
    return found


def _bytes(spec: Tensor, sizes: Mapping[str, int]) -> Optional[int]:
    shape = [sizes.get(dim) if isinstance(dim, str) else dim for dim in spec.shape or (None,)]
    known = [size for size in shape if size is not None]
    return math.prod(known) * np.dtype(spec.dtype).itemsize if len(known) == len(shape) else None
