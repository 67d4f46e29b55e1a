"""A column of a table: what stands in it as text, and the number by which it is sorted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

Row = TypeVar("Row")


class Column(NamedTuple, Generic[Row]):
    """A heading, what stands below it, and the number by which it is sorted; None: words, in their order."""

    head: str
    cell: Callable[[Row], str]
    number: Callable[[Row], float | None] | None = None
