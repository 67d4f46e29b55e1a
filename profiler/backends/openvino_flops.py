"""FLOPs, bytes and memory of a graph that OpenVINO has read, at shapes it has inferred; nothing runs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, Optional

from profiler.backends import openvino_graph, openvino_rules
from profiler.backends.openvino_rules import shape as _shape
from profiler.backends.openvino_rules import source as _source
from profiler.messages import MemoryEstimate, Node
from profiler.metrics import liveness
from profiler.metrics.flops import Tally, Work

METHOD = "openvino_graph"
_LOOPS = ("Loop", "TensorIterator")
_DEEPEST, _LARGEST = 8, 2**63  # graphs within graphs; what a message can hold


class Surveyed(NamedTuple):
    """As profiler.backends.onnx_flops.Surveyed."""

    tally: Tally
    nodes: tuple[Node, ...]
    memory: MemoryEstimate


def survey(model: Any, weights_bytes: int) -> Surveyed:
    """The work of one inference of an openvino.Model whose shapes are settled.

    What is computed from constants alone (shapes of shapes, weights that are widened) is folded when the
    model is compiled: it is listed, and neither work nor memory of a call.
    """
    return _Survey(model).done(weights_bytes)


class _Survey:
    def __init__(self, model: Any, depth: int = 0) -> None:
        self._model, self._depth = model, depth
        self.tally = Tally(METHOD)
        self._nodes: list[Node] = []
        self._steps: list[liveness.Step] = []
        self._sizes: dict[str, Optional[int]] = {}
        self._folded: set[str] = set()

    def walk(self) -> None:
        for operator in self._model.get_ordered_ops():
            kind = operator.get_type_name()
            if kind == "Constant":
                self._folded.add(operator.get_friendly_name())
            elif kind not in ("Parameter", "Result"):
                self._add(operator, kind)

    def done(self, weights_bytes: int) -> Surveyed:
        self.walk()
        inputs = [_name(port) for port in self._model.inputs]
        outputs = [_name(_source(result.input(0))) for result in self._model.get_results()]
        self._sizes |= {_name(port): _bytes(port) for port in self._model.inputs}
        memory = liveness.estimate(self._steps, self._sizes, inputs, outputs, weights_bytes)
        return Surveyed(self.tally, tuple(self._nodes), memory)

    def _add(self, operator: Any, kind: str) -> None:
        sources = [_source(port) for port in operator.inputs()]
        is_folded = all(self._is_folded(source) for source in sources) or kind in ("ShapeOf", "Range")
        if is_folded:
            self._folded.add(operator.get_friendly_name())
        else:
            self._sizes |= {_name(port): _bytes(port) for port in operator.outputs()}
        work = Work() if is_folded else self._count(operator, kind)
        reads = [_name(source) for source in sources]
        makes = [_name(port) for port in operator.outputs()]
        name = str(operator.get_friendly_name())
        self._steps.append(liveness.Step(name, reads, makes))
        self._nodes.append(self._node(operator, work, is_folded))

    def _count(self, operator: Any, kind: str) -> Optional[Work]:
        if kind in (*_LOOPS, "If"):
            return self._control(operator, kind)
        if openvino_rules.is_movement(kind):
            self.tally.add_movement()
            return Work()
        work = openvino_rules.work(operator)
        if work is None:
            self.tally.add_uncounted(kind)
        else:
            self.tally.add(kind, work)
        return work

    def _control(self, operator: Any, kind: str) -> Optional[Work]:
        """The work of what runs inside: of the larger branch, and of a body as often as it runs."""
        if self._depth == _DEEPEST:
            self.tally.add_uncounted(kind)
            return None
        part = Tally(METHOD)
        if kind == "If":
            part.add_larger([self._inner(operator.get_function(index)) for index in (0, 1)])
        else:
            trips, body = operator.get_num_iterations(), self._inner(operator.get_function())
            if trips < 0:
                part.add_unknown_times(body)
            else:
                part.add_repeated(body, trips)
        self.tally.add_repeated(part)
        told = not part.uncounted and max(2 * part.macs, part.other) < _LARGEST
        return Work(part.macs, part.other, part.integer_macs) if told else None

    def _inner(self, graph: Any) -> Tally:
        inner = _Survey(graph, self._depth + 1)
        inner.walk()
        return inner.tally

    def _node(self, operator: Any, work: Optional[Work], is_folded: bool) -> Node:
        first = operator.output(0) if operator.get_output_size() else None
        sources = list({_name(source): source for source in map(_source, operator.inputs())}.values())
        weights = [
            _bytes(source) or 0 for source in sources if source.get_node().get_type_name() == "Constant"
        ]
        return Node(
            name=str(operator.get_friendly_name()),
            type=str(operator.get_type_name()),
            inputs=tuple(_name(source) for source in sources if not self._is_folded(source)),
            outputs=tuple(_name(port) for port in operator.outputs()),
            shape=_shape(first) if first is not None else None,
            dtype=openvino_graph.dtype(first) if first is not None else None,
            flops=None if work is None else 2 * (work.macs - work.integer_macs),
            other_flops=None if work is None else work.other,
            integer_operations=None if work is None else 2 * work.integer_macs,
            weights_bytes=sum(weights),
            bytes_read=0 if is_folded else _sum(_bytes(source) for source in sources),
            bytes_written=0 if is_folded else _sum(_bytes(port) for port in operator.outputs()),
        )

    def _is_folded(self, source: Any) -> bool:
        return source.get_node().get_friendly_name() in self._folded


def _name(port: Any) -> str:
    """A tensor by the layer that makes it, which is how the traced pass calls layers."""
    node, index = port.get_node(), port.get_index()
    name = str(node.get_friendly_name())
    return f"{name}:{index}" if index else name


def _bytes(port: Any) -> Optional[int]:
    shape, bits = _shape(port), port.get_element_type().bitwidth
    return None if shape is None or not bits else (math.prod(shape) * int(bits) + 7) // 8


def _sum(values: Iterator[Optional[int]]) -> Optional[int]:
    found = list(values)
    return None if None in found else sum(value for value in found if value is not None)
