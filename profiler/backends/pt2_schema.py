"""The parts of models/*.json and of the lists of weights that are read, as PyTorch writes them (schema 8).

Fields that are not named here are passed over, so that a newer minor version is read too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import msgspec

from profiler.backends import pt2_symbols

DTYPES = {
    1: "uint8", 2: "int8", 3: "int16", 4: "int32", 5: "int64", 6: "float16", 7: "float32", 8: "float64",
    10: "complex64", 11: "complex128", 12: "bool", 13: "bfloat16", 28: "uint16", 29: "float8_e4m3fn",
    30: "float8_e5m2", 31: "float8_e4m3fnuz", 32: "float8_e5m2fnuz", 33: "float8_e8m0fnu", 34: "uint32",
    35: "uint64",
}  # fmt: skip
BYTES = {"uint8": 1, "int8": 1, "bool": 1, "int16": 2, "uint16": 2, "float16": 2, "bfloat16": 2, "int32": 4,
         "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8, "complex64": 8,
         "complex128": 16}  # fmt: skip
Argument = dict[str, Any]


class _Hint(msgspec.Struct, frozen=True):
    as_int: Optional[int] = None


class _Formula(msgspec.Struct, frozen=True):
    expr_str: str
    hint: Optional[_Hint] = None


class Range(msgspec.Struct, frozen=True):
    """The sizes that a symbol was exported for; without an end where it says none."""

    min_val: Optional[int] = None
    max_val: Optional[int] = None


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


class Signature(msgspec.Struct, frozen=True):
    """What inputs and outputs of the graph are: parameters, buffers, constants, or the user's."""

    input_specs: tuple[dict[str, dict[str, Any]], ...]
    output_specs: tuple[dict[str, dict[str, Any]], ...]


class CallSignature(msgspec.Struct, frozen=True):
    """How the answer is nested."""

    out_spec: str = ""


class Call(msgspec.Struct, frozen=True):
    """One module of the original; the one without a name is the whole."""

    fqn: str
    signature: Optional[CallSignature] = None


class GraphModule(msgspec.Struct, frozen=True):
    """The graph with what it is called with."""

    graph: Graph
    signature: Signature
    module_call_graph: tuple[Call, ...] = ()


class Program(msgspec.Struct, frozen=True):
    """models/*.json."""

    graph_module: GraphModule
    torch_version: Optional[str] = None
    opset_version: dict[str, int] = {}
    range_constraints: dict[str, Range] = {}


class Stored(msgspec.Struct, frozen=True):
    """A tensor that lies in an entry of its own, or shares one."""

    path_name: str
    is_param: bool
    tensor_meta: Meta


class Payloads(msgspec.Struct, frozen=True):
    """The list of stored tensors by their names."""

    config: dict[str, Stored]
