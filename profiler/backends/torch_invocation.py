"""One operator that torch has run: its arguments by name, as the counting rules see them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import torch

Shape = tuple[int, ...]


class Invocation:
    """Attributes: `name` such as "aten.addmm", `operator` the overload, `result` what it returned."""

    def __init__(
        self, operator: Any, arguments: Sequence[Any], named: Mapping[str, Any], result: Any
    ) -> None:
        self.operator, self.result = operator, result
        self.name = name_of(operator)
        names = [argument.name for argument in operator._schema.arguments]
        self._arguments = {**dict(zip(names, arguments)), **named}
        self.positional, self.named = arguments, named

    def argument(self, name: str) -> Any:
        """The value of an argument, None where it was left out."""
        return self._arguments.get(name)

    def shape(self, *names: str) -> Shape:
        """The shape of the first of these arguments that the operator has; raises KeyError or TypeError."""
        found = next(name for name in names if self._arguments.get(name) is not None)
        return shape_of(self._arguments[found])

    def shapes(self, name: str) -> list[Shape]:
        """The shapes of an argument that is a list of tensors."""
        return [shape_of(tensor) for tensor in self._arguments[name]]

    def has(self, name: str) -> bool:
        return self._arguments.get(name) is not None

    @property
    def first(self) -> Shape:
        """The shape of the first tensor argument."""
        return shape_of(next(self._tensors(self.positional)))

    @property
    def output(self) -> Shape:
        """The shape of the first tensor that came back; raises StopIteration where there is none."""
        return shape_of(next(self._tensors([self.result])))

    @property
    def elements(self) -> int:
        return math.prod(self.output)

    def returns_tensor(self) -> bool:
        return next(self._tensors([self.result]), None) is not None

    def _tensors(self, values: Any) -> Any:
        for value in values:
            if isinstance(value, torch.Tensor):
                yield value
            elif isinstance(value, (list, tuple)):
                yield from self._tensors(value)


def name_of(operator: Any) -> str:
    """The operator without its overload: "aten.add" for aten.add.Tensor."""
    return str(getattr(operator, "_overloadpacket", operator))


def shape_of(tensor: Any) -> Shape:
    """The sizes of a tensor; raises TypeError for a nested one, whose sizes differ from sample to sample."""
    if tensor.is_nested:
        raise TypeError("nested tensor")
    return tuple(int(size) for size in tensor.shape)


def tensors_in(values: Iterable[Any]) -> Iterator[torch.Tensor]:
    """The tensors among these, in lists and mappings too."""
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from tensors_in(value)
        elif isinstance(value, dict):
            yield from tensors_in(value.values())
