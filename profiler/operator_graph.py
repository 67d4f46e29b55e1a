"""Makers and readers of the nodes of a graph, for joining rows of a trace to them; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from profiler.messages import Node

_CONSTANT = "Constant"


def is_work(node: Node) -> bool:
    """Whether it computes, or may: nobody knows of an operator that no rule covers."""
    known = (node.flops, node.other_flops, node.integer_operations)
    return None in known or any(known)


def is_product(node: Node) -> bool:
    return bool(node.flops or node.integer_operations)


class Graph:
    """Nodes by their position in the file; `unnamed` leaves out constants, as runtimes count positions."""

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.nodes = nodes
        self._maker = {name: at for at, node in enumerate(nodes) for name in node.outputs}
        self._by_name = {node.name: at for at, node in enumerate(nodes)}
        self._makers = [
            list(dict.fromkeys(self._maker[name] for name in node.inputs if name in self._maker))
            for node in nodes
        ]
        self._readers: list[list[int]] = [[] for _ in nodes]
        for at, makers in enumerate(self._makers):
            for maker in makers:
                self._readers[maker].append(at)
        self._counted = [at for at, node in enumerate(nodes) if node.type != _CONSTANT]

    def find(self, name: str) -> int | None:
        """By its own name, else by that of a tensor it makes."""
        return self._by_name.get(name, self._maker.get(name))

    def unnamed(self, position: int) -> int | None:
        """The node that the file gives no name, and so is called by what it makes; constants do not count."""
        if not 0 <= position < len(self._counted):
            return None
        at = self._counted[position]
        node = self.nodes[at]
        return at if node.outputs and node.name == node.outputs[0] else None

    def makers(self, at: int) -> list[int]:
        return self._makers[at]

    def readers(self, at: int) -> list[int]:
        return self._readers[at]

    def beyond(self, at: int, passes: Callable[[int], bool], back: bool = False) -> Iterator[int]:
        """The nearest readers (makers, where `back`) that are not passed through, nearer ones first."""
        step = self._makers if back else self._readers
        frontier, seen = list(step[at]), {at}
        while frontier:
            here = frontier.pop(0)
            if here in seen:
                continue
            seen.add(here)
            if passes(here):
                frontier += step[here]
            else:
                yield here

    def follows(self, later: int, earlier: int) -> bool:
        """Whether a node reads, through others, what an earlier one makes."""
        return any(at == earlier for at in self.beyond(later, lambda at: at != earlier, back=True))
