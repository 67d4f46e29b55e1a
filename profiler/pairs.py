"""Two equally long collections walked side by side: zip(strict=True) is newer than Python 3.9."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TypeVar

Left = TypeVar("Left")
Right = TypeVar("Right")


def paired(left: Collection[Left], right: Collection[Right]) -> Iterator[tuple[Left, Right]]:
    """Raises ValueError, before the first pair, where one is longer."""
    if len(left) != len(right):
        raise ValueError(f"{len(left)} beside {len(right)}")
    return zip(left, right)
