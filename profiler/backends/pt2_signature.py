"""What a torch.export program is called with and what it answers, as named tensors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Optional, Union

import msgspec

from profiler.backends import pt2_symbols
from profiler.backends.pt2_schema import Argument, GraphModule, Meta, Range, Signature, Size
from profiler.dimensions import follows_batch
from profiler.errors import ErrorKind, KnownError
from profiler.pairs import paired
from profiler.result import Free, Tensor

# Ends of ranges that stand for none.
_ENDLESS = 2**62


class UserInput(NamedTuple):
    """One leaf of the call: a tensor by its name in the graph, or a constant that the export fixed."""

    name: str
    tensor: bool
    constant: Any = None


def leaves(signature: Signature) -> Iterator[UserInput]:
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


def held(signature: Signature) -> Iterator[str]:
    """Names in the graph of what the file stores: parameters, buffers and constants."""
    for spec in signature.input_specs:
        for kind, told in spec.items():
            if kind in ("parameter", "buffer", "tensor_constant"):
                yield str(told["arg"]["name"])


def symbol_of(size: Size) -> str | None:
    return None if size.as_expr is None else pt2_symbols.parse(size.as_expr.expr_str).symbol


def symbol_names(tensors: Sequence[tuple[str, Meta]], told: Sequence[Tensor]) -> dict[str, str]:
    """PyTorch drops the names that dimensions were exported with: what inferometer.json says, else the
    first dimension that all inputs share is the batch."""
    by_name = {spec.name: spec.shape for spec in told}
    names: dict[str, str] = {}
    for name, meta in tensors:
        for size, wanted in zip(meta.sizes, by_name.get(name) or ()):
            symbol = symbol_of(size)
            if symbol is not None and isinstance(wanted, str):
                names.setdefault(symbol, wanted)
    first = {symbol_of(meta.sizes[0]) if meta.sizes else None for _, meta in tensors}
    if len(first) == 1 and None not in first and "batch" not in names.values():
        names.setdefault(str(first.pop()), "batch")
    return names


def _dimension(size: Size, names: Mapping[str, str]) -> Union[int, str, None]:
    if size.as_expr is None:
        return size.as_int
    formula = pt2_symbols.parse(size.as_expr.expr_str)
    return names.get(formula.symbol, formula.symbol) if formula.symbol else str(formula)


def tensor(name: str, meta: Meta, names: Mapping[str, str]) -> Tensor:
    return Tensor(name, meta.dtype_name, tuple(_dimension(size, names) for size in meta.sizes))


def with_ranges(tensor: Tensor, meta: Meta, ranges: Mapping[str, Range]) -> Tensor:
    """The same with the sizes that its symbols may have, and those that it was exported with."""
    told = []
    for place, (name, size) in enumerate(paired(tensor.shape or (), meta.sizes)):
        symbol = symbol_of(size)
        if symbol is not None and isinstance(name, str):
            usual = None if follows_batch(tensor, place) else _hint(size)
            found = _free(name, ranges.get(symbol, Range()), usual)
            told += [] if found == Free(name) else [found]
    return msgspec.structs.replace(tensor, free=tuple(told))


def _free(name: str, told: Range, usual: Optional[int]) -> Free:
    most = told.max_val if told.max_val is not None and told.max_val < _ENDLESS else None
    return Free(name, max(1, told.min_val or 1), most, usual)


def _hint(size: Size) -> Optional[int]:
    """The size that the program was exported with."""
    hint = size.as_expr.hint if size.as_expr is not None else None
    return hint.as_int if hint is not None and hint.as_int and hint.as_int > 0 else None


def outputs(module: GraphModule, names: Mapping[str, str], told: Sequence[Tensor]) -> tuple[Tensor, ...]:
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
    return _distinct([tensor(name, meta, names) for name, meta in tensors])


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


def _paths(module: GraphModule) -> list[str]:
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
