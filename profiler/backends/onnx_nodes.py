"""The nodes of an ONNX graph as rows: shape, work, bytes; and what the graph needs of memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import onnx

from profiler.backends import onnx_tensors, onnx_weights
from profiler.backends.onnx_node import name_of
from profiler.backends.onnx_scope import Scope
from profiler.messages import MemoryEstimate, Node
from profiler.metrics import liveness
from profiler.metrics.flops import Work


class Rows:
    """The rows of one graph, filled while it is walked.

    Attributes: `nodes` in the file's order. A control node (If, Loop, Scan) is one row with the work of its
    whole body, so that the rows add up to what the tally counts.
    """

    def __init__(self, graph: Any, scope: Scope) -> None:
        self.nodes: list[Node] = []
        self._graph, self._scope = graph, scope
        self._weights = {tensor.name: onnx_weights.byte_count(tensor) for tensor in graph.initializer}
        self._weights |= {tensor.values.name: onnx_weights.byte_count(tensor.values)
                          for tensor in graph.sparse_initializer}  # fmt: skip
        self._steps: list[liveness.Step] = []

    def add(self, node: Any, work: Work | None) -> None:
        """One node; None where its work is not known."""
        reads, makes = [name for name in node.input if name], [name for name in node.output if name]
        self._steps.append(liveness.Step(_label(node), list(onnx_tensors.reads(node)), makes))
        first = makes[0] if makes else ""
        self.nodes.append(
            Node(
                name=_label(node),
                type=name_of(node),
                inputs=tuple(name for name in reads if not self._scope.is_constant(name)),
                outputs=tuple(makes),
                shape=self._scope.shape(first) if first else None,
                dtype=_dtype(self._scope, first),
                flops=None if work is None else 2 * (work.macs - work.integer_macs),
                other_flops=None if work is None else work.other,
                integer_operations=None if work is None else 2 * work.integer_macs,
                weights_bytes=sum(self._weights.get(name, 0) for name in dict.fromkeys(reads)),
                bytes_read=self._sum(dict.fromkeys(reads)),
                bytes_written=self._sum(makes),
            )
        )

    def memory(self) -> MemoryEstimate:
        """At the shapes that were walked. What is computed from weights alone is no activation, as runtimes
        fold it; what a body reads from around it lives until its node, and tensors inside are not in it."""
        inputs = [value.name for value in self._graph.input if value.name not in self._weights]
        outputs = [value.name for value in self._graph.output]
        names = dict.fromkeys([*inputs, *outputs, *(name for step in self._steps for name in step.makes)])
        sizes = {name: self._bytes(name) for name in names if not self._scope.is_constant(name)}
        return liveness.estimate(self._steps, sizes, inputs, outputs, sum(self._weights.values()))

    def _sum(self, names: Iterable[str]) -> int | None:
        sizes = [self._weights[name] if name in self._weights else self._bytes(name) for name in names]
        return None if None in sizes else sum(size for size in sizes if size is not None)

    def _bytes(self, name: str) -> int | None:
        kind, shape = self._scope.type_of(name), self._scope.shape(name)
        if kind is None or shape is None or not kind.HasField("tensor_type"):
            return None
        bits = onnx_weights.BITS.get(kind.tensor_type.elem_type)
        return None if bits is None else (math.prod(shape) * bits + 7) // 8


def _label(node: Any) -> str:
    """The node's name; of one without a name that of its first output, which is unique."""
    outputs: Sequence[str] = node.output
    return str(node.name) or next((name for name in outputs if name), "") or str(node.op_type)


def _dtype(scope: Scope, name: str) -> str | None:
    kind = scope.type_of(name) if name else None
    element = kind.tensor_type.elem_type if kind is not None and kind.HasField("tensor_type") else 0
    if element not in onnx_weights.BITS:
        return None
    return str(onnx.helper.tensor_dtype_to_np_dtype(element).name)
