"""A torch.export program as its file holds it: inputs, outputs, nodes and tensors, read without PyTorch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from profiler.backends import pt2_archive, pt2_schema, pt2_signature, zip_directory
from profiler.backends import torchscript_signature as declared
from profiler.backends.pt2_archive import Pt2Archive
from profiler.backends.pt2_schema import BYTES, Graph, Meta, Stored
from profiler.backends.pt2_signature import UserInput
from profiler.pairs import paired
from profiler.result import Tensor

LARGEST = 2**62


class Program(NamedTuple):
    """What the file tells. `names` gives symbols the names that people see; `leaves` are in call order."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    leaves: tuple[UserInput, ...]
    graph: Graph
    weights: tuple[Stored, ...]
    constants: tuple[Stored, ...]
    stored_names: frozenset[str]
    names: Mapping[str, str]
    torch_version: str | None
    opsets: Mapping[str, int]
    parameters: int
    buffers: int
    bytes_by_dtype: Mapping[str, int]

    @property
    def weight_dtypes(self) -> frozenset[str]:
        return frozenset(each.tensor_meta.dtype_name for each in self.weights if each.is_param)

    @property
    def computes_on_integers(self) -> bool:
        """Whether products run on 8-bit integers, which dequantised ones do not."""
        return any(
            node.operator == "aten._int_mm" or node.operator.startswith("quantized.")
            for node in self.graph.nodes
        )

    def sizes(self, shapes: Mapping[str, Sequence[int]]) -> dict[str, int]:
        """The value of every symbol where the inputs have these shapes."""
        found: dict[str, int] = {}
        for leaf in self.leaves:
            meta = self.graph.tensor_values.get(leaf.name) if leaf.tensor else None
            if meta is not None and leaf.name in shapes:
                for size, given in zip(meta.sizes, shapes[leaf.name]):
                    symbol = pt2_signature.symbol_of(size)
                    if symbol is not None:
                        found.setdefault(symbol, int(given))
        return found


def read(path: Path) -> Program:
    """Raises KnownError(MODEL_DAMAGED) and OSError."""
    return of(Pt2Archive(path))


def of(archive: Pt2Archive) -> Program:
    """The same, of an archive that is open already."""
    try:
        program = msgspec.convert(archive.program(), pt2_schema.Program)
        weights, constants = (_stored(archive, kind) for kind in (pt2_archive.WEIGHTS, pt2_archive.CONSTANTS))
        return _program(archive, program, weights, constants)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise archive.damaged(pt2_archive.PROGRAM, str(error)) from error


def _stored(archive: Pt2Archive, kind: Any) -> tuple[Stored, ...]:
    """The list of stored tensors; one that reaches beyond its entry's bytes is damage."""
    listed = tuple(msgspec.convert(archive.payloads(kind), pt2_schema.Payloads).config.values())
    for each in listed:
        entry = kind[0] + each.path_name
        if _elements(each) >= LARGEST or _reach_bytes(each.tensor_meta) > (archive.size(entry) or 0):
            raise archive.damaged(entry)
    return listed


def _reach_bytes(meta: Meta) -> int:
    """Bytes of an entry up to the tensor's last element."""
    sizes = meta.shape({})
    if 0 in sizes:
        return 0
    steps = [step.value({}) for step in meta.strides]
    last = sum((size - 1) * step for size, step in paired(sizes, steps))
    return (meta.storage_offset.value({}) + last + 1) * BYTES.get(meta.dtype_name, 1)


def _program(
    archive: Pt2Archive,
    whole: pt2_schema.Program,
    weights: tuple[Stored, ...],
    constants: tuple[Stored, ...],
) -> Program:
    module = whole.graph_module
    leaves = tuple(pt2_signature.leaves(module.signature))
    tensors = [(leaf.name, module.graph.tensor_values[leaf.name]) for leaf in leaves if leaf.tensor]
    told = _told(archive)
    names = pt2_signature.symbol_names(tensors, told.inputs if told else ())
    inputs = tuple(
        pt2_signature.with_ranges(pt2_signature.tensor(name, meta, names), meta, whole.range_constraints)
        for name, meta in tensors
    )
    outputs = pt2_signature.outputs(module, names, told.outputs if told else ())
    return Program(
        inputs, outputs, leaves, module.graph, weights, constants,
        frozenset(pt2_signature.held(module.signature)), names, whole.torch_version, whole.opset_version,
        sum(_elements(each) for each in weights if each.is_param),
        sum(_elements(each) for each in (*weights, *constants) if not each.is_param),
        _bytes(archive, weights, constants),
    )  # fmt: skip


def _told(archive: Pt2Archive) -> declared.Signature | None:
    if pt2_archive.SIGNATURE not in archive.names:
        return None
    try:
        return declared.from_document(archive.text(pt2_archive.SIGNATURE))
    except declared.SignatureError as error:
        raise zip_directory.damaged("signature", archive.path, str(error)) from error


def _elements(stored: Stored) -> int:
    product = 1
    for size in stored.tensor_meta.shape({}):
        product *= size
    return product


def _bytes(archive: Pt2Archive, weights: Sequence[Stored], constants: Sequence[Stored]) -> dict[str, int]:
    """Sizes of the entries, each once, however many tensors share it."""
    found: dict[str, int] = {}
    seen: set[str] = set()
    for folder, stored in ((pt2_archive.WEIGHTS[0], weights), (pt2_archive.CONSTANTS[0], constants)):
        for each in stored:
            if folder + each.path_name not in seen:
                seen.add(folder + each.path_name)
                dtype = each.tensor_meta.dtype_name
                found[dtype] = found.get(dtype, 0) + (archive.size(folder + each.path_name) or 0)
    return found
