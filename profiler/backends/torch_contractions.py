"""Work of torch operators that multiply and sum over chosen dimensions, from shapes as in torch_formulas."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

from profiler.backends.torch_formulas import Call, Rule, Shape, product
from profiler.metrics import flops
from profiler.metrics.flops import Work
from profiler.pairs import paired

_ROWS_FOR_A_PRODUCT = 25
"""With more rows torch takes Euclidean distances from a matrix product (ATen/native/Distance.cpp)."""

_LONGEST_CHAIN = 100
"""Matrices; the cheapest order of n takes n^3 steps to find."""


def _tensordot(call: Call) -> Work:
    left, right = call.shape("self"), call.shape("other")
    summed = list(paired(call.argument("dims_self"), call.argument("dims_other")))
    inner = math.prod(min(left[a], right[b]) for a, b in summed)
    rows, columns = _left_over(left, [a for a, _ in summed]), _left_over(right, [b for _, b in summed])
    return Work(rows * inner * columns)


def _left_over(shape: Shape, taken: Sequence[int]) -> int:
    gone = {position % len(shape) for position in taken}
    return math.prod(size for position, size in enumerate(shape) if position not in gone)


def _inner(call: Call) -> Work:
    """(..., k) by (..., k) to (..., ...); one number scales a tensor."""
    left, right = call.shape("self"), call.shape("other")
    return Work(call.elements * left[-1]) if left and right else Work(0, call.elements)


def _vector_products(call: Call) -> Work:
    """An elementwise product and its sum."""
    return Work(0, 2 * math.prod(flops.broadcast(call.shape("x"), call.shape("y"))))


def _chain(argument: str) -> Rule:
    """Matrices in the cheapest order; the first may be a row and the last a column."""

    def rule(call: Call) -> Work:
        shapes = call.shapes(argument)
        if not 2 <= len(shapes) <= _LONGEST_CHAIN:
            raise ValueError(f"a product of {len(shapes)} matrices")
        first = (1, *shapes[0]) if len(shapes[0]) == 1 else shapes[0]
        last = (*shapes[-1], 1) if len(shapes[-1]) == 1 else shapes[-1]
        sizes = [first[0], *(shape[0] for shape in (*shapes[1:-1], last)), last[1]]
        return Work(_cheapest(tuple(sizes)))

    return rule


def _cheapest(sizes: Shape) -> int:
    """MACs of multiplying matrices of sizes[0] x sizes[1], sizes[1] x sizes[2], ..."""

    @functools.cache
    def between(start: int, end: int) -> int:
        if end - start < 2:
            return 0
        cuts = range(start + 1, end)
        return min(
            between(start, at) + between(at, end) + sizes[start] * sizes[at] * sizes[end] for at in cuts
        )

    return between(0, len(sizes) - 1)


def _distances(call: Call) -> Work:
    """x1 (..., P, M), x2 (..., R, M): every row from every other."""
    rows, others = call.shape("x1")[-2], call.shape("x2")[-2]
    mode = call.argument("compute_mode") or 0
    is_large = max(rows, others) > _ROWS_FOR_A_PRODUCT
    by_product = _power(call) == 2 and (mode == 1 or (mode == 0 and is_large))
    return _distances_by_product(call) if by_product else _distances_one_by_one(call)


def _power(call: Call) -> float:
    given = call.argument("p")
    return 2.0 if given is None else float(given)


def _pairs(call: Call) -> tuple[int, int]:
    """How many pairs of rows there are, and how long a row is."""
    left, right = call.shape("x1"), call.shape("x2")
    return math.prod(flops.broadcast(left[:-2], right[:-2])) * left[-2] * right[-2], left[-1]


def _distances_by_product(call: Call) -> Work:
    """Rows with their squared length and a 1 beside them are multiplied; clamp and root of each pair."""
    pairs, width = _pairs(call)
    squares = 3 * math.prod(call.shape("x1")) + 2 * math.prod(call.shape("x2"))
    return Work(pairs * (width + 2), squares + 2 * pairs)


def _distances_one_by_one(call: Call) -> Work:
    """Difference, power and sum for each element of a pair, then one root."""
    pairs, width = _pairs(call)
    return Work(0, pairs * (3 * width + 1))


def _bilinear(call: Call) -> Work:
    """input1 (..., I), input2 (..., J), weight (O, I, J): first along I, then along J."""
    outputs, inner, last = call.shape("weight")
    rows = math.prod(call.shape("input1")[:-1])
    macs = rows * outputs * (inner * last + last)
    return Work(macs, call.elements if call.has("bias") else 0)


def _trilinear(call: Call) -> Work:
    """What bilinear is taken apart into: i1 by i2, summed where i3 is not needed, then by i3."""
    left, middle, right = (
        _widened(call.shape(f"i{number}"), call.argument(f"expand{number}")) for number in (1, 2, 3)
    )
    last, summed = set(call.argument("expand3")), set(call.argument("sumdim"))
    first = flops.broadcast(left, middle)
    kept = [1 if at in summed & last else size for at, size in enumerate(first)]
    parts = [(math.prod(first), summed & last), (math.prod(flops.broadcast(kept, right)), summed - last)]
    macs = sum(count for count, over in parts if over)
    return Work(macs, sum(count for count, over in parts if not over))


def _widened(shape: Shape, places: Sequence[int]) -> Shape:
    """With a 1 at each of these places."""
    wide = list(shape)
    for place in sorted(places):
        wide.insert(place, 1)
    return tuple(wide)


RULES: dict[str, Rule] = {
    "aten._euclidean_dist": _distances_by_product,
    "aten._cdist_forward": _distances_one_by_one,
    "aten._trilinear": _trilinear,
}
"""Of single kernels, in programs that are read and in those that run."""

WHOLE: dict[str, Rule] = {
    "aten.bilinear": _bilinear,
    "aten.cdist": _distances,
    "aten.chain_matmul": _chain("matrices"),
    "aten.inner": _inner,
    "aten.linalg_matmul": product("self", "other"),
    "aten.linalg_multi_dot": _chain("tensors"),
    "aten.linalg_vecdot": _vector_products,
    "aten.tensordot": _tensordot,
}
"""Of operators that torch takes apart when they run."""
