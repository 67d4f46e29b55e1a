"""A torch.export program as its file holds it: inputs, outputs, nodes and tensors, read without PyTorch."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Optional, Union

import msgspec

from profiler.backends import pt2_archive, pt2_symbols, zip_directory
from profiler.backends import torchscript_signature as declared
from profiler.backends.pt2_archive import Pt2Archive
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Tensor

DTYPES = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
    10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16", 29: "float8_e4m3fn",
    30: "float8_e5m2", 31: "float8_e4m3fnuz", 32: "float8_e5m2fnuz", 33: "float8_e8m0fnu", 34: "uint32",
    35: "uint64",
}  # fmt: skip
BYTES = {"uint8": 1, "int8": 1, "bool": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2, "int32": 4,
         "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8, "complex64": 8,
         "complex128": 16}  # fmt: skip
LARGEST = 2**62
Argument = dict[str, Any]


class _Formula(msgspec.Struct, frozen=True):
    expr_str: str


class Size(msgspec.Struct, frozen=True):
    """A dimension: a number, or a formula of symbols."""

    as_int: Optional[int] = None
    as_expr: Optional[_Formula] = None

    def value(self, sizes: Mapping[str, int]) -> int:
        """Raises SizeUnknownError."""
        if self.as_expr is None:
            size = self.as_int or 0
        else:
            size = pt2_symbols.parse(self.as_expr.expr_str).value(sizes)
        if size < 0:
            raise pt2_symbols.SizeUnknownError(str(size))
        return size


class Meta(msgspec.Struct, frozen=True):
    """What the file says of a tensor."""

    dtype: int
    sizes: tuple[Size, ...]
    strides: tuple[Size, ...] = ()
    storage_offset: Size = Size(0)

    @property
    def dtype_name(self) -> str:
        return DTYPES.get(self.dtype, "unknown")

    def shape(self, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """Raises SizeUnknownError."""
        return tuple(size.value(sizes) for size in self.sizes)


class Named(msgspec.Struct, frozen=True):
    """An argument of a node by its name."""

    name: str
    arg: Argument


class Node(msgspec.Struct, frozen=True):
    """A call: `target` such as torch.ops.aten.conv2d.default."""

    target: str
    inputs: tuple[Named, ...]
    outputs: tuple[Argument, ...]
    name: Optional[str] = None

    @property
    def operator(self) -> str:
        """`aten.conv2d`: the target without its beginning and its overload."""
        parts = self.target.split(".")
        return ".".join(parts[2:4]) if parts[:2] == ["torch", "ops"] else self.target


class Graph(msgspec.Struct, frozen=True):
    """Nodes in order, and what is known of every tensor and size in them."""

    inputs: tuple[Argument, ...]
    outputs: tuple[Argument, ...]
    nodes: tuple[Node, ...]
    tensor_values: dict[str, Meta]
    sym_int_values: dict[str, Size] = {}


class _Signature(msgspec.Struct, frozen=True):
    input_specs: tuple[dict[str, dict[str, Any]], ...]
    output_specs: tuple[dict[str, dict[str, Any]], ...]


class _CallSignature(msgspec.Struct, frozen=True):
    out_spec: str = ""


class _Call(msgspec.Struct, frozen=True):
    fqn: str
    signature: Optional[_CallSignature] = None


class _GraphModule(msgspec.Struct, frozen=True):
    graph: Graph
    signature: _Signature
    module_call_graph: tuple[_Call, ...] = ()


class _Program(msgspec.Struct, frozen=True):
    graph_module: _GraphModule
    torch_version: Optional[str] = None
    opset_version: dict[str, int] = {}


class _Stored(msgspec.Struct, frozen=True):
    path_name: str
    is_param: bool
    tensor_meta: Meta


class _Payloads(msgspec.Struct, frozen=True):
    config: dict[str, _Stored]


class UserInput(NamedTuple):
    """One leaf of the call: a tensor by its name in the graph, or a constant that the export fixed."""

    name: str
    tensor: bool
    constant: Any = None


class Program(NamedTuple):
    """What the file tells. `names` gives symbols the names that people see; `leaves` are in call order."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    leaves: tuple[UserInput, ...]
    graph: Graph
    weights: tuple[_Stored, ...]
    constants: tuple[_Stored, ...]
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
                    symbol = _symbol(size)
                    if symbol is not None:
                        found.setdefault(symbol, int(given))
        return found


def read(path: Path) -> Program:
    """Raises KnownError(MODEL_DAMAGED) and OSError."""
    return of(Pt2Archive(path))


def of(archive: Pt2Archive) -> Program:
    """The same, of an archive that is open already."""
    try:
        program = msgspec.convert(archive.program(), _Program)
        weights, constants = (_stored(archive, kind) for kind in (pt2_archive.WEIGHTS, pt2_archive.CONSTANTS))
        return _program(archive, program, weights, constants)
    except (msgspec.ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise archive.damaged(pt2_archive.PROGRAM, str(error)) from error


def _stored(archive: Pt2Archive, kind: Any) -> tuple[_Stored, ...]:
    """The list of stored tensors; one that reaches beyond its entry's bytes is damage."""
    listed = tuple(msgspec.convert(archive.payloads(kind), _Payloads).config.values())
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
    whole: _Program,
    weights: tuple[_Stored, ...],
    constants: tuple[_Stored, ...],
) -> Program:
    module = whole.graph_module
    leaves = tuple(_leaves(module.signature))
    tensors = [(leaf.name, module.graph.tensor_values[leaf.name]) for leaf in leaves if leaf.tensor]
    told = _told(archive)
    names = _symbol_names(tensors, told.inputs if told else ())
    inputs = tuple(_tensor(name, meta, names) for name, meta in tensors)
    outputs = _outputs(module, names, told.outputs if told else ())
    return Program(
        inputs, outputs, leaves, module.graph, weights, constants,
        frozenset(_held(module.signature)), names, whole.torch_version, whole.opset_version,
        sum(_elements(each) for each in weights if each.is_param),
        sum(_elements(each) for each in (*weights, *constants) if not each.is_param),
        _bytes(archive, weights, constants),
    )  # fmt: skip


