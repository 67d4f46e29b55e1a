"""A .tflite file as data: its graph, tensors and signature, read without the runtime."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Optional

from profiler.backends import flatbuffer
from profiler.backends.flatbuffer import Table
from profiler.backends.tflite_schema import (
    BITS,
    CUSTOM,
    DTYPES,
    OPERATORS,
    BufferField,
    CodeField,
    GraphField,
    MapField,
    ModelField,
    OperatorField,
    SignatureField,
    TensorField,
)
from profiler.errors import ErrorKind, KnownError
from profiler.result import Tensor

IDENTIFIER = b"TFL3"
MOST_TENSORS = 1_000_000


class FileTensor(NamedTuple):
    """A tensor: `dims` as stored, `signature` with -1 where it may vary; `weights_bytes` where it is one."""

    name: str
    dtype: str
    dims: tuple[int, ...]
    signature: tuple[int, ...]
    weights_bytes: int

    @property
    def elements(self) -> int:
        return math.prod(self.dims)


class FileOperator(NamedTuple):
    """An operator: `kind` its name in the schema, tensors by index, -1 for one that is left out."""

    kind: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Optional[Table]


class File(NamedTuple):
    """The main graph of a file, and what is said of the whole.

    `inputs` and `outputs` are indices of tensors, with the names that the signature gives them.
    """

    tensors: tuple[FileTensor, ...]
    operators: tuple[FileOperator, ...]
    inputs: tuple[tuple[str, int], ...]
    outputs: tuple[tuple[str, int], ...]
    graphs: int
    description: str
    version: int
    versions: dict[str, int]

    def specs(self, named: Sequence[tuple[str, int]]) -> tuple[Tensor, ...]:
        return tuple(spec_of(name, self.tensors[index]) for name, index in named)


def spec_of(name: str, tensor: FileTensor) -> Tensor:
    """A dimension that may vary is named `batch` where it is the first, else it has no name."""
    signature = tensor.signature or tensor.dims
    dims = tuple(
        size if size >= 0 else ("batch" if place == 0 else None) for place, size in enumerate(signature)
    )
    return Tensor(name, tensor.dtype, dims)


def read(path: Path) -> File:
    """Raises KnownError(MODEL_DAMAGED) for a file that points outside itself, or OSError."""
    data = path.read_bytes()
    try:
        return _file(flatbuffer.root(data))
    except (flatbuffer.Damaged, IndexError, RecursionError, OverflowError, MemoryError) as error:
        raise KnownError(ErrorKind.MODEL_DAMAGED, str(error), file=path.name, what="tflite") from error


def _file(model: Table) -> File:
    graphs = list(model.tables(ModelField.SUBGRAPHS))
    if not graphs:
        raise flatbuffer.Damaged("no graph")
    sizes = [_buffer_bytes(buffer) for buffer in model.tables(ModelField.BUFFERS)]
    codes = [_code(code) for code in model.tables(ModelField.OPERATOR_CODES)]
    graph = graphs[0]
    tensors = tuple(_tensor(tensor, sizes) for tensor in graph.tables(GraphField.TENSORS))
    operators = tuple(
        _operator(operator, [kind for kind, _ in codes], len(tensors))
        for operator in graph.tables(GraphField.OPERATORS)
    )
    inputs, outputs = _ends(model, graph, tensors)
    return File(
        tensors,
        operators,
        inputs,
        outputs,
        len(graphs),
        model.text(ModelField.DESCRIPTION),
        int(model.number(ModelField.VERSION, "I")),
        dict(codes),
    )


def _buffer_bytes(buffer: Table) -> int:
    """Bytes of a buffer; of one that lies behind the tables, as large files have them, its stated size."""
    return buffer.length(BufferField.DATA) or int(buffer.number(BufferField.SIZE, "Q"))


def _code(code: Table) -> tuple[str, int]:
    number = max(int(code.number(CodeField.OLD_BUILTIN, "b")), int(code.number(CodeField.BUILTIN, "i")))
    version = int(code.number(CodeField.VERSION, "i", 1))
    if number == CUSTOM:
        return code.text(CodeField.CUSTOM) or "CUSTOM", version
    return (OPERATORS[number] if 0 <= number < len(OPERATORS) else f"BUILTIN_{number}"), version


def _tensor(tensor: Table, sizes: Sequence[int]) -> FileTensor:
    number = int(tensor.number(TensorField.TYPE, "b"))
    dtype = DTYPES[number] if 0 <= number < len(DTYPES) else f"type_{number}"
    dims = tuple(tensor.numbers(TensorField.SHAPE, "i4") or ())
    signature = tuple(tensor.numbers(TensorField.SHAPE_SIGNATURE, "i4") or ())
    if any(size < 0 for size in dims):
        raise flatbuffer.Damaged("a negative dimension")
    buffer = int(tensor.number(TensorField.BUFFER, "I"))
    stored = sizes[buffer] if buffer else 0
    return FileTensor(tensor.text(TensorField.NAME), dtype, dims, signature or dims, stored)


def _operator(operator: Table, codes: Sequence[str], tensors: int) -> FileOperator:
    inputs = tuple(operator.numbers(OperatorField.INPUTS, "i4") or ())
    outputs = tuple(operator.numbers(OperatorField.OUTPUTS, "i4") or ())
    if any(not -1 <= index < tensors for index in (*inputs, *outputs)):
        raise flatbuffer.Damaged("an operator of a tensor that is not there")
    kind = codes[int(operator.number(OperatorField.CODE, "I"))]
    return FileOperator(kind, inputs, outputs, operator.table(OperatorField.OPTIONS))


Ends = tuple[tuple[str, int], ...]


def _ends(model: Table, graph: Table, tensors: Sequence[FileTensor]) -> tuple[Ends, Ends]:
    """Inputs and outputs in the graph's order, by the names of the first signature of the main graph."""
    names: dict[str, dict[int, str]] = {"inputs": {}, "outputs": {}}
    for signature in model.tables(ModelField.SIGNATURES):
        if int(signature.number(SignatureField.SUBGRAPH, "I")) == 0:
            for side, field in (("inputs", SignatureField.INPUTS), ("outputs", SignatureField.OUTPUTS)):
                for entry in signature.tables(field):
                    names[side][int(entry.number(MapField.TENSOR, "I"))] = entry.text(MapField.NAME)
            break
    ends = []
    for side, field in (("inputs", GraphField.INPUTS), ("outputs", GraphField.OUTPUTS)):
        indices = graph.numbers(field, "i4") or []
        if any(not 0 <= index < len(tensors) for index in indices):
            raise flatbuffer.Damaged("an end that is not there")
        ends.append(tuple((names[side].get(index) or tensors[index].name, index) for index in indices))
    return ends[0], ends[1]


def bits_of(dtype: str) -> Optional[int]:
    """Bits of one element; None for text and the like."""
    return BITS.get(dtype)
