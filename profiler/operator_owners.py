"""Which row has which node so far, and what that tells of their neighbours; pure."""

from __future__ import annotations

from collections.abc import Sequence

from profiler import operator_kinds
from profiler.messages import TracedOperator
from profiler.operator_graph import Graph, is_product, is_work


class Owners:
    """Rows and nodes by their numbers; a subclass decides who owns what.

    `_added` are nodes that only count with a row, `_halves` rows that are one half of a node, and `_doubtful`
    those that may have run more than they own.
    """

    def __init__(self, rows: Sequence[TracedOperator], graph: Graph) -> None:
        self._rows, self._graph, self._nodes = rows, graph, graph.nodes
        self._by_name = {row.name: number for number, row in enumerate(rows)}
        self._owner: dict[int, int] = {}
        self._owned: list[list[int]] = [[] for _ in rows]
        self._added: list[list[int]] = [[] for _ in rows]
        self._halves: dict[int, int] = {}
        self._doubtful: set[int] = set()

    def _own(self, at: int, number: int) -> None:
        self._owner[at] = number
        self._owned[number].append(at)

    def _is_left(self, at: int) -> bool:
        return at not in self._owner and is_work(self._nodes[at])

    def _is_nameless(self, number: int) -> bool:
        """Whether it names none of the file's nodes, not even one that another row has."""
        row = self._rows[number]
        if row.type in operator_kinds.MOVES or self._owned[number] or number in self._halves:
            return False
        return all(self._graph.find(name) is None for name in row.nodes)

    def _nameless_families(self) -> set[int | str]:
        kinds = {row.type for number, row in enumerate(self._rows) if self._is_nameless(number)}
        return {operator_kinds.family(kind) for kind in kinds}

    def _has_product(self, number: int) -> bool:
        own = (*self._owned[number], *([self._halves[number]] if number in self._halves else ()))
        return any(is_product(self._nodes[at]) for at in own)

    def _near(self, at: int, back: bool = False) -> list[int]:
        """The rows next to a node, past nodes and rows that only move data."""

        def passes(other: int) -> bool:
            number = self._owner.get(other)
            return number is None or self._rows[number].type in operator_kinds.MOVES

        return list(dict.fromkeys(self._owner[other] for other in self._graph.beyond(at, passes, back)))

    def _reads_from(self, number: int, at: int) -> bool:
        """Whether a node reads only from rows that this one does; True where a runtime does not tell."""
        if not self._rows[number].after:
            return True
        sources = self._sources(at)
        return sources is not None and sources <= self._before(number)

    def _sources(self, at: int) -> set[int] | None:
        """The rows that make what a node reads; None while a product before it has no row."""

        def passes(other: int) -> bool:
            number = self._owner.get(other)
            if number is None:
                return not is_product(self._nodes[other])
            return self._rows[number].type in operator_kinds.MOVES

        found = [self._owner.get(other) for other in self._graph.beyond(at, passes, back=True)]
        return None if None in found else {number for number in found if number is not None}

    def _before(self, number: int) -> set[int]:
        """The rows whose answers a row reads, past those that only move data."""
        found, seen = set(), {number}
        waiting = list(self._rows[number].after)
        while waiting:
            here = self._by_name.get(waiting.pop())
            if here is None or here in seen:
                continue
            seen.add(here)
            if self._rows[here].type in operator_kinds.MOVES:
                waiting += self._rows[here].after
            else:
                found.add(here)
        return found

    def _read_by(self, numbers: set[int]) -> list[int]:
        """The nodes without a row that read what these rows make, in the file's order; any for no rows."""
        if not numbers:
            return [at for at in range(len(self._nodes)) if self._is_left(at)]

        def passes(other: int) -> bool:
            number = self._owner.get(other)
            if number is None:
                return not is_product(self._nodes[other])
            return number in numbers or self._rows[number].type in operator_kinds.MOVES

        found: set[int] = set()
        waiting = [at for number in numbers for at in self._owned[number]]
        while waiting:
            for other in self._graph.readers(waiting.pop()):
                if other not in found:
                    found.add(other)
                    waiting += [other] if passes(other) else []
        return sorted(at for at in found if self._is_left(at))
