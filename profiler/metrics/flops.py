"""Arithmetic of one inference as pure formulas on shapes, and the tally that gathers it; 1 MAC = 2 FLOPs.

Conventions (those of torch.utils.flop_counter, so that counts agree): padding positions count, a bias is not
a MAC but one other FLOP per output element, causal attention counts the whole matrix, and a fused activation
is one other FLOP per element. Elementwise work is one FLOP per element whatever the function.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from profiler.pairs import paired
from profiler.result import Flops

Shape = Sequence[int]

SOFTMAX_PER_ELEMENT = 5  # maximum, subtract, exp, sum, divide
BATCH_NORM_PER_ELEMENT = 2  # scale and shift; statistics are constants at inference
LAYER_NORM_PER_ELEMENT = 7  # sum, centre, square, sum, scale, and the affine pair
RMS_NORM_PER_ELEMENT = 4  # square, sum, scale, weight

LSTM_GATES, GRU_GATES, RNN_GATES = 4, 3, 1
_LARGEST_COUNT = 2**63  # what the result's document can hold
_GATE_STEPS = 4  # two biases, the sum of both products, the activation
_CELL_STEPS = 5  # LSTM: f*c + i*g, tanh, o*tanh(c); GRU: r*h and (1-z)*n + z*h


class Work(NamedTuple):
    """What one operator does: multiply-accumulates, other FLOPs, and the MACs that are on integers."""

    macs: int = 0
    other: int = 0
    integer_macs: int = 0


def matmul(left: Shape, right: Shape) -> int:
    """MACs of numpy's matmul: `left` (..., m, k) by `right` (..., k, n), batches broadcast, vectors allowed.

    Raises ValueError where the shapes do not fit.
    """
    rows = left[-2] if len(left) > 1 else 1
    columns = right[-1] if len(right) > 1 else 1
    inner = right[-2] if len(right) > 1 else right[-1]
    if left[-1] != inner:
        raise ValueError(f"matmul of {tuple(left)} by {tuple(right)}")
    return math.prod(broadcast(left[:-2], right[:-2])) * rows * inner * columns


def broadcast(left: Shape, right: Shape) -> tuple[int, ...]:
    """The shape both broadcast to by numpy's rule; raises ValueError where they do not."""
    longest = max(len(left), len(right))
    pairs = paired(_padded(left, longest), _padded(right, longest))
    return tuple(_broadcast_one(a, b) for a, b in pairs)


def _padded(shape: Shape, length: int) -> tuple[int, ...]:
    return (1,) * (length - len(shape)) + tuple(shape)


def _broadcast_one(a: int, b: int) -> int:
    if a != b and 1 not in (a, b):
        raise ValueError(f"dimensions {a} and {b} do not broadcast")
    return b if a == 1 else a


def convolution(output: Shape, weight: Shape) -> int:
    """MACs of a convolution of any rank: `output` (N, Cout, ...), `weight` (Cout, Cin/groups, ...)."""
    return math.prod(output) * math.prod(weight[1:])


def transposed_convolution(data: Shape, weight: Shape) -> int:
    """MACs of a transposed convolution: `data` (N, Cin, ...), `weight` (Cin, Cout/groups, ...)."""
    return math.prod(data) * math.prod(weight[1:])


def recurrent(gates: int, steps: int, batch: int, input_size: int, hidden: int, projected: int = 0) -> Work:
    """One layer in one direction of an LSTM (4 gates), GRU (3) or plain RNN (1) over `steps` time steps.

    `projected` is the size of the state that is fed back where an LSTM projects it, otherwise 0.
    """
    cells = steps * batch
    feedback = projected or hidden
    macs = gates * hidden * (input_size + feedback) + hidden * projected
    other = _GATE_STEPS * gates * hidden + (_CELL_STEPS * hidden if gates > 1 else 0)
    return Work(cells * macs, cells * other)


def attended(query: Shape, key: Shape, value: Shape) -> int:
    """Batch x heads of an attention over (..., heads, length, size), where one query may serve many keys.

    Heads of keys and values that are a fraction of the query's are shared by groups of it.
    """
    lead = tuple(query[:-2])
    for other in (tuple(key[:-2]), tuple(value[:-2])):
        shared = bool(lead and other) and 0 < other[-1] < lead[-1] and lead[-1] % other[-1] == 0
        lead = broadcast(lead, (*other[:-1], lead[-1]) if shared else other)
    return math.prod(lead)


