"""Which nodes of the graph ran in which row of a trace: by name, and by what runtimes fuse; pure."""

from __future__ import annotations

from collections.abc import Sequence

from profiler.messages import Node, TracedOperator

# What runtimes fold into the product before it: it then has no kernel of its own.
_FOLDED = {
    "Add", "BatchNormalization", "Clip", "DequantizeLinear", "Elu", "Gelu", "HardSigmoid", "HardSwish",
    "LeakyRelu", "Mul", "PRelu", "QuantizeLinear", "Relu", "Sigmoid", "Softplus", "Swish", "Tanh",
}  # fmt: skip


def join(rows: Sequence[TracedOperator], nodes: Sequence[Node]) -> list[tuple[str, ...]]:
    """For each row the names of its nodes, in the file's order; empty where none can be told.

    A row names nodes, or tensors that they make. Where the node it names is of another type than the row
    (a runtime calls Conv and Relu, made one, by the tensor that leaves them), the nodes before it up to
    one of the row's own type are the row's too. Of what is left, activations and the like that alone read
    the answer of a row's product are taken to be folded into it.
    """
    return _Joining(rows, nodes).found()


class _Joining:
    def __init__(self, rows: Sequence[TracedOperator], nodes: Sequence[Node]) -> None:
        self._rows, self._nodes = rows, nodes
        self._maker = {name: index for index, node in enumerate(nodes) for name in node.outputs}
        self._by_name = {node.name: index for index, node in enumerate(nodes)}
        self._readers: dict[str, int] = {}
        for node in nodes:
            for name in node.inputs:
                self._readers[name] = self._readers.get(name, 0) + 1
        self._owner: dict[int, int] = {}

    def found(self) -> list[tuple[str, ...]]:
        for number, row in enumerate(self._rows):
            for name in row.nodes:
                index = self._by_name.get(name, self._maker.get(name))
                if index is not None:
                    self._owner.setdefault(index, number)
        for index, number in list(self._owner.items()):
            self._take_back_to_own_type(index, number)
        for index, node in enumerate(self._nodes):
            if index not in self._owner and node.type in _FOLDED:
                self._fold(index, node)
        return self._by_row()

    def _by_row(self) -> list[tuple[str, ...]]:
        names: list[list[str]] = [[] for _ in self._rows]
        for index, number in sorted(self._owner.items()):
            names[number].append(self._nodes[index].name)
        return [tuple(own) for own in names]

    def _take_back_to_own_type(self, index: int, number: int) -> None:
        wanted = self._rows[number].type
        path, here = [], index
        while self._nodes[here].type != wanted:
            before = self._only_free_maker(here)
            if before is None:
                return
            path.append(before)
            here = before
        for one in path:
            self._owner[one] = number

    def _only_free_maker(self, index: int) -> int | None:
        """The one node before this that no row has named."""
        makers = {self._maker[name] for name in self._nodes[index].inputs if name in self._maker}
        free = [maker for maker in makers if maker not in self._owner]
        return free[0] if len(free) == 1 else None

    def _fold(self, index: int, node: Node) -> None:
        """Into the row of the product whose answer it alone reads."""
        for name in node.inputs:
            maker = self._maker.get(name)
            number = self._owner.get(maker) if maker is not None else None
            if number is not None and self._readers[name] == 1 and self._has_product(number):
                self._owner[index] = number
                return

    def _has_product(self, number: int) -> bool:
        owned = [self._nodes[index] for index, row in self._owner.items() if row == number]
        return any((node.flops or 0) + (node.integer_operations or 0) > 0 for node in owned)
