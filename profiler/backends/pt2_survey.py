"""Work, rows and memory of a torch.export program at concrete input shapes; nothing runs."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from profiler.backends import pt2_call, pt2_rules
from profiler.backends.pt2_call import ReadCall
from profiler.backends.pt2_program import LARGEST, Program
from profiler.backends.pt2_schema import BYTES, Graph, Meta
from profiler.backends.pt2_symbols import SizeUnknownError
from profiler.messages import MemoryEstimate, Node
from profiler.metrics import liveness
from profiler.metrics.flops import Tally, Work

METHOD = "torch_export_graph"
_NOT_AS_THE_RULE_EXPECTS = (
    SizeUnknownError, AttributeError, IndexError, KeyError, StopIteration, TypeError, ValueError,
    ZeroDivisionError,
)  # fmt: skip
# They run the graph that they hold once, under another setting.
_WRAPPED = "higher_order.wrap_with_"
_DEQUANTISED = "quantized_decomposed.dequantize"


class Surveyed(NamedTuple):
    """The work of one inference, node by node and in all, and the memory that it needs."""

    tally: Tally
    nodes: tuple[Node, ...]
    memory: MemoryEstimate


def survey(program: Program, shapes: Mapping[str, Sequence[int]]) -> Surveyed:
    """Count with inputs of these shapes, by input name.

    Loops, branches and custom operators are uncounted. A product of two dequantised tensors counts as one
    on integers, as in ONNX.
    """
    walk = _Walk(program, program.sizes(shapes))
    for call in calls(program.graph, walk.sizes):
        walk.add(call)
    return Surveyed(walk.tally, tuple(walk.rows), walk.memory())


def histogram(program: Program) -> dict[str, int]:
    """Operators by type, those inside wrapped graphs included; what only asks for sizes left out."""
    found = Counter(call.name for call in calls(program.graph, {}))
    return {name: count for name, count in found.items() if not name.startswith(("aten.sym_", "_operator."))}


def embedding_limits(program: Program) -> dict[str, int]:
    """Integer inputs that are looked up in a table as they are, with the table's length."""
    wanted = {spec.name for spec in program.inputs if spec.dtype.startswith(("int", "uint"))}
    limits: dict[str, int] = {}
    for call in calls(program.graph, {}):
        if call.name == "aten.embedding":
            looked_up = [name for name in call.reads[1:2] if name in wanted]
            for name in looked_up:
                rows = call.shape("weight")[0]
                limits[name] = min(rows, limits.get(name, rows))
    return limits


def calls(graph: Graph, sizes: Mapping[str, int]) -> Iterator[ReadCall]:
    """Every node in order, with those of wrapped graphs in the place of their wrapper."""
    for node in graph.nodes:
        inner = pt2_call.graphs_of(node) if node.operator.startswith(_WRAPPED) else []
        if not inner:
            yield ReadCall(node, graph, sizes)
        for each in inner:
            yield from calls(msgspec.convert(each, Graph), sizes)


class _Walk:
    """What was seen so far."""

    def __init__(self, program: Program, sizes: Mapping[str, int]) -> None:
        self.tally, self.sizes = Tally(METHOD), sizes
        self.rows: list[Node] = []
        self._program = program
        self._steps: list[liveness.Step] = []
        self._dequantised: set[str] = set()
        self._bytes = {name: self._size_of(meta) for name, meta in program.graph.tensor_values.items()}

    def add(self, call: ReadCall) -> None:
        if call.name.startswith(_DEQUANTISED):
            self._dequantised |= set(call.makes)
        for name in (*call.makes, *call.reads):
            meta = call.meta(name)
            if name not in self._bytes:
                self._bytes[name] = None if meta is None else self._size_of(meta)
        work = self._count(call)
        if not call.makes:
            return
        self._steps.append(liveness.Step(_label(call), call.reads, call.makes))
        self.rows.append(self._row(call, work))

    def _count(self, call: ReadCall) -> Work | None:
        if pt2_rules.moves(call.name):
            self.tally.add_movement()
            return Work()
        try:
            work = pt2_rules.work(call)
        except _NOT_AS_THE_RULE_EXPECTS:
            work = None
        if work is None or _carried(2 * work.macs + work.other) is None:
            self.tally.add_uncounted(call.name)
            return None
        if work.macs and set(call.reads[:2]) <= self._dequantised:
            work = work._replace(integer_macs=work.macs)
        self.tally.add(call.name, work)
        return work

    def _row(self, call: ReadCall, work: Work | None) -> Node:
        held = self._program.stored_names
        reads = list(dict.fromkeys(call.reads))
        meta = call.meta(call.makes[0])
        return Node(
            name=_label(call),
            type=call.name,
            inputs=tuple(name for name in reads if name not in held),
            outputs=tuple(call.makes),
            shape=self._shape(meta),
            dtype=None if meta is None else meta.dtype_name,
            flops=None if work is None else 2 * (work.macs - work.integer_macs),
            other_flops=None if work is None else work.other,
            integer_operations=None if work is None else 2 * work.integer_macs,
            weights_bytes=self._sum(name for name in reads if name in held) or 0,
            bytes_read=self._sum(reads),
            bytes_written=self._sum(call.makes),
        )

    def memory(self) -> MemoryEstimate:
        """At the shapes that were walked."""
        program = self._program
        inputs = [leaf.name for leaf in program.leaves if leaf.tensor]
        outputs = [name for each in program.graph.outputs for name in pt2_call.tensors_of(each)]
        sizes = {name: size for name, size in self._bytes.items() if name not in program.stored_names}
        return liveness.estimate(self._steps, sizes, inputs, outputs, sum(program.bytes_by_dtype.values()))

    def _shape(self, meta: Meta | None) -> tuple[int, ...] | None:
        try:
            return None if meta is None else meta.shape(self.sizes)
        except SizeUnknownError:
            return None

    def _size_of(self, meta: Meta) -> int | None:
        shape, item = self._shape(meta), BYTES.get(meta.dtype_name)
        return None if shape is None or item is None else _carried(math.prod(shape) * item)

    def _sum(self, names: Iterable[str]) -> int | None:
        sizes = [self._bytes.get(name) for name in names]
        return None if None in sizes else _carried(sum(size for size in sizes if size is not None))


def _carried(count: int) -> int | None:
    """What a message can hold; a file may declare sizes beyond any."""
    return count if count < LARGEST else None


def _label(call: ReadCall) -> str:
    return call.node.name or call.makes[0]