def attention(batch_heads: int, queries: int, keys: int, head: int, value_head: int) -> Work:
    """QK^T, scaling, softmax and AV for `batch_heads` = batch x query heads, without the projections."""
    scores = batch_heads * queries * keys
    return Work(scores * (head + value_head), scores * (1 + SOFTMAX_PER_ELEMENT))


def _sum(counts: Counter[str]) -> int:
    """Counter.total is newer than Python 3.9."""
    return sum(counts.values())


class Tally:
    """What was counted so far.

    Attributes: `macs` (all), `integer_macs` (the part of `macs` done on quantised integers), `other` FLOPs;
    `movement` operators that do no arithmetic (reshape, copy, gather, cast, shape and constants), `counted`
    operators by type that a formula covers, `uncounted` operators by type with no formula or with shapes
    that stay unknown; `method` how it was counted. Work inside a loop counts once per trip, while operators
    of a graph count once per node.
    """

    def __init__(self, method: str) -> None:
        self.method = method
        self.macs = 0
        self.integer_macs = 0
        self.other = 0
        self.movement = 0
        self.counted: Counter[str] = Counter()
        self.uncounted: Counter[str] = Counter()

    @property
    def operators(self) -> int:
        return self.movement + _sum(self.counted) + _sum(self.uncounted)

    @property
    def counted_fraction(self) -> float | None:
        """Covered operators (movement is, with 0 FLOPs) / all operators; None where there is none."""
        return 1 - _sum(self.uncounted) / self.operators if self.operators else None

    def add(self, operator: str, work: Work) -> None:
        self.counted[operator] += 1
        self.add_work(work)

    def add_work(self, work: Work) -> None:
        self.macs += work.macs
        self.integer_macs += work.integer_macs
        self.other += work.other

    def add_movement(self) -> None:
        self.movement += 1

    def add_uncounted(self, operator: str) -> None:
        self.uncounted[operator] += 1

    def add_operators(self, part: Tally) -> None:
        """The operators of `part` without its work."""
        self.movement += part.movement
        self.counted += part.counted
        self.uncounted += part.uncounted

    def add_repeated(self, part: Tally, times: int = 1) -> None:
        """The operators of `part` once and its work `times` times."""
        self.add_operators(part)
        self.macs += part.macs * times
        self.integer_macs += part.integer_macs * times
        self.other += part.other * times

    def add_trip(self, part: Tally) -> None:
        """One trip of a loop that is walked trip by trip: all its work, its operators once.

        An operator that is uncounted in any trip is uncounted.
        """
        known = self.counted | part.counted
        self.movement = max(self.movement, part.movement)
        self.uncounted |= part.uncounted
        self.counted = known - self.uncounted if self.uncounted else known
        self.macs += part.macs
        self.integer_macs += part.integer_macs
        self.other += part.other

    def add_larger(self, branches: Sequence[Tally]) -> None:
        """The operators of all branches, of which one runs, and the work of the one with most."""
        for branch in branches:
            self.add_operators(branch)
        most = max(branches, key=lambda branch: (branch.macs, branch.other))
        self.add_work(Work(most.macs, most.other, most.integer_macs))

    def add_unknown_times(self, part: Tally) -> None:
        """The operators of `part` as uncounted, since how often they run is not known."""
        self.movement += part.movement
        self.uncounted += part.counted + part.uncounted

    def to_flops(self, batch: int) -> Flops:
        """The block of a result, for inferences of `batch` samples.

        With uncounted operators the counts are a lower bound; they are None where nothing was seen, or
        where no MAC was found but an uncounted operator could hold some, or beyond 63 bits.
        """
        found = self.operators > 0 and not (self.macs == 0 and self.uncounted)
        known = found and max(2 * self.macs, self.other) < _LARGEST_COUNT
        return Flops(
            per_inference=2 * self.macs if known else None,
            macs_per_inference=self.macs if known else None,
            per_sample=2 * self.macs / batch if known else None,
            integer_per_inference=2 * self.integer_macs if known else None,
            other_per_inference=self.other if known else None,
            counted_fraction=self.counted_fraction,
            uncounted_operators=dict(sorted(self.uncounted.items())),
            method=self.method,
        )
