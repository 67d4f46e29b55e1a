"""The tensors that a TorchScript archive stores: shapes, element types and bytes, none of them loaded."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from profiler.backends.pickle_reader import Called, Global, Persistent
from profiler.backends.torchscript_code import Class
from profiler.pairs import paired

_ITEM_BYTES: dict[str, tuple[str, int]] = {
    "FloatStorage": ("float32", 4), "DoubleStorage": ("float64", 8), "HalfStorage": ("float16", 2),
    "BFloat16Storage": ("bfloat16", 2), "LongStorage": ("int64", 8), "IntStorage": ("int32", 4),
    "ShortStorage": ("int16", 2), "CharStorage": ("int8", 1), "ByteStorage": ("uint8", 1),
    "BoolStorage": ("bool", 1), "ComplexFloatStorage": ("complex64", 8),
    "ComplexDoubleStorage": ("complex128", 16), "QInt8Storage": ("int8", 1), "QUInt8Storage": ("uint8", 1),
    "QInt32Storage": ("int32", 4), "UntypedStorage": ("uint8", 1),
}  # fmt: skip
_REBUILT = {"torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_qtensor"}
_NATIVE_CLASSES = "__torch__.torch.classes."


class Tensor(NamedTuple):
    """A view of a storage: `key` names the storage's entry; sizes in elements."""

    key: str
    dtype: str
    item_bytes: int
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def is_floating(self) -> bool:
        return "float" in self.dtype

    @property
    def reach_bytes(self) -> int:
        """Bytes of the storage up to the view's last element."""
        if not self.elements:
            return 0
        last = sum((size - 1) * step for size, step in paired(self.shape, self.strides))
        return (self.offset + last + 1) * self.item_bytes


class Module(NamedTuple):
    """A module or another object: its class and its attributes in the order they were written."""

    class_name: str
    attributes: Mapping[str, Any]


def tensor(value: object) -> Tensor | None:
    """The tensor that a pickled call would rebuild, or None where it is something else; ValueError if odd."""
    if not isinstance(value, Called) or not isinstance(value.target, Global):
        return None
    if value.target.path not in _REBUILT or not isinstance(value.arguments, tuple):
        return None
    storage, offset, shape, strides = value.arguments[:4]
    if not isinstance(storage, Persistent) or not isinstance(storage.identity, tuple):
        raise ValueError("no storage")
    _, kind, key = storage.identity[:3]
    dtype, item_bytes = _ITEM_BYTES[kind.name]
    found = Tensor(str(key), dtype, item_bytes, offset, tuple(shape), tuple(strides))
    numbers = (offset, *found.shape, *found.strides)
    if len(shape) != len(strides) or not all(isinstance(number, int) and number >= 0 for number in numbers):
        raise ValueError("no shape")
    return found


def module(value: object) -> Module | None:
    """The module that a pickled call would rebuild, or None where it is something else."""
    if not isinstance(value, Called) or not isinstance(value.target, Global):
        return None
    if not value.target.module.startswith("__torch__") or not isinstance(value.state, dict):
        return None
    return Module(value.target.path, value.state)


def modules(root: object) -> Iterator[Module]:
    """Every module once, an owner before what it owns, in the order they were written."""
    waiting, seen = [root], set()
    while waiting:
        value = waiting.pop()
        if id(value) not in seen:
            seen.add(id(value))
            found = module(value)
            if found is not None:
                yield found
            waiting.extend(reversed(list(_below(value))))


def tensors(root: object) -> Iterator[Tensor]:
    """Every tensor below a value, once for each object that refers to it."""
    waiting, seen = [root], set()
    while waiting:
        value = waiting.pop()
        if id(value) not in seen:
            seen.add(id(value))
            found = tensor(value)
            if found is None:
                waiting.extend(reversed(list(_below(value))))
            else:
                yield found


def _below(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, (list, tuple)):
        yield from value
    elif isinstance(value, Called):
        yield from (value.arguments, value.state)


def registered(root: object, classes: Mapping[str, Class]) -> tuple[list[Tensor], list[Tensor]]:
    """Parameters and buffers, each stored tensor once, as the classes list them.

    Weights that PyTorch packed for quantised operators count as parameters.
    """
    parameters: dict[tuple[object, ...], Tensor] = {}
    buffers: dict[tuple[object, ...], Tensor] = {}
    for found in modules(root):
        known = classes.get(found.class_name)
        for name, value in found.attributes.items():
            stored = tensor(value)
            if known is not None and stored is not None:
                into = parameters if name in known.parameters else buffers if name in known.buffers else None
                if into is not None:
                    into[_identity(stored)] = stored
            elif _is_packed(value):
                parameters |= {_identity(packed): packed for packed in tensors(value)}
    return list(parameters.values()), [each for key, each in buffers.items() if key not in parameters]


def _is_packed(value: object) -> bool:
    target = value.target if isinstance(value, Called) else None
    return isinstance(target, Global) and target.path.startswith(_NATIVE_CLASSES)


def _identity(stored: Tensor) -> tuple[object, ...]:
    return stored.key, stored.offset, stored.shape