def _leaves(signature: _Signature) -> Iterator[UserInput]:
    for spec in signature.input_specs:
        for kind, told in spec.items():
            if kind == "user_input":
                yield _leaf(told["arg"])
            elif kind == "constant_input":
                ((_, constant),) = told["value"].items()
                yield UserInput(told["name"], False, None if "as_none" in told["value"] else constant)


def _leaf(argument: Argument) -> UserInput:
    if "as_tensor" not in argument:
        raise KnownError(ErrorKind.RUNTIME_REFUSED, "input is no tensor", runtime="torch", file="")
    return UserInput(argument["as_tensor"]["name"], True)


def _held(signature: _Signature) -> Iterator[str]:
    """Names in the graph of what the file stores: parameters, buffers and constants."""
    for spec in signature.input_specs:
        for kind, told in spec.items():
            if kind in ("parameter", "buffer", "tensor_constant"):
                yield str(told["arg"]["name"])


def _told(archive: Pt2Archive) -> declared.Signature | None:
    if pt2_archive.SIGNATURE not in archive.names:
        return None
    try:
        return declared.from_document(archive.text(pt2_archive.SIGNATURE))
    except declared.SignatureError as error:
        raise zip_directory.damaged("signature", archive.path, str(error)) from error


def _symbol(size: Size) -> str | None:
    return None if size.as_expr is None else pt2_symbols.parse(size.as_expr.expr_str).symbol


def _symbol_names(tensors: Sequence[tuple[str, Meta]], told: Sequence[Tensor]) -> dict[str, str]:
    """PyTorch drops the names that dimensions were exported with: what inferometer.json says, else the
    first dimension that all inputs share is the batch."""
    by_name = {spec.name: spec.shape for spec in told}
    names: dict[str, str] = {}
    for name, meta in tensors:
        for size, wanted in zip(meta.sizes, by_name.get(name) or ()):
            symbol = _symbol(size)
            if symbol is not None and isinstance(wanted, str):
                names.setdefault(symbol, wanted)
    first = {_symbol(meta.sizes[0]) if meta.sizes else None for _, meta in tensors}
    if len(first) == 1 and None not in first and "batch" not in names.values():
        names.setdefault(str(first.pop()), "batch")
    return names


def _dimension(size: Size, names: Mapping[str, str]) -> Union[int, str, None]:
    if size.as_expr is None:
        return size.as_int
    formula = pt2_symbols.parse(size.as_expr.expr_str)
    return names.get(formula.symbol, formula.symbol) if formula.symbol else str(formula)


def _tensor(name: str, meta: Meta, names: Mapping[str, str]) -> Tensor:
    return Tensor(name, meta.dtype_name, tuple(_dimension(size, names) for size in meta.sizes))


def _outputs(module: _GraphModule, names: Mapping[str, str], told: Sequence[Tensor]) -> tuple[Tensor, ...]:
    found = [spec["user_output"]["arg"] for spec in module.signature.output_specs if "user_output" in spec]
    paths = _paths(module)
    if len(paths) != len(found):
        paths = [""] * len(found)
    tensors = [
        (path or argument["as_tensor"]["name"], module.graph.tensor_values[argument["as_tensor"]["name"]])
        for path, argument in paired(paths, found)
        if "as_tensor" in argument
    ]
    if len(told) == len(tensors):
        tensors = [(spec.name, meta) for spec, (_, meta) in paired(told, tensors)]
    return _distinct([_tensor(name, meta, names) for name, meta in tensors])


def _distinct(tensors: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """One tensor that is handed back twice gets two names."""
    taken: dict[str, int] = {}
    for tensor in tensors:
        taken[tensor.name] = taken.get(tensor.name, 0) + 1
    if len(taken) == len(tensors):
        return tuple(tensors)
    return tuple(
        msgspec.structs.replace(tensor, name=f"{tensor.name}_{index}") for index, tensor in enumerate(tensors)
    )


def _paths(module: _GraphModule) -> list[str]:
    """`q.0` for the first part of what the answer holds under q; empty where it has no names in it."""
    whole = next((call.signature for call in module.module_call_graph if not call.fqn), None)
    if whole is None or not whole.out_spec:
        return []
    return [path if any(not part.isdecimal() for part in path.split(".")) else "" for path in _leaf_paths(
        json.loads(whole.out_spec)[1], ()
    )]  # fmt: skip


def _leaf_paths(node: dict[str, Any], above: tuple[str, ...]) -> Iterator[str]:
    children = node["children_spec"]
    if node["type"] is None:
        yield ".".join(above)
        return
    keys: Any = range(len(children))
    if node["type"] in ("builtins.dict", "collections.OrderedDict"):
        keys = json.loads(node["context"])
    for key, child in zip(keys, children):
        yield from _leaf_paths(child, (*above, str(key)))


def _elements(stored: _Stored) -> int:
    product = 1
    for size in stored.tensor_meta.shape({}):
        product *= size
    return product


def _bytes(archive: Pt2Archive, weights: Sequence[_Stored], constants: Sequence[_Stored]) -> dict[str, int]:
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
