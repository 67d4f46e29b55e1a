"""Which nodes of the graph ran in which row of a trace: by name, and by what runtimes fuse; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from profiler import operator_kinds
from profiler.messages import Node, TracedOperator
from profiler.operator_graph import Graph, is_product, is_work
from profiler.operator_owners import Owners


class Joined(NamedTuple):
    """The nodes of a row, those that it names first; `parts` rows share them evenly.

    `is_whole`: False where another node may have run in it too, so that its work is not known.
    """

    names: tuple[str, ...] = ()
    parts: int = 1
    is_whole: bool = True


def join(rows: Sequence[TracedOperator], nodes: Sequence[Node]) -> list[Joined]:
    """For each row its nodes; none where they cannot be told.

    A row names nodes, or tensors that they make. Where the node it names is of another type than the row
    (a runtime calls Conv and Relu, made one, by the tensor that leaves them), the nodes before it up to
    one of the row's own type are the row's too. Rows that name nothing are paired with the nodes of their
    type that are left, where only one pairing is possible. Of what is left, activations and the like that
    read the answer of a row's product are taken to be folded into it, and anything else is counted with
    the row that reads it, unless a row without nodes may have run it.
    """
    return _Joining(rows, Graph(nodes)).found()


class _Joining(Owners):
    def found(self) -> list[Joined]:
        for number, row in enumerate(self._rows):
            self._claim_named(number, row)
        self._claim_parts()
        known = -1
        while known < len(self._owner):  # by what some rows find, others can tell theirs
            known = len(self._owner)
            for at, number in list(self._owner.items()):
                self._take_back_to_own_type(at, number)
            self._claim_by_neighbours()
            self._fold_all([number for number, row in enumerate(self._rows) if row.after])
        self._pair_nameless()
        self._fold_all(range(len(self._rows)))
        self._absorb()
        return [self._joined(number) for number in range(len(self._rows))]

    def _joined(self, number: int) -> Joined:
        if number in self._halves:
            return Joined((self._nodes[self._halves[number]].name,), 2)
        own = [*sorted(self._owned[number]), *sorted(self._added[number])]
        return Joined(tuple(self._nodes[at].name for at in own), 1, number not in self._doubtful)

    def _claim_named(self, number: int, row: TracedOperator) -> None:
        for name in row.nodes:
            at = self._graph.find(name)
            if at is not None and at not in self._owner and self._may_run(row, self._nodes[at]):
                self._own(at, number)
        if row.position is None or self._owned[number]:
            return
        at = self._graph.unnamed(row.position)
        if at is not None and at not in self._owner and self._nodes[at].type == row.type:
            self._own(at, number)

    def _may_run(self, row: TracedOperator, node: Node) -> bool:
        is_mover = row.type in operator_kinds.MOVES
        return operator_kinds.alike(row.type, node.type) or not (is_mover and is_work(node))

    def _claim_parts(self) -> None:
        """Rows that are a part of a node: one is taken for the whole, two of a recurrent layer for halves."""
        wanted: dict[int, list[int]] = {}
        for number, row in enumerate(self._rows):
            if self._owned[number]:
                continue
            found = {at for name in row.part_of if (at := self._graph.find(name)) is not None}
            for at in found:
                if at not in self._owner and operator_kinds.alike(row.type, self._nodes[at].type):
                    wanted.setdefault(at, []).append(number)
        for at, numbers in wanted.items():
            if len(numbers) == 1:
                self._own(at, numbers[0])
            elif len(numbers) == 2 and operator_kinds.is_recurrent(self._nodes[at].type):
                self._owner[at] = numbers[0]
                self._halves |= dict.fromkeys(numbers, at)

    def _take_back_to_own_type(self, at: int, number: int) -> None:
        """Own the free nodes between a node that a row names and the nearest one before of the row's type."""
        wanted = self._rows[number].type
        if wanted in operator_kinds.MOVES or any(
            operator_kinds.alike(self._nodes[own].type, wanted) for own in self._owned[number]
        ):
            return
        before: dict[int, int] = {}
        frontier = [at]
        while frontier:
            nearer = [(maker, here) for here in frontier for maker in self._graph.makers(here)]
            before |= {maker: here for maker, here in nearer if maker not in self._owner}
            frontier = list({maker for maker, _ in nearer if maker not in self._owner})
            ends = [maker for maker in frontier if operator_kinds.alike(self._nodes[maker].type, wanted)]
            fitting = [maker for maker in ends if self._reads_from(number, maker)]
            if ends and len(fitting) != 1:
                return
            if ends:
                here = fitting[0]
                while here != at:
                    self._own(here, number)
                    here = before[here]
                return

    def _claim_by_neighbours(self) -> None:
        """Rows without nodes, by the rows that they read from: of several nodes only if they do the same."""
        for number, row in enumerate(self._rows):
            if not self._is_nameless(number) or not row.after:
                continue
            before = self._before(number)
            fitting = [
                at
                for at in self._read_by(before)
                if operator_kinds.alike(self._nodes[at].type, row.type)
                and self._reads_from(number, at)
                and _may_make(self._nodes[at], row)
            ]
            if len({_work(self._nodes[at]) for at in fitting}) == 1:
                self._own(fitting[0], number)

    def _pair_nameless(self) -> None:
        """Rows without nodes, with the free nodes of their type: where both are as many and in one order."""
        groups: dict[int | str, list[int]] = {}
        for number, row in enumerate(self._rows):
            if self._is_nameless(number):
                groups.setdefault(operator_kinds.family(row.type), []).append(number)
        for numbers in groups.values():
            kind = self._rows[numbers[0]].type
            left = [at for at in range(len(self._nodes)) if self._is_left(at)]
            nodes = [at for at in left if operator_kinds.alike(self._nodes[at].type, kind)]
            if len(nodes) == len(numbers) and self._are_in_one_order(nodes):
                for at, number in zip(nodes, numbers, strict=True):
                    self._own(at, number)
                    if operator_kinds.is_fused(kind):
                        self._flood(at, number)

    def _are_in_one_order(self, nodes: Sequence[int]) -> bool:
        return all(self._graph.follows(later, earlier) for earlier, later in pairwise(nodes))

    def _flood(self, at: int, number: int) -> None:
        """All free elementwise nodes around one that a runtime put together with them."""
        waiting = [at]
        while waiting:
            here = waiting.pop()
            for near in (*self._graph.makers(here), *self._graph.readers(here)):
                if self._is_left(near) and not is_product(self._nodes[near]):
                    self._own(near, number)
                    waiting.append(near)

    def _fold_all(self, numbers: Sequence[int]) -> None:
        """What is folded into rows of these, and is of no type of a row without nodes."""
        into, nameless = set(numbers), self._nameless_families()
        for at, node in enumerate(self._nodes):
            is_nameless = operator_kinds.family(node.type) in nameless
            if operator_kinds.is_folded(node.type) and not is_nameless and self._is_left(at):
                self._fold(at, into)

    def _fold(self, at: int, into: set[int]) -> None:
        """Into the row of the product whose answer it alone reads; of several, into the one that ran last."""
        found = [
            number
            for maker in self._graph.makers(at)
            if (number := self._owner.get(maker)) in into and len(self._graph.readers(maker)) == 1
        ]
        fitting = [number for number in found if number is not None and self._has_product(number)]
        if fitting:
            self._own(at, max(fitting))

    def _absorb(self) -> None:
        """What is left, to the row that reads it, else to the fusion whose answer it reads.

        What reads nothing but constants was computed once, when the model was compiled.
        """
        nameless = self._nameless_families()
        for at in reversed(range(len(self._nodes))):
            node = self._nodes[at]
            if not self._is_left(at) or not node.inputs:
                continue
            after, before = self._near(at), self._near(at, back=True)
            fusions = [number for number in before if not operator_kinds.is_known(self._rows[number].type)]
            chosen = next((number for number in (*after, *fusions) if self._may_hold(number, at)), None)
            if chosen is not None and operator_kinds.family(node.type) not in nameless:
                self._owner[at] = chosen
                self._added[chosen].append(at)
            elif is_product(node):
                self._doubtful |= {number for number in (*after, *before) if self._may_have_run(number, at)}

    def _may_hold(self, number: int, at: int) -> bool:
        """Products only where anything may have been fused: their own rows have taken them by now."""
        is_fusion = not operator_kinds.is_known(self._rows[number].type)
        return number not in self._halves and (is_fusion or not is_product(self._nodes[at]))

    def _may_have_run(self, number: int, at: int) -> bool:
        if not operator_kinds.is_known(self._rows[number].type):
            return True
        return not self._is_of_other_type(number, at) and not self._has_product(number)

    def _is_of_other_type(self, number: int, at: int) -> bool:
        kind = self._rows[number].type
        return operator_kinds.is_known(kind) and not operator_kinds.alike(kind, self._nodes[at].type)


def _work(node: Node) -> tuple[int | None, ...]:
    return node.flops, node.other_flops, node.integer_operations, node.bytes_read, node.bytes_written


def _may_make(node: Node, row: TracedOperator) -> bool:
    """Whether the sizes agree, whatever their order: runtimes put channels first or last as they like."""
    if node.shape is None or row.shape is None:
        return True
    return Counter(size for size in row.shape if size >= 0) <= Counter(node.shape)
