"""A model in ONNX Runtime's own format, read as data into the ONNX model that it stands for.

The numbers of the fields are those of onnxruntime/core/flatbuffers/schema/ort.fbs. Large weights are left
out: they are declared with their shape, and their data is said to lie elsewhere.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from pathlib import Path

import onnx
from onnx import AttributeProto, TensorProto

from profiler.backends import flatbuffer, onnx_tensors, ort_blocked_weights
from profiler.backends.flatbuffer import Table
from profiler.backends.onnx_scope import LARGEST_CONSTANT
from profiler.errors import ErrorKind, KnownError

_MODEL, _VERSION = 1, 0
_DEEPEST = 32


class _ModelField:
    IR_VERSION, OPSETS, PRODUCER, PRODUCER_VERSION = range(4)
    GRAPH = 7


class _GraphField:
    INITIALIZERS, VALUES, NODES = range(3)
    INPUTS, OUTPUTS = 5, 6


class _NodeField:
    NAME, _, DOMAIN = range(3)
    INDEX, TYPE = 4, 5
    INPUTS, OUTPUTS, ATTRIBUTES = 8, 9, 10


class _TensorField:
    NAME, _, DIMS, TYPE, RAW = range(5)


class _AttributeField:
    NAME, _, TYPE, FLOAT, INT, TEXT, TENSOR, GRAPH, FLOATS, INTS, STRINGS = range(11)


def read(path: Path) -> onnx.ModelProto:
    """Raises KnownError(MODEL_DAMAGED) for a file that points outside itself, or OSError."""
    data = path.read_bytes()
    try:
        session = flatbuffer.root(data)
        model = session.table(_MODEL)
        if model is None:
            raise flatbuffer.Damaged("no model")
        return _model(model, session.text(_VERSION))
    except (flatbuffer.Damaged, IndexError, OverflowError, ValueError, TypeError) as error:
        raise KnownError(ErrorKind.MODEL_DAMAGED, str(error), file=path.name, what="ort_format") from error


def _model(model: Table, version: str) -> onnx.ModelProto:
    found = onnx.ModelProto(ir_version=int(model.number(_ModelField.IR_VERSION, "q")))
    found.producer_name = model.text(_ModelField.PRODUCER) or "onnxruntime"
    found.producer_version = model.text(_ModelField.PRODUCER_VERSION) or version
    graph = model.table(_ModelField.GRAPH)
    if graph is None:
        raise flatbuffer.Damaged("no graph")
    _fill(found.graph, graph, 0)
    used = {"", *(node.domain for node in found.graph.node)}
    for entry in model.tables(_ModelField.OPSETS):
        # The file names every operator set that the runtime knows.
        if entry.text(0) in used:
            found.opset_import.add(domain=entry.text(0), version=int(entry.number(1, "q")))
    return found


def _fill(found: onnx.GraphProto, graph: Table, depth: int) -> None:
    if depth > _DEEPEST:
        raise flatbuffer.Damaged("graphs within graphs")
    found.name = "graph"
    values = {value.name: value for value in map(_value, graph.tables(_GraphField.VALUES))}
    weights = {}
    for tensor in graph.tables(_GraphField.INITIALIZERS):
        found.initializer.append(_tensor(tensor))
        weights[found.initializer[-1].name] = tensor
    for name in graph.texts(_GraphField.INPUTS):
        if name not in weights:
            found.input.append(values.get(name) or onnx.ValueInfoProto(name=name))
    for name in graph.texts(_GraphField.OUTPUTS):
        found.output.append(values.get(name) or onnx.ValueInfoProto(name=name))
    ends = {value.name for value in (*found.input, *found.output)}
    found.value_info.extend(value for name, value in values.items() if name not in ends | weights.keys())
    found.node.extend(_in_order([_node(node, depth) for node in graph.tables(_GraphField.NODES)]))
    ort_blocked_weights.mark(
        found, lambda name: weights[name].octets(_TensorField.RAW) if name in weights else None
    )


def _in_order(nodes: list[onnx.NodeProto]) -> list[onnx.NodeProto]:
    """Each behind those whose tensors it reads: the file keeps nodes by number, and fused ones come last.

    Raises flatbuffer.Damaged for nodes that wait for each other.
    """
    maker = {name: at for at, node in enumerate(nodes) for name in node.output if name}
    waits = [
        {maker[name] for name in onnx_tensors.reads(node) if name in maker} - {at}
        for at, node in enumerate(nodes)
    ]
    readers: list[list[int]] = [[] for _ in nodes]
    for at, wanted in enumerate(waits):
        for before in wanted:
            readers[before].append(at)
    left = [len(wanted) for wanted in waits]
    ready, order = [at for at, count in enumerate(left) if not count], []
    heapq.heapify(ready)
    while ready:
        order.append(heapq.heappop(ready))
        for at in readers[order[-1]]:
            left[at] -= 1
            if not left[at]:
                heapq.heappush(ready, at)
    if len(order) < len(nodes):
        raise flatbuffer.Damaged("operators that wait for each other")
    return [nodes[at] for at in order]


def _node(node: Table, depth: int) -> onnx.NodeProto:
    """A node without a name gets the one that the runtime calls it by in its profile."""
    index = int(node.number(_NodeField.INDEX, "I"))
    found = onnx.NodeProto(
        name=node.text(_NodeField.NAME) or f"{node.text(_NodeField.TYPE)}_{index}",
        domain=node.text(_NodeField.DOMAIN),
        op_type=node.text(_NodeField.TYPE),
        input=list(node.texts(_NodeField.INPUTS)),
        output=list(node.texts(_NodeField.OUTPUTS)),
    )
    for attribute in node.tables(_NodeField.ATTRIBUTES):
        found.attribute.append(_attribute(attribute, depth))
    return found


def _attribute(attribute: Table, depth: int) -> AttributeProto:
    kind = int(attribute.number(_AttributeField.TYPE, "i"))
    found = AttributeProto(name=attribute.text(_AttributeField.NAME), type=kind)
    found.f = attribute.number(_AttributeField.FLOAT, "f")
    found.i = int(attribute.number(_AttributeField.INT, "q"))
    found.s = attribute.text(_AttributeField.TEXT).encode()
    tensor, graph = attribute.table(_AttributeField.TENSOR), attribute.table(_AttributeField.GRAPH)
    if tensor is not None:
        found.t.CopyFrom(_tensor(tensor))
    if graph is not None:
        _fill(found.g, graph, depth + 1)
    found.floats.extend(attribute.floats(_AttributeField.FLOATS) or ())
    found.ints.extend(attribute.numbers(_AttributeField.INTS, "i8") or ())
    found.strings.extend(text.encode() for text in attribute.texts(_AttributeField.STRINGS))
    return found


def _tensor(tensor: Table) -> TensorProto:
    """With its data where it is small: shapes and indices are needed, weights are not."""
    dims = tensor.numbers(_TensorField.DIMS, "i8") or []
    found = TensorProto(
        name=tensor.text(_TensorField.NAME), dims=dims, data_type=int(tensor.number(_TensorField.TYPE, "i"))
    )
    if any(size < 0 for size in dims):
        raise flatbuffer.Damaged("a negative dimension")
    raw = tensor.octets(_TensorField.RAW) if math.prod(dims) <= LARGEST_CONSTANT else None
    if raw is None:
        found.data_location = TensorProto.EXTERNAL
    else:
        found.raw_data = raw
    return found


def _value(value: Table) -> onnx.ValueInfoProto:
    """A name with its type; of sequences and maps the type is left open."""
    found = onnx.ValueInfoProto(name=value.text(0))
    kind = value.table(2)
    if kind is not None and int(kind.number(1, "B")) == 1:
        _fill_type(found.type.tensor_type, kind.table(2))
    return found


def _fill_type(found: onnx.TypeProto.Tensor, kind: Table | None) -> None:
    if kind is None:
        return
    found.elem_type = int(kind.number(0, "i"))
    shape = kind.table(1)
    if shape is None:
        return
    found.shape.SetInParent()
    for value in _dimensions(shape):
        dim = found.shape.dim.add()
        how = int(value.number(0, "b")) if value is not None else 0
        if value is not None and how == 1:
            dim.dim_value = int(value.number(1, "q"))
        elif value is not None and how == 2:
            dim.dim_param = value.text(2)


def _dimensions(shape: Table) -> Iterator[Table | None]:
    for dim in shape.tables(0):
        yield dim.table(0)
