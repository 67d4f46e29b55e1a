"""A module in half precision that is fed and answers as the original does: casts around it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

DTYPES = {"fp16": "float16", "bf16": "bfloat16"}


def wrapped(torch: Any, inner: Any, kind: str) -> Any:
    """`inner`, a module of floats, cast to the precision of `kind` behind casts of its inputs and outputs.

    Floating-point inputs are cast to it, and each output back to the dtype in which a module of 32-bit floats
    answers. The signature of `forward` stays, since exporters take the names of inputs from it.
    """
    dtype = getattr(torch, DTYPES[kind])
    tree_map = torch.utils._pytree.tree_map

    def down(value: Any) -> Any:
        return value.to(dtype) if isinstance(value, torch.Tensor) and value.is_floating_point() else value

    def up(value: Any) -> Any:
        return value.to(torch.float32) if isinstance(value, torch.Tensor) and value.dtype == dtype else value

    class Casts(torch.nn.Module):  # type: ignore[misc]
        """`training` is set by hand: a program's own module refuses to be asked for eval()."""

        def __init__(self) -> None:
            super().__init__()
            self.training = False
            self.inner = inner.to(dtype)
            self.forward = _forward(inner.forward, self._answer)

        def _answer(self, *positional: Any, **named: Any) -> Any:
            there, by_name = tree_map(down, (positional, named))
            return tree_map(up, self.inner(*there, **by_name))

    return Casts()


def _forward(original: Callable[..., Any], answer: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def forward(*positional: Any, **named: Any) -> Any:
        return answer(*positional, **named)

    return forward
