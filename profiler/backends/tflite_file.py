"""A .tflite file as data: its graphs, tensors and signature, read without the runtime."""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Optional, Union

from profiler.backends import flatbuffer, tflite_tensors
from profiler.backends.flatbuffer import Damaged, Table
from profiler.backends.tflite_schema import (
    CUSTOM,
    OPERATORS,
    CodeField,
    GraphField,
    MapField,
    MetadataField,
    ModelField,
    OperatorField,
    SignatureField,
)
from profiler.backends.tflite_tensors import Buffers, FileTensor
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

_Octets = Union[bytes, memoryview]
Named = tuple[tuple[str, int], ...]


class FileOperator(NamedTuple):
    """An operator: `kind` its name in the schema, tensors by index, -1 for one that is left out.

    `options2` is where the newest operators have their options instead.
    """

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Optional[Table] = None
    options2: Optional[Table] = None


class FileGraph(NamedTuple):
    """A graph: `inputs` and `outputs` are indices of its tensors."""

    tensors: tuple[FileTensor, ...]
    operators: tuple[FileOperator, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class File(NamedTuple):
    """What a file holds; the first graph is the one that runs.

    `inputs` and `outputs` are tensors of it with the names that its signature gives them; `needs` the
    oldest runtime that opens the file, by the file's own word, empty where it does not say.
    """

    graphs: tuple[FileGraph, ...]
    inputs: Named
    outputs: Named
    description: str = ""
    version: int = 3
    needs: str = ""

    @property
    def main(self) -> FileGraph:
        return self.graphs[0]

    @property
    def weights(self) -> tuple[FileTensor, ...]:
        """Stored tensors of all graphs, one for each buffer that several share."""
        found: dict[object, FileTensor] = {}
        for number, graph in enumerate(self.graphs):
            for index, tensor in enumerate(graph.tensors):
                if tensor.weights_bytes:
                    found.setdefault(tensor.buffer or (number, index), tensor)
        return tuple(found.values())

    @property
    def weights_bytes(self) -> int:
        return sum(tensor.weights_bytes for tensor in self.weights)

    def specs(self, named: Named) -> tuple[Tensor, ...]:
        return tuple(tflite_tensors.spec_of(name, self.main.tensors[index]) for name, index in named)


def read(path: Path) -> File:
    """Raises KnownError(MODEL_DAMAGED) for a file that points outside itself, or OSError."""
    try:
        return parse(_mapped(path))
    except ValueError as error:
        raise KnownError(ErrorKind.MODEL_DAMAGED, str(error), file=path.name, what="tflite") from error


def parse(data: _Octets) -> File:
    """The file that these bytes are; raises ValueError, of which flatbuffer.Damaged is one."""
    try:
        return _file(flatbuffer.root(data), data)
    except (IndexError, OverflowError, struct.error) as error:
        raise Damaged(str(error)) from error


def _mapped(path: Path) -> memoryview:
    """The file's bytes, of which only those that are looked at come into memory: weights mostly do not."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _file(model: Table, data: _Octets) -> File:
    buffers = Buffers(model, data)
    codes = [_code(code) for code in model.tables(ModelField.OPERATOR_CODES)]
    graphs = tuple(_graph(graph, codes, buffers) for graph in model.tables(ModelField.SUBGRAPHS))
    if not graphs:
        raise Damaged("no graph")
    names = _names(model)
    return File(
        graphs,
        _named(graphs[0], graphs[0].inputs, names["inputs"]),
        _named(graphs[0], graphs[0].outputs, names["outputs"]),
        model.text(ModelField.DESCRIPTION),
        int(model.number(ModelField.VERSION, "I")),
        _needs(model, buffers),
    )


def _code(code: Table) -> str:
    """The newer field counts where the number does not fit into the older one, which then says 127."""
    number = max(int(code.number(CodeField.OLD_BUILTIN, "b")), int(code.number(CodeField.BUILTIN, "i")))
    if number == CUSTOM:
        return code.text(CodeField.CUSTOM) or "CUSTOM"
    return OPERATORS[number] if 0 <= number < len(OPERATORS) else f"BUILTIN_{number}"


def _graph(graph: Table, codes: Sequence[str], buffers: Buffers) -> FileGraph:
    tensors = tuple(buffers.tensor(tensor) for tensor in graph.tables(GraphField.TENSORS))
    operators = tuple(
        _operator(operator, codes, len(tensors)) for operator in graph.tables(GraphField.OPERATORS)
    )
    inputs, outputs = (
        tuple(graph.numbers(field, "i4") or ()) for field in (GraphField.INPUTS, GraphField.OUTPUTS)
    )
    if any(not 0 <= index < len(tensors) for index in (*inputs, *outputs)):
        raise Damaged("an end that is not there")
    return FileGraph(tensors, operators, inputs, outputs)


def _operator(operator: Table, codes: Sequence[str], tensors: int) -> FileOperator:
    inputs = tuple(operator.numbers(OperatorField.INPUTS, "i4") or ())
    outputs = tuple(operator.numbers(OperatorField.OUTPUTS, "i4") or ())
    if any(not -1 <= index < tensors for index in (*inputs, *outputs)):
        raise Damaged("an operator of a tensor that is not there")
    kind = codes[int(operator.number(OperatorField.CODE, "I"))]
    options, options2 = (operator.table(field) for field in (OperatorField.OPTIONS, OperatorField.OPTIONS2))
    return FileOperator(kind, inputs, outputs, options, options2)


def _names(model: Table) -> dict[str, dict[int, str]]:
    """Names of tensors in the first signature of the main graph."""
    for signature in model.tables(ModelField.SIGNATURES):
        if int(signature.number(SignatureField.SUBGRAPH, "I")) == 0:
            return {
                side: {
                    int(entry.number(MapField.TENSOR, "I")): entry.text(MapField.NAME)
                    for entry in signature.tables(field)
                }
                for side, field in (("inputs", SignatureField.INPUTS), ("outputs", SignatureField.OUTPUTS))
            }
    return {"inputs": {}, "outputs": {}}


def _named(graph: FileGraph, indices: Sequence[int], names: Mapping[int, str]) -> Named:
    """Names are told apart by the tensor's place where a file repeats them."""
    found: dict[str, int] = {}
    for index in dict.fromkeys(indices):
        name = names.get(index) or graph.tensors[index].name
        found[f"{name}:{index}" if name in found or not name else name] = index
    return tuple(found.items())


def _needs(model: Table, buffers: Buffers) -> str:
    for entry in model.tables(ModelField.METADATA):
        if entry.text(MetadataField.NAME) == "min_runtime_version":
            said = buffers.octets(int(entry.number(MetadataField.BUFFER, "I")), 32)
            return said.partition(b"\0")[0].decode("ascii", "replace")
    return ""
