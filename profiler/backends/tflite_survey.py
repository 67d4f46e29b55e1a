"""FLOPs, bytes and memory of a .tflite file for inputs of given shapes; nothing runs, no weight is read."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Optional

from profiler.backends import tflite_control, tflite_flops, tflite_shapes
from profiler.backends.tflite_file import File, FileGraph, FileOperator
from profiler.backends.tflite_schema import BITS
from profiler.backends.tflite_view import Known, Shape, Unknown, View
from profiler.messages import MemoryEstimate, Node
from profiler.metrics import liveness
from profiler.metrics.flops import Tally, Work

METHOD = "tflite_graph"
_DEEPEST, _MOST_INNER = 8, 200_000
_LARGEST = 2**63  # what a document can hold


class Surveyed(NamedTuple):
    """As profiler.backends.onnx_flops.Surveyed."""

    tally: Tally
    nodes: tuple[Node, ...]
    memory: MemoryEstimate


def survey(file: File, shapes: Mapping[str, Shape]) -> Surveyed:
    """The work of one inference with inputs of these shapes, by input name; raises flatbuffer.Damaged.

    What a graph within the graph needs is counted with the operator that runs it; a loop's trips are not
    known, so what is in it is uncounted.
    """
    main, walk = file.main, _Walk(file)
    given = [shapes.get(name, main.tensors[index].dims) for name, index in file.inputs]
    known = tflite_shapes.settle(main, given)
    tally, nodes, steps = Tally(METHOD), [], []
    for number, operator in enumerate(main.operators):
        part = walk.counted(operator, known, 0)
        tally.add_repeated(part)
        nodes.append(_node(number, operator, part, known))
        steps.append(_step(number, operator, main))
    return Surveyed(tally, tuple(nodes), _memory(file, steps, known))


class _Walk:
    """Goes into graphs within graphs, to a depth and a size beyond which they are uncounted."""

    def __init__(self, file: File) -> None:
        self._file, self._left = file, _MOST_INNER

    def counted(self, operator: FileOperator, known: Known, depth: int) -> Tally:
        """One operator, or what runs in its place."""
        inner = tflite_control.inner(self._file, operator)
        if inner is None or depth == _DEEPEST or not self._affords(inner.graphs):
            return _single(operator, known)
        read = [known.shapes[index] if index >= 0 else None for index in operator.inputs]
        parts = [self._graph(graph, read[inner.skipped :], depth + 1) for graph in inner.graphs]
        tally = Tally(METHOD)
        if inner.trips_known:
            tally.add_larger(parts)
        else:
            for part in parts:
                tally.add_unknown_times(part)
        return tally

    def _affords(self, graphs: Sequence[FileGraph]) -> bool:
        self._left -= sum(len(graph.tensors) + len(graph.operators) for graph in graphs)
        return self._left >= 0

    def _graph(self, graph: FileGraph, given: Sequence[Optional[Shape]], depth: int) -> Tally:
        tally, known = Tally(METHOD), tflite_shapes.settle(graph, given)
        for operator in graph.operators:
            tally.add_repeated(self.counted(operator, known, depth))
        return tally


def _single(operator: FileOperator, known: Known) -> Tally:
    tally, view = Tally(METHOD), View(operator, known)
    if tflite_flops.is_movement(view):
        tally.add_movement()
        return tally
    work = _work(view)
    if work is None:
        tally.add_uncounted(operator.kind)
    else:
        tally.add(operator.kind, work)
    return tally


def _work(view: View) -> Optional[Work]:
    """None where no rule knows the operator, or its shapes are not known."""
    rule = tflite_flops.rule_for(view.kind)
    try:
        return None if rule is None else rule(view)
    except (Unknown, IndexError, ValueError):
        return None


def _label(index: int, graph: FileGraph) -> str:
    """Tensors are told apart by their place; names may repeat."""
    return f"{index}:{graph.tensors[index].name}"


def _bytes(index: int, known: Known) -> Optional[int]:
    bits, shape = BITS.get(known.graph.tensors[index].dtype), known.shapes[index]
    return None if bits is None or shape is None else (math.prod(shape) * bits + 7) // 8


def _node(number: int, operator: FileOperator, part: Tally, known: Known) -> Node:
    graph = known.graph
    made = [index for index in operator.outputs if index >= 0]
    read = list(dict.fromkeys(index for index in operator.inputs if index >= 0))
    first = graph.tensors[made[0]] if made else None
    told = not part.uncounted and max(2 * part.macs, part.other) < _LARGEST
    return Node(
        name=(first.name if first is not None else "") or f"{operator.kind}_{number}",
        type=operator.kind,
        inputs=tuple(_label(index, graph) for index in read if not graph.tensors[index].weights_bytes),
        outputs=tuple(_label(index, graph) for index in made),
        shape=known.shapes[made[0]] if made else None,
        dtype=first.dtype if first is not None else None,
        flops=2 * (part.macs - part.integer_macs) if told else None,
        other_flops=part.other if told else None,
        integer_operations=2 * part.integer_macs if told else None,
        weights_bytes=sum(graph.tensors[index].weights_bytes for index in read),
        bytes_read=_sum([_bytes(index, known) for index in read]),
        bytes_written=_sum([_bytes(index, known) for index in made]),
    )


def _step(number: int, operator: FileOperator, graph: FileGraph) -> liveness.Step:
    reads = [_label(index, graph) for index in operator.inputs if index >= 0]
    made = [index for index in operator.outputs if index >= 0]
    name = graph.tensors[made[0]].name if made else ""
    return liveness.Step(name or f"{operator.kind}_{number}", reads, [_label(index, graph) for index in made])


def _memory(file: File, steps: list[liveness.Step], known: Known) -> MemoryEstimate:
    graph = file.main
    sizes = {
        _label(index, graph): _bytes(index, known)
        for index, tensor in enumerate(graph.tensors)
        if not tensor.weights_bytes
    }
    inputs, outputs = ([_label(index, graph) for index in side] for side in (graph.inputs, graph.outputs))
    return liveness.estimate(steps, sizes, inputs, outputs, file.weights_bytes)


def _sum(values: list[Optional[int]]) -> Optional[int]:
    return None if None in values else sum(value for value in values if value is not None)
